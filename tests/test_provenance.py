"""The provenance record: complete, and silent about the patient."""

import json
import re
import sys

import numpy
import pytest

from uptake_ml import __version__
from uptake_ml.provenance import SCHEMA, describe_command, package_versions, record_provenance


def test_record_holds_versions_model_and_command():
    record = record_provenance(
        model_name="bone-scan", model_sha256="9c" * 32, argv=["/usr/bin/uptake-ml", "demo"]
    )
    assert json.loads(json.dumps(record)) == record
    assert record["schema"] == SCHEMA
    assert record["versions"]["uptake-ml"] == __version__
    assert record["versions"]["numpy"] == numpy.__version__
    assert record["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert record["model"] == {"name": "bone-scan", "sha256": "9c" * 32}
    assert record["command"] == "uptake-ml demo"


def test_version_of_a_package_that_is_not_installed_is_null(monkeypatch):
    from uptake_ml import provenance

    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "no-such-package-anywhere"))
    provenance._package_versions.cache_clear()
    try:
        assert package_versions()["no-such-package-anywhere"] is None
    finally:
        provenance._package_versions.cache_clear()


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["uptake-ml", "classify", "/data/SMITH^JOHN.dcm"], "uptake-ml classify PATH"),
        (["uptake-ml", "classify", "SMITH", "JONES", "--jobs", "2"],
         "uptake-ml classify PATH... --jobs 2"),
        (["uptake-ml", "classify", "a", "--out", "SMITH.html", "--format", "html"],
         "uptake-ml classify PATH --out PATH --format html"),
        (["uptake-ml", "classify", "--context=SMITH.toml", "--modality=bone-scan", "x"],
         "uptake-ml classify --context=PATH --modality=bone-scan PATH"),
        (["uptake-ml", "classify", "--keep-ids", "19510302"], "uptake-ml classify --keep-ids PATH"),
        (["/x/uptake_ml/__main__.py", "simulate", "--n", "4", "--seed", "1"],
         "uptake-ml simulate --n 4 --seed 1"),
        (["uptake-ml", "SMITH_JOHN"], "uptake-ml PATH"),
        (["/opt/hospital/assistant.py", "SMITH"], None),
        (["-c", "SMITH"], None),
        ([], None),
    ],
)  # fmt: skip
def test_command_keeps_options_and_no_paths(argv, command):
    assert describe_command(argv) == command
    assert not re.search("SMITH|JONES|1951", command or "")
