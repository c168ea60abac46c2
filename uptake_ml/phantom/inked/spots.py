"""Spots and the bones of lesions as the cameras see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uptake_ml.phantom.inked.camera import Camera, expose, sigma_mm
from uptake_ml.phantom.inked.ink import Mark, ink
from uptake_ml.phantom.inked.lesion import Spot
from uptake_ml.phantom.inked.sheet import MU_PER_MM, VIEWS, Patch, Sheet
from uptake_ml.study import ANTERIOR, POSTERIOR

_REACH_SIGMAS, _WIDEST_BLUR_MM, _MARK_MARGIN_MM = 3.2, 9.0, 40.0


def see_spot(spot: Spot, views: dict[str, np.ndarray], sheet: Sheet, camera: Camera):
    """Return the patch of a spot, blurred, or None outside the sheet.

    ``views`` are the whole sheet without spots: the peak in the better view is (contrast - 1)
    times what is there.
    """
    reach = _REACH_SIGMAS * np.hypot(spot.long_mm, _WIDEST_BLUR_MM)
    found = sheet.box(spot.at - reach, spot.at + reach)
    if found is None:
        return None
    where, (x, y) = found
    seen = {view: _shape(spot, camera, view, x, y) for view in VIEWS}
    best = ANTERIOR if spot.depth < 0.5 else POSTERIOR
    # Weighted by itself: the bone counts and not the gap beside it.
    there = views[best][where]
    near = np.exp(-0.5 * ((x - spot.at[0]) ** 2 + (y - spot.at[1]) ** 2) / 64) * there
    local = float((there * near).sum() / max(near.sum(), 1e-6))
    strength = np.float32((spot.contrast - 1) * local / max(float(seen[best].max()), 1e-6))
    corner = (where[0].start, where[1].start)
    return Patch(corner, {view: strength * shape for view, shape in seen.items()})


def _shape(spot: Spot, camera: Camera, view: str, x, y) -> np.ndarray:
    path_mm = (spot.depth if view == ANTERIOR else 1 - spot.depth) * spot.tissue_mm
    blur = sigma_mm(camera, path_mm + camera.gap_mm[view])
    long, short = np.hypot(spot.long_mm, blur), np.hypot(spot.short_mm, blur)
    c, s = np.cos(spot.angle), np.sin(spot.angle)
    dx, dy = x - np.float32(spot.at[0]), y - np.float32(spot.at[1])
    along = dx * np.float32(c / long) + dy * np.float32(s / long)
    across = dy * np.float32(c / short) - dx * np.float32(s / short)
    peak = np.exp(-MU_PER_MM * path_mm) * spot.long_mm * spot.short_mm / (long * short)
    return np.float32(peak) * np.exp(-0.5 * (along**2 + across**2))


def overlay(patches: Sequence[Patch]) -> Patch | None:
    """Return the patch around patches of spots.

    Where they overlap, the cube root of summed cubes keeps near to the strongest of them.
    """
    return _gather(patches, 3)


def add_up(patches: Sequence[Patch]) -> Patch | None:
    """Return the patch around patches that add up."""
    return _gather(patches, 1)


def _gather(patches: Sequence[Patch], power: int) -> Patch | None:
    if not patches:
        return None
    places = [patch.place for patch in patches]
    low = [min(p[k].start for p in places) for k in (0, 1)]
    high = [max(p[k].stop for p in places) for k in (0, 1)]
    views = {}
    for view in VIEWS:
        total = np.zeros((high[0] - low[0], high[1] - low[1]), np.float32)
        for patch, place in zip(patches, places, strict=True):
            inner = tuple(slice(p.start - n, p.stop - n) for p, n in zip(place, low, strict=True))
            total[inner] += patch.views[view] ** power
        views[view] = np.cbrt(total) if power == 3 else total
    return Patch((low[0], low[1]), views)


def see_marks(marks: Sequence[Mark], sheet: Sheet, camera: Camera, rough: np.ndarray):
    """Return the patch of the uptake added to bones, blurred, or None outside the sheet.

    ``rough`` is the unevenness of bone on the whole sheet.
    """
    low = np.min([_low(mark) for mark in marks], axis=0) - _MARK_MARGIN_MM
    high = np.max([_high(mark) for mark in marks], axis=0) + _MARK_MARGIN_MM
    where = sheet.place(low, high)
    if where is None:
        return None
    own = sheet.part(where)
    for mark in marks:
        ink(own, mark)
    for layers in own.layers.values():
        layers *= rough[where]
    return Patch((where[0].start, where[1].start), expose(own, camera))


def _low(mark: Mark) -> np.ndarray:
    return mark.points.min(axis=0) - np.array(getattr(mark, "semi_mm", (0, 0))[:2])


def _high(mark: Mark) -> np.ndarray:
    return mark.points.max(axis=0) + np.array(getattr(mark, "semi_mm", (0, 0))[:2])
