"""Simulated pairs of scans with known changes, compared.

    python experiments/03_change_over_time/run.py [--pairs N] [--model FOLDER] [--jobs N]

Reads ``config.toml``, writes ``results.csv`` and ``provenance.json`` beside it and prints the
shares.  Needs the extra [simulate]; of the model only the atlas and what it has learnt of lesions
are used, as ``uptake-ml compare`` uses them.
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from uptake_ml.atlas import Atlas, load_atlas, locate
from uptake_ml.compare.change import (
    FALLING,
    GONE,
    NEW,
    RISING,
    UNCHANGED,
    ChangeLimits,
    Lesion,
    judge_pairs,
)
from uptake_ml.compare.matching import MatchingLimits, match_sites
from uptake_ml.compare.sites import Scan, Site, read_scan
from uptake_ml.features import HotSpot, find_hot_spots
from uptake_ml.features.judge import LesionJudge, load_judge
from uptake_ml.pattern.kept import run_jobs
from uptake_ml.phantom import draw, render
from uptake_ml.phantom.person import draw_person
from uptake_ml.phantom.spec import CameraSpec, CaseSpec, SpotSpec
from uptake_ml.phantom.truth import LesionTruth, Truth
from uptake_ml.provenance import record_provenance
from uptake_ml.resources import models_path
from uptake_ml.study import ANTERIOR, BONE_SCAN, FOCAL, NORMAL

HERE = Path(__file__).resolve().parent
# A lesion that is not there: what little a lesion without uptake adds, in next to no bone.
ABSENT = {"uptake": 0.0, "radius_mm": 1.0}
# Activity outside bone that a person keeps from one day to another.
OWN_SPOTS = frozenset({"thyroid", "laryngeal-cartilage"})
POSTURE = ("angles", "lean_rad", "head_turn_rad", "head_nod_mm", "lordosis_mm")


class Date(NamedTuple):
    """One date of a pair: activity outside bone, the scan as it is read, and its truth."""

    spots: Sequence[SpotSpec]
    scan: Scan
    truth: Truth


@dataclass(frozen=True, kw_only=True)
class Row:
    """One lesion, or (``lesion`` 0) a place that is hot without one.

    ``cause`` is lesion, tracer (an injection site or urine on the skin, which belong to one day
    and are truly new or gone on another) or other (worn joints, turned feet, false alarms).
    ``factor`` is what its uptake was multiplied by, ``visible_ratio`` what that made of uptake at
    its place over the uptake without it.  ``match`` is right, wrong, lost (a pair was possible),
    shared (one hot spot shows two lesions) or none (not hot on both dates).
    """

    pair: int
    is_same_camera: bool
    lesion: int
    cause: str
    region: str
    factor: float
    visible_ratio: float
    is_hot_earlier: bool
    is_hot_later: bool
    match: str
    change: str
    ratio: float | None
    significance: float | None
    distance_mm: float | None


def main() -> None:
    """Simulate, compare and write."""
    options = argparse.ArgumentParser()
    options.add_argument("--pairs", type=int)
    options.add_argument("--model", type=Path, default=models_path(BONE_SCAN))
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--out", type=Path, default=HERE)
    arguments = options.parse_args()
    config = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
    config["pairs"] = arguments.pairs or config["pairs"]
    learnt = load_atlas(arguments.model), load_judge(arguments.model)
    rows: list[Row] = []
    pairs = [(number, config, *learnt) for number in range(config["pairs"])]
    for done, own in enumerate(run_jobs(compare_pair, pairs, jobs=arguments.jobs), start=1):
        rows += own
        print(f"{done}/{config['pairs']} pairs", flush=True)
    write_results(rows, arguments.out / "results.csv")
    print("\n".join(summarise(rows, config)))
    record = record_provenance() | {"config": config, "shares": list(summarise(rows, config))}
    (arguments.out / "provenance.json").write_text(
        json.dumps(record, indent=2) + "\n", encoding="utf-8"
    )


def draw_pair(number: int, config: dict) -> tuple[CaseSpec, CaseSpec, tuple[float, ...]]:
    """Return a case, the same person later, and the factor of each lesion of the later case.

    A removed lesion stays in the list, and a new one is in it from the start, so that lesions keep
    their numbers.
    Another posture, filling, background and often camera belong to another day.
    """
    seed = config["seed"]
    first = draw(seed, label=FOCAL, spawn_key=(number, 0))
    day = draw(seed, label=NORMAL, spawn_key=(number, 1))
    added = draw(seed, disease="metastases", spawn_key=(number, 2)).lesions
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, 3)))
    other = draw_person(rng)
    factors = [float(f) for f in rng.choice(config["factors"], len(first.lesions))]
    added = added[: int(rng.integers(config["most_new"] + 1))]
    kept = [
        replace(x, uptake=x.uptake * f) if f else replace(x, **ABSENT)
        for x, f in zip(first.lesions, factors, strict=True)
    ]
    earlier = replace(first, lesions=(*first.lesions, *(replace(x, **ABSENT) for x in added)))
    later = replace(
        first,
        person=replace(first.person, **{name: getattr(other, name) for name in POSTURE}),
        camera=_later_camera(first.camera, day.camera, rng.random() < config["same_camera"]),
        soft=day.soft,
        spots=(
            *(spot for spot in first.spots if spot.kind in OWN_SPOTS),
            *(spot for spot in day.spots if spot.kind not in OWN_SPOTS),
        ),
        bladder_radius_mm=day.bladder_radius_mm,
        grid_jitter=day.grid_jitter,
        lesions=(*kept, *added),
    )
    return earlier, later, (*factors, *[float("inf")] * len(added))


def _later_camera(first: CameraSpec, other: CameraSpec, is_same: bool) -> CameraSpec:
    if is_same:
        return replace(first, noise_seed=other.noise_seed, total_counts=other.total_counts)
    return replace(other, shift_mm=first.shift_mm, last_row=1024)


def compare_pair(number: int, config: dict, atlas: Atlas, judge: LesionJudge | None) -> list[Row]:
    """Return a row for each lesion and for each hot place without one."""
    earlier, later, factors = draw_pair(number, config)
    dates = tuple(_scan(spec, atlas, judge) for spec in (earlier, later))
    is_same = earlier.camera.pixel_mm == later.camera.pixel_mm
    rows = judge_pair(number, dates, factors, config)
    return [replace(row, is_same_camera=is_same) for row in rows]


def judge_pair(
    number: int, dates: Sequence[Date], factors: Sequence[float], config: dict
) -> Iterator[Row]:
    """Yield the same from the scans and truths of the two dates."""
    if any(len(date.truth.lesions) != len(factors) for date in dates):
        return  # a lesion fell between the voxels on one of the dates: numbers do not agree
    before, after = (date.scan for date in dates)
    lesions = judge_pairs(match_sites(before.sites, after.sites), before, after)
    named = [
        tuple(
            _lesion_of(site, date, config["reach_mm"])
            for site, date in zip((x.earlier, x.later), dates, strict=True)
        )
        for x in lesions
    ]
    for index, factor in enumerate(factors):
        own = [date.truth.lesions[index] for date in dates]
        row = _lesion_row(number, index + 1, factor, own, lesions, named)
        if row.match == "wrong" and _is_shared(row, named, dates[1], config):
            row = replace(row, match="shared")
        yield row
    for lesion, names in zip(lesions, named, strict=True):
        if not any(names):
            row = _row(number, 0, lesion.site.region, 1.0, 1.0, (), lesion, "none")
            yield replace(row, cause=_cause_of(lesion, dates, config["tracer_mm"]))


def _scan(spec: CaseSpec, atlas: Atlas, judge: LesionJudge | None) -> Date:
    study, truth = render(spec)
    layouts = locate(study, atlas)
    spots = find_hot_spots(study, layouts, judge)
    return Date(spec.spots, read_scan(study, layouts, spots, atlas.shape.mean), truth)


def _cause_of(lesion: Lesion, dates: Sequence[Date], reach_mm: float) -> str:
    """Return what made a place hot that is no lesion: tracer outside bone, or something else."""
    for site, date in zip((lesion.earlier, lesion.later), dates, strict=True):
        for index in site.numbers if site is not None else ():
            spot = date.scan.hot_spots[index]
            daily = (tracer for tracer in date.spots if tracer.kind not in OWN_SPOTS)
            if any(_apart_mm(spot, tracer, date) <= reach_mm for tracer in daily):
                return "tracer"
    return "other"


def _apart_mm(spot: HotSpot, tracer: SpotSpec, date: Date) -> float:
    anchor = date.truth.views[spot.view].landmarks.get(tracer.anchor)
    if anchor is None:
        return np.inf
    left, _, up = tracer.offset_mm
    # The patient's left is on the right of an anterior view.
    across = left if spot.view == ANTERIOR else -left
    spacing = date.scan.study.views[spot.view].spacing_mm
    offset = np.subtract(spot.centre, anchor) * spacing - (-up, across)
    return float(np.hypot(*offset))


def _lesion_of(site: Site | None, date: Date, reach_mm: float) -> int:
    """Return the number of the lesion that a site shows, 0 for none: the nearest within reach."""
    best, found = reach_mm, 0
    for index in site.numbers if site is not None else ():
        spot = date.scan.hot_spots[index]
        spacing = date.scan.study.views[spot.view].spacing_mm
        for lesion in date.truth.lesions:
            if spot.view in lesion.place and lesion.uptake > 0:
                apart = np.subtract(spot.centre, lesion.place[spot.view]) * spacing
                if np.hypot(*apart) < best:
                    best, found = float(np.hypot(*apart)), lesion.number
    return found


def _lesion_row(
    pair: int,
    number: int,
    factor: float,
    own: Sequence[LesionTruth],
    lesions: Sequence[Lesion],
    named: Sequence[tuple[int, int]],
) -> Row:
    hits = [k for k, names in enumerate(named) if number in names]
    whole = [k for k in hits if named[k] == (number, number)]
    hot = [any(names[date] == number for names in named) for date in (0, 1)]
    best = next(iter(whole or hits), None)
    match = "none" if not all(hot) else "right" if whole else "lost"
    if best is not None and match != "right" and all(named[best]):
        match = "wrong"
    lesion = None if best is None else lesions[best]
    return _row(pair, number, own[1].region, factor, _visible_ratio(own), hot, lesion, match)


def _is_shared(row: Row, named: Sequence[tuple[int, int]], date: Date, config: dict) -> bool:
    """Whether the hot spots name two lesions so near that one hot spot shows both."""
    others = {n for names in named if row.lesion in names for n in names} - {row.lesion, 0}
    own = date.truth.lesions[row.lesion - 1].place
    for other in others:
        place = date.truth.lesions[other - 1].place
        for view in own.keys() & place.keys():
            apart = np.subtract(own[view], place[view]) * date.scan.study.views[view].spacing_mm
            if np.hypot(*apart) <= config["shared_mm"]:
                return True
    return False


def _visible_ratio(own: Sequence[LesionTruth]) -> float:
    # A place at the edge of the field has next to no uptake on one date, with or without a lesion.
    views = {v for v in own[0].contrast if all(-0.9 < x.contrast.get(v, -1) < 100 for x in own)}
    if not views:
        return np.nan
    view = max(views, key=lambda v: own[0].conspicuity[v] + own[1].conspicuity[v])
    return (1 + own[1].contrast[view]) / (1 + own[0].contrast[view])


def _row(pair, number, region, factor, visible_ratio, hot, lesion, match) -> Row:
    if not hot:
        hot = (lesion.earlier is not None, lesion.later is not None)
    return Row(
        pair=pair,
        is_same_camera=False,
        lesion=number,
        cause="lesion",
        region=region,
        factor=factor,
        visible_ratio=visible_ratio,
        is_hot_earlier=hot[0],
        is_hot_later=hot[1],
        match=match,
        change="not found" if lesion is None else lesion.change,
        ratio=None if lesion is None else lesion.ratio,
        significance=None if lesion is None else lesion.significance,
        distance_mm=None if lesion is None else lesion.distance_mm,
    )


def summarise(rows: Sequence[Row], config: dict) -> Iterator[str]:
    """Yield the shares as lines of text."""
    both = [r for r in rows if r.match in ("right", "wrong", "lost")]
    yield _share("hot on both dates: matched to itself", both, lambda r: r.match == "right")
    limit = np.log(1 + config["least_change"])
    changed = [r for r in rows if r.lesion and r.ratio and abs(np.log(r.visible_ratio)) >= limit]
    signs = [r for r in changed if r.match in ("right", "none")]
    yield _share(
        f"changed by over {config['least_change']:.0%}: right sign of the ratio",
        signs,
        lambda r: (r.ratio > 1) == (r.visible_ratio > 1),
    )
    yield _share(
        "the same: named hotter or new, cooler or gone, as it is",
        signs,
        lambda r: r.change in (RISING if r.visible_ratio > 1 else FALLING),
    )
    yield _share(
        "the same: named the opposite",
        signs,
        lambda r: r.change in (FALLING if r.visible_ratio > 1 else RISING),
    )
    for is_same, words in ((True, "same camera"), (False, "another camera")):
        same = [
            r
            for r in rows
            if r.lesion and r.factor == 1 and r.match == "right" and r.is_same_camera == is_same
        ]
        yield _share(f"not changed, {words}: so named", same, lambda r: r.change == UNCHANGED)
        if same:
            logs = np.log([r.ratio for r in same])
            yield f"not changed, {words}: log ratio, mean {logs.mean():.3f}, s.d. {logs.std():.3f}"
    for cause, words in (("tracer", "injection or urine"), ("other", "anything else")):
        without = [r for r in rows if r.cause == cause]
        what = f"hot without a lesion, {words}: named new or gone"
        yield _share(what, without, lambda r: r.change in (NEW, GONE))
    apart = [r.distance_mm for r in rows if r.match == "right" and r.distance_mm is not None]
    if apart:
        yield "matched to itself: distance, median and 95th percentile " + ", ".join(
            f"{d:.0f} mm" for d in np.percentile(apart, (50, 95))
        )
    yield f"in use: {MatchingLimits()}, {ChangeLimits()}"


def _share(what: str, rows: Sequence[Row], holds) -> str:
    n = sum(map(holds, rows))
    return f"{what}: {n} of {len(rows)}" + (f" ({n / len(rows):.0%})" if rows else "")


def write_results(rows: Sequence[Row], path: Path) -> None:
    """Write one line a row, numbers to four significant digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(asdict(rows[0])), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {k: f"{v:.4g}" if isinstance(v, float) else v for k, v in asdict(row).items()}
            )


if __name__ == "__main__":
    main()
