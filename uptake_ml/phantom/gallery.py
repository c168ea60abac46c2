"""Contact sheets of diseases and healthy cases:  python -m uptake_ml.phantom.gallery OUT_DIR.

For each modality ``M-focal.png``, ``M-other.png`` (diffuse patterns and joints) and
``M-healthy.png``, whose titles name the variants that each healthy case has.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from uptake_ml.phantom.drawing import draw
from uptake_ml.phantom.fdg_tables import load_fdg_diseases
from uptake_ml.phantom.rendering import render
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.study import BONE_SCAN, FDG_PET, FOCAL, NORMAL, Study

_FIELD_MM = (2000.0, 620.0)
_STEP_MM = 6.0
_PERCENTILE = 99.5
_GAMMA = 0.6
_COLUMNS = 7
_HEALTHY = 14
_TITLE_ROWS = 14
_TITLE_LETTERS = 34


def main() -> None:
    """Write the sheets of each modality that can be simulated."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voxel-mm", type=float, default=4.0)
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    for modality in (BONE_SCAN, FDG_PET):
        for name, specs in _sheets(modality, wanted.seed):
            path = wanted.out / f"{modality}-{name}.png"
            write_sheet(path, _panels(specs, wanted.voxel_mm))
            print(path, flush=True)


def _sheets(modality: str, seed: int) -> Iterator[tuple[str, list]]:
    """Yield the name of each sheet and the cases on it."""
    table = load_fdg_diseases() if modality == FDG_PET else load_diseases()
    drawn = {name: entry for name, entry in table.items() if entry["weight"] > 0}
    for sheet, is_focal in (("focal", True), ("other", False)):
        names = [n for n, entry in drawn.items() if (entry["label"] == FOCAL) == is_focal]
        yield (
            sheet,
            [
                draw(seed, modality=modality, disease=name, spawn_key=(k,))
                for k, name in enumerate(names)
            ],
        )
    yield (
        "healthy",
        [draw(seed, modality=modality, label=NORMAL, spawn_key=(k,)) for k in range(_HEALTHY)],
    )


def _panels(specs: Iterable, voxel_mm: float) -> Iterator[np.ndarray]:
    """Yield every case, all views, titled with what it has and the label that the image shows."""
    for spec in specs:
        study, truth = render(dataclasses.replace(spec, voxel_mm=voxel_mm))
        has = spec.diseases or spec.variants or ("nothing",)
        title = f"{', '.join(has)}"[:_TITLE_LETTERS]
        yield _titled(show(study), f"{title}: {truth.label}" if spec.diseases else title)


def show(study: Study) -> np.ndarray:
    """Return all views side by side, uint8, dark on light, clipped and brightened for the eye."""
    return np.concatenate([_shown(view) for view in study.views.values()], axis=1)


def write_sheet(path: Path, panels: Iterable[np.ndarray]) -> None:
    """Write panels of one size as a PNG, seven in a row."""
    from PIL import Image

    panels = list(panels)
    panels += [np.full_like(panels[0], 255)] * (-len(panels) % _COLUMNS)
    rows = [
        _trimmed(np.concatenate(panels[i : i + _COLUMNS], axis=1))
        for i in range(0, len(panels), _COLUMNS)
    ]
    Image.fromarray(np.concatenate(rows)).save(path)


def _trimmed(row: np.ndarray) -> np.ndarray:
    """Return a row of panels without the blank rows at its end."""
    return row[: np.flatnonzero((row < 250).any(axis=1))[-1] + _TITLE_ROWS // 2]


def _shown(view) -> np.ndarray:
    """Return a view on a field of one size, whatever its matrix."""
    from PIL import Image

    pixels = view.pixels
    top = np.percentile(pixels[pixels > 0], _PERCENTILE) if (pixels > 0).any() else 1.0
    dark = np.clip(pixels / max(top, 1e-9), 0, 1) ** _GAMMA
    size = [round(n * mm / _STEP_MM) for n, mm in zip(pixels.shape, view.spacing_mm, strict=True)]
    image = Image.fromarray(np.uint8(np.round(255 * (1 - dark))))
    image = np.asarray(image.resize(size[::-1], Image.Resampling.BOX))
    rows, columns = (round(mm / _STEP_MM) for mm in _FIELD_MM)
    image = image[:rows, max((size[1] - columns) // 2, 0) :][:, :columns]
    left = (columns - image.shape[1]) // 2
    right = columns - image.shape[1] - left
    pad = ((0, rows - image.shape[0]), (left, right))
    return np.pad(image, pad, constant_values=255)


def _titled(image: np.ndarray, title: str) -> np.ndarray:
    from PIL import Image, ImageDraw

    canvas = Image.fromarray(np.pad(image, ((_TITLE_ROWS, 0), (0, 4)), constant_values=255))
    ImageDraw.Draw(canvas).text((2, 1), title, fill=0)
    return np.asarray(canvas)


if __name__ == "__main__":
    main()
