"""What the program said of each case, and how often it was right."""

from __future__ import annotations

import numpy as np
from files import is_pet, pixel_mm

_LANDMARKS = ("chin", "T12", "sacrum", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def read_finding(finding: dict, case, form: str) -> dict:
    """Return one line: decision, most probable label, set, typicality, errors of landmarks."""
    odds = finding["probabilities"] or {}
    row = {
        "decision": finding["decision"],
        "answer": finding["label"] or "",
        "likeliest": max(odds, key=odds.get) if odds else "",
        "set": "+".join(finding["prediction_set"] or []),
        "typicality": finding["typicality"],
        "hot_spots": len(finding["hotspots"] or []),
        "superimposed": "+".join(finding["superimposed"] or []),
        "probabilities": " ".join(f"{name}={p:.3f}" for name, p in odds.items()),
        "reason": (finding["reason"] or "")[:200],
    }
    return row | {f"{name}_mm": e for name, e in _landmark_errors(finding, case, form).items()}


def _landmark_errors(finding: dict, case, form: str) -> dict[str, float | str]:
    """Return the distance in mm of each kind of landmark, both sides' mean; '' if out of view."""
    shape = case.suv.shape[1:] if is_pet(case) else case.views["anterior"].shape
    true_mm = case.spacing_mm[1:] if is_pet(case) else (case.pixel_mm,) * 2
    found: dict[str, list] = {name: [] for name in _LANDMARKS}
    for mark in finding["landmarks"] or []:
        true = case.landmarks.get((mark["name"], mark["side"]))
        if mark["view"] != "anterior" or true is None:
            continue
        if 0 <= true[0] < shape[0] and 0 <= true[1] < shape[1]:
            # A picture of a PET has other rows than the volume: only the image's edge is shared.
            at = (np.array([mark["row"], mark["col"]]) + 0.5) * pixel_mm(case, form)
            found[mark["name"]].append(np.hypot(*(at - (np.array(true) + 0.5) * true_mm)))
    return {name: round(float(np.mean(v)), 1) if v else "" for name, v in found.items()}


def summarise(rows: list[dict], labels: tuple[str, ...]) -> dict:
    """Return counts and shares over all cases."""
    is_answered = [row["decision"] in ("labelled", "indeterminate") for row in rows]
    answered = [row for row, is_one in zip(rows, is_answered, strict=True) if is_one]
    typicality = [row["typicality"] for row in rows if row["typicality"] is not None]
    decisions = (*labels, "indeterminate", "rejected", "failed")
    table = {label: dict.fromkeys(decisions, 0) for label in labels}
    for row in rows:
        said = row["answer"] if row["decision"] == "labelled" else row["decision"]
        table[row["label"]][said] += 1
    single = [row for row in answered if row["decision"] == "labelled"]
    return {
        "cases": len(rows),
        "confusion": table,
        "balanced_accuracy_of_likeliest": _balanced(answered, labels, "likeliest"),
        "balanced_accuracy_of_single_answers": _balanced(single, labels, "answer"),
        "accuracy_of_likeliest": _share(r["likeliest"] == r["label"] for r in answered),
        "set_holds_the_truth": _share(r["label"] in r["set"].split("+") for r in answered),
        "single": _share(r["decision"] == "labelled" for r in answered),
        "rejected": _share(r["decision"] == "rejected" for r in rows),
        "typicality_5_25_50_75": [
            round(float(q), 3) for q in np.percentile(typicality or [np.nan], [5, 25, 50, 75])
        ],
        "landmark_error_mm_median_p90": {
            name: _quantiles([r[f"{name}_mm"] for r in answered]) for name in _LANDMARKS
        },
    }


def _share(which) -> float | None:
    which = list(which)
    return round(sum(which) / len(which), 3) if which else None


def _balanced(rows, labels, key) -> float | None:
    parts = [_share(r[key] == r["label"] for r in rows if r["label"] == x) for x in labels]
    parts = [p for p in parts if p is not None]
    return round(float(np.mean(parts)), 3) if parts else None


def _quantiles(values) -> list[float] | None:
    values = [v for v in values if v != ""]
    return [round(float(q), 1) for q in np.percentile(values, [50, 90])] if values else None


def to_text(report: dict) -> str:
    """Return the summary as lines for a terminal."""
    table = report["confusion"]
    columns = list(next(iter(table.values())))
    lines = ["", f"{'truth':18}" + "".join(f"{c:>17}" for c in columns)]
    lines += [f"{t:18}" + "".join(f"{n:17d}" for n in row.values()) for t, row in table.items()]
    lines += [f"{key}: {value}" for key, value in report.items() if key != "confusion"]
    return "\n".join(lines)
