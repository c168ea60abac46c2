"""Simulated bone scans beside NEMA's NM1, as a picture and as numbers.

    python experiments/02_beside_a_real_scan/run.py

Writes docs/phantom-beside-nm1.png, results.csv and provenance.json.  Needs the extra [simulate].
"""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file

from uptake_ml.phantom import draw, render
from uptake_ml.provenance import record_provenance
from uptake_ml.study import ANTERIOR, BONE_SCAN, LABELS, POSTERIOR

HERE = Path(__file__).resolve().parent
PERCENTILES = (5, 25, 50, 75, 95, 99, 99.9)
_BODY_SHARE = 0.04


def main() -> None:
    """Draw, render, compare and write."""
    config = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
    nm1 = dcmread(get_testdata_file("JPGExtended.dcm"))
    tiles = [_tile(nm1.pixel_array.astype(np.float32), float(nm1.PixelSpacing[0]))]
    rows = [("NM1", *_percentiles(nm1.pixel_array.astype(np.float32)))]
    labels = LABELS[BONE_SCAN]
    for k in range(config["cases"]):
        label = labels[k % len(labels)]
        spec = draw(config["seed"], label=label, spawn_key=(k,))
        study, _ = render(spec)
        rows.append((f"simulated {k}, {label}", *_percentiles(study.views[ANTERIOR].pixels)))
        if k < config["shown"]:
            for view in (ANTERIOR, POSTERIOR):
                tiles.append(_tile(study.views[view].pixels, spec.camera.pixel_mm))
        print(f"{k + 1}/{config['cases']} {label}", flush=True)
    _write(rows, tiles, config)


def _percentiles(pixels) -> tuple[float, ...]:
    """Percentiles of the body's pixels over their median: free of counts and of duration."""
    body = pixels[pixels > _BODY_SHARE * np.percentile(pixels, 99)]
    return tuple(np.round(np.percentile(body, PERCENTILES) / np.median(body), 3).tolist())


def _tile(pixels, spacing_mm: float, height_mm: float = 2050.0, width_mm: float = 590.0):
    """The body from its first row on, at 3 mm, dark uptake on white."""
    rows = np.flatnonzero(pixels.sum(axis=1) > 0.02 * pixels.sum(axis=1).max())
    top = max(int(rows[0] - 30 / spacing_mm), 0)
    height, width = round(height_mm / spacing_mm), round(width_mm / spacing_mm)
    first = max((pixels.shape[1] - width) // 2, 0)
    part = np.zeros((height, width), np.float32)
    body = pixels[top : top + height, first : first + width]
    part[: body.shape[0], : body.shape[1]] = body
    level = np.percentile(part[part > _BODY_SHARE * np.percentile(part, 99)], 98.5)
    grey = 255 - np.clip((part / level) ** 0.65, 0, 1) * 255
    size = (round(width_mm / 3), round(height_mm / 3))
    return np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(size, Image.Resampling.BOX))


def _write(rows, tiles, config) -> None:
    half = (len(tiles) + 1) // 2
    tiles += [np.full_like(tiles[0], 255)] * (2 * half - len(tiles))
    sheet = np.vstack([np.hstack(tiles[:half]), np.hstack(tiles[half:])])
    target = HERE.parents[1] / "docs" / "phantom-beside-nm1.png"
    Image.fromarray(sheet).quantize(48).save(target, optimize=True)
    with (HERE / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["study", *(f"p{p:g}/p50" for p in PERCENTILES)])
        writer.writerows(rows)
    simulated = np.array([row[1:] for row in rows[1:]])
    for name, value, column in zip(PERCENTILES, rows[0][1:], simulated.T, strict=True):
        low, high = column.min(), column.max()
        verdict = "inside" if low <= value <= high else "OUTSIDE"
        print(f"p{name:g}/p50: NM1 {value:.2f}, phantom {low:.2f} to {high:.2f}: {verdict}")
    record = record_provenance() | {"config": config}
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
