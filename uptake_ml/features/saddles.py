"""Which peaks stand out above the saddles between them and anything higher.

Every pixel belongs to the summit that the steepest way up from it ends at.  Where the slopes of two
summits meet is a pass.  Taken from the highest down, passes join summits to ranges: all that can be
reached without going lower.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

# Heights that differ by less are the same.
SAME = 1e-5


def stand_out(height: np.ndarray, peaks: np.ndarray, depth: float) -> np.ndarray:
    """Return which peaks stand ``depth`` above the saddle to anything higher, bool of shape (n,).

    ``height`` (rows, columns) is positive in some places and 0 around them and at the rim;
    ``peaks`` (n,) are flat indices.  Corners connect.
    """
    level = height.ravel()
    summits, passes = _summits_and_passes(height)
    own = summits[peaks]
    ends, limits = level[peaks] + SAME, level[peaks] - depth + SAME
    is_out = level[own] <= ends
    # Summit -> the peaks of its range that nothing higher has been reached from.
    waiting: dict[int, list[int]] = {}
    for i in np.flatnonzero(is_out).tolist():
        waiting.setdefault(int(own[i]), []).append(i)
    ranges = _Ranges(level)
    for saddle, one, other in passes:
        low, high = ranges.join(one, other)
        for i in waiting.pop(low, ()) if low != high else ():
            # From here on saddles are lower: a peak that stands above this one is out for good.
            if saddle <= limits[i]:
                continue
            if level[high] > ends[i]:
                is_out[i] = False
            else:
                waiting.setdefault(high, []).append(i)
    return is_out


def _summits_and_passes(height: np.ndarray) -> tuple[np.ndarray, Iterator[tuple[float, int, int]]]:
    """Return the summit that each pixel belongs to, and (saddle, summit, summit) of the passes.

    All are flat indices; of the passes between two summits only the highest is told, the highest
    of all first.
    """
    level, width = height.ravel(), height.shape[1]
    inside = np.flatnonzero(level)
    # Those around a pixel and itself in the order of the image: of equal ones the first is taken.
    around = inside + np.add.outer((-width, 0, width), (-1, 0, 1)).reshape(9, 1)
    summits = np.arange(len(level))
    summits[inside] = around[level.take(around).argmax(axis=0), np.arange(len(inside))]
    while ((further := summits.take(summits)) != summits).any():
        summits = further
    later, inside = np.broadcast_arrays(around[5:], inside)
    meets = (summits.take(later) != summits.take(inside)) & (level.take(later) > 0)
    later, inside = later[meets], inside[meets]
    saddles = np.minimum(level.take(later), level.take(inside))
    falling = np.argsort(-saddles)
    ends = np.sort([summits.take(later[falling]), summits.take(inside[falling])], axis=0)
    _, first = np.unique(ends[0] * len(level) + ends[1], return_index=True)
    first.sort()
    return summits, zip(saddles[falling[first]].tolist(), *ends[:, first].tolist(), strict=True)


class _Ranges:
    """Summits joined to ranges, each known by the highest of them."""

    def __init__(self, level: np.ndarray) -> None:
        self._level = level
        self._highest: dict[int, int] = {}

    def join(self, one: int, other: int) -> tuple[int, int]:
        """Join the ranges of two summits; return the highest of the lower and of the higher one."""
        one, other = self._find(one), self._find(other)
        low, high = (one, other) if self._level[one] < self._level[other] else (other, one)
        if low != high:
            self._highest[low] = high
        return low, high

    def _find(self, summit: int) -> int:
        while summit in self._highest:
            summit = self._highest[summit]
        return summit
