"""The marrow along the spine as a curve against the liver, with the projection from the side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uptake_ml.report.overlay import SUV_WINDOW, encode_png, invert_grey

if TYPE_CHECKING:
    import numpy as np

    from uptake_ml.atlas import Layout
    from uptake_ml.features.marrow import Marrow
    from uptake_ml.study import Study

_PLOT_WIDTH_MM = 260.0
_LEAST_AXIS_SUV = 3.0
_SMOOTHING_MM = 8.0


@dataclass(frozen=True, kw_only=True)
class MarrowProfile:
    """The side view and the curve beside it, both ``height_mm`` high; lengths in mm.

    ``curve`` and ``spine`` are SVG paths; ``levels`` are (name, x in mm, SUV) of vertical lines,
    ``ticks`` (SUV, x in mm) of the axis.
    """

    data_uri: str
    width_mm: float
    height_mm: float
    plot_width_mm: float
    spine: str
    curve: str
    levels: tuple[tuple[str, float, float], ...]
    ticks: tuple[tuple[float, float], ...]


def draw_marrow_profile(
    study: Study | None, layouts: Mapping[str, Layout] | None
) -> MarrowProfile | None:
    """Return the profile of a PET study, None where no volume or no spine is known."""
    if study is None or study.volume is None or not layouts:
        return None
    from uptake_ml.features.marrow import measure_marrow
    from uptake_ml.study import ANTERIOR

    marrow = measure_marrow(study.volume, layouts[ANTERIOR])
    if marrow is None:
        return None
    plane_mm, row_mm, _ = study.volume.spacing_mm
    side = study.volume.values.max(axis=2).T
    curve = _smoothed(marrow)
    references = {"liver": marrow.liver_suv, "blood": marrow.blood_suv, "spleen": marrow.spleen_suv}
    known = {name: suv for name, suv in references.items() if suv == suv}
    most = max(_LEAST_AXIS_SUV, 1.1 * max(curve.max(), *known.values()))
    mm_per_suv = _PLOT_WIDTH_MM / most
    heights_mm = (marrow.rows + 0.5) * row_mm
    return MarrowProfile(
        data_uri=encode_png(invert_grey(side, SUV_WINDOW)),
        width_mm=round(side.shape[1] * plane_mm, 1),
        height_mm=round(side.shape[0] * row_mm, 1),
        plot_width_mm=_PLOT_WIDTH_MM,
        spine=_path((marrow.planes + 0.5) * plane_mm, heights_mm),
        curve=_path(curve * mm_per_suv, heights_mm),
        levels=tuple((name, round(suv * mm_per_suv, 1), suv) for name, suv in known.items()),
        ticks=tuple((float(t), round(t * mm_per_suv, 1)) for t in range(int(most) + 1)),
    )


def _smoothed(marrow: Marrow) -> np.ndarray:
    from scipy import ndimage

    return ndimage.gaussian_filter1d(marrow.profile_suv, _SMOOTHING_MM / marrow.row_mm)


def _path(xs: np.ndarray, ys: np.ndarray) -> str:
    return "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
