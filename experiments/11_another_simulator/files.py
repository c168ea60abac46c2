"""A case as the files, or the study, that a user would bring.

A planar case has ``views`` and ``pixel_mm``, a PET ``suv`` and ``spacing_mm``; both come from the
package of a simulator.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from uptake_ml.study import BONE_SCAN, COUNTS, FDG_PET, Study, View

FORMS = {
    BONE_SCAN: ("counts", "light 16-bit picture", "dark 8-bit picture", "counts"),
    FDG_PET: ("NIfTI", "NIfTI", "dark 8-bit picture", "NIfTI", "NIfTI", "light 8-bit picture"),
}


def choose_form(modality: str, n_labels: int, k: int) -> str:
    """Return the form of case ``k``, in turn so that each label and kind meets each form."""
    forms = FORMS[modality]
    # Labels come in turn, and kinds with them: a form that came in turn too would stay with one.
    return forms[(k + k // n_labels + k // (n_labels * len(forms))) % len(forms)]


def is_pet(case) -> bool:
    """Return whether a case is a volume."""
    return hasattr(case, "suv")


def pixel_mm(case, form: str) -> tuple[float, float]:
    """Return height and width in mm of a pixel of the anterior view in a form."""
    if not is_pet(case):
        return case.pixel_mm, case.pixel_mm
    _, row_mm, column_mm = case.spacing_mm
    return (column_mm if form.endswith("picture") else row_mm), column_mm


def make_study(case) -> Study:
    """Return counts of both views as a study."""
    views = {
        name: View(
            name=name, pixels=np.ascontiguousarray(image), unit=COUNTS,
            spacing_mm=(case.pixel_mm, case.pixel_mm),
        )
        for name, image in case.views.items()
    }  # fmt: skip
    return Study(id="simulated", modality=BONE_SCAN, views=views)


def write_pictures(case, folder: Path, *, is_dark: bool) -> list[Path]:
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


def write_volume(case, path: Path) -> None:
    """Write the volume as NIfTI in SUV, its axes running to the left, the back and the feet.

    World coordinates grow to the right, the front and the head (RAS+), as NIfTI asks.
    """
    import nibabel

    voxels = np.ascontiguousarray(np.moveaxis(case.suv, 2, 0))
    steps = np.array([case.spacing_mm[2], case.spacing_mm[0], case.spacing_mm[1]])
    affine = np.eye(4)
    affine[:3, :3] = np.diag(-steps)
    affine[:3, 3] = steps * (np.array(voxels.shape) - 1) / 2
    image = nibabel.Nifti1Image(voxels.astype(np.float32), affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)


def write_projection(case, folder: Path, *, top_suv: float, is_dark: bool) -> Path:
    """Write the coronal maximum projection, uint8 with square pixels, and return its path.

    Grey levels run from SUV 0 to ``top_suv``, the window of the viewer that it was saved from.
    """
    from PIL import Image

    part = np.clip(case.suv.max(axis=0) / top_suv, 0, 1)
    rows, columns = part.shape
    _, row_mm, column_mm = case.spacing_mm
    levels = Image.fromarray((255 * (1 - part if is_dark else part)).astype(np.uint8))
    square = levels.resize((columns, round(rows * row_mm / column_mm)), Image.Resampling.BILINEAR)
    path = folder / "case.png"
    square.save(path)
    return path
