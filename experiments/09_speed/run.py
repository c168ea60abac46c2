"""Time the phantom and the classifying stages on one core, beside two general packages.

    OMP_NUM_THREADS=1 python experiments/09_speed/run.py

Writes ``results.csv`` and ``provenance.json`` beside it.  Processor time, the median over cases.
"""

from __future__ import annotations

import csv
import json
import platform
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from others import is_measurable, other_packages
from threadpoolctl import threadpool_limits

from uptake_ml.atlas import Layout, locate
from uptake_ml.features import find_suspects, keep_clear, measure, view_uptakes
from uptake_ml.features.hotspots import HotSpot
from uptake_ml.features.judge import LesionJudge
from uptake_ml.phantom import draw, render
from uptake_ml.pipeline import analyse, available_modalities, load_models
from uptake_ml.provenance import package_versions
from uptake_ml.study import ANTERIOR, Study

HERE = Path(__file__).resolve().parent
_CASES = 12


def main() -> None:
    """Time every part for each modality there is a model for."""
    rows = []
    with threadpool_limits(1):
        for modality in available_modalities():
            rows += time_modality(modality)
    with (HERE / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    record = {
        "cases": _CASES,
        "peak_memory_mb": round(peak_mb),
        "machine": platform.machine(),
        "versions": package_versions(),
    }
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n")
    for row in rows:
        print(*row.values(), sep="  ")
    print(f"peak memory of all {peak_mb:.0f} MB")


def time_modality(modality: str) -> list[dict]:
    """Return the rows of one modality."""
    models = load_models(modality)
    others, missing = other_packages()
    for name, reason in missing.items():
        print(f"{modality}: {name} is left out: {reason}")
    values: dict[str, list[int]] = defaultdict(list)
    taken: dict[str, list[float]] = defaultdict(list)

    def timed(part: str, work: Callable):
        start = time.process_time()
        result = work()
        taken[part].append(1e3 * (time.process_time() - start))
        return result

    for k in range(_CASES + 1):
        spec = timed("draw", lambda k=k: draw(90, modality=modality, spawn_key=(k,)))
        study, _ = timed("render", lambda spec=spec: render(spec))
        layouts = timed("locate", lambda s=study: locate(s, models.atlas))
        views = timed("working views", lambda s=study, at=layouts: view_uptakes(s, at))
        suspects = timed(
            "hot spots",
            lambda s=study, at=layouts, v=views: find_suspects(s, at, models.judge, views=v),
        )
        timed(
            "features",
            lambda s=study, at=layouts, found=suspects, v=views: measure(
                s, at, keep_clear(found), found, v
            ),
        )
        parts = ("locate", "working views", "hot spots", "features")
        taken["from image to features, all views"].append(sum(taken[part][-1] for part in parts))
        one = keep_anterior(study)
        timed("one located view to features", lambda s=one, at=layouts: read(s, at, models.judge))
        places = [spot for spot in suspects if spot.view == ANTERIOR]
        view = study.views[ANTERIOR]
        masks = [spot.full_mask(view.pixels.shape) for spot in places]
        masks = [mask for mask in masks if is_measurable(mask)]
        values["places"].append(len(masks))
        part = "places of one view given: uptake-ml"
        own = timed(part, lambda s=one, at=layouts, f=places: measure_given(s, at, f))
        values[part].append(len(own))
        for name, describe in others.items():
            part = f"places of one view given: {name}"
            found = timed(part, lambda v=view, m=masks, describe=describe: describe(v, m))
            values[part].append(sum(len(each) for each in found))
        timed("whole finding", lambda s=study: analyse(s, models=models))
    # The first case warms caches up.
    return [
        {
            "modality": modality,
            "part": part,
            "median_ms": round(float(np.median(ms[1:])), 1),
            "p95_ms": round(float(np.percentile(ms[1:], 95)), 1),
            "median_places": float(np.median(values["places"][1:])) if part in values else "",
            "median_values": float(np.median(values[part][1:])) if part in values else "",
        }
        for part, ms in taken.items()
    ]


def keep_anterior(study: Study) -> Study:
    """Return the study as its anterior view alone shows it."""
    return replace(study, views={ANTERIOR: study.views[ANTERIOR]})


def measure_given(study: Study, layouts: Mapping[str, Layout], places: list[HotSpot]) -> dict:
    """Return all features of the views of a study whose raised places are known."""
    layouts = {name: layouts[name] for name in study.views}
    # Indices of partners hold for the places of all views.
    places = [replace(spot, partner=None, same_site=None) for spot in places]
    return measure(study, layouts, keep_clear(places), places, view_uptakes(study, layouts))


def read(study: Study, layouts: Mapping[str, Layout], judge: LesionJudge | None) -> dict:
    """Return all features of the views of a study, hot spots among them."""
    layouts = {name: layouts[name] for name in study.views}
    views = view_uptakes(study, layouts)
    suspects = find_suspects(study, layouts, judge, views=views)
    return measure(study, layouts, keep_clear(suspects), suspects, views)


if __name__ == "__main__":
    main()
