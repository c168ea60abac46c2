"""What is shipped, what it declares, and how soon the command answers."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

import pytest

import uptake_ml

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"numpy", "scipy", "sklearn", "skimage", "skops", "pydicom", "joblib", "PIL", "jinja2"}
COMMAND = "import sys; from uptake_ml.cli import main; sys.exit(main(sys.argv[1:]))"
MOST_BARE_STARTS = 6


def files_under(folder, *, kept=lambda path: True):
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and kept(path)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def read_member(wheel, ending):
    (name,) = [name for name in wheel.namelist() if name.endswith(ending)]
    return wheel.read(name).decode()


def test_the_wheel_holds_the_package_its_tables_and_its_models(wheel):
    expected = {f"uptake_ml/{name}" for name in files_under(ROOT / "uptake_ml")}
    for part in ("data", "models"):
        expected |= {f"uptake_ml/{part}/{name}" for name in files_under(ROOT / part)}
    shipped = {name for name in wheel.namelist() if name.startswith("uptake_ml/")}
    assert shipped == expected
    assert "uptake_ml/report/finding-1.schema.json" in shipped
    assert "uptake_ml/report/page/page.html.jinja" in shipped
    assert "uptake_ml/data/sources.toml" in shipped


def test_the_wheel_holds_nothing_else_but_its_licence(wheel):
    beside = [name for name in wheel.namelist() if not name.startswith("uptake_ml/")]
    assert {name.split("/")[0] for name in beside} == {"uptake_ml-0.1.0.dist-info"}
    assert "Apache License" in read_member(wheel, "licenses/LICENSE")


def test_the_wheel_declares_the_command_and_the_plug_in(wheel):
    points = configparser.ConfigParser()
    points.read_string(read_member(wheel, "entry_points.txt"))
    assert points["console_scripts"]["uptake-ml"] == "uptake_ml.cli:main"
    assert points["report_assistant.plugins"]["uptake-ml"] == "uptake_ml.plugin"


def test_one_version_everywhere(project):
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert uptake_ml.__version__ == project["version"] == cited[1]


def package_name(requirement):
    return re.match(r"[\w-]+", requirement)[0]


def test_every_dependency_is_accounted_for(project):
    text = (ROOT / "docs" / "dependencies.md").read_text()
    rows = [re.findall(r"[^|]+", line) for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row] for row in rows]
    extras = project["optional-dependencies"]
    described = {row[0] for row in cells if row[0] not in {*extras, "package", "extra"}}
    assert described == set(map(package_name, project["dependencies"]))
    described = {tuple(row[:2]) for row in cells if row[0] in extras}
    assert described == {(extra, package_name(r)) for extra, rs in extras.items() for r in rs}


@pytest.mark.parametrize("words", [["--help"], ["classify", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words):
    code = f"""
import sys
from uptake_ml.cli import main
try:
    main({words!r})
except SystemExit:
    print("imported:", *sorted({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported:"


def start_s(*words):
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


@pytest.mark.parametrize("words", [["--help"], ["classify", "--help"]])
def test_help_answers_at_once(words):
    start_s("-c", COMMAND, *words)  # writes the bytecode
    # In turns, so that whatever else the machine does slows both.
    pairs = [(start_s("-c", "pass"), start_s("-c", COMMAND, *words)) for _ in range(5)]
    bare, command = (min(times) for times in zip(*pairs, strict=True))
    assert command / bare <= MOST_BARE_STARTS


# The set-up from a fresh clone


@pytest.fixture
def make(tmp_path):
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    folder = tmp_path / "a clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "pyproject.toml").touch()
    (folder / "uptake_ml").mkdir()
    # Outer runs of make hand their flags on.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}

    def run(*words):
        return subprocess.run(
            ["make", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    run.folder = folder
    return run


def write_python(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_make_lists_its_targets(make):
    listed = re.findall(r"make (\w+)", make().stdout)
    assert {"demo", "test", "lint", "samples", "clean"} <= set(listed)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('case "$*" in *version_info*) exit 1;; *) echo Python 3.9.2;; esac', "found Python 3.9.2"),
        ('case "$*" in *version_info*) exit 0;; *) exit 1;; esac', "has no venv module"),
    ],
)
def test_make_says_what_is_wrong_with_the_interpreter(make, tmp_path, body, message):
    done = make("demo", write_python(tmp_path / "old python", body))
    assert done.returncode != 0
    assert message in done.stderr


def test_make_installs_once_and_again_after_a_change(make, tmp_path):
    # Plays the interpreter: notes what it is asked, and "creates" an environment of itself.
    log = tmp_path / "log"
    body = f"""echo "$*" >> '{log}'
if [ "$1 $2" = "-m venv" ]; then mkdir -p .venv/bin && cp "$0" .venv/bin/python; fi"""
    python = write_python(tmp_path / "python 3", body)
    installs = []
    for change in (False, False, True):
        if change:
            os.utime(make.folder / "pyproject.toml", (time.time() + 9, time.time() + 9))
        done = make("demo", python)
        assert done.returncode == 0, done.stderr
        installs.append(log.read_text().count("pip install"))
        assert log.read_text().count("-m venv") == 1
    assert installs == [1, 1, 2]
    assert log.read_text().splitlines()[-1] == "-m uptake_ml demo --out demo-out"


def test_what_continuous_integration_runs_is_a_script():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_set_up_names_no_package_index():
    for name in ("Makefile", ".ci/run", "pyproject.toml"):
        assert not re.search(r"https?://|index-url|find-links", (ROOT / name).read_text()), name
