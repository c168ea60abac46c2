"""Time the phantom and the classifying stages, part by part, on one core.

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
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from uptake_ml.atlas import locate
from uptake_ml.features import find_suspects, keep_clear, measure
from uptake_ml.phantom import draw, render
from uptake_ml.pipeline import analyse, available_modalities, load_models
from uptake_ml.provenance import package_versions

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
        suspects = timed(
            "hot spots", lambda s=study, at=layouts: find_suspects(s, at, models.judge)
        )
        timed(
            "features",
            lambda s=study, at=layouts, found=suspects: measure(s, at, keep_clear(found), found),
        )
        timed("whole finding", lambda s=study: analyse(s, models=models))
    # The first case warms caches up.
    return [
        {
            "modality": modality,
            "part": part,
            "median_ms": round(float(np.median(ms[1:])), 1),
            "p95_ms": round(float(np.percentile(ms[1:], 95)), 1),
        }
        for part, ms in taken.items()
    ]


if __name__ == "__main__":
    main()
