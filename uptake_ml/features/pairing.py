"""Which hot spots belong together: the same site on the other side, or in the other view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.regions import LEFT, RIGHT
from uptake_ml.study import Study

if TYPE_CHECKING:
    from uptake_ml.atlas.records import Landmark, Layout
    from uptake_ml.features.hotspots import HotSpot

# Sites are compared as offsets from the nearest landmark, so that posture does not matter; their
# middles may differ by this much, and by half a radius more where the hot spots are large.
_REACH_MM = 40.0
_OTHER_SIDE = {LEFT: RIGHT, RIGHT: LEFT, None: None}


def pair_across_midline(
    spots: Sequence[HotSpot], study: Study, layouts: Mapping[str, Layout]
) -> list[int | None]:
    """Return for each hot spot the index of the one at the mirrored site of its view, or None.

    Only regions that come in pairs have partners.
    """

    def mirrored(spot: HotSpot, other: HotSpot) -> float:
        if spot.side is None or other.side != _OTHER_SIDE[spot.side] or spot.view != other.view:
            return np.inf
        return _distance_mm(spot, other, study, layouts, crosses_midline=True)

    return _match(spots, mirrored)


def pair_across_views(
    spots: Sequence[HotSpot], study: Study, layouts: Mapping[str, Layout]
) -> list[int | None]:
    """Return for each hot spot the index of the one at the same site in another view, or None."""

    def same(spot: HotSpot, other: HotSpot) -> float:
        # A spot beside the midline is given to the spine in one view and to a side in the other.
        if spot.view == other.view or {spot.side, other.side} == {LEFT, RIGHT}:
            return np.inf
        return _distance_mm(spot, other, study, layouts, crosses_midline=False)

    return _match(spots, same)


def _match(spots: Sequence[HotSpot], distance) -> list[int | None]:
    """Match greedily, the nearest first, each hot spot once."""
    pairs = sorted(
        (d, i, j)
        for i, spot in enumerate(spots)
        for j, other in enumerate(spots[:i])
        if (d := distance(spot, other)) <= _REACH_MM + 0.5 * _lesser_radius_mm(spot, other)
    )
    matched: list[int | None] = [None] * len(spots)
    for _, i, j in pairs:
        if matched[i] is None and matched[j] is None:
            matched[i], matched[j] = j, i
    return matched


def _lesser_radius_mm(spot: HotSpot, other: HotSpot) -> float:
    return float(np.sqrt(min(spot.area_mm2, other.area_mm2) / np.pi))


def _distance_mm(
    spot: HotSpot,
    other: HotSpot,
    study: Study,
    layouts: Mapping[str, Layout],
    *,
    crosses_midline: bool,
) -> float:
    """Return how far ``other`` is from where ``spot`` would be seen, NaN without a landmark.

    Both ways across turn the image over: left and right of the image change places.
    """
    landmark, counterpart = _nearest_shared(spot, other, study, layouts, crosses_midline)
    if landmark is None:
        return np.nan
    here, there = study.views[spot.view].spacing_mm, study.views[other.view].spacing_mm
    (row, col), (other_row, other_col) = spot.centre, other.centre
    down = (row - landmark.row) * here[0] - (other_row - counterpart.row) * there[0]
    across = (col - landmark.col) * here[1] + (other_col - counterpart.col) * there[1]
    return float(np.hypot(down, across))


def _nearest_shared(
    spot: HotSpot,
    other: HotSpot,
    study: Study,
    layouts: Mapping[str, Layout],
    crosses_midline: bool,
) -> tuple[Landmark | None, Landmark | None]:
    spacing = study.views[spot.view].spacing_mm
    row, col = spot.centre
    known = {(mark.name, mark.side): mark for mark in layouts[other.view].landmarks}
    best, found = np.inf, (None, None)
    for mark in layouts[spot.view].landmarks:
        side = _OTHER_SIDE[mark.side] if crosses_midline else mark.side
        counterpart = known.get((mark.name, side))
        away = np.hypot((mark.row - row) * spacing[0], (mark.col - col) * spacing[1])
        if counterpart is not None and away < best:
            best, found = away, (mark, counterpart)
    return found
