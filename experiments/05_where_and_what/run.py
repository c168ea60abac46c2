"""Measure how exactly landmarks are found, and how many lesions at how many false hot spots.

    python experiments/05_where_and_what/run.py [--modality M] [--jobs N]

Reads ``config.toml``; writes ``landmarks-M.csv``, ``lesions-M.csv`` (sensitivity by threshold, size
and conspicuity), ``false-M.csv`` and ``provenance-M.json`` beside it.
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np
from visibility import is_clear, visibility

from uptake_ml.pattern.cases import case_seed
from uptake_ml.pattern.kept import run_jobs
from uptake_ml.pattern.lesions import lesion_at, lesions_covered
from uptake_ml.pattern.simulate import draw_study
from uptake_ml.pipeline import load_models
from uptake_ml.provenance import package_versions
from uptake_ml.study import BONE_SCAN, FOCAL, NORMAL

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Look at every case and write the tables."""
    options = argparse.ArgumentParser()
    options.add_argument("--modality", default=BONE_SCAN)
    options.add_argument("--jobs", type=int, default=1)
    arguments = options.parse_args()
    config = tomllib.loads((HERE / "config.toml").read_text())
    n, modality = config["n"][arguments.modality], arguments.modality
    seeds = [(modality, case_seed(config["seed"], config["stage"], k), k) for k in range(n)]
    cases = []
    for case in run_jobs(look, seeds, jobs=arguments.jobs):
        cases.append(case)
        print(f"\r{len(cases)}/{n} cases", end="", flush=True)
    print()
    write(f"landmarks-{modality}.csv", landmark_rows(cases))
    write(f"lesions-{modality}.csv", lesion_rows(cases, config))
    write(f"false-{modality}.csv", false_rows(cases, config))
    record = {"config": config, "n_cases": n, "versions": package_versions()}
    (HERE / f"provenance-{modality}.json").write_text(json.dumps(record, indent=2) + "\n")


def look(modality: str, seed: int, k: int) -> dict:
    """Return what was found in one case beside what is true of it."""
    from uptake_ml.atlas import locate
    from uptake_ml.features import find_suspects

    models = load_models(modality)
    study, truth, _ = draw_study(modality, seed, k)
    layouts = locate(study, models.atlas)
    suspects = find_suspects(study, layouts, models.judge)
    maps = {name: view.lesion_map for name, view in truth.views.items()}
    footprints = truth.footprints if study.volume else None
    return {
        "label": truth.label,
        "drawn": truth.drawn_label,
        "errors_mm": {
            (name, mark.name): _error_mm(mark, truth.views[name], study.views[name])
            for name, layout in layouts.items()
            for mark in layout.landmarks
        },
        "lesions": [
            {
                "number": lesion.number,
                "is_visible": lesion.is_visible,
                "radius_mm": lesion.radius_mm,
                **visibility(lesion, has_volume=study.volume is not None),
            }
            for lesion in truth.lesions
        ],
        "suspects": [
            {
                "probability": s.probability,
                "lesion": lesion_at(s, maps[s.view], study.views[s.view], footprints),
                "covered": lesions_covered(s, maps[s.view], footprints),
                "is_first": s.same_site is None or s.same_site > i,
                "region": s.region,
            }
            for i, s in enumerate(suspects)
        ],
    }


def _error_mm(mark, truth, view) -> float | None:
    place = truth.landmarks.get((mark.name, mark.side))
    if place is None:
        return None
    offset = np.subtract((mark.row, mark.col), place) * view.spacing_mm
    return float(np.hypot(*offset))


def landmark_rows(cases: list[dict]) -> list[dict]:
    """Return the errors by view and landmark, and of all."""
    errors = defaultdict(list)
    for case in cases:
        for (view, name), error in case["errors_mm"].items():
            if error is not None:
                errors[view, name].append(error)
                errors["all", "all"].append(error)
    return [
        {
            "view": view,
            "landmark": name,
            "n": len(own),
            "median_mm": round(float(np.median(own)), 1),
            "p95_mm": round(float(np.percentile(own, 95)), 1),
        }
        for (view, name), own in sorted(errors.items())
    ]


def lesion_rows(cases: list[dict], config: dict) -> list[dict]:
    """Return the share of visible focal lesions found at each threshold, by what they are like."""
    rows = []
    normal = [case for case in cases if case["drawn"] == NORMAL]
    for threshold in config["probabilities"]:
        found = defaultdict(list)
        for case in (case for case in cases if case["drawn"] == FOCAL):
            sure = [s for s in case["suspects"] if s["probability"] >= threshold]
            hits = {n for s in sure for n in (s["lesion"], *s["covered"])}
            for lesion in case["lesions"]:
                if lesion["is_visible"]:
                    for group in _groups(lesion, config):
                        found[group].append(lesion["number"] in hits)
        false = np.mean([_false_count(case, threshold) for case in normal])
        rows += [
            {
                "threshold": threshold,
                "false_per_normal": round(float(false), 3),
                "lesions": group,
                "n": len(own),
                "sensitivity": round(float(np.mean(own)), 3),
            }
            for group, own in sorted(found.items())
        ]
    return rows


def _groups(lesion: dict, config: dict) -> list[str]:
    groups = ["all visible"]
    if is_clear(lesion, config):
        groups.append("clearly visible")
    groups.append("conspicuity " + _band(lesion["conspicuity"], config["conspicuity_edges"]))
    groups.append("radius mm " + _band(lesion["radius_mm"], config["radius_edges_mm"]))
    return groups


def _band(value: float, edges: list[float]) -> str:
    number = int(np.searchsorted(edges, value, side="right"))
    if number == 0:
        return f"< {edges[0]:g}"
    if number == len(edges):
        return f">= {edges[-1]:g}"
    return f"{edges[number - 1]:g} to {edges[number]:g}"


def _false_count(case: dict, threshold: float) -> int:
    return sum(
        s["probability"] >= threshold and s["lesion"] == 0 and s["is_first"]
        for s in case["suspects"]
    )


def false_rows(cases: list[dict], config: dict) -> list[dict]:
    """Return where the false hot spots of normal cases lie, at the threshold that is used."""
    normal = [case for case in cases if case["drawn"] == NORMAL]
    counts = defaultdict(int)
    for case in normal:
        for s in case["suspects"]:
            if s["probability"] >= 0.5 and s["lesion"] == 0 and s["is_first"]:
                counts[s["region"]] += 1
    share = np.mean([_false_count(case, 0.5) > 0 for case in normal])
    rows = [
        {"region": region, "per_normal": round(c / len(normal), 3)} for region, c in counts.items()
    ]
    rows.sort(key=lambda row: -row["per_normal"])
    return [{"region": "normal cases with any", "per_normal": round(float(share), 3)}, *rows]


def write(name: str, rows: list[dict]) -> None:
    """Write rows as CSV beside this script and print them."""
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(name)
    for row in rows:
        print("  " + "  ".join(str(value) for value in row.values()))


if __name__ == "__main__":
    main()
