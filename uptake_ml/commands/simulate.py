"""``uptake-ml simulate``: scans whose truth is known."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from uptake_ml.batch import run_in_order
from uptake_ml.commands import UsageError
from uptake_ml.commands.output import open_output
from uptake_ml.commands.progress import Progress
from uptake_ml.commands.simulated_case import CaseWriter, default_format, require_simulation
from uptake_ml.study import LABELS

TRUTH_FILE = "truth.jsonl"


def run(args: Namespace) -> int:
    """Write the cases, and one line each to ``truth.jsonl``."""
    _require_label(args.label, args.modality)
    _require_other_folder(args.masks, args.out)
    folder = Path(args.out)
    write = CaseWriter(
        modality=args.modality,
        label=args.label,
        seed=args.seed,
        folder=folder,
        format=args.format or default_format(args.modality),
        masks=Path(args.masks) if args.masks else None,
    )
    require_simulation()
    _prepare(folder, args.overwrite)
    with open_output(str(folder / TRUTH_FILE)) as stream:
        for truth in _write_cases(write, args):
            stream.write(json.dumps(truth, ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _write_cases(write: CaseWriter, args: Namespace) -> Iterator[dict]:
    with Progress(args.n, "cases") as progress:
        for truth in run_in_order(write, range(args.n), jobs=args.jobs):
            yield truth
            progress()


def _require_other_folder(masks: str | None, out: str) -> None:
    # Pictures of masks among the scans would be classified with them.
    if masks is not None and Path(masks).resolve() == Path(out).resolve():
        raise UsageError("--masks needs another folder than --out: name one for the masks alone")


def _require_label(label: str | None, modality: str) -> None:
    if label is not None and label not in LABELS[modality]:
        raise UsageError(
            f"--label of a {modality} must be one of {', '.join(LABELS[modality])}, found {label}"
        )


def _prepare(folder: Path, overwrite: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--out needs a folder, found the file {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    if overwrite:
        _remove_earlier(folder)
    elif any(folder.iterdir()):
        raise UsageError(
            f"--out needs an empty folder, found files in {folder}: name another, or give "
            "--overwrite to replace the cases in it"
        )


def _remove_earlier(folder: Path) -> None:
    # Only what simulate itself writes: the folder may hold something else by mistake.
    for ending in (".dcm", ".png", ".nii.gz", "/slice-[0-9]*.dcm"):
        for path in folder.glob(f"case-[0-9]*{ending}"):
            path.unlink()
    for series in folder.glob("case-[0-9]*"):
        if series.is_dir() and not any(series.iterdir()):
            series.rmdir()
    (folder / TRUTH_FILE).unlink(missing_ok=True)
