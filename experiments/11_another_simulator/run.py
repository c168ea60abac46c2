"""Classify scans of a simulator that shares no code with the one the models learned from.

    python experiments/11_another_simulator/run.py [--modality M] [--n N] [--seed S] [--jobs J]

Writes ``results-M.csv`` and ``provenance-M.json`` beside it; ``--pictures DIR`` saves what the
cases look like.
"""

from __future__ import annotations

import argparse
import csv
import functools
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

from simulator import bone_disease, pet_disease, summary  # noqa: E402
from simulator.bone_case import draw_planar  # noqa: E402
from simulator.files import FORMS, make_study, write_pictures, write_volume  # noqa: E402
from simulator.pet_case import draw_pet  # noqa: E402
from simulator.sheet import make_sheet  # noqa: E402


def main() -> None:
    """Classify the cases, write one line each and what came out."""
    config = tomllib.loads((HERE / "config.toml").read_text())
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--modality", default=BONE_SCAN, choices=MODALITIES)
    options.add_argument("--n", type=int, default=config["n"])
    options.add_argument("--seed", type=int, default=config["seed"])
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--pictures", type=Path)
    asked = options.parse_args()
    config |= {"n": asked.n, "seed": asked.seed}
    task = functools.partial(classify_case, asked.modality, config, asked.pictures is not None)
    rows, tiles = [], []
    for row, tile in run_in_order(task, range(asked.n), jobs=asked.jobs):
        rows.append(row)
        tiles.append(tile)
        shown = ("case", "label", "kind", "form", "decision", "answer", "set", "typicality")
        print(*(row[key] for key in shown), sep="  ", flush=True)
    _write(rows, asked.modality)
    report = summary.summarise(rows, LABELS[asked.modality])
    print(summary.to_text(report))
    record = {"config": config, "summary": report, "versions": package_versions()}
    path = HERE / f"provenance-{asked.modality}.json"
    path.write_text(json.dumps(record, indent=2) + "\n")
    if asked.pictures:
        make_sheet(rows, tiles, asked.pictures, asked.modality)


def draw_case(modality: str, config: dict, k: int):
    """Return case ``k``, labels and then kinds of disease in turn."""
    rng = np.random.default_rng(case_seed(config["seed"], config["stage"], k))
    kinds = (pet_disease if modality == FDG_PET else bone_disease).KINDS
    label = LABELS[modality][k % len(LABELS[modality])]
    kind = kinds[label][k // len(LABELS[modality]) % len(kinds[label])]
    return (draw_pet if modality == FDG_PET else draw_planar)(rng, label, kind)


def classify_case(modality: str, config: dict, keeps_picture: bool, k: int) -> tuple:
    """Return the line of case ``k``, and its picture if it is kept."""
    from simulator.sheet import draw_tile

    case = draw_case(modality, config, k)
    # Labels come in turn by four: the forms shift by one each round to meet all labels.
    form = "NIfTI" if modality == FDG_PET else FORMS[(k + k // len(FORMS)) % len(FORMS)]
    with tempfile.TemporaryDirectory() as folder:
        finding = find_pattern(case, modality, form, Path(folder))
    row = {"case": k, "label": case.label, "kind": case.kind, "form": form,
           **summary.read_finding(finding, case, modality)}  # fmt: skip
    return row, draw_tile(case) if keeps_picture else None


def find_pattern(case, modality: str, form: str, folder: Path) -> dict:
    """Return the finding of a case through the door a user takes."""
    if form == "counts":
        return analyse(make_study(case), models=load_models_once(modality)).finding
    if modality == FDG_PET:
        paths = [write_volume(case, folder)]
    else:
        paths = write_pictures(case, folder, is_dark=form.startswith("dark"))
    (source,) = find_studies(paths, modality)
    (found,) = classify_batch([source], modality=modality)
    return found.finding


def _write(rows: list[dict], modality: str) -> None:
    with (HERE / f"results-{modality}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
