"""What the documents say of a change between two scans, and what limits the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.compare.change import (
    GONE,
    INCREASED,
    MIXED,
    NEW,
    UNCHANGED,
    Lesion,
    has_other_pixel_size,
)
from uptake_ml.compare.sites import TURNED
from uptake_ml.knowledge.context import Context
from uptake_ml.knowledge.facts import derive_facts
from uptake_ml.knowledge.schema import STEP_KINDS
from uptake_ml.report.words import join_words
from uptake_ml.study import COUNTS, DIFFUSE

if TYPE_CHECKING:
    from uptake_ml.knowledge import Knowledge
    from uptake_ml.pipeline import Analysis
    from uptake_ml.study import Study

_CHANGE_FACTS = frozenset({"uptake-changed", "uptake-decreased"})
# What the document names for an abnormal place, said again where one is new or hotter.
_CLARIFYING_LINE = "structural-imaging"
_MISFIT = (
    "The bones of the two scans do not lie where they were located: another posture or a part cut "
    "off may have misled the search for landmarks. What only one scan shows is not looked for on "
    "the other."
)
_UNALIKE_COUNTS = 2.0
_BONE_TO_SOFT = "distribution.skeleton_to_soft_tissue"
_UNALIKE_BACKGROUND = 1.5
_LEAST_CONFIDENCE = 0.5
# Where tracer is injected.
_INJECTED = frozenset({"elbow", "forearm", "wrist", "hand"})


def read_change(
    knowledge: Knowledge, later: Mapping, trend: str, context: Context | None = None
) -> Iterator[dict]:
    """Yield what the documents say of such a change, each with its sources.

    Lines that speak of other facts too (an earlier therapy, a known cancer) come only where these
    hold.  Nothing is said where nothing changed.
    """
    facts = derive_facts(knowledge, later, _with_trend(context, trend)).keys()
    document = knowledge.document_for(later["study"]["modality"]).id
    steps = [x for x in knowledge.lines if x.document == document and x.kind in STEP_KINDS]
    told = [x for x in steps if _CHANGE_FACTS & set(x.when) and facts >= set(x.when)]
    if trend in (INCREASED, MIXED):
        told += [x for x in steps if x.id == _CLARIFYING_LINE]
    for line in told:
        if not facts & set(line.unless):
            yield {"text": line.full_text, "sources": knowledge.citations((line,))}


def _with_trend(context: Context | None, trend: str) -> Context:
    # The documents tell a decrease from any change; a mixed change is only a change to them.
    earlier_scan = {MIXED: INCREASED}.get(trend, trend)
    values = {} if context is None else dict(context.values)
    return Context(values={**values, "earlier_scan": earlier_scan})


def cautions_for_change(
    earlier: Analysis, later: Analysis, lesions: Sequence[Lesion], *, is_misfit: bool
) -> Iterator[dict]:
    """Yield what makes these two scans hard to compare; none of it is from the documents.

    ``is_misfit`` says that a layout of the two must be off.
    """
    for text in (
        *_of_the_input(earlier.finding, later.finding),
        *([_MISFIT] if is_misfit else []),
        *_of_the_images(earlier.study, later.study),
        *_of_the_findings(earlier.finding, later.finding),
        *_of_the_places(lesions),
    ):
        yield {"text": text, "sources": []}


def _of_the_input(earlier: Mapping, later: Mapping) -> Iterator[str]:
    yield (
        "Which scan is the earlier one, and that both are of one patient, is as given: "
        "neither is read from the files."
    )
    hashes = [{f["sha256"] for f in finding["study"]["files"]} for finding in (earlier, later)]
    if hashes[0] & hashes[1]:
        yield "The two scans share a file: this compares a scan with itself."


def _of_the_images(earlier: Study, later: Study) -> Iterator[str]:
    views = [set(study.views) for study in (earlier, later)]
    if missing := sorted(views[0] ^ views[1]):
        yield (
            f"Only one of the scans has the {join_words(missing)} view: what only it shows "
            "cannot be followed."
        )
    shared = sorted(views[0] & views[1])
    pairs = [(earlier.views[name], later.views[name]) for name in shared]
    if any(a.unit != b.unit for a, b in pairs):
        yield "The pixels of the two scans have different units: another kind of export."
    if has_other_pixel_size(earlier, later):
        yield (
            "The pixels of the two scans differ in size: perhaps another camera, which by itself "
            "changes contrast. Only greater changes are named."
        )
    counted = [(a, b) for a, b in pairs if a.unit == b.unit == COUNTS]
    if any(_ratio(a.pixels.sum(), b.pixels.sum()) > _UNALIKE_COUNTS for a, b in counted):
        yield "One of the scans has more than twice the counts of the other, which shows less."
    for when, study in (("earlier", earlier), ("later", later)):
        for note in study.notes:
            yield f"Of the {when} scan: {note}"


def _of_the_findings(earlier: Mapping, later: Mapping) -> Iterator[str]:
    for when, finding in (("earlier", earlier), ("later", later)):
        labels = {finding["label"], *finding["prediction_set"], *finding["superimposed"]}
        if DIFFUSE in labels:
            yield (
                f"The {when} scan may be diffuse: contrast is taken against the patient's own "
                "bones, so a change of the whole skeleton does not show here."
            )
        marks = [mark["confidence"] for mark in finding["landmarks"]]
        if marks and np.mean(marks) < _LEAST_CONFIDENCE:
            yield f"The {when} scan's landmarks are uncertain: places may be matched wrongly."
    levels = [finding["features"].get(_BONE_TO_SOFT) for finding in (earlier, later)]
    if None not in levels and _ratio(*levels) > _UNALIKE_BACKGROUND:
        yield (
            "Soft tissue is clearly fainter against bone in one of the scans: small lesions stand "
            "out more in that one."
        )


def _of_the_places(lesions: Sequence[Lesion]) -> Iterator[str]:
    changed = {x.site.region for x in lesions if x.change != UNCHANGED}
    come_or_gone = {x.site.region for x in lesions if x.change in (NEW, GONE)}
    if changed & TURNED:
        yield "Hands, feet, wrists, elbows and ankles look hotter or less hot when only turned."
    if come_or_gone & _INJECTED:
        yield "A hot place on one date only, in an arm, can be where the tracer was injected."


def _ratio(a: float, b: float) -> float:
    return max(a, b) / max(min(a, b), 1e-9)
