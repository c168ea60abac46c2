"""Show the clearly visible lesions of focal cases that are not found, one by one.

    python experiments/05_where_and_what/missed.py --pictures DIR [--modality M] [--jobs N]

Reads ``config.toml``; the cases are others than those of ``run.py``, which may so stay unseen.
Writes ``missed-M.csv`` beside it, and ``DIR/missed-M.png``: each lesion as it is and with its rim.
"""

from __future__ import annotations

import argparse
import csv
import math
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.segmentation import find_boundaries
from visibility import is_clear, visibility

from uptake_ml.pattern.cases import case_seed
from uptake_ml.pattern.kept import run_jobs
from uptake_ml.pattern.lesions import lesion_at, lesions_covered
from uptake_ml.pattern.simulate import draw_study
from uptake_ml.pipeline import load_models
from uptake_ml.study import BONE_SCAN, FOCAL, LABELS

HERE = Path(__file__).resolve().parent
# What a tile shows of the patient (rows, columns) in mm, its pixels, and tiles in a row.
_FIELD_MM, _TILE, _ACROSS = (240.0, 180.0), (240, 180), 4
_RED = (255, 0, 0)
_COLUMNS = (
    "case", "disease", "region", "radius_mm", "contrast", "conspicuity", "probability",
    "lesions_of_the_case",
)  # fmt: skip


def main() -> None:
    """Look at every focal case and write what was missed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--modality", default=BONE_SCAN)
    options.add_argument("--pictures", type=Path, required=True)
    options.add_argument("--jobs", type=int, default=1)
    asked = options.parse_args()
    config = tomllib.loads((HERE / "config.toml").read_text())
    labels = LABELS[asked.modality]
    cases = [labels.index(FOCAL) + len(labels) * i for i in range(config["missed_cases"])]
    found = run_jobs(look, [(asked.modality, config, k) for k in cases], jobs=asked.jobs)
    rows, tiles, clear = [], [], 0
    for own_rows, own_tiles, own_clear in found:
        rows, tiles, clear = rows + own_rows, tiles + own_tiles, clear + own_clear
    with (HERE / f"missed-{asked.modality}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    asked.pictures.mkdir(parents=True, exist_ok=True)
    make_sheet(tiles).save(asked.pictures / f"missed-{asked.modality}.png")
    print(f"{len(rows)} of {clear} clearly visible lesions of {len(cases)} focal cases are missed")


def look(modality: str, config: dict, k: int) -> tuple[list[dict], list[np.ndarray], int]:
    """Return a line and a tile for each clear lesion that is missed, and how many are clear."""
    from uptake_ml.atlas import locate
    from uptake_ml.features import find_suspects

    models = load_models(modality)
    seed = case_seed(config["missed_seed"], config["stage"], k)
    study, truth, _ = draw_study(modality, seed, k)
    suspects = find_suspects(study, locate(study, models.atlas), models.judge)
    maps = {name: view.lesion_map for name, view in truth.views.items()}
    footprints = truth.footprints if study.volume else None
    best: dict[int, float] = {}
    for s in suspects:
        shown = lesion_at(s, maps[s.view], study.views[s.view], footprints)
        for number in {shown, *lesions_covered(s, maps[s.view], footprints)}:
            best[number] = max(best.get(number, 0.0), s.probability)
    seen = {n.number: visibility(n, has_volume=study.volume is not None) for n in truth.lesions}
    clear = [n for n in truth.lesions if n.is_visible and is_clear(seen[n.number], config)]
    missed = [n for n in clear if best.get(n.number, 0.0) < config["missed_below"]]
    rows = [describe(k, n, seen[n.number], best.get(n.number), len(truth.lesions)) for n in missed]
    return rows, [draw_tile(study, maps, n) for n in missed], len(clear)


def describe(k: int, lesion, seen: dict, probability: float | None, of_case: int) -> dict:
    """Return the line of a lesion; ``probability`` is None where no place shows it."""
    contrast, conspicuity = round(seen["contrast"], 2), round(seen["conspicuity"], 1)
    judged = "" if probability is None else round(probability, 3)
    radius_mm = round(lesion.radius_mm, 1)
    values = (
        k, lesion.disease, lesion.region, radius_mm, contrast, conspicuity, judged, of_case,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def draw_tile(study, maps: dict, lesion) -> np.ndarray:
    """Return a lesion in the view that shows most of it, twice side by side, once with its rim."""
    name = max(maps, key=lambda view: lesion.conspicuity.get(view, 0.0))
    view, is_lesion = study.views[name], maps[name] == lesion.number
    if not is_lesion.any():
        return np.full((_TILE[0], 2 * _TILE[1], 3), 255, np.uint8)
    middle = [int(axis.mean()) for axis in np.nonzero(is_lesion)]
    half = [math.ceil(mm / 2 / s) for mm, s in zip(_FIELD_MM, view.spacing_mm, strict=True)]
    box = tuple(slice(max(m - h, 0), m + h) for m, h in zip(middle, half, strict=True))
    shown = view.pixels[box]
    level = np.clip(shown / max(np.percentile(shown, 99.5), 1e-6), 0, 1)
    plain = np.repeat((255 * (1 - level**0.7)).astype(np.uint8)[..., None], 3, axis=2)
    marked = plain.copy()
    marked[find_boundaries(is_lesion, mode="outer")[box]] = _RED
    tiles = (Image.fromarray(image).resize(_TILE[::-1]) for image in (plain, marked))
    return np.concatenate([np.asarray(tile) for tile in tiles], axis=1)


def make_sheet(tiles: list[np.ndarray]) -> Image.Image:
    """Return all tiles in rows, a picture without any in white."""
    rows, blank = max(math.ceil(len(tiles) / _ACROSS), 1), np.full((_TILE[0], 2 * _TILE[1], 3), 255)
    padded = [*tiles, *[blank.astype(np.uint8)] * (rows * _ACROSS - len(tiles))]
    lines = [np.concatenate(padded[i * _ACROSS : (i + 1) * _ACROSS], axis=1) for i in range(rows)]
    return Image.fromarray(np.concatenate(lines))


if __name__ == "__main__":
    main()
