"""First-order and 2-D shape features of given places by two general packages, for comparison.

Both come with the extra [experiments]; one that is not installed is left out, with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np

from uptake_ml.study import View

_BINS = 32
# A place needs so many rows and columns for both packages to describe its shape.
_LEAST_PIXELS = 2

Describe = Callable[[View, Sequence[np.ndarray]], list[dict[str, float]]]


def other_packages() -> tuple[dict[str, Describe], dict[str, str]]:
    """Return what measures the places of a view, by package, and why others are left out."""
    found, missing = {}, {}
    for name, load in (("numpyradiomics", _numpyradiomics), ("pyradiomics-bhklab", _pyradiomics)):
        try:
            found[name] = load()
        except ImportError as error:
            missing[name] = f"{error}; pip install uptake-ml[experiments]"
    return found, missing


def is_measurable(mask: np.ndarray) -> bool:
    """Return whether both packages describe a place with this mask, (rows, columns)."""
    return min(np.ptp(where) + 1 if len(where) else 0 for where in np.nonzero(mask)) >= (
        _LEAST_PIXELS
    )


def _numpyradiomics() -> Describe:
    from numpyradiomics import firstorder, shape

    def describe(view: View, masks: Sequence[np.ndarray]) -> list[dict[str, float]]:
        area_mm2 = float(np.prod(view.spacing_mm))
        return [
            firstorder(view.pixels, mask, voxelVolume=area_mm2, binCount=_BINS)
            | shape(mask, view.spacing_mm)
            for mask in masks
        ]

    return describe


def _pyradiomics() -> Describe:
    import SimpleITK as sitk
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    extractor = RadiomicsFeatureExtractor(
        binCount=_BINS, force2D=True, minimumROIDimensions=1, additionalInfo=False
    )
    extractor.disableAllFeatures()
    for kind in ("firstorder", "shape2D"):
        extractor.enableFeatureClassByName(kind)

    def to_image(pixels: np.ndarray, view: View):
        image = sitk.GetImageFromArray(pixels)
        image.SetSpacing(tuple(float(mm) for mm in view.spacing_mm[::-1]))
        return image

    def describe(view: View, masks: Sequence[np.ndarray]) -> list[dict[str, float]]:
        image = to_image(view.pixels, view)
        return [extractor.execute(image, to_image(m.astype(np.uint8), view)) for m in masks]

    return describe
