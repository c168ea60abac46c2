"""Two findings of one patient compared: the record of it, and its JSON form, version 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.compare.advice import cautions_for_change, read_change
from uptake_ml.compare.change import (
    CHANGES,
    NOT_COVERED,
    ChangeLimits,
    Lesion,
    judge_pairs,
    summarise_trend,
)
from uptake_ml.compare.matching import MatchingLimits, match_sites
from uptake_ml.compare.repeat import measure_repeat_sd
from uptake_ml.compare.sites import Scan, read_scan
from uptake_ml.report.finding import INTENDED_USE, significant

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context
    from uptake_ml.pipeline import Analysis, Models

SCHEMA = "uptake-ml/comparison/1"
SCHEMA_FILE = Path(__file__).with_name("comparison-1.schema.json")

# How much there is in all, from the findings' features.
BURDEN_FEATURES = (
    "hotspot.count",
    "hotspot.area_share",
    "hotspot.max_contrast",
    "hotspot.median_contrast",
)


@dataclass(frozen=True, kw_only=True)
class BurdenChange:
    """One feature of the whole skeleton on both dates, None where it is undefined."""

    feature: str
    meaning: str
    unit: str
    earlier: float | None
    later: float | None

    @property
    def difference(self) -> float | None:
        """Later less earlier."""
        if self.earlier is None or self.later is None:
            return None
        return significant(self.later - self.earlier)


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """What changed between two scans of one patient.

    ``earlier`` and ``later`` are the findings, ``trend`` is ``increased``, ``decreased``,
    ``mixed`` or ``unchanged``.  ``readings`` (what the documents say of such a change) and
    ``cautions`` are objects of a ``text`` and its ``sources``.
    """

    earlier: Mapping
    later: Mapping
    lesions: tuple[Lesion, ...]
    burden: tuple[BurdenChange, ...]
    trend: str
    summary: str
    readings: tuple[Mapping, ...]
    cautions: tuple[Mapping, ...]
    provenance: Mapping

    def to_record(self) -> dict:
        """Return the comparison as plain JSON values."""
        return {
            "schema": SCHEMA,
            "modality": self.later["study"]["modality"],
            "earlier": _study_entry(self.earlier),
            "later": _study_entry(self.later),
            "trend": self.trend,
            "summary": self.summary,
            "lesions": [_lesion_entry(lesion) for lesion in self.lesions],
            "burden": [_burden_entry(change) for change in self.burden],
            "readings": [dict(reading) for reading in self.readings],
            "cautions": [dict(caution) for caution in self.cautions],
            "provenance": dict(self.provenance),
            "intended_use": INTENDED_USE,
        }


def compare(
    earlier: Analysis,
    later: Analysis,
    *,
    models: Models,
    context: Context | None = None,
    matching: MatchingLimits | None = None,
    change: ChangeLimits | None = None,
) -> Comparison:
    """Return what changed from one analysis to the other, both of the same modality.

    Raises
    ------
    ValueError
        If an analysis has no layouts and hot spots, or the modalities differ.
    """
    before, after = (_read(analysis, models) for analysis in (earlier, later))
    if before.study.modality != after.study.modality:
        raise ValueError(
            f"two scans of one modality are needed, found {before.study.modality} "
            f"and {after.study.modality}"
        )
    change = change or ChangeLimits()
    measured_sd = measure_repeat_sd(before, after)
    pairs = match_sites(before.sites, after.sites, matching)
    lesions = judge_pairs(pairs, before, after, change, measured_sd)
    is_misfit = change.is_misfit(measured_sd)
    trend = summarise_trend(lesions)
    return Comparison(
        earlier=earlier.finding,
        later=later.finding,
        lesions=lesions,
        burden=_compare_burden(earlier.finding, later.finding),
        trend=trend,
        summary=summarise(lesions),
        readings=tuple(read_change(models.knowledge, later.finding, trend, context)),
        cautions=tuple(cautions_for_change(earlier, later, lesions, is_misfit=is_misfit)),
        provenance=later.finding["provenance"],
    )


def summarise(lesions: Sequence[Lesion]) -> str:
    """Return one sentence that counts the lesions by their change."""
    if not lesions:
        return "Neither scan shows a hot spot."
    counts = Counter(lesion.change for lesion in lesions)
    words = {NOT_COVERED: "not covered by one of the scans"}
    parts = [f"{counts[name]} {words.get(name, name)}" for name in CHANGES if counts[name]]
    places = "place" if len(lesions) == 1 else "places"
    return f"{len(lesions)} hot {places}: {', '.join(parts)}."


def _read(analysis: Analysis, models: Models) -> Scan:
    if analysis.study is None or analysis.layouts is None or analysis.hot_spots is None:
        raise ValueError("a comparison needs analyses that keep their images")
    mean_shape = models.atlas.shape.mean
    return read_scan(analysis.study, analysis.layouts, analysis.hot_spots, mean_shape)


def _compare_burden(earlier: Mapping, later: Mapping) -> tuple[BurdenChange, ...]:
    from uptake_ml.features import FEATURES

    return tuple(
        BurdenChange(
            feature=name,
            meaning=FEATURES[name].meaning,
            unit=FEATURES[name].unit,
            earlier=earlier["features"].get(name),
            later=later["features"].get(name),
        )
        for name in BURDEN_FEATURES
    )


def _study_entry(finding: Mapping) -> dict:
    keys = ("decision", "label", "prediction_set", "superimposed")
    return {**finding["study"], **{key: finding[key] for key in keys}}


def _lesion_entry(lesion: Lesion) -> dict:
    sites = (lesion.earlier, lesion.later)
    spots = [[] if s is None else list(s.numbers) for s in sites]
    areas = [None if s is None else round(s.area_mm2, 1) for s in sites]
    return {
        "number": lesion.number,
        "change": lesion.change,
        "region": lesion.site.region,
        "side": lesion.site.side,
        "is_joint": lesion.site.is_joint,
        "contrast_earlier": _rounded(lesion.contrast_earlier, 3),
        "contrast_later": _rounded(lesion.contrast_later, 3),
        "ratio": _rounded(lesion.ratio, 3),
        "significance": _rounded(lesion.significance, 2),
        "area_mm2_earlier": areas[0],
        "area_mm2_later": areas[1],
        "distance_mm": _rounded(lesion.distance_mm, 1),
        "hotspots_earlier": spots[0],
        "hotspots_later": spots[1],
    }


def _burden_entry(change: BurdenChange) -> dict:
    return {
        "feature": change.feature,
        "unit": change.unit,
        "meaning": change.meaning,
        "earlier": change.earlier,
        "later": change.later,
        "difference": change.difference,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)
