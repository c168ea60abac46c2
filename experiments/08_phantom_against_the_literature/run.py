"""Hold normal phantom cases against figures of the literature.

    python experiments/08_phantom_against_the_literature/run.py [--jobs N]

Reads ``config.toml``; writes ``results.csv`` and ``provenance.json`` beside it: for each quantity
the phantom's mean, standard deviation and 5th to 95th percentile, what the source says, and
whether the phantom's mean lies inside it.
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from pathlib import Path

import numpy as np
from scipy import ndimage

from uptake_ml.pattern.cases import case_seed
from uptake_ml.pattern.kept import run_jobs
from uptake_ml.provenance import package_versions
from uptake_ml.regions import INDEX
from uptake_ml.study import ANTERIOR, BONE_SCAN, FDG_PET, NORMAL, POSTERIOR

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Render the cases, measure them by their true regions, write the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--jobs", type=int, default=1)
    jobs = options.parse_args().jobs
    config = tomllib.loads((HERE / "config.toml").read_text())
    rows = []
    for modality, measure in ((BONE_SCAN, measure_bone_scan), (FDG_PET, measure_fdg)):
        seeds = [
            (case_seed(config["seed"], config["stage"], k),) for k in range(config["n"][modality])
        ]
        cases = list(run_jobs(measure, seeds, jobs=jobs))
        rows += [summarise(modality, name, cases, row) for name, row in config[modality].items()]
    with (HERE / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print(*row.values(), sep="  ")
    record = {"config": config, "versions": package_versions()}
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n")


def measure_bone_scan(seed: int) -> dict[str, float]:
    """Return the quantities of one normal bone scan."""
    from uptake_ml.phantom import draw, render

    study, truth = render(draw(seed, modality=BONE_SCAN, label=NORMAL))
    front, back = (study.views[name].pixels for name in (ANTERIOR, POSTERIOR))
    regions, behind = (truth.views[name].regions for name in (ANTERIOR, POSTERIOR))

    def mean(name, side=None, image=front, places=regions):
        chosen = image[places == INDEX[name, side]]
        return float(chosen.mean()) if chosen.size > 20 else np.nan

    def pair(name, image=front, places=regions):
        return np.nanmean([mean(name, side, image, places) for side in ("left", "right")])

    thigh, shaft = _thigh(regions), _shafts(regions)
    lumbar, femur, soft = mean("lumbar-spine"), pair("femur"), front[thigh].mean()
    is_body = ndimage.gaussian_filter(front, 2.0) > 0.1 * np.median(front[regions > 0])
    inside = ndimage.gaussian_filter(front, 1.0)[regions > 0]
    smooth = ndimage.uniform_filter(front, 5)
    residual = (front - smooth)[thigh] ** 2 / (1 - 1 / 25)
    return {
        "sacroiliac_to_sacrum": pair("sacroiliac", back, behind)
        / mean("sacrum", None, back, behind),
        "shaft_to_thigh": front[shaft].mean() / soft,
        "lumbar_to_humerus": lumbar / pair("humerus"),
        "p50_to_p95": float(np.percentile(inside, 50) / np.percentile(inside, 95)),
        "abdomen_to_lumbar": mean("trunk-soft-tissue") / lumbar,
        "thigh_to_femur": soft / femur,
        "face_to_lumbar": mean("face") / lumbar,
        "ribs_to_lumbar": pair("ribs") / lumbar,
        "iliac_to_lumbar": pair("pelvis") / lumbar,
        "vault_to_lumbar": mean("skull") / lumbar,
        "femur_to_lumbar": femur / lumbar,
        "million_counts_a_view": float(front.sum() / 1e6),
        "share_outside_body": float(front[~is_body].sum() / front.sum()),
        "variance_to_mean_in_thigh": float(residual.mean() / front[thigh].mean()),
    }


def _shafts(regions: np.ndarray) -> np.ndarray:
    """Return the middle third of both femora."""
    femora = np.isin(regions, [INDEX["femur", side] for side in ("left", "right")])
    rows = np.flatnonzero(femora.any(axis=1))
    if len(rows):
        length = rows[-1] - rows[0]
        femora[: rows[0] + length // 3] = False
        femora[rows[-1] - length // 3 :] = False
    return femora


def _thigh(regions: np.ndarray) -> np.ndarray:
    """Return the soft tissue of the legs above the knees."""
    legs = regions == INDEX["leg-soft-tissue", None]
    knees = np.isin(regions, [INDEX["knee", side] for side in ("left", "right")])
    rows = np.flatnonzero(knees.any(axis=1))
    if len(rows):
        legs[rows[0] :] = False
    return ndimage.binary_erosion(legs, iterations=2)


def measure_fdg(seed: int) -> dict[str, float]:
    """Return the painted SUVs of one normal FDG-PET."""
    from uptake_ml.phantom import draw, render

    _, truth = render(draw(seed, modality=FDG_PET, label=NORMAL))
    return {**truth.true_suv, "marrow_to_liver": truth.marrow_to_liver}


def summarise(modality: str, name: str, cases: list[dict], row: dict) -> dict:
    """Return one line of the table."""
    values = np.array([case[name] for case in cases])
    values = values[np.isfinite(values)]
    low, high = row.get("range") or (row["mean"] - row["sd"], row["mean"] + row["sd"])
    # One patient's figure, or a median over patients, says where the middle of the phantom's lies.
    is_inside = low <= np.median(values) <= high
    return {
        "modality": modality,
        "quantity": name,
        "n": len(values),
        "phantom_median": f"{np.median(values):.3g}",
        "phantom_mean": f"{values.mean():.3g}",
        "phantom_sd": f"{values.std():.3g}",
        "phantom_p5": f"{np.percentile(values, 5):.3g}",
        "phantom_p95": f"{np.percentile(values, 95):.3g}",
        "source_low": f"{low:.3g}",
        "source_high": f"{high:.3g}",
        "median_is": "inside" if is_inside else "outside",
        "source": row["source"],
    }


if __name__ == "__main__":
    main()
