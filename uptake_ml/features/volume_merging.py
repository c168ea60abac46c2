"""Foci of a PET volume that are parts of one uneven lesion become one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from uptake_ml.features.volume_body import VOXEL_MM, VolumeBody
from uptake_ml.features.volume_foci import SHELL_MARGIN, Focus, shell_of

# Between two parts of one lesion uptake stays above this share of the lesser part's, and above the
# share of the hottest part's that outlines a lesion (41 % of SUVmax: EANM guideline 2.0, 2015).
_SADDLE, _OUTLINE = 0.7, 0.41
# What surrounds them is this much colder than the saddle, on one side at least: the parts of a
# large tumour have the others beside them.  In a hot organ two lesions are joined by the organ,
# which is as hot around them as between them.
_SURROUNDINGS, _COLD_PERCENTILE = 0.72, 25
# The way from part to part leads through the box of both peaks, so much larger on all sides.
_MARGIN = round(16.0 / VOXEL_MM)
# A focus that is larger floods an organ or the body: it is part of nothing, and nothing of it.
_MOST_MM3 = 400e3
# Parts of one lesion touch but for this gap between their boxes.
_GAP = round(12.0 / VOXEL_MM)


def merge_foci(body: VolumeBody, foci: Sequence[Focus]) -> list[Focus]:
    """Return the foci, those of one connected uneven lesion as one; the hottest first.

    A merged focus has the place, SUV and surroundings of its hottest part, and the cubes of all.
    """
    foci = sorted(foci, key=lambda f: (-f.suv, *f.place))
    near = _near_pairs(foci)
    left = list(range(len(foci)))
    merged = []
    while left:
        parts = _parts(body, foci, near, left)
        merged.append(_union(body, [foci[i] for i in parts]))
        left = [i for i in left if i not in parts]
    return merged


def _parts(body: VolumeBody, foci: list[Focus], near: np.ndarray, left: list[int]) -> list[int]:
    """Return the number of the first focus left and of all that are parts of the same lesion."""
    whole = foci[left[0]]
    others = [i for i in left[1:] if _SADDLE * foci[i].suv >= _OUTLINE * whole.suv]
    parts = left[:1]
    for part in parts:  # grows meanwhile
        joined = [i for i in others if near[part, i] and _are_joined(body, foci[part], foci[i])]
        parts += joined
        others = [i for i in others if i not in joined]
    return parts


def _near_pairs(foci: list[Focus]) -> np.ndarray:
    """Return which foci may be parts of one: their boxes touch but for a gap, bool (n, n)."""
    start = np.array([f.start for f in foci]).reshape(-1, 3)
    stop = start + np.array([f.mask.shape for f in foci]).reshape(-1, 3)
    gaps = np.maximum(start[:, None] - stop[None], start[None] - stop[:, None]).max(axis=2)
    is_bounded = np.array([f.volume_mm3 <= _MOST_MM3 for f in foci], bool)
    return (gaps <= _GAP) & is_bounded & is_bounded[:, None]


def _are_joined(body: VolumeBody, one: Focus, other: Focus) -> bool:
    """Return whether uptake hardly falls on some way between two peaks, and falls around them."""
    level = _SADDLE * min(one.suv, other.suv)
    peaks = np.array([one.place, other.place])
    start = np.maximum(peaks.min(axis=0) - _MARGIN, 0)
    stop = peaks.max(axis=0) + _MARGIN + 1
    box = body.values[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))]
    labels, _ = ndimage.label(box > level)
    first, second = (labels[tuple(peak)] for peak in peaks - start)
    if first != second or not first:
        return False
    around = _union(body, [one, other]).shell_suv
    return bool(np.percentile(around, _COLD_PERCENTILE) <= _SURROUNDINGS * level)


def _union(body: VolumeBody, parts: list[Focus]) -> Focus:
    """Return foci, the hottest first, as one."""
    whole = parts[0]
    if len(parts) == 1:
        return whole
    start = np.min([f.start for f in parts], axis=0)
    stop = np.max([np.add(f.start, f.mask.shape) for f in parts], axis=0)
    # As much around the mask as its shell needs.
    first = np.maximum(start - SHELL_MARGIN, 0)
    box = body.values[tuple(slice(a, b + SHELL_MARGIN) for a, b in zip(first, stop, strict=True))]
    mask = np.zeros(box.shape, bool)
    for focus in parts:
        places = zip(focus.start - first, focus.mask.shape, strict=True)
        mask[tuple(slice(a, a + n) for a, n in places)] |= focus.mask
    shell = shell_of(mask, box)
    own = tuple(slice(a, b) for a, b in zip(start - first, stop - first, strict=True))
    return Focus(
        place=whole.place,
        suv=whole.suv,
        around_suv=whole.around_suv,
        start=tuple(int(s) for s in start),
        mask=mask[own],
        shell_suv=shell if len(shell) else whole.shell_suv,
    )
