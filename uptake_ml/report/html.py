"""Findings as one page that needs no network: images, evidence, differential, citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.report.evidence_map import draw_evidence
from uptake_ml.report.finding import INTENDED_USE
from uptake_ml.report.marrow_profile import draw_marrow_profile
from uptake_ml.report.words import (
    LABEL_MEANINGS,
    MODALITY_NAMES,
    all_sources,
    format_value,
    group_by_document,
    join_words,
    name_place,
    name_unit,
)

if TYPE_CHECKING:
    from uptake_ml.atlas import Layout
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.report.overlay import Picture
    from uptake_ml.study import Study

Item = tuple[Mapping, "Study | None", "Mapping[str, Layout] | None", "Sequence[HotSpot] | None"]

_TEMPLATES = Path(__file__).with_name("page")

FAMILY_NAMES = {
    "hotspot": "Hot spots",
    "symmetry": "Symmetry",
    "distribution": "Distribution",
    "intensity": "Intensity",
}
# What the images of these views show at their left edge, and at their right one.
SIDE_MARKS = {"anterior": ("R", "L"), "posterior": ("L", "R")}
HEADINGS = {
    "indeterminate": "Indeterminate",
    "rejected": "Not assessed",
    "failed": "Could not be read",
}


def render_page(
    items: Iterable[Item],
    *,
    document_titles: Mapping[str, str] | None = None,
    has_landmarks: bool = False,
) -> str:
    """Return an HTML page of the findings, with an index where there are several.

    Parameters
    ----------
    items
        A finding each, with the study, the layouts by view and the hot spots it was made from;
        any of these three may be None, and what needs them is then left out.
    document_titles
        Title of each cited document by its id; ids are shown as they are where it is None.
    has_landmarks
        Whether to draw the landmarks.
    """
    studies = [
        _study_context(number, *item, has_landmarks=has_landmarks)
        for number, item in enumerate(items, start=1)
    ]
    return (
        page_environment()
        .get_template("page.html.jinja")
        .render(studies=studies, intended_use=INTENDED_USE, titles=document_titles or {})
    )


@cache
def page_environment():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": lambda value: "–" if value is None else format_value(value),
        "all_sources": all_sources,
        "by_document": group_by_document,
        "cm2": lambda mm2: "–" if mm2 is None else f"{mm2 / 100:.1f}",
        "words": join_words,
        "sentence": lambda text: f"{text[0].upper()}{text[1:]}" if text else "",
    }
    environment.globals |= {"side_marks": SIDE_MARKS, "place": name_place}
    return environment


def _study_context(
    number: int,
    finding: Mapping,
    study: Study | None,
    layouts: Mapping[str, Layout] | None,
    hot_spots: Sequence[HotSpot] | None,
    *,
    has_landmarks: bool,
) -> dict:
    is_assessed = finding["decision"] in ("labelled", "indeterminate")
    drawn = (study, layouts, hot_spots) if is_assessed else (study, None, None)
    profile = draw_marrow_profile(study, layouts) if is_assessed else None
    return {
        "number": number,
        "anchor": f"study-{number}",
        "finding": finding,
        "is_assessed": is_assessed,
        "heading": _heading(finding),
        "meaning": LABEL_MEANINGS.get(finding["label"]),
        "modality": MODALITY_NAMES.get(finding["study"]["modality"], "Modality unknown"),
        "ranked": sorted(finding["probabilities"].items(), key=lambda item: -item[1]),
        "has_suv": any(spot["suv_max"] is not None for spot in finding["hotspots"]),
        "pictures": _draw_views(*drawn, has_landmarks=has_landmarks),
        "profile": profile,
        "evidence_pictures": draw_evidence(*drawn, finding["evidence"]) if is_assessed else [],
        "feature_groups": _group_features(finding["features"]),
    }


def _heading(finding: Mapping) -> str:
    if finding["label"] is None:
        return HEADINGS[finding["decision"]]
    superimposed = "".join(f", {other} superimposed" for other in finding["superimposed"])
    text = f"{finding['label']} pattern{superimposed}"
    return f"{text[0].upper()}{text[1:]}"


def _draw_views(study, layouts, hot_spots, *, has_landmarks: bool) -> list[Picture]:
    if study is None:
        return []
    from uptake_ml.report.overlay import draw_view

    numbered = list(enumerate(hot_spots or (), start=1))
    return [
        draw_view(
            view,
            (layouts or {}).get(name),
            [(number, spot) for number, spot in numbered if spot.view == name],
            has_landmarks=has_landmarks,
        )
        for name, view in study.views.items()
    ]


def _group_features(features: Mapping[str, float | None]) -> list[tuple[str, list[dict]]]:
    """Return (name of the family, rows) with unit and meaning from the registry, in its order."""
    if not features:
        return []
    from uptake_ml.features import FEATURES

    groups: dict[str, list[dict]] = {}
    for name, value in features.items():
        known = FEATURES.get(name)
        family, _, short = name.partition(".")
        row = {"id": name, "short": short or name, "value": value}
        row["unit"] = "" if known is None else name_unit(known.unit)
        row["meaning"] = "" if known is None else known.meaning
        groups.setdefault(FAMILY_NAMES.get(family, family), []).append(row)
    return list(groups.items())
