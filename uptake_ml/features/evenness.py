"""Features of the excess over normal uptake, and of how uneven uptake is within bones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.features.groups import PARTS, RIBS, SHAFTS, SKELETON, SPINE, Group
from uptake_ml.features.intensity import ordered_percentile
from uptake_ml.features.registry import DISTRIBUTION, feature
from uptake_ml.features.uptake import FINE_STRUCTURE_MM
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM

if TYPE_CHECKING:
    from uptake_ml.features.uptake import Uptake, ViewUptake


@feature(
    f"{DISTRIBUTION}.excess_share",
    range=(0, 1),
    meaning="share of the skeleton's uptake that exceeds normal",
    formula="sum of (uptake - 1.3 x normal nearby)+ / sum of uptake, over the skeleton",
    tolerance=0.1,
)
def excess_share(uptake: Uptake) -> float:
    def share(view: ViewUptake) -> float:
        total = float(view.levels.values(SKELETON).sum())
        return sum(view.excess_by_region.values()) / total if total > 0 else np.nan

    return uptake.average(share)


_EXCESS = "excess: sum of (uptake - 1.3 x normal nearby)+ plus 2 % of normal, by region"


def _shares(view: ViewUptake) -> np.ndarray:
    excess = np.array(list(view.excess_by_region.values()))
    return excess / excess.sum() if excess.sum() > 0 else np.array([])


@feature(
    f"{DISTRIBUTION}.excess_entropy",
    range=(0, 1),
    meaning="how evenly the excess is spread over the skeleton: 0 in one region, 1 even",
    formula=f"- sum p log p / log n over the n regions seen, p the share of the {_EXCESS}",
    source="Shannon entropy",
)
def excess_entropy(uptake: Uptake) -> float:
    def entropy(view: ViewUptake) -> float:
        shares = _shares(view)
        if len(shares) < 2:
            return np.nan
        return float(-(shares * np.log(shares)).sum() / np.log(len(shares)))

    return uptake.average(entropy)


@feature(
    f"{DISTRIBUTION}.excess_gini",
    range=(0, 1),
    meaning="how unequally the excess is spread over the skeleton: 0 even, 1 in one region",
    formula=f"sum (2 i - n - 1) p_i / n, p_i rising shares of the {_EXCESS}",
    source="Gini coefficient",
)
def excess_gini(uptake: Uptake) -> float:
    def gini(view: ViewUptake) -> float:
        shares = np.sort(_shares(view))
        n = len(shares)
        if n < 2:
            return np.nan
        return float(((2 * np.arange(1, n + 1) - n - 1) * shares).sum() / n)

    return uptake.average(gini)


def _excess_of(part: Group) -> Callable[[Uptake], float]:
    def share(view: ViewUptake) -> float:
        excess = view.excess_by_region
        total = sum(excess.values())
        return sum(e for i, e in excess.items() if i in part) / total if total else np.nan

    return lambda uptake: uptake.average(share)


for _part, _regions in PARTS.items():
    feature(
        f"{DISTRIBUTION}.excess_in_{_part}",
        range=(0, 1),
        meaning=f"share of the excess that is in the {_part.replace('_', ' ')}",
        formula=f"share of the {_EXCESS}",
        tolerance=0.1,
    )(_excess_of(_regions))


def _roughness(regions: Group) -> Callable[[Uptake], float]:
    """Variation on the scale of 1 to 3 cm, relative to the level, noise taken off."""

    def roughness(view: ViewUptake) -> float:
        values = view.fine_structure.ordered(regions)
        level = view.median(regions)
        if not level > 0 or len(values) < 50:
            return np.nan
        noise = view.working.gain / np.prod(view.working.step) * level * _band_noise()
        variance = ((ordered_percentile(values, 84) - ordered_percentile(values, 16)) / 2) ** 2
        return float(np.sqrt(max(variance - noise, 0.0)) / level)

    return lambda uptake: uptake.average(roughness)


def _band_noise() -> float:
    """Variance, after the band of ``fine_structure``, of noise of variance 1 per working pixel."""
    small, large = (s**2 / WORKING_MM**2 for s in (SMOOTHING_MM, FINE_STRUCTURE_MM))
    return (1 / (4 * small) + 1 / (4 * large) - 2 / (2 * (small + large))) / np.pi


for _name, _regions in (
    ("spine", SPINE),
    ("ribs", RIBS),
    ("pelvis", PARTS["pelvis"]),
    ("long_bones", SHAFTS),
):
    feature(
        f"{DISTRIBUTION}.{_name}_roughness",
        range=(0, 5),
        meaning=f"how uneven the {_name.replace('_', ' ')} is from one centimetre to the next",
        formula="half of P84 - P16 of uptake between 4 and 12 mm smoothing, less noise, / median",
        tolerance=0.3,
    )(_roughness(_regions))


@feature(
    f"{DISTRIBUTION}.rib_beading",
    range=(0, 50),
    meaning="whether the ribs carry a row of hot beads, as at costochondral junctions",
    formula="P95 / median of uptake over the ribs, relative to the same of the expected image",
    source="beading of the costochondral junctions in metabolic superscan, as commonly described",
)
def rib_beading(uptake: Uptake) -> float:
    def beading(view: ViewUptake) -> float:
        if len(view.places(RIBS)) < 50:
            return np.nan
        high, middle, high_expected, middle_expected = (
            levels.percentile(RIBS, p) for levels in (view.levels, view.expected) for p in (95, 50)
        )
        if min(middle, middle_expected) <= 0:
            return np.nan
        return high / middle * middle_expected / high_expected

    return uptake.average(beading)
