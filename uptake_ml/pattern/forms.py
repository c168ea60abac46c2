"""The forms in which a simulated study may reach a reader: counts, picture, one view."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uptake_ml.pattern.cases import COUNTS, ONE_VIEW, PICTURE, VOLUME
from uptake_ml.pattern.held_out import ANY, HELD_OUT, TRAINED
from uptake_ml.study import ANTERIOR, POSTERIOR, Study, View

# A case that is learnt from is shown in more forms than one that judges: drawing it costs most.
_PICTURE_SHARE = {ANY: 0.5, HELD_OUT: 0.5, TRAINED: 0.8}
_ONE_VIEW_SHARE = {ANY: 0.2, HELD_OUT: 0.2, TRAINED: 0.35}
_ANTERIOR_SHARE = 0.7
# Stages of the draws of forms lie so far from those of the cases.
FORMS_STAGE = 100
_PICTURE_PIXEL_MM = (2.4, 4.0, 6.0)
_SPACING_ERROR = 0.05


def vary(study: Study, rng: np.random.Generator, kind: str = ANY) -> dict[str, Study]:
    """Return the forms in which a case of this ``kind`` reaches a reader, by their names.

    Some cases come as a picture as well, some bone scans as one view.
    """
    studies = {COUNTS if study.volume is None else VOLUME: study}
    if rng.random() < _PICTURE_SHARE[kind]:
        studies[PICTURE] = take_picture(study, rng)
    if len(study.views) > 1 and rng.random() < _ONE_VIEW_SHARE[kind]:
        studies[ONE_VIEW] = keep_one_view(studies.get(PICTURE, study), rng)
    return studies


def take_picture(study: Study, rng: np.random.Generator) -> Study:
    """Return ``study`` as somebody would have saved it: 8-bit, windowed, pixel size estimated."""
    from uptake_ml.phantom.picture_export import to_picture

    export, pixel_mm = _draw_export(rng), float(rng.choice(_PICTURE_PIXEL_MM))
    # A reader has to guess the pixel size of a picture from the height of the body.
    error = float(rng.lognormal(0.0, _SPACING_ERROR))
    views = {}
    for name, view in study.views.items():
        rows, columns = (
            round(size * mm / pixel_mm)
            for size, mm in zip(view.pixels.shape, view.spacing_mm, strict=True)
        )
        picture = to_picture(view, replace(export, rows=rows, columns=columns))
        views[name] = _misjudge(picture, error)
    return replace(study, views=views, volume=None)


def keep_one_view(study: Study, rng: np.random.Generator) -> Study:
    """Return ``study`` with one of its views, as it often comes: more often the anterior one."""
    name = ANTERIOR if rng.random() < _ANTERIOR_SHARE else POSTERIOR
    return replace(study, views={name: study.views[name]})


def _draw_export(rng: np.random.Generator):
    from uptake_ml.phantom.picture_export import DisplayExport

    return DisplayExport(
        upper_percentile=float(rng.uniform(97.5, 99.98)),
        gamma=float(np.clip(rng.lognormal(0.0, 0.22), 0.6, 1.7)) if rng.random() < 0.6 else 1.0,
        has_wrap_around=bool(rng.random() < 0.05),
        jpeg_quality=int(rng.integers(60, 96)) if rng.random() < 0.4 else None,
    )


def _misjudge(view: View, error: float) -> View:
    row_mm, column_mm = view.spacing_mm
    return replace(view, spacing_mm=(row_mm * error, column_mm * error), is_spacing_estimated=True)
