"""Named facts about a scan, from its finding and its clinical context.

Every fact has a rule in data/knowledge/ranking.toml.  Facts about regions, features and context
are read off there; the others are computed here, each by the function of its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from uptake_ml.regions import BONE, LEFT, ORGAN, OUTSIDE, REGIONS, RIGHT, SOFT_TISSUE

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context, Value
    from uptake_ml.knowledge.schema import Bound, FactRule, Knowledge

Place = tuple[str, str | None]

# Hot sites of the axial and of the appendicular skeleton, joints left out, both views as one.
LESION_COUNTS = ("hotspot.axial_count", "hotspot.appendicular_count")

_KIND = {region.name: region.kind for region in REGIONS}
_ORDER = {(region.name, region.side): i for i, region in enumerate(REGIONS)}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact that holds, with what it rests on in words."""

    id: str
    text: str


class Scene:
    """The hot spots of a finding, as sites of the body rather than spots of a view."""

    def __init__(self, finding: Mapping, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.finding = finding
        spots = [s for s in finding.get("hotspots", ()) if _kind(s) not in (ORGAN, OUTSIDE)]
        self.soft = [s for s in spots if _kind(s) == SOFT_TISSUE]
        self.joints = [s for s in spots if s["is_joint"]]
        self.bones = [s for s in spots if not s["is_joint"] and _kind(s) != SOFT_TISSUE]

    @cached_property
    def lesions(self) -> dict[Place, int]:
        """How many lesions of bone each place holds: the most one view shows, as views overlap."""
        by_view = Counter((_place(spot), spot["view"]) for spot in self.bones)
        counts: dict[Place, int] = {}
        for (place, _), n in by_view.items():
            counts[place] = max(n, counts.get(place, 0))
        return counts

    @cached_property
    def lesion_count(self) -> int:
        """How many lesions of bone there are in all: as measured, else by place."""
        # The measured counts know which spots of two views are one; the places can only guess.
        measured = [(self.finding.get("features") or {}).get(name) for name in LESION_COUNTS]
        if None in measured:
            return sum(self.lesions.values())
        return round(sum(measured))

    @cached_property
    def joint_places(self) -> set[Place]:
        """The hot joints."""
        return {_place(spot) for spot in self.joints}

    @cached_property
    def paired_share(self) -> float:
        """Share of the hot joints whose partner on the other side is hot too."""
        other = {LEFT: RIGHT, RIGHT: LEFT}
        paired = [p for p in self.joint_places if (p[0], other.get(p[1])) in self.joint_places]
        return len(paired) / len(self.joint_places) if self.joint_places else 0.0

    @cached_property
    def largest_share(self) -> tuple[float, Place | None]:
        """The largest share of a bone that one hot spot covers, and which bone."""
        areas = self.knowledge.bone_area_mm2
        shares = [
            (spot["area_mm2"] / areas[spot["region"]], _place(spot))
            for spot in self.bones
            if spot["region"] in areas and spot.get("area_mm2")
        ]
        return max(shares, key=lambda s: s[0], default=(0.0, None))

    @cached_property
    def highest_contrast(self) -> float:
        """The highest contrast of a lesion of bone, 0 where none is known."""
        return max((s.get("contrast") or 0.0 for s in self.bones), default=0.0)

    def places_in(self, regions: Iterable[str]) -> set[Place]:
        """Return the hot places of ``regions``."""
        wanted = set(regions)
        spots = (*self.bones, *self.joints, *self.soft)
        return {_place(spot) for spot in spots if spot["region"] in wanted}


def derive_facts(
    knowledge: Knowledge, finding: Mapping, context: Context | None = None
) -> dict[str, Fact]:
    """Return the facts that hold, by id, in the order of the table.

    Parameters
    ----------
    finding
        A finding of version 1; only its study's modality, hot spots, features, superimposed
        labels and decision are looked at.
    context
        What is known about the patient; unknown things make no facts.
    """
    scene = Scene(finding, knowledge)
    modality = finding["study"]["modality"]
    found = {}
    for rule in knowledge.facts.values():
        if rule.modality not in (None, modality):
            continue
        detail = _find(rule, scene, context)
        if detail is not None:
            found[rule.id] = Fact(id=rule.id, text=_in_words(rule.phrase, detail))
    return found


def describe_places(places: Iterable[Place]) -> str:
    """Return hot places in words, in the vocabulary's order: "left hip, left and right hand"."""
    sides: dict[str, list[str]] = {}
    for name, side in sorted(places, key=lambda p: _ORDER.get(p, len(_ORDER))):
        sides.setdefault(name, []).extend([side] if side else [])
    return ", ".join(_with_side(name, found) for name, found in sides.items())


def _find(rule: FactRule, scene: Scene, context: Context | None) -> str | None:
    """Return what the fact rests on (maybe nothing more to say), or None if it does not hold."""
    if rule.regions:
        return describe_places(scene.places_in(rule.regions)) or None
    if rule.tests:
        return _first_passed(rule.tests, scene, context)
    return COMPUTED_FACTS[rule.id](scene)


def _first_passed(bounds: tuple[Bound, ...], scene: Scene, context: Context | None) -> str | None:
    features = scene.finding.get("features") or {}
    for bound in bounds:
        if bound.feature is not None:
            name = bound.feature if features.get(bound.feature) is not None else bound.otherwise
            value = features.get(name)
            if value is not None and bound.accepts(value):
                return f"{bound.named} {value:.2g}"
        elif context is not None:
            value = context.get(bound.context)
            if value is not None and bound.accepts(value):
                return _describe_value(scene.knowledge, bound.context, value)
    return None


def _describe_value(knowledge: Knowledge, name: str, value: Value) -> str:
    key = knowledge.context_keys[name]
    if key.kind == "number":
        return f"{key.name} {value:g} {key.unit}"
    given = value if isinstance(value, tuple) else (value,)
    return ", ".join(given) if key.kind == "choices" else ""


def _solitary_lesion(scene: Scene) -> str | None:
    return describe_places(scene.lesions) if scene.lesion_count == 1 else None


def _several_lesions(scene: Scene) -> str | None:
    return _describe_lesions(scene) if scene.lesion_count > 1 else None


def _scattered_lesions(scene: Scene) -> str | None:
    limits = scene.knowledge.thresholds
    is_scattered = (
        scene.lesion_count >= limits.scattered_lesions_min
        and len(scene.lesions) >= limits.scattered_regions_min
    )
    return _describe_lesions(scene) if is_scattered else None


def _describe_lesions(scene: Scene) -> str:
    return f"{scene.lesion_count}: {describe_places(scene.lesions)}"


def _solitary_joint(scene: Scene) -> str | None:
    is_solitary = len(scene.joint_places) == 1 and not scene.bones
    return describe_places(scene.joint_places) if is_solitary else None


def _several_joints(scene: Scene) -> str | None:
    return describe_places(scene.joint_places) if len(scene.joint_places) > 1 else None


def _paired_joints(scene: Scene) -> str | None:
    least = scene.knowledge.thresholds.paired_share_min
    is_paired = scene.joint_places and scene.paired_share >= least
    return describe_places(scene.joint_places) if is_paired else None


def _asymmetric_joints(scene: Scene) -> str | None:
    most = scene.knowledge.thresholds.asymmetric_share_max
    is_uneven = len(scene.joint_places) > 1 and scene.paired_share <= most
    return describe_places(scene.joint_places) if is_uneven else None


def _whole_bone(scene: Scene) -> str | None:
    return _covers(scene, scene.knowledge.thresholds.whole_bone_share_min)


def _extended_lesion(scene: Scene) -> str | None:
    return _covers(scene, scene.knowledge.thresholds.extended_share_min)


def _covers(scene: Scene, least: float) -> str | None:
    share, place = scene.largest_share
    return f"{describe_places([place])}, about {min(share, 1):.0%}" if share >= least else None


def _high_uptake(scene: Scene) -> str | None:
    contrast = scene.highest_contrast
    is_high = contrast >= scene.knowledge.thresholds.high_contrast_min
    return f"{contrast:.1f} times normal" if is_high else None


def _moderate_uptake(scene: Scene) -> str | None:
    contrast, limits = scene.highest_contrast, scene.knowledge.thresholds
    is_moderate = limits.moderate_contrast_min <= contrast < limits.high_contrast_min
    return f"{contrast:.1f} times normal" if is_moderate else None


def _focal_superimposed(scene: Scene) -> str | None:
    return "" if "focal" in (scene.finding.get("superimposed") or ()) else None


def _several_labels_fit(scene: Scene) -> str | None:
    labels = scene.finding.get("prediction_set") or ()
    return ", ".join(labels) if len(labels) > 1 else None


COMPUTED_FACTS: Mapping[str, Callable[[Scene], str | None]] = {
    "solitary-lesion": _solitary_lesion,
    "several-lesions": _several_lesions,
    "scattered-lesions": _scattered_lesions,
    "solitary-joint": _solitary_joint,
    "several-joints": _several_joints,
    "paired-joints": _paired_joints,
    "asymmetric-joints": _asymmetric_joints,
    "whole-bone": _whole_bone,
    "extended-lesion": _extended_lesion,
    "high-uptake": _high_uptake,
    "moderate-uptake": _moderate_uptake,
    "focal-superimposed": _focal_superimposed,
    "several-labels-fit": _several_labels_fit,
}


def _kind(spot: Mapping) -> str:
    return _KIND.get(spot["region"], BONE)


def _place(spot: Mapping) -> Place:
    return spot["region"], spot["side"]


def _with_side(name: str, sides: list[str]) -> str:
    return " ".join([*filter(None, [" and ".join(dict.fromkeys(sides))]), name.replace("-", " ")])


def _in_words(phrase: str, detail: str) -> str:
    return f"{phrase} ({detail})" if detail else phrase
