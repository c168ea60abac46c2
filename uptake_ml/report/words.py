"""Turns measured values, hot spots and labels into the sentences a physician uses."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.errors import KnowledgeError
from uptake_ml.regions import INDEX, LEFT, REGIONS, RIGHT
from uptake_ml.resources import data_path

if TYPE_CHECKING:
    from uptake_ml.pattern.model import Verdict

MODALITY_NAMES = {"bone-scan": "Bone scan", "fdg-pet": "FDG-PET"}

LABEL_MEANINGS = {
    "normal": "No uptake beyond what is expected.",
    "focal": "Circumscribed uptake at one or more sites.",
    "diffuse": "The skeleton takes up more tracer as a whole.",
    "joint-symmetric": "Uptake is paired at the joints of both sides.",
    "marrow-diffuse": "The red marrow takes up more FDG as a whole.",
}

# Evidence below this change of the log-odds is not worth a sentence.
LEAST_CONTRIBUTION = 0.1
MOST_FEATURES = 6

_SINGULAR = {
    "sacroiliac": "sacroiliac joint",
    "sternoclavicular": "sternoclavicular joint",
    "acromioclavicular": "acromioclavicular joint",
    "pelvis": "hemipelvis",
    "head-neck-soft-tissue": "soft tissue of the head and neck",
    "trunk-soft-tissue": "soft tissue of the trunk",
    "arm-soft-tissue": "soft tissue of the arms",
    "leg-soft-tissue": "soft tissue of the legs",
}
_PLURAL = {"foot": "feet", "pelvis": "hemipelves", "ribs": "rib cages", "femur": "femora"}


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """The sentences for a feature; ``{value}`` and ``{percent}`` in them stand for its value.

    ``high`` is said from ``high_from`` upwards, ``low`` up to ``low_to``, ``unremarkable`` between;
    all of them only of studies of ``modality``, if one is given.  ``plain`` judges nothing and is
    said where none of the others is.
    """

    modality: str | None = None
    high_from: float | None = None
    high: str | None = None
    low_to: float | None = None
    low: str | None = None
    unremarkable: str | None = None
    plain: str | None = None

    def __post_init__(self) -> None:
        if self.modality not in (None, *MODALITY_NAMES):
            raise KnowledgeError(
                f"modality must be among {tuple(MODALITY_NAMES)}, found {self.modality!r}"
            )
        for sentence, bound in (("high", "high_from"), ("low", "low_to")):
            if (getattr(self, sentence) is None) != (getattr(self, bound) is None):
                raise KnowledgeError(f"{sentence} and {bound} are needed together, found one")
        if None not in (self.high_from, self.low_to) and self.low_to >= self.high_from:
            raise KnowledgeError(
                f"low_to must be below high_from, found {self.low_to} and {self.high_from}"
            )

    def about(self, joint: str | None) -> Phrase:
        """Return this phrase with ``{joint}`` filled in; itself where ``joint`` is None."""
        if joint is None:
            return self
        filled = {
            key: getattr(self, key) and getattr(self, key).replace("{joint}", name_pair(joint))
            for key in ("high", "low", "unremarkable", "plain")
        }
        return replace(self, **filled)

    def sentence(self, value: float, modality: str) -> str | None:
        """Return the sentence for a value, None where the table has none."""
        chosen = self._judge(value) if self.modality in (None, modality) else None
        chosen = chosen or self.plain
        if chosen is None:
            return None
        return chosen.replace("{value}", format_value(value)).replace(
            "{percent}", f"{100 * value:.0f} %"
        )

    def _judge(self, value: float) -> str | None:
        if self.high_from is not None and value >= self.high_from:
            return self.high
        if self.low_to is not None and value <= self.low_to:
            return self.low
        return self.unremarkable


def load_phrases(path: Path) -> dict[str, Phrase]:
    """Return the phrases of a TOML table by feature id.

    A table named ``symmetry.{joint}_level`` stands for all joints that have a feature of that
    name; ``{joint}`` in its sentences becomes ``both wrists`` and so on.

    Raises
    ------
    KnowledgeError
        When the table names no feature, has an unknown key or a value of the wrong kind.
    """
    from uptake_ml.features import FEATURES
    from uptake_ml.features.groups import JOINT_NAMES

    with path.open("rb") as stream:
        tables = tomllib.load(stream)
    phrases = {}
    for name, table in tables.items():
        phrase = _parse_phrase(path.name, name, table)
        joints = JOINT_NAMES if "{joint}" in name else (None,)
        found = {name.replace("{joint}", joint or ""): phrase.about(joint) for joint in joints}
        if unknown := set(found) - set(FEATURES):
            raise KnowledgeError(f"{path.name}: {sorted(unknown)} are no features of the registry")
        phrases |= found
    return phrases


def _parse_phrase(file_name: str, feature: str, table) -> Phrase:
    where = f"{file_name}, {feature!r}"
    kinds = {"high_from": (int, float), "low_to": (int, float)}
    known = tuple(Phrase.__dataclass_fields__)
    if not isinstance(table, dict) or set(table) - set(known):
        raise KnowledgeError(f"{where}: keys must be among {known}, found {table!r}")
    for key, value in table.items():
        if not isinstance(value, kinds.get(key, str)) or isinstance(value, bool):
            raise KnowledgeError(f"{where}: {key} is of the wrong kind, found {value!r}")
    try:
        return Phrase(**table)
    except KnowledgeError as error:
        raise KnowledgeError(f"{where}: {error}") from None


@cache
def _phrases() -> Mapping[str, Phrase]:
    return load_phrases(data_path("evidence.toml"))


def describe_evidence(
    verdict: Verdict,
    features: Mapping[str, float | None],
    hot_spots: Sequence[Mapping],
    modality: str,
) -> list[dict]:
    """Return the evidence of a verdict: what the hot spots show, then what moved the label most.

    ``features`` and ``hot_spots`` are those of the finding.  A rejected study has no evidence.
    """
    if verdict.decision == "rejected" or not verdict.probabilities:
        return []
    entries = [
        {"text": text, "feature": None, "value": None} for text in describe_hot_spots(hot_spots)
    ]
    label = max(verdict.probabilities, key=verdict.probabilities.get)
    for feature, contribution in verdict.evidence:
        value = features.get(feature)
        if value is None or abs(contribution) < LEAST_CONTRIBUTION:
            continue
        weight = f"this speaks {'for' if contribution > 0 else 'against'} {label}"
        text = f"{describe_feature(feature, value, modality).rstrip('.')}; {weight}."
        entries.append({"text": text, "feature": feature, "value": value})
    return entries[: len(entries) - max(0, _n_features(entries) - MOST_FEATURES)]


def _n_features(entries: Iterable[Mapping]) -> int:
    return sum(entry["feature"] is not None for entry in entries)


def describe_feature(feature: str, value: float, modality: str) -> str:
    """Return a sentence for a feature's value: the table's, else the registry's meaning line."""
    phrase = _phrases().get(feature)
    sentence = None if phrase is None else phrase.sentence(value, modality)
    if sentence is not None:
        return sentence
    return _describe_by_meaning(feature, value)


def _describe_by_meaning(feature: str, value: float) -> str:
    from uptake_ml.features import FEATURES

    known = FEATURES.get(feature)
    if known is None:
        return f"{feature}: {format_value(value)}."
    meaning = known.meaning.strip().rstrip(".")
    value_and_unit = f"{format_value(value)} {name_unit(known.unit)}".rstrip()
    return f"{meaning[0].upper()}{meaning[1:]}: {value_and_unit}."


def name_unit(unit: str) -> str:
    """Return a unit of the registry as it is printed: nothing for plain numbers."""
    return {"1": "", "mm2": "mm²"}.get(unit, unit)


def format_value(value: float) -> str:
    """Return a value with three significant digits and never in powers of ten below a million."""
    if abs(value) >= 1e6 or 0 < abs(value) < 1e-4:
        return f"{value:.2e}"
    text = f"{value:.0f}" if abs(value) >= 100 else f"{float(f'{value:.3g}'):f}".rstrip("0")
    return text.rstrip(".").replace("-0", "0") if float(text) == 0 else text.rstrip(".")


def name_place(region: str, side: str | None) -> str:
    """Return a region in words: ``right wrist``, ``thoracic spine``, ``left hemipelvis``."""
    name = _SINGULAR.get(region, region.replace("-", " "))
    return f"{side} {name}" if side else name


def name_pair(region: str) -> str:
    """Return both sides of a region in words: ``both wrists``."""
    single = name_place(region, None)
    plural = single if single.endswith("s") else f"{single}s"
    return f"both {_PLURAL.get(region, plural)}"


def join_words(words: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# Where a vein is entered.
_INJECTED = frozenset({"elbow", "forearm", "wrist", "hand"})


def describe_hot_spots(spots: Sequence[Mapping]) -> list[str]:
    """Return sentences on where the hot spots of a finding are: paired joints, joints, elsewhere.

    A place seen in both views is named once.
    """
    if not spots:
        return ["No hot spot stands out from the expected uptake."]
    places = {(s["region"], s["side"]): s["is_joint"] for s in spots}
    joints = {place for place, is_joint in places.items() if is_joint}
    paired = [r for r in _regions_of(joints) if {(r, LEFT), (r, RIGHT)} <= joints]
    single = _in_order(place for place in joints if place[0] not in paired)
    elsewhere = _in_order(place for place in places if place not in joints)
    sentences = []
    if paired:
        sentences.append(f"Uptake is paired at {join_words([name_pair(r) for r in paired])}.")
    if single:
        names = join_words([name_place(*place) for place in single])
        sentences.append(f"Joint uptake on one side only: {names}.")
    if elsewhere:
        names = join_words([_with_count(place, spots) for place in elsewhere])
        sentences.append(f"Hot spots outside the joints: {names}.")
    if {region for region, _ in places} <= _INJECTED and len({side for _, side in places}) == 1:
        sentences.append(
            "All of it lies in one arm, where tracer left by an injection looks alike."
        )
    return sentences


def _with_count(place: tuple[str, str | None], spots: Sequence[Mapping]) -> str:
    # A lesion often shows in both views, so the larger count of one view is what is certain.
    views = [s["view"] for s in spots if (s["region"], s["side"]) == place]
    most = max(views.count(view) for view in views)
    return f"{name_place(*place)} ({most})" if most > 1 else name_place(*place)


def _in_order(places: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    # Head to feet as the regions are listed; names from elsewhere come last.
    return sorted(places, key=lambda p: (INDEX.get(p, len(REGIONS)), p[0], p[1] or ""))


def _regions_of(places: Iterable[tuple[str, str | None]]) -> list[str]:
    return list(dict.fromkeys(region for region, _ in _in_order(places)))


def all_sources(entry: Mapping) -> list[Mapping]:
    """Return the sources of a condition and of the reasons for and against it, each once."""
    sources = list(entry["sources"])
    for reason in (*entry["reasons"], *entry["against"]):
        sources += [source for source in reason["sources"] if source not in sources]
    return sources


def group_by_document(sources: Iterable[Mapping]) -> list[tuple[str, list[str]]]:
    """Return (document, its sections) in the order of first mention, each section once."""
    groups: dict[str, dict[str, None]] = {}
    for source in sources:
        groups.setdefault(source["document"], {})[source["section"]] = None
    return [(document, list(sections)) for document, sections in groups.items()]
