"""A case as the files, or the study, that a user would bring."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simulator.bone_case import Planar
from simulator.pet_case import Pet
from uptake_ml.study import BONE_SCAN, COUNTS, Study, View

FORMS = ("counts", "light 16-bit picture", "dark 8-bit picture", "counts")


def make_study(case: Planar) -> Study:
    """Return counts of both views as a study."""
    views = {
        name: View(
            name=name, pixels=np.ascontiguousarray(image), unit=COUNTS,
            spacing_mm=(case.pixel_mm, case.pixel_mm),
        )
        for name, image in case.views.items()
    }  # fmt: skip
    return Study(id="simulated", modality=BONE_SCAN, views=views)


def write_pictures(case: Planar, folder: Path, *, is_dark: bool) -> list[Path]:
    """Write both views and return their paths: uint16 light on dark, or uint8 dark on light."""
    from PIL import Image

    top = np.mean([np.percentile(image[image > 0], 99.7) for image in case.views.values()])
    paths = []
    for name, image in case.views.items():
        part = np.clip(image / top, 0, 1)
        levels = (255 * (1 - part)).astype(np.uint8) if is_dark else None
        levels = (65535 * part).astype(np.uint16) if levels is None else levels
        path = folder / f"case_{'ANT' if name == 'anterior' else 'POST'}.png"
        Image.fromarray(levels).save(path)
        paths.append(path)
    return paths


def write_volume(case: Pet, folder: Path) -> Path:
    """Write an SUV volume as NIfTI and return its path."""
    import nibabel

    # (z, y, x) from front, head and right to the file's (x, y, z): towards left, back, head.
    values = np.ascontiguousarray(case.suv.transpose(2, 0, 1)[:, :, ::-1])
    plane, row, column = case.spacing_mm
    affine = np.diag([-column, -plane, row, 1.0])
    path = folder / "case.nii.gz"
    nibabel.save(nibabel.Nifti1Image(values, affine), path)
    return path
