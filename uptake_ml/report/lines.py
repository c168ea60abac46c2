"""Findings as JSON Lines and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

# A spreadsheet takes a cell that starts with one of these for a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def json_line(finding: Mapping) -> str:
    """Return a finding as one line of JSON without its line end.

    Raises
    ------
    ValueError
        When a number is not finite: JSON has none such.
    """
    return json.dumps(finding, ensure_ascii=False, allow_nan=False).replace("\u2028", "\\u2028")


def json_lines(findings: Iterable[Mapping]) -> Iterator[str]:
    """Yield each finding as one line of JSON, with its line end, in the order given."""
    return (f"{json_line(finding)}\n" for finding in findings)


def csv_lines(findings: Iterable[Mapping]) -> Iterator[str]:
    """Yield a CSV table (RFC 4180): the header, then one record a finding, in the order given.

    Every table has the same columns whatever is in it, so that tables can be joined: all labels
    and all features of the registry.  Undefined values are empty.
    """
    labels, feature_ids = _all_labels(), _all_feature_ids()
    yield _csv_record(_flatten({}, labels, feature_ids))
    for finding in findings:
        yield _csv_record(_flatten(finding, labels, feature_ids).values())


def _all_labels() -> tuple[str, ...]:
    from uptake_ml.study import LABELS

    return tuple(dict.fromkeys(label for labels in LABELS.values() for label in labels))


def _all_feature_ids() -> tuple[str, ...]:
    from uptake_ml.features import FEATURES

    return tuple(FEATURES)


def _flatten(finding: Mapping, labels: Sequence[str], feature_ids: Sequence[str]) -> dict:
    study = finding.get("study") or {}
    leading = next(iter(finding.get("differential") or ()), {})
    probabilities = finding.get("probabilities") or {}
    features = finding.get("features") or {}
    model = (finding.get("provenance") or {}).get("model") or {}
    return {
        "study": study.get("id"),
        "files": "; ".join(f["name"] or f["sha256"] or "" for f in study.get("files", ())),
        "modality": study.get("modality"),
        "views": "; ".join(study.get("views", ())),
        "decision": finding.get("decision"),
        "label": finding.get("label"),
        "prediction_set": "; ".join(finding.get("prediction_set", ())),
        "superimposed": "; ".join(finding.get("superimposed", ())),
        "typicality": finding.get("typicality"),
        "hot_spots": len(finding.get("hotspots", ())),
        "leading_condition": leading.get("condition"),
        "reason": finding.get("reason"),
        "model": model.get("name"),
        "model_sha256": model.get("sha256"),
        "intended_use": finding.get("intended_use"),
        **{f"probability.{label}": probabilities.get(label) for label in labels},
        **{name: features.get(name) for name in feature_ids},
    }


def _csv_record(cells: Iterable) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerow([_guard(cell) for cell in cells])
    return stream.getvalue()


def _guard(cell):
    if not isinstance(cell, str):
        return cell
    # Spreadsheets drop a null and programs that read C strings stop at it.
    cell = cell.replace("\0", "")
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell
