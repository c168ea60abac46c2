"""Statistics of uptake values under the names and definitions of the IBSI.

IBSI: Image Biomarker Standardisation Initiative, Zwanenburg et al., Radiology 2020;295:328 and the
reference manual (arXiv:1612.07003), section "Intensity-based statistical features".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import AXIAL_BONES, SHAFTS, SKELETON
from uptake_ml.features.registry import COMMON_INVARIANCES, INTENSITY, WINDOW, feature

if TYPE_CHECKING:
    from uptake_ml.features.uptake import Uptake, ViewUptake

_IBSI = "IBSI (arXiv:1612.07003), section 3.3, code "


def intensity_statistics(values: np.ndarray) -> dict[str, float]:
    """Return the 18 intensity-based statistics of the IBSI, by their names there.

    Parameters
    ----------
    values
        The intensities in the region, of any shape and unit; at least one.

    Returns
    -------
    dict
        ``mean``, ``variance`` (of the population), ``skewness``, ``kurtosis`` (excess),
        ``median``, ``minimum``, ``p10``, ``p90``, ``maximum``, ``iqr``, ``range``, ``mad`` (mean
        absolute deviation), ``rmad`` (the same between the 10th and 90th percentile), ``medad``
        (mean absolute deviation from the median), ``cov`` (coefficient of variation), ``qcod``
        (quartile coefficient of dispersion), ``energy``, ``rms``.  A statistic that divides by
        zero is NaN, but skewness and kurtosis of constant values are 0, as the IBSI has it.

    Raises
    ------
    ValueError
        If ``values`` is empty.
    """
    # A stable sort costs next to nothing where values rise already.
    x = np.sort(np.asarray(values, dtype=np.float64), axis=None, kind="stable")
    if not len(x):
        raise ValueError("intensity statistics need at least one value, found none")
    p10, p25, median, p75, p90 = (ordered_percentile(x, p) for p in (10, 25, 50, 75, 90))
    mean = x.mean()
    deviation = x - mean
    square = deviation**2
    variance = np.mean(square)
    middle = x[np.searchsorted(x, p10) : np.searchsorted(x, p90, side="right")]
    energy = np.sum(x**2)
    statistics = {
        "mean": mean,
        "variance": variance,
        "skewness": _moment(square * deviation, variance, 3),
        "kurtosis": _moment(square**2, variance, 4) - 3.0 if variance > 0 else 0.0,
        "median": median,
        "minimum": x[0],
        "p10": p10,
        "p90": p90,
        "maximum": x[-1],
        "iqr": p75 - p25,
        "range": x[-1] - x[0],
        "mad": np.mean(np.abs(deviation)),
        "rmad": np.mean(np.abs(middle - middle.mean())),
        "medad": np.mean(np.abs(x - median)),
        "cov": np.sqrt(variance) / mean if mean else np.nan,
        "qcod": (p75 - p25) / (p75 + p25) if p75 + p25 else np.nan,
        "energy": energy,
        "rms": np.sqrt(energy / len(x)),
    }
    return {name: float(value) for name, value in statistics.items()}


def ordered_percentile(ordered: np.ndarray, percent: float) -> float:
    """Return a percentile of rising values, linear between the two nearest; NaN of none."""
    if not len(ordered):
        return np.nan
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (place - below) * (high - low)


def _moment(powers: np.ndarray, variance: float, power: int) -> float:
    return np.mean(powers) / variance ** (power / 2) if variance > 0 else 0.0


_SKELETON_STATISTICS: dict[str, tuple[str, tuple[float, float], str]] = {
    "cov": ("7TET", (0, 10), "how uneven uptake is over the skeleton"),
    "qcod": ("9S40", (0, 1), "how uneven uptake is over the middle half of the skeleton"),
    "skewness": ("KE2A", (-10, 50), "whether few skeletal pixels are far hotter than the rest"),
    "kurtosis": ("IPH6", (-3, 2000), "how heavy the tails of skeletal uptake are"),
    "p10": ("QG58", (0, 1), "uptake of the faintest tenth of the skeleton"),
    "p90": ("8DWT", (1, 50), "uptake of the hottest tenth of the skeleton"),
    "maximum": ("84IY", (1, 1000), "hottest place of the skeleton"),
    "iqr": ("SALO", (0, 20), "spread of the middle half of skeletal uptake"),
    "mad": ("4FUA", (0, 20), "mean deviation of skeletal uptake"),
    "rmad": (
        "1128",
        (0, 10),
        "mean deviation of skeletal uptake, hottest and faintest tenth left out",
    ),
}


def _of_skeleton(name: str) -> Callable[[Uptake], float]:
    def statistic(view: ViewUptake) -> float:
        if not view.bone_level > 0:
            return np.nan
        return view.skeleton_statistics[name]

    return lambda uptake: uptake.average(statistic)


for _name, (_code, _range, _meaning) in _SKELETON_STATISTICS.items():
    feature(
        f"{INTENSITY}.skeleton_{_name}",
        range=_range,
        meaning=_meaning,
        formula=f"{_name} of smoothed uptake over the skeleton, divided by its median",
        source=_IBSI + _code,
        tolerance=0.1,
    )(_of_skeleton(_name))


def _body_percentile(percent: float) -> Callable[[Uptake], float]:
    def ratio(view: ViewUptake) -> float:
        middle, high = (ordered_percentile(view.body_values, p) for p in (50, percent))
        return high / middle if middle > 0 else np.nan

    return lambda uptake: uptake.average(ratio)


for _percent in (5, 25, 75, 95, 99):
    feature(
        f"{INTENSITY}.body_p{_percent}",
        range=(0, 1) if _percent < 50 else (1, 500),
        meaning=f"{_percent}th percentile of uptake in the body, relative to the median",
        formula=f"P{_percent} / P50 of smoothed uptake over the body",
    )(_body_percentile(_percent))


@feature(
    f"{INTENSITY}.body_cov",
    range=(0, 20),
    meaning="how uneven uptake is over the body",
    formula="standard deviation / mean of smoothed uptake over the body",
    source=_IBSI + "7TET",
)
def body_variation(uptake: Uptake) -> float:
    def variation(view: ViewUptake) -> float:
        mean = view.body_values.mean()
        return view.body_values.std() / mean if mean > 0 else np.nan

    return uptake.average(variation)


@feature(
    f"{INTENSITY}.saturated_share",
    range=(0, 1),
    meaning="share of the body shown at the brightest value of the image: a clipped picture",
    formula="pixels equal to the maximum / pixels of the body, before smoothing",
)
def saturated_share(uptake: Uptake) -> float:
    def share(view: ViewUptake) -> float:
        pixels = view.working.pixels[view.working.body]
        return float(np.mean(pixels >= 0.995 * pixels.max()))

    return uptake.average(share)


@feature(
    f"{INTENSITY}.skeleton_departure",
    range=(0, 5),
    meaning="how far the skeleton departs from a normal one, pixel by pixel",
    formula="half of P84 - P16 of log(uptake / normal uptake nearby) over the skeleton",
)
def skeleton_departure(uptake: Uptake) -> float:
    return uptake.average(
        lambda view: (
            (ordered_percentile(view.log_excess, 84) - ordered_percentile(view.log_excess, 16)) / 2
        )
    )


def _log_excess_percentile(percent: float) -> Callable[[Uptake], float]:
    return lambda uptake: uptake.average(lambda view: ordered_percentile(view.log_excess, percent))


for _percent in (5, 95, 99):
    feature(
        f"{INTENSITY}.log_excess_p{_percent}",
        range=(-5, 8),
        meaning=f"{_percent}th percentile of how many times normal the skeleton takes up",
        formula=f"P{_percent} of log(uptake / normal uptake nearby) over the skeleton",
    )(_log_excess_percentile(_percent))


@feature(
    f"{INTENSITY}.tail_heaviness",
    range=(0, 100),
    meaning="how far the hottest hundredth of the skeleton stands out of the hottest tenth",
    formula="(P99 - P50) / (P90 - P50) of uptake over the skeleton",
    tolerance=0.1,
)
def tail_heaviness(uptake: Uptake) -> float:
    def ratio(view: ViewUptake) -> float:
        p50, p90, p99 = (view.levels.percentile(SKELETON, p) for p in (50, 90, 99))
        return (p99 - p50) / (p90 - p50) if p90 > p50 else np.nan

    return uptake.average(ratio)


@feature(
    f"{INTENSITY}.axial_rank",
    range=(0, 1),
    meaning="how often a pixel of the trunk and skull outshines one of the long bones",
    formula="probability that a pixel of the axial bones exceeds one of the long bones",
    source="Mann-Whitney U / (n m)",
    invariances=(*COMMON_INVARIANCES, WINDOW),
)
def axial_rank(uptake: Uptake) -> float:
    return uptake.average(lambda view: view.levels.exceedance(AXIAL_BONES, SHAFTS))


def ordered_exceedance(above: np.ndarray, below: np.ndarray) -> float:
    """Return the probability that a value of ``above`` exceeds one of ``below``, ties as half.

    Both rise.  Unchanged by every monotone map of the values.  NaN if either is empty.
    """
    if not (len(above) and len(below)):
        return np.nan
    if len(above) > len(below):  # the fewer are looked up among the many
        return 1 - ordered_exceedance(below, above)
    # A thousand evenly spaced values stand for more.
    step = max(len(above) // 1000, 1)
    above = above[step // 2 :: step]
    under = np.searchsorted(below, above)
    ties = above[below[np.minimum(under, len(below) - 1)] == above]
    tied = np.searchsorted(below, ties, side="right") - np.searchsorted(below, ties)
    return float((under.sum() + tied.sum() / 2) / len(above) / len(below))
