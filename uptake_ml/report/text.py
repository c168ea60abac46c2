"""Report text for an assistant to insert, from the fields of a finding alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from uptake_ml.report.words import (
    LABEL_MEANINGS,
    MODALITY_NAMES,
    all_sources,
    group_by_document,
    join_words,
    name_place,
)

MOST_CONDITIONS = 5
MOST_SPOTS = 6


def draft(finding: Mapping, *, document_titles: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return report text under ``findings``, ``impression``, ``differential``, ``recommendations``.

    Every sentence comes from a field of the finding, so nothing is said that it does not hold; a
    finding that abstains gives a text that abstains.  The impression ends with the intended use.

    Parameters
    ----------
    document_titles
        Title of each document by its id; ids are cited as they are where it is None.
    """
    titles = document_titles or {}
    if finding["decision"] in ("rejected", "failed"):
        return _draft_unassessed(finding, titles)
    return {
        "findings": _draft_findings(finding),
        "impression": f"{_draft_impression(finding)} {finding['intended_use']}",
        "differential": _draft_differential(finding, titles),
        "recommendations": _draft_advice(finding, titles),
    }


def _draft_unassessed(finding: Mapping, titles: Mapping[str, str]) -> dict[str, str]:
    what = {
        "rejected": "The software did not assess this study: it is not an image its model knows.",
        "failed": "The software could not read this study.",
    }[finding["decision"]]
    reason = f" Reason: {_as_sentence(finding['reason'])}" if finding["reason"] else ""
    return {
        "findings": f"{what}{reason}",
        "impression": f"No impression from the software. {finding['intended_use']}",
        "differential": "None.",
        "recommendations": _draft_advice(finding, titles),
    }


def _draft_findings(finding: Mapping) -> str:
    study = finding["study"]
    views = join_words(study["views"])
    sentences = [f"{MODALITY_NAMES[study['modality']]}, {views} {_plural('view', study['views'])}."]
    sentences += [entry["text"] for entry in finding["evidence"]]
    sentences += _hottest(finding["hotspots"])
    return " ".join(sentences)


def _hottest(spots: Sequence[Mapping]) -> list[str]:
    ranked = sorted(
        (s for s in spots if s["contrast"] is not None), key=lambda s: s["contrast"], reverse=True
    )
    # A place seen in both views, or hot in several spots, is named once, at its hottest.
    places = list({(s["region"], s["side"]): s for s in reversed(ranked)}.values())
    places.sort(key=lambda s: s["contrast"], reverse=True)
    if not places:
        return []
    named = [
        f"{name_place(s['region'], s['side'])} ({s['contrast']:.1f} times normal"
        + (f", SUVmax {s['suv_max']:.1f})" if s["suv_max"] is not None else ")")
        for s in places[:MOST_SPOTS]
    ]
    return [f"Highest uptake: {join_words(named)}."]


def _draft_impression(finding: Mapping) -> str:
    modality = MODALITY_NAMES[finding["study"]["modality"]].replace("Bone", "bone")
    ranked = sorted(finding["probabilities"].items(), key=lambda item: -item[1])
    if finding["decision"] == "indeterminate":
        named = join_words([f"{label} ({p:.2f})" for label, p in ranked if p >= 0.01])
        return (
            f"Indeterminate pattern on {modality}: the software gives no label. "
            f"Probabilities: {named}. {_labels_that_fit(finding)} {_as_sentence(finding['reason'])}"
        )
    label = finding["label"]
    superimposed = "".join(
        f", with superimposed {other} uptake" for other in finding["superimposed"]
    )
    return (
        f"Pattern on {modality} according to the software: {label}{superimposed} "
        f"(probability {finding['probabilities'][label]:.2f}). {LABEL_MEANINGS[label]} "
        f"{_labels_that_fit(finding)}"
    )


def _labels_that_fit(finding: Mapping) -> str:
    fitting = finding["prediction_set"]
    return f"Labels that fit: {join_words(fitting)}." if fitting else "No label fits."


def _draft_differential(finding: Mapping, titles: Mapping[str, str]) -> str:
    entries = finding["differential"]
    if not entries:
        return "None given."
    lines = [_condition_line(entry, titles) for entry in entries[:MOST_CONDITIONS]]
    if len(entries) > MOST_CONDITIONS:
        lines.append(f"{len(entries) - MOST_CONDITIONS} less likely ones are in the finding.")
    return "\n".join(lines)


def _condition_line(entry: Mapping, titles: Mapping[str, str]) -> str:
    parts = [f"{entry['rank']}. {entry['condition']}."]
    for heading, reasons in (("For", entry["reasons"]), ("Against", entry["against"])):
        if reasons:
            parts.append(f"{heading}: {' '.join(_as_sentence(r['text']) for r in reasons)}")
    return " ".join([*parts, cite(all_sources(entry), titles)]).strip()


def _draft_advice(finding: Mapping, titles: Mapping[str, str]) -> str:
    advice = [*finding["next_steps"], *finding["cautions"]]
    if not advice:
        return "None from the software."
    return "\n".join(
        f"- {_as_sentence(a['text'])} {cite(a['sources'], titles)}".strip() for a in advice
    )


def cite(sources: Sequence[Mapping], titles: Mapping[str, str]) -> str:
    """Return citations as ``[title: section, section; title: section]``, empty without any."""
    cited = [
        f"{titles.get(document, document)}: {', '.join(sections)}"
        for document, sections in group_by_document(sources)
    ]
    return f"[{'; '.join(cited)}]" if cited else ""


def _as_sentence(text: str | None) -> str:
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def _plural(word: str, items: Sequence) -> str:
    return word if len(items) == 1 else f"{word}s"
