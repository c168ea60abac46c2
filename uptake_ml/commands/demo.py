"""``uptake-ml demo``: a real bone scan and the simulated samples, as a table and a page."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from uptake_ml.batch import classify_batch
from uptake_ml.commands.output import open_output
from uptake_ml.commands.progress import Progress
from uptake_ml.commands.writers import write_html
from uptake_ml.resources import data_path

REAL_SCAN = "(a real scan)"
_ROW = "{:24}  {:16}  {:28}  {:>4}  {}"


def run(args: Namespace) -> int:
    """Print the table with the true labels beside, write ``index.html``."""
    folder = data_path("samples")
    analyses = _classify([real_scan(), *sorted(folder.glob("*.dcm"))])
    findings = [analysis.finding for analysis in analyses]
    print("\n".join(table_lines(findings, read_truths(folder))))
    page = Path(args.out) / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    with open_output(str(page)) as stream:
        write_html(analyses, stream)
    print(f"\nThe images are on the page {page}; open it with a browser:")
    print(f"  {page.resolve().as_uri()}")
    return 1 if any(f["decision"] in ("rejected", "failed") for f in findings) else 0


def real_scan() -> Path:
    """Return the path of NM1, the whole-body bone scan of NEMA that ships in pydicom."""
    from pydicom.data import get_testdata_file

    return Path(get_testdata_file("JPGExtended.dcm", download=False))


def read_truths(folder: Path) -> dict[str, str]:
    """Return the true label of every sample by the SHA-256 of its file."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        file["sha256"]: _name_truth(truth)
        for truth in map(json.loads, lines)
        for file in truth["files"]
    }


def table_lines(findings: Sequence[Mapping], truths: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the table: file, true label, label found, probability, first condition."""
    yield _ROW.format("study", "true label", "found", "prob", "first of the differential")
    for finding in findings:
        files = finding["study"]["files"]
        truth = next((truths[f["sha256"]] for f in files if f["sha256"] in truths), REAL_SCAN)
        yield _ROW.format(
            files[0]["name"], truth, _name_found(finding), _likeliest(finding), _first(finding)
        ).rstrip()


def _classify(paths: Sequence[Path]) -> list:
    from uptake_ml.readers import find_studies

    sources = list(find_studies(paths, None))
    analyses = []
    # Nothing here is a patient's, so the files' names may be shown.
    with Progress(len(sources), "studies") as progress:
        for analysis in classify_batch(sources, keep_ids=True, keep_images=True):
            analyses.append(analysis)
            progress()
    return analyses


def _name_truth(truth: Mapping) -> str:
    return " + ".join([truth["label"], *truth["superimposed"]])


def _name_found(finding: Mapping) -> str:
    if finding["label"]:
        return " + ".join([finding["label"], *finding["superimposed"]])
    if finding["decision"] == "indeterminate":
        return " or ".join(finding["prediction_set"])
    return finding["decision"]


def _likeliest(finding: Mapping) -> str:
    probabilities = finding["probabilities"].values()
    return f"{max(probabilities):.2f}" if probabilities else ""


def _first(finding: Mapping) -> str:
    if finding["differential"]:
        return finding["differential"][0]["condition"]
    return finding["reason"] or ""
