"""Features of the hot spots: how many, where, how large, how hot.

A site seen in two views counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import PARTS, SHAFTS, SKELETON, group
from uptake_ml.features.registry import HOTSPOT, feature
from uptake_ml.regions import APPENDICULAR, AXIAL, REGIONS, index_of

if TYPE_CHECKING:
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.features.uptake import Uptake

_MOST = 200
_SMALL_JOINTS = group("wrist", "hand", "ankle", "foot")


def distinct_sites(spots: Sequence[HotSpot]) -> list[HotSpot]:
    """Return one hot spot a site: of two views of the same site, the one that shows it hotter."""
    return [
        spot
        for i, spot in enumerate(spots)
        if spot.same_site is None
        or (spot.contrast, -i) > (spots[spot.same_site].contrast, -spot.same_site)
    ]


def _index(spot: HotSpot) -> int:
    return index_of(spot.region, spot.side)


def _division(spot: HotSpot) -> str | None:
    return REGIONS[_index(spot)].division


_COUNTED: dict[str, tuple[str, Callable[[HotSpot], bool]]] = {
    "count": ("hot spots", lambda spot: True),
    "joint_count": ("hot spots at joints, hands and feet", lambda spot: spot.is_joint),
    "axial_count": (
        "hot spots of the axial skeleton, joints left out",
        lambda spot: _division(spot) == AXIAL and not spot.is_joint,
    ),
    "appendicular_count": (
        "hot spots of the bones of the limbs, joints left out",
        lambda spot: _division(spot) == APPENDICULAR and not spot.is_joint,
    ),
    "spine_count": ("hot spots of the spine", lambda s: _index(s) in PARTS["spine"]),
    "rib_count": ("hot spots of the ribs", lambda s: _index(s) in PARTS["ribs"]),
    "pelvis_count": ("hot spots of pelvis and sacrum", lambda s: _index(s) in PARTS["pelvis"]),
    "skull_count": ("hot spots of skull and face", lambda s: _index(s) in PARTS["skull"]),
    "long_bone_count": ("hot spots of the long bones", lambda s: _index(s) in SHAFTS),
    "small_joint_count": (
        "hot spots of wrists, hands, ankles and feet",
        lambda s: _index(s) in _SMALL_JOINTS,
    ),
    "elsewhere_count": ("hot spots outside the skeleton", lambda s: _index(s) not in SKELETON),
}


def _counter(is_counted: Callable[[HotSpot], bool]) -> Callable[[Uptake], float]:
    return lambda uptake: float(sum(map(is_counted, distinct_sites(uptake.hot_spots))))


for _name, (_meaning, _is_counted) in _COUNTED.items():
    feature(
        f"{HOTSPOT}.{_name}",
        range=(0, _MOST),
        meaning=f"number of {_meaning}",
        formula="sites, one seen in two views counted once",
        resolution=1.0,
    )(_counter(_is_counted))


@feature(
    f"{HOTSPOT}.solitary",
    range=(0, 1),
    meaning="whether there is exactly one hot spot",
    formula="1 if hotspot.count is 1, otherwise 0",
    resolution=1.0,
)
def solitary(uptake: Uptake) -> float:
    return float(len(distinct_sites(uptake.hot_spots)) == 1)


@feature(
    f"{HOTSPOT}.regions_involved",
    range=(0, len(REGIONS)),
    meaning="number of regions, left and right apart, that hold a hot spot",
    formula="different (region, side) among the sites",
    resolution=1.0,
)
def regions_involved(uptake: Uptake) -> float:
    return float(len({_index(spot) for spot in uptake.hot_spots}))


@feature(
    f"{HOTSPOT}.joint_share",
    range=(0, 1),
    meaning="share of the hot spots that are at joints; undefined without hot spots",
    formula="hotspot.joint_count / hotspot.count",
    resolution=0.1,
)
def joint_share(uptake: Uptake) -> float:
    sites = distinct_sites(uptake.hot_spots)
    return float(np.mean([spot.is_joint for spot in sites])) if sites else np.nan


@feature(
    f"{HOTSPOT}.largest_area",
    unit="mm2",
    range=(0, 200_000),
    meaning="area of the largest hot spot, 0 without hot spots",
    formula="pixels at half the rise or above x area of a pixel",
    tolerance=0.3,
)
def largest_area(uptake: Uptake) -> float:
    return max((spot.area_mm2 for spot in uptake.hot_spots), default=0.0)


@feature(
    f"{HOTSPOT}.area_share",
    range=(0, 1),
    meaning="share of the skeleton that is hot",
    formula="area of the hot spots / area of the skeleton, mean of the views",
    source="after the bone scan index: Imbriaco et al., Clin. Cancer Res. 1998;4:1765",
    tolerance=0.3,
)
def area_share(uptake: Uptake) -> float:
    def share(view) -> float:
        hot = sum(s.area_mm2 for s in uptake.hot_spots if s.view == view.working.name)
        skeleton = view.area_mm2(SKELETON)
        return hot / skeleton if skeleton else np.nan

    return uptake.average(share)


@feature(
    f"{HOTSPOT}.largest_share",
    range=(0, 1),
    meaning="share of the hot area held by the largest hot spot; undefined without hot spots",
    formula="hotspot.largest_area / area of all hot spots",
    tolerance=0.3,
)
def largest_share(uptake: Uptake) -> float:
    areas = [spot.area_mm2 for spot in distinct_sites(uptake.hot_spots)]
    return max(areas) / sum(areas) if areas else np.nan


def _of_hot_spots(
    read: Callable[[HotSpot], float],
    reduce: Callable[[list[float]], float],
    is_used: Callable[[HotSpot], bool],
    without: float,
) -> Callable[[Uptake], float]:
    def measured(uptake: Uptake) -> float:
        values = [read(s) for s in distinct_sites(uptake.hot_spots) if is_used(s)]
        return float(reduce(values)) if values else without

    return measured


# name -> meaning, how it is summed up, which hot spots are used
_CONTRASTS: dict[str, tuple[str, Callable, Callable[[HotSpot], bool]]] = {
    "max_contrast": ("greatest contrast of the hot spots", max, lambda spot: True),
    "median_contrast": ("median contrast of the hot spots", np.median, lambda spot: True),
    "max_joint_contrast": ("greatest contrast at a joint", max, lambda spot: spot.is_joint),
    "max_bone_contrast": ("greatest contrast off the joints", max, lambda s: not s.is_joint),
}
for _name, (_meaning, _reduce, _is_used) in _CONTRASTS.items():
    feature(
        f"{HOTSPOT}.{_name}",
        range=(1, 500),
        meaning=f"{_meaning}; 1 without any",
        formula="uptake at the peak / normal level there, by site",
        tolerance=0.3,
    )(_of_hot_spots(lambda spot: spot.contrast, _reduce, _is_used, 1.0))


feature(
    f"{HOTSPOT}.max_significance",
    unit="s.d.",
    range=(0, 200),
    meaning="significance of the clearest hot spot; 0 without any",
    formula="log(uptake / normal level) / its standard deviation by noise and between subjects",
    tolerance=0.3,
)(_of_hot_spots(lambda spot: spot.significance, max, lambda spot: True, 0.0))


@feature(
    f"{HOTSPOT}.scatter",
    range=(0, 1),
    meaning="how far apart the hot spots are along the body; undefined with fewer than two",
    formula="standard deviation of the rows of the sites / rows of the body, mean of the views",
    tolerance=0.3,
)
def scatter(uptake: Uptake) -> float:
    def spread(view) -> float:
        rows = [
            view.working.from_input(s.row, s.col)[0]
            for s in uptake.hot_spots
            if s.view == view.working.name
        ]
        length = int(view.working.body.any(axis=1).sum())
        return float(np.std(rows)) / length if len(rows) > 1 and length else np.nan

    return uptake.average(spread)
