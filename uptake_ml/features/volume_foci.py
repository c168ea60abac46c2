"""Foci in a PET volume: places that stand out of what surrounds them in three dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from scipy import ndimage
from skimage.segmentation import watershed

from uptake_ml.features.volume_body import VOXEL_MM, VolumeBody

# No cube so near to a peak, in cubes, exceeds it.
_NEIGHBOURS = np.array(list(product((-2, -1, 0, 1, 2), repeat=3)))
# Uptake falls by this share between two foci.
_SADDLE = 0.22
# A peak is compared with what lies around it at these distances; the colder half of the directions
# counts, so that a hot organ on one side hides nothing.
_AROUND_MM = (12.0, 18.0, 26.0, 38.0)
_DIRECTIONS = np.array([d for d in product((-1, 0, 1), repeat=3) if any(d)], float)
_DIRECTIONS /= np.linalg.norm(_DIRECTIONS, axis=1, keepdims=True)
_LEAST_RISE = float(np.log(1.3))
_LEAST_EXCESS_TO_LIVER = 0.15
_LEAST_TO_LIVER = 0.35
_FLOOR_TO_LIVER = 0.08
_MOST_FOCI = 110
# A peak seen otherwise is looked for so many times as far as ``_NEIGHBOURS`` reach.
_MOST_STEPS = 3
# A focus is grown in a box that reaches so far from its peak.
_BOX_MM = (26.0, 60.0)
_SHELL_VOXELS = 3
_GAP_VOXELS = 1
SHELL_MARGIN = _SHELL_VOXELS + _GAP_VOXELS
_LEAST_SHELL = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Focus:
    """A place that stands out: its peak in cubes, and the cubes above half of its excess.

    It ends at the watershed to anything hotter, so that no cube of it exceeds its peak.

    ``place`` is the (plane, row, column) of the peak, ``suv`` the smoothed SUV there,
    ``around_suv`` the median of its shell.  ``start`` is the first cube of ``mask``, a bool box;
    ``shell_suv`` are the values of the shell about it, shape (n,).
    """

    place: tuple[int, int, int]
    suv: float
    around_suv: float
    start: tuple[int, int, int]
    mask: np.ndarray
    shell_suv: np.ndarray

    @property
    def volume_mm3(self) -> float:
        """Volume of the mask."""
        return float(self.mask.sum()) * VOXEL_MM**3

    @cached_property
    def _principal(self) -> tuple[np.ndarray, np.ndarray]:
        """Axes of the ellipsoid with the second moments of the mask: s.d. in mm, and directions."""
        places = np.argwhere(self.mask) * VOXEL_MM
        covariance = np.cov(places.T, bias=True) if len(places) > 1 else np.zeros((3, 3))
        # Each cube has an extent of its own: variance 1/12 of its edge squared along each axis.
        variance, directions = np.linalg.eigh(covariance + np.eye(3) * VOXEL_MM**2 / 12)
        return np.sqrt(variance[::-1]), directions[:, ::-1]

    @property
    def axes_mm(self) -> tuple[float, float, float]:
        """Standard deviations of the mask along its longest, middle and shortest axis."""
        return tuple(float(a) for a in self._principal[0])

    @property
    def elongation(self) -> float:
        """Longest over middle axis."""
        return self.axes_mm[0] / self.axes_mm[1]

    @property
    def along_body(self) -> float:
        """Share of the longest axis that points along the body."""
        return float(abs(self._principal[1][1, 0]))

    def holds(self, place: tuple[int, int, int]) -> bool:
        """Return whether a place in cubes lies in the mask."""
        at = [p - s for p, s in zip(place, self.start, strict=True)]
        return all(0 <= a < n for a, n in zip(at, self.mask.shape, strict=True)) and bool(
            self.mask[tuple(at)]
        )


def find_foci(body: VolumeBody) -> list[Focus]:
    """Return the places that stand out of their surroundings, the hottest first.

    A peak within a hotter focus is a part of it, unless uptake falls between the two.
    """
    places, suv, around = _peaks(body)
    # What stands out in units of what noise and unevenness do: in between the s.d. and the mean.
    clearness = (suv - around) / np.sqrt(around + _FLOOR_TO_LIVER * body.liver_suv)
    clearest = np.argsort(-clearness, kind="stable")[:_MOST_FOCI]
    foci: list[Focus] = []
    for i in sorted(clearest, key=lambda i: (-suv[i], *places[i])):
        place = tuple(int(p) for p in places[i])
        if not any(f.holds(place) and _is_joined(body, f.place, place) for f in foci):
            foci.append(_grow(body, place, around[i]))
    return foci


def _is_joined(body: VolumeBody, place, other) -> bool:
    """Return whether uptake hardly falls on the way from a peak to a lesser one."""
    apart = np.subtract(other, place)
    count = int(np.abs(apart).max()) + 1
    way = np.rint(np.array(place) + np.linspace(0, 1, count)[:, None] * apart).astype(int)
    return bool(body.values[tuple(way.T)].min() > (1 - _SADDLE) * body.values[tuple(other)])


def _peaks(body: VolumeBody) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return peaks that stand out: places (n, 3), SUV there and SUV around, both of shape (n,)."""
    values, liver = body.values, body.liver_suv
    places = _local_maxima(values, _LEAST_TO_LIVER * liver)
    suv = values[tuple(places.T)].astype(float)
    around = np.full(len(places), np.inf)
    for away_mm in _AROUND_MM:
        np.minimum(around, _middle_around(values, places, away_mm), out=around)
    around = np.maximum(around, _FLOOR_TO_LIVER * liver)
    stands = (np.log(suv / around) >= _LEAST_RISE) & (
        suv - around >= _LEAST_EXCESS_TO_LIVER * liver
    )
    return places[stands], suv[stands], around[stands]


def _local_maxima(values: np.ndarray, least: float) -> np.ndarray:
    """Return places (n, 3) above ``least`` that no cube near them exceeds.

    None lie in the first and last row: what is hottest there may go on beyond the field of view.
    """
    flat = np.flatnonzero(values.ravel() > least)
    line = values.ravel()
    _, rows, columns = values.shape
    # Axis by axis, so that most cubes are gone after the first comparisons.
    for step in (1, columns, rows * columns):
        for away in (-step, step):
            flat = flat[line[flat] >= line[np.clip(flat + away, 0, line.size - 1)]]
    places = np.stack(np.unravel_index(flat, values.shape), axis=1)
    is_within = (places[:, 1] > 0) & (places[:, 1] < values.shape[1] - 1)
    flat, places = flat[is_within], places[is_within]
    near = places[:, None, :] + _NEIGHBOURS
    near = np.clip(near, 0, np.array(values.shape) - 1)
    hottest = values[near[..., 0], near[..., 1], near[..., 2]].max(axis=1)
    return places[line[flat] >= hottest]


def _middle_around(values: np.ndarray, places: np.ndarray, away_mm: float) -> np.ndarray:
    """Return the median SUV over directions at a distance from each place, shape (n,)."""
    steps = np.rint(_DIRECTIONS * away_mm / VOXEL_MM).astype(int)
    at = places[:, None, :] + steps
    at = np.clip(at, 0, np.array(values.shape) - 1)
    return np.median(values[at[..., 0], at[..., 1], at[..., 2]], axis=1)


def climb(body: VolumeBody, place: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the peak uphill of a place in cubes; the place itself where it lies further away than
    a peak that was seen in a projection can."""
    peak = tuple(int(p) for p in place)
    for _ in range(_MOST_STEPS):
        near = np.clip(np.add(peak, _NEIGHBOURS), 0, np.array(body.values.shape) - 1)
        hottest = near[body.values[tuple(near.T)].argmax()]
        if body.values[tuple(hottest)] <= body.values[peak]:
            return peak
        peak = tuple(int(p) for p in hottest)
    return tuple(int(p) for p in place)


def focus_at(body: VolumeBody, place: tuple[int, int, int]) -> Focus:
    """Return the focus about a place in cubes, whether it stands out or not."""
    at = np.array([place])
    around = min(float(_middle_around(body.values, at, mm)[0]) for mm in _AROUND_MM)
    return _grow(body, place, max(around, _FLOOR_TO_LIVER * body.liver_suv))


def _grow(body: VolumeBody, place: tuple[int, int, int], around: float) -> Focus:
    """Return the focus that a peak belongs to, given the SUV around it."""
    focus = _grown(body, place, around, _BOX_MM[0])
    if _touches_edge(focus, body, _BOX_MM[0]):
        focus = _grown(body, place, around, _BOX_MM[1])
    return focus


def _grown(body: VolumeBody, place, around: float, reach_mm: float) -> Focus:
    values = body.values
    reach = round(reach_mm / VOXEL_MM)
    start = tuple(max(int(p) - reach, 0) for p in place)
    box = values[tuple(slice(s, int(p) + reach + 1) for s, p in zip(start, place, strict=True))]
    own = tuple(int(p) - s for p, s in zip(place, start, strict=True))
    peak = float(values[tuple(place)])
    labels, _ = ndimage.label(box > around + 0.5 * (peak - around))
    mask = labels == labels[own] if labels[own] else np.zeros(box.shape, bool)
    mask[own] = True
    whole, mask = mask, _short_of_hotter(mask, box, own)
    window = ndimage.find_objects(mask.astype(np.int8))[0]
    # What is hotter beyond the watershed is another focus' part of the shell.
    shell_suv = shell_of(mask, np.where(whole & ~mask, 0, box))
    return Focus(
        place=tuple(int(p) for p in place),
        suv=peak,
        around_suv=around,
        start=tuple(s + w.start for s, w in zip(start, window, strict=True)),
        mask=mask[window],
        shell_suv=shell_suv if len(shell_suv) else np.array([around]),
    )


def _short_of_hotter(mask: np.ndarray, box: np.ndarray, own: tuple[int, ...]) -> np.ndarray:
    """Return the mask without what uptake falls and rises again to: a hotter lesion or organ."""
    hotter = mask & (box > box[own])
    if not hotter.any():
        return mask
    markers = hotter * 2
    markers[own] = 1
    return watershed(-box, markers, mask=mask) == 1


def shell_of(mask: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of the shell about a mask of the same box, shape (n,).

    It begins a cube away from the mask, and values of 0 are left out.  None where there are too
    few to go by.
    """
    window = ndimage.find_objects(mask.astype(np.int8))[0]
    wide = tuple(
        slice(max(w.start - SHELL_MARGIN, 0), min(w.stop + SHELL_MARGIN, n))
        for w, n in zip(window, values.shape, strict=True)
    )
    near = ndimage.binary_dilation(mask[wide], iterations=_GAP_VOXELS)
    shell = ndimage.uniform_filter(near.astype(np.float32), 2 * _SHELL_VOXELS + 1) > 1e-4
    shell &= ~near & (values[wide] > 0)
    found = values[wide][shell]
    return found if len(found) >= _LEAST_SHELL else found[:0]


def _touches_edge(focus: Focus, body: VolumeBody, reach_mm: float) -> bool:
    reach = round(reach_mm / VOXEL_MM)
    return any(
        (s <= p - reach and p - reach > 0) or s + n - 1 >= p + reach
        for s, p, n in zip(focus.start, focus.place, focus.mask.shape, strict=True)
    )
