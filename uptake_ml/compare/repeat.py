"""How well two scans of one person repeat where nothing is known to have changed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from uptake_ml.compare.sites import TURNED, Scan, Site
from uptake_ml.regions import BONE, REGIONS

_LEAST_PIXELS = 20
_LEAST_PLACES = 24
# Of a normal distribution: standard deviation over median absolute deviation.
_SD_OF_MAD = 1.4826


def measure_repeat_sd(earlier: Scan, later: Scan) -> float:
    """Return the standard deviation of log(uptake later / earlier) over the middles of the bones.

    It is that of most of them (from the median absolute deviation), so that lesions do not count;
    NaN where too few bones are seen on both dates.  Where a layout is off, or the bones of one
    date do not lie where the other's do, it is large.
    """
    changes = [np.log(after / before) for before, after in _read_bones(earlier, later)]
    if len(changes) < _LEAST_PLACES:
        return np.nan
    return float(_SD_OF_MAD * np.median(np.abs(changes - np.median(changes))))


def _read_bones(earlier: Scan, later: Scan) -> Iterator[tuple[float, float]]:
    for view in sorted(set(earlier.study.views) & set(later.study.views)):
        for site in (*_bone_middles(earlier, view), *_bone_middles(later, view)):
            readings = earlier.read_at(site, view), later.read_at(site, view)
            if None not in readings and np.isfinite([r.uptake for r in readings]).all():
                yield readings[0].uptake, readings[1].uptake


def _bone_middles(scan: Scan, view: str) -> Iterator[Site]:
    regions = scan.layouts[view].regions
    for index, region in enumerate(REGIONS):
        if region.kind != BONE or region.name in TURNED:
            continue
        rows, cols = np.nonzero(regions == index)
        if len(rows) >= _LEAST_PIXELS:
            middle = float(np.median(rows)), float(np.median(cols))
            place = scan.frames[view].to_body(region.name, region.side, *middle)
            yield Site(
                numbers=(),
                region=region.name,
                side=region.side,
                is_joint=region.is_joint,
                area_mm2=0.0,
                places={view: place},
                readings={},
            )
