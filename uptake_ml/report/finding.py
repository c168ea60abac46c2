"""The finding: one JSON object a study, version 1."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml.identity import joint_id
from uptake_ml.provenance import record_provenance

if TYPE_CHECKING:
    from uptake_ml.atlas import Layout
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.pattern.model import Verdict
    from uptake_ml.readers import StudySource
    from uptake_ml.study import Study

SCHEMA = "uptake-ml/finding/1"
SCHEMA_FILE = Path(__file__).with_name("finding-1.schema.json")

INTENDED_USE = "For research and teaching only: not a medical device and never a diagnosis."

LABELLED = "labelled"
INDETERMINATE = "indeterminate"
REJECTED = "rejected"
FAILED = "failed"
DECISIONS = (LABELLED, INDETERMINATE, REJECTED, FAILED)

# Two views whose pixels differ by less than this share one pixel size in the finding.
SPACING_TOLERANCE = 0.01


def build_finding(
    *,
    study: Study,
    verdict: Verdict,
    layouts: Mapping[str, Layout],
    hot_spots: Sequence[HotSpot],
    features: Mapping[str, float],
    provenance: Mapping,
) -> dict:
    """Return the finding of a study, still without its differential (see `add_knowledge`).

    Features that are not a finite number become None.  What the study had to assume becomes a
    caution.
    """
    from uptake_ml.report.words import describe_evidence

    spots = [_hot_spot_entry(spot) for spot in hot_spots]
    finding = _empty_finding(provenance)
    finding["study"] = _study_entry(study)
    finding |= _verdict_entries(verdict)
    finding["hotspots"] = spots
    finding["landmarks"] = [
        _landmark_entry(mark) for layout in layouts.values() for mark in layout.landmarks
    ]
    finding["features"] = {name: significant(value) for name, value in features.items()}
    finding["evidence"] = describe_evidence(verdict, finding["features"], spots, study.modality)
    finding["cautions"] = [{"text": note, "sources": []} for note in study.notes]
    return finding


def add_knowledge(
    finding: Mapping,
    *,
    differential: Iterable[Mapping],
    cautions: Iterable[Mapping],
    next_steps: Iterable[Mapping],
) -> dict:
    """Return a copy of ``finding`` with its differential, and with cautions and steps added."""
    return {
        **finding,
        "differential": [_condition_entry(entry) for entry in differential],
        "cautions": [*finding["cautions"], *map(_advice_entry, cautions)],
        "next_steps": [*finding["next_steps"], *map(_advice_entry, next_steps)],
    }


def failed_finding(
    source: StudySource | Study | Path | str | None,
    reason: str,
    *,
    decision: str = FAILED,
    provenance: Mapping | None = None,
    keep_ids: bool = False,
) -> dict:
    """Return the whole record of something that could not be read, or is no study of ours.

    Parameters
    ----------
    source
        What was to be read: its files are hashed where they can be.
    reason
        Why it was not assessed.  Paths and the names of the source's files are taken out of it
        unless ``keep_ids``.
    decision
        ``failed`` or ``rejected``.
    """
    if decision not in (FAILED, REJECTED):
        raise ValueError(f"decision must be {FAILED!r} or {REJECTED!r}, found {decision!r}")
    finding = _empty_finding(record_provenance() if provenance is None else provenance)
    finding["decision"] = decision
    if hasattr(source, "views"):
        finding["study"] = _study_entry(source)
        paths = ()
    else:
        paths = _source_paths(source)
        finding["study"] = _unread_study_entry(paths, getattr(source, "modality", None), keep_ids)
    finding["reason"] = reason if keep_ids else remove_paths(reason, paths)
    return finding


def remove_paths(text: str, paths: Iterable[Path] = ()) -> str:
    """Return ``text`` without the given paths and names, and without anything like a path."""
    known = {str(form) for p in paths for form in (p, p.absolute(), p.parent, p.name)} - {".", ""}
    for name in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", "the file", text)
    # An absolute path has a separator at its start and a second one further on.
    return re.sub(r"(?<![\w/])(?:[A-Za-z]:)?[/\\][^\s'\",;:)]*[/\\][^\s'\",;:)]*", "a path", text)


def significant(value: float, digits: int = 5) -> float | None:
    """Return ``value`` rounded to so many significant digits, None where it is not finite."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{float(value):.{digits}g}")


def _empty_finding(provenance: Mapping) -> dict:
    return {
        "schema": SCHEMA,
        "study": None,
        "decision": None,
        "label": None,
        "probabilities": {},
        "prediction_set": [],
        "typicality": None,
        "superimposed": [],
        "hotspots": [],
        "landmarks": [],
        "features": {},
        "evidence": [],
        "differential": [],
        "cautions": [],
        "next_steps": [],
        "reason": None,
        "provenance": dict(provenance),
        "intended_use": INTENDED_USE,
    }


def _study_entry(study: Study) -> dict:
    views = list(study.views.values())
    return {
        "id": study.id,
        "files": [{"name": f.name or None, "sha256": f.sha256} for f in study.files],
        "modality": study.modality,
        "views": list(study.views),
        "pixel_spacing_mm": _common_spacing_mm(views),
        "unit": views[0].unit if len({view.unit for view in views}) == 1 else None,
    }


def _common_spacing_mm(views: Sequence) -> list[float] | None:
    first = views[0].spacing_mm
    for view in views[1:]:
        if any(
            abs(a / b - 1) > SPACING_TOLERANCE for a, b in zip(view.spacing_mm, first, strict=True)
        ):
            return None
    return [significant(step) for step in first]


def _source_paths(source) -> tuple[Path, ...]:
    if source is None:
        return ()
    files = getattr(source, "files", None)
    return tuple(map(Path, files)) if files is not None else (Path(source),)


def _unread_study_entry(paths: Sequence[Path], modality: str | None, keep_ids: bool) -> dict:
    hashes = [_file_sha256(path) for path in paths]
    return {
        "id": _joint_id(hashes),
        "files": [
            {"name": path.name if keep_ids else None, "sha256": digest}
            for path, digest in zip(paths, hashes, strict=True)
        ],
        "modality": modality,
        "views": [],
        "pixel_spacing_mm": None,
        "unit": None,
    }


def _joint_id(hashes: Sequence[str | None]) -> str | None:
    # As in _file_sha256, imported here so that importing the plug-in stays cheap.
    known = [digest for digest in hashes if digest]
    return joint_id(known) if known else None


def _file_sha256(path: Path) -> str | None:
    import hashlib

    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return None


def _verdict_entries(verdict: Verdict) -> dict:
    return {
        "decision": verdict.decision,
        "label": verdict.label,
        "probabilities": round_probabilities(verdict.probabilities),
        "prediction_set": list(verdict.prediction_set),
        "typicality": _rounded(verdict.typicality, 4),
        "superimposed": list(verdict.superimposed),
        "reason": verdict.reason,
    }


def round_probabilities(probabilities: Mapping[str, float], digits: int = 4) -> dict[str, float]:
    """Return the probabilities rounded, the likeliest so that they still sum to 1."""
    rounded = {label: round(float(p), digits) for label, p in probabilities.items()}
    if rounded:
        likeliest = max(rounded, key=rounded.get)
        others = sum(p for label, p in rounded.items() if label != likeliest)
        rounded[likeliest] = round(1 - others, digits)
    return rounded


def _hot_spot_entry(spot: HotSpot) -> dict:
    return {
        "view": spot.view,
        "row": _rounded(spot.row, 2),
        "col": _rounded(spot.col, 2),
        "region": spot.region,
        "side": spot.side,
        "is_joint": bool(spot.is_joint),
        "area_mm2": _rounded(spot.area_mm2, 1),
        "contrast": _rounded(spot.contrast, 3),
        "suv_max": _rounded(spot.suv_max, 2),
    }


def _landmark_entry(mark) -> dict:
    return {
        "view": mark.view,
        "name": mark.name,
        "side": mark.side,
        "row": _rounded(mark.row, 2),
        "col": _rounded(mark.col, 2),
        "confidence": _rounded(mark.confidence, 3),
    }


def _condition_entry(entry: Mapping) -> dict:
    return {
        "rank": int(entry["rank"]),
        "condition": entry["condition"],
        "category": entry["category"],
        "reasons": [_advice_entry(reason) for reason in entry["reasons"]],
        "against": [_advice_entry(reason) for reason in entry["against"]],
        "sources": [_source_entry(source) for source in entry["sources"]],
    }


def _advice_entry(entry: Mapping) -> dict:
    return {"text": entry["text"], "sources": [_source_entry(s) for s in entry["sources"]]}


def _source_entry(source: Mapping) -> dict:
    return {"document": source["document"], "section": source["section"]}


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)
