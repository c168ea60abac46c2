"""Whether the values of a volume can be SUV, and their cleaning."""

from __future__ import annotations

import numpy as np

from uptake_ml.errors import ReadError

# The body is what exceeds this part of the 99.5th percentile.  Tracer that spread evenly would be
# SUV 1 throughout, so the body's median lies near that: 0.6 in a real scan.
_BODY_PART, _BODY_QUANTILE = 0.05, 0.995
_LEAST_MEDIAN, _ODD_MEDIAN, _MOST_MEDIAN = 0.1, 2.0, 8.0
_NEGATIVE, _NEGATIVE_PART = -0.5, 0.01
_NOT_FINITE_PART = 0.5

NOT_FINITE_NOTE = "Voxels without a number were set to 0."
NEGATIVE_NOTE = "Values below 0 were set to 0."
ODD_NOTE = (
    "The body's median of {median:.2g} is unusual for SUV by body weight: check the unit, the "
    "dose and the weight."
)


def clean_suv(values: np.ndarray, name: str) -> list[str]:
    """Make the values, float32, finite and not negative, in place, and return notes on it.

    Raises
    ------
    ReadError
        If they cannot be SUV: all alike, many negative, or of another order of magnitude.
    """
    notes = []
    # Minimum and maximum tell of any odd one without a mask, which a large volume has no room for.
    if not np.isfinite([values.min(), values.max()]).all():
        is_odd = ~np.isfinite(values)
        if is_odd.mean() > _NOT_FINITE_PART:
            raise ReadError(f"{name} holds hardly any numbers: export it again, in SUV")
        values[is_odd] = 0
        notes.append(NOT_FINITE_NOTE)
    lowest = values.min()
    if lowest == values.max():
        raise ReadError(f"{name} shows nothing, all its voxels are alike: export it again, in SUV")
    if lowest < 0:
        if (values < _NEGATIVE).mean() > _NEGATIVE_PART:
            raise ReadError(
                f"{name} must hold SUV, which are not negative, found values down to "
                f"{lowest:.4g} (as in a CT): give the PET in SUV"
            )
        np.maximum(values, 0, out=values)
        notes.append(NEGATIVE_NOTE)
    return notes + _judge_median(_body_median(values), name)


def _body_median(values: np.ndarray) -> float:
    some = values[tuple(slice(None, None, max(1, n // 128)) for n in values.shape)]
    body = some[some > _BODY_PART * np.quantile(some, _BODY_QUANTILE)]
    return float(np.median(body)) if body.size else 0.0


def _judge_median(median: float, name: str) -> list[str]:
    if not _LEAST_MEDIAN <= median <= _MOST_MEDIAN:
        raise ReadError(
            f"{name} must hold SUV by body weight, about 1 in most of the body, found a median of "
            f"{median:.3g} (Bq/mL would be thousands): give the PET in SUV, or check dose and "
            "weight"
        )
    return [ODD_NOTE.format(median=median)] if median > _ODD_MEDIAN else []
