"""How a lesion changed between two scans, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.compare.matching import Pair, distance_mm
from uptake_ml.compare.repeat import measure_repeat_sd
from uptake_ml.compare.sites import TURNED, Reading, Scan, Site

if TYPE_CHECKING:
    from uptake_ml.study import Study

UNCHANGED, HOTTER, COOLER = "unchanged", "hotter", "cooler"
GONE, NEW, NOT_COVERED = "gone", "new", "not covered"
CHANGES = (NEW, HOTTER, UNCHANGED, COOLER, GONE, NOT_COVERED)
RISING, FALLING = (NEW, HOTTER), (GONE, COOLER)

_SAME_SIZE = 0.01

INCREASED, DECREASED, MIXED = "increased", "decreased", "mixed"


@dataclass(frozen=True, kw_only=True)
class ChangeLimits:
    """When a change is real; chosen on simulated pairs (experiments/03_change_over_time).

    ``repeat_sd`` is the standard deviation of log(contrast later / earlier) of a lesion that did
    not change, counting noise left out: another posture and layout.  ``other_camera_sd`` is added
    in quadrature where pixel sizes differ, the one sign of another camera or protocol that every
    image has, ``turned_sd`` where limbs turn, which alone makes a place hotter or less hot, and
    ``other_view_sd`` where no view shows the place on both dates.  Where bones without a lesion
    repeat worse than that (``measure_repeat_sd``: 0.12 in the median of simulated pairs, 0.25 at
    most), this is what counts; above ``most_repeat_sd`` a layout is off, and what only one date
    shows is not looked for on the other.
    """

    least_significance: float = 2.0
    repeat_sd: float = 0.14
    other_camera_sd: float = 0.17
    other_view_sd: float = 0.35
    turned_sd: float = 0.3
    most_repeat_sd: float = 0.35

    def __post_init__(self) -> None:
        sds = (self.repeat_sd, self.other_camera_sd, self.other_view_sd, self.turned_sd)
        if min(self.least_significance, *sds) <= 0:
            raise ValueError("significance and standard deviations must be positive")

    def between_scans_sd(self, earlier: Study, later: Study, measured_sd: float) -> float:
        """Return the standard deviation of log(contrast later / earlier) without counting noise.

        ``measured_sd`` is that of the bones of these two scans, NaN where it is not known.
        """
        usual = self.repeat_sd
        if has_other_pixel_size(earlier, later):
            usual = float(np.hypot(usual, self.other_camera_sd))
        return float(np.nanmax([usual, measured_sd]))

    def is_misfit(self, measured_sd: float) -> bool:
        """Whether bones repeat so badly that a layout must be off."""
        return measured_sd > self.most_repeat_sd


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """One place on two dates: ``earlier`` or ``later`` is None where it was no hot spot.

    ``contrast_earlier``, ``contrast_later`` are means over the views compared, measured at the
    place also where there is no hot spot, None where the scan does not show the place.
    ``significance`` is the change in standard deviations, positive where it is hotter later.
    """

    number: int
    change: str
    earlier: Site | None
    later: Site | None
    contrast_earlier: float | None
    contrast_later: float | None
    significance: float | None

    @property
    def site(self) -> Site:
        """The site of the later date, or of the earlier one where there is no later one."""
        return self.later or self.earlier

    @property
    def ratio(self) -> float | None:
        """Contrast later over earlier."""
        if self.contrast_earlier is None or self.contrast_later is None:
            return None
        return self.contrast_later / self.contrast_earlier

    @property
    def distance_mm(self) -> float | None:
        """How far apart the place was found on the two dates."""
        if self.earlier is None or self.later is None:
            return None
        return distance_mm(self.earlier, self.later)


def judge_pairs(
    pairs: Sequence[Pair],
    earlier: Scan,
    later: Scan,
    limits: ChangeLimits | None = None,
    measured_sd: float | None = None,
) -> tuple[Lesion, ...]:
    """Return a lesion a pair, numbered from 1, the hottest first.

    ``measured_sd`` is what ``measure_repeat_sd`` gives for the two scans, if it is known already.
    """
    limits = limits or ChangeLimits()
    if measured_sd is None:
        measured_sd = measure_repeat_sd(earlier, later)
    order = sorted(pairs, key=_hottest, reverse=True)
    return tuple(
        _judge(number, pair, earlier, later, limits, measured_sd)
        for number, pair in enumerate(order, start=1)
    )


def has_other_pixel_size(earlier: Study, later: Study) -> bool:
    """Whether no pixel size of the one scan is that of the other, within a hundredth."""
    sizes = [[view.spacing_mm for view in study.views.values()] for study in (earlier, later)]
    return not any(np.allclose(a, b, rtol=_SAME_SIZE) for a in sizes[0] for b in sizes[1])


def summarise_trend(lesions: Sequence[Lesion]) -> str:
    """Return ``increased``, ``decreased``, ``mixed`` or ``unchanged`` over all lesions."""
    rises = any(lesion.change in RISING for lesion in lesions)
    falls = any(lesion.change in FALLING for lesion in lesions)
    if rises and falls:
        return MIXED
    return INCREASED if rises else DECREASED if falls else UNCHANGED


def _hottest(pair: Pair) -> float:
    return max(site.contrast for site in pair if site is not None)


def _judge(
    number: int,
    pair: Pair,
    earlier: Scan,
    later: Scan,
    limits: ChangeLimits,
    measured_sd: float,
) -> Lesion:
    between = limits.between_scans_sd(earlier.study, later.study, measured_sd)
    can_look = None not in pair or not limits.is_misfit(measured_sd)
    readings = _read_shared_views(pair, earlier, later) if can_look else []
    if readings:
        before, after, significance = _compare_views(readings, pair, between, limits)
    else:
        before, after, significance = _compare_best_views(pair, between, limits)
    return Lesion(
        number=number,
        change=_name_change(pair, significance, limits.least_significance),
        earlier=pair[0],
        later=pair[1],
        contrast_earlier=before,
        contrast_later=after,
        significance=significance,
    )


def _name_change(pair: Pair, significance: float | None, least: float) -> str:
    if significance is None:
        return NOT_COVERED
    if abs(significance) < least:
        return UNCHANGED
    if significance > 0:
        return NEW if pair[0] is None else HOTTER
    return GONE if pair[1] is None else COOLER


def _compare_views(
    readings: Sequence[tuple[Reading, Reading]], pair: Pair, between: float, limits: ChangeLimits
) -> tuple[float, float, float]:
    """Return contrast before and after (geometric means of the views), and the significance.

    Two changes are measured: that of the contrast, wrong where a layout is, and that of the uptake
    over the level of bone, wrong where that level is.  Their mean counts where the place is a hot
    spot on both dates; new or gone is only what both show, so that there the lesser counts.
    """
    logs = np.log(np.array(readings)[..., :2])
    contrast, uptake = np.diff(logs, axis=1)[:, 0].mean(axis=0)
    noise = np.array(readings)[..., 2]
    if next(site for site in pair if site is not None).region in TURNED:
        between = np.hypot(between, limits.turned_sd)
    sd = np.sqrt((noise**2).sum() / len(readings) ** 2 + between**2)
    before, after = np.exp(logs[..., 0].mean(axis=0))
    change = _lesser(contrast, uptake) if None in pair else np.nanmean([contrast, uptake])
    return float(before), float(after), float(change / sd)


def _lesser(change: float, other: float) -> float:
    if not np.isfinite(other):
        return change
    return min(change, other, key=abs) if change * other > 0 else 0.0


def _compare_best_views(
    pair: Pair, between: float, limits: ChangeLimits
) -> tuple[float | None, float | None, float | None]:
    """Return the same where no view shows the place on both dates: each date's best view."""
    before, after = (None if site is None else site.contrast for site in pair)
    if before is None or after is None:
        return before, after, None
    change = np.log(after) - np.log(before)
    return before, after, float(change / np.hypot(between, limits.other_view_sd))


def _read_shared_views(pair: Pair, earlier: Scan, later: Scan) -> list[tuple[Reading, Reading]]:
    """Return the readings before and after of each view that both scans have.

    Views in which the place is a hot spot on both dates are enough; otherwise every view in which
    it is one on either date is read on the other as well.
    """
    seen = [set() if site is None else set(site.readings) for site in pair]
    views = (seen[0] & seen[1]) or (seen[0] | seen[1])
    shared = views & set(earlier.study.views) & set(later.study.views)
    readings = []
    for view in sorted(shared):
        both = _read(pair[0], pair[1], earlier, view), _read(pair[1], pair[0], later, view)
        if None not in both:
            readings.append(both)
    return readings


def _read(own: Site | None, other: Site | None, scan: Scan, view: str) -> Reading | None:
    if own is not None and view in own.readings:
        return own.readings[view]
    return scan.read_at(own or other, view)
