"""Classify scans of a simulator that shares no code with those that models learnt from.

    python experiments/11_another_simulator/run.py [--modality M] [--simulator NAME] [--n N]

Writes ``results-NAME-M.csv`` and ``provenance-NAME-M.json`` beside it; ``--pictures DIR`` saves
what the cases look like.
"""

from __future__ import annotations

import argparse
import csv
import functools
import importlib
import json
import sys
import tempfile
import tomllib
from pathlib import Path

import numpy as np

from uptake_ml.batch import classify_batch, load_models_once, run_in_order
from uptake_ml.pattern.cases import case_seed
from uptake_ml.pipeline import analyse
from uptake_ml.provenance import package_versions
from uptake_ml.readers import find_studies
from uptake_ml.study import BONE_SCAN, FDG_PET, LABELS, MODALITIES

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import summary  # noqa: E402
from files import (  # noqa: E402
    choose_form,
    is_pet,
    make_study,
    write_pictures,
    write_projection,
    write_volume,
)
from sheet import draw_tile, make_sheet  # noqa: E402

# Windows in which maximum projections are commonly looked at start at SUV 0 and end here.
TOP_SUV = (5.0, 10.0)
SIMULATORS = {BONE_SCAN: ("gaussians",), FDG_PET: ("sections", "unknown")}
# Where a simulator's package draws the cases of a modality.
_DRAWN_BY = {BONE_SCAN: ("bone_case", "draw_planar"), FDG_PET: ("pet_case", "draw_pet")}


def main() -> None:
    """Classify the cases, write one line each and what came out."""
    config = tomllib.loads((HERE / "config.toml").read_text())
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--modality", default=BONE_SCAN, choices=MODALITIES)
    options.add_argument("--simulator")
    options.add_argument("--n", type=int, default=config["n"])
    options.add_argument("--seed", type=int, default=config["seed"])
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--pictures", type=Path)
    asked = options.parse_args()
    simulator = asked.simulator or config["simulator"][asked.modality]
    if simulator not in SIMULATORS[asked.modality]:
        options.error(f"no {asked.modality} of {simulator!r}; there are {SIMULATORS}")
    config |= {"n": asked.n, "seed": asked.seed, "simulator": simulator}
    task = functools.partial(classify_case, asked.modality, config, asked.pictures is not None)
    rows, tiles = [], []
    for row, tile in run_in_order(task, range(asked.n), jobs=asked.jobs):
        rows.append(row)
        tiles.append(tile)
        shown = ("case", "label", "kind", "form", "decision", "answer", "set", "typicality")
        print(*(row[key] for key in shown), sep="  ", flush=True)
    name = f"{simulator}-{asked.modality}"
    _write(rows, HERE / f"results-{name}.csv")
    report = summary.summarise(rows, LABELS[asked.modality])
    print(summary.to_text(report))
    record = {"config": config, "summary": report, "versions": package_versions()}
    path = HERE / f"provenance-{name}.json"
    path.write_text(json.dumps(record, indent=2) + "\n")
    if asked.pictures:
        make_sheet(rows, tiles, asked.pictures, asked.modality)


def draw_case(simulator: str, modality: str, k: int, rng: np.random.Generator):
    """Return case ``k``, labels and then kinds of disease in turn."""
    module, draws = _DRAWN_BY[modality]
    package = importlib.import_module(f"{simulator}.{module}")
    kinds = package.KINDS
    label = LABELS[modality][k % len(LABELS[modality])]
    kind = kinds[label][k // len(LABELS[modality]) % len(kinds[label])]
    return getattr(package, draws)(rng, label, kind)


def classify_case(modality: str, config: dict, keeps_picture: bool, k: int) -> tuple:
    """Return the line of case ``k``, and its picture if it is kept."""
    rng = np.random.default_rng(case_seed(config["seed"], config["stage"], k))
    case = draw_case(config["simulator"], modality, k, rng)
    form = choose_form(modality, len(LABELS[modality]), k)
    with tempfile.TemporaryDirectory() as folder:
        finding = find_pattern(case, modality, form, Path(folder), rng)
    row = {"case": k, "label": case.label, "kind": case.kind, "form": form,
           **summary.read_finding(finding, case, form)}  # fmt: skip
    return row, draw_tile(case) if keeps_picture else None


def find_pattern(case, modality: str, form: str, folder: Path, rng: np.random.Generator) -> dict:
    """Return the finding of a case through the door a user takes."""
    if form == "counts":
        return analyse(make_study(case), models=load_models_once(modality)).finding
    (source,) = find_studies(write_files(case, form, folder, rng), modality)
    (found,) = classify_batch([source], modality=modality)
    return found.finding


def write_files(case, form: str, folder: Path, rng: np.random.Generator) -> list[Path]:
    """Write a case in a form and return the paths of its files."""
    is_dark = form.startswith("dark")
    if not is_pet(case):
        return write_pictures(case, folder, is_dark=is_dark)
    if form == "NIfTI":
        path = folder / "case.nii.gz"
        write_volume(case, path)
        return [path]
    return [write_projection(case, folder, top_suv=rng.uniform(*TOP_SUV), is_dark=is_dark)]


def _write(rows: list[dict], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
