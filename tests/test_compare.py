"""Two dates of one made-up patient: what is matched, how a change is named, what is said of it."""

import hashlib
import json
import re
import sys
import types
from dataclasses import dataclass, replace
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest

from uptake_ml import batch, cli
from uptake_ml.atlas.points import POINTS, orient_points
from uptake_ml.compare import MatchingLimits, compare
from uptake_ml.compare.advice import cautions_for_change, read_change
from uptake_ml.compare.change import judge_pairs
from uptake_ml.compare.comparison import SCHEMA, SCHEMA_FILE
from uptake_ml.compare.frame import MEAN_SHAPE_MM
from uptake_ml.compare.matching import assign, match_sites
from uptake_ml.compare.page import render_comparison_page
from uptake_ml.compare.repeat import measure_repeat_sd
from uptake_ml.compare.sites import read_scan
from uptake_ml.compare.table import render_comparison_table
from uptake_ml.features import HotSpot
from uptake_ml.knowledge import load_knowledge
from uptake_ml.knowledge.context import parse_context
from uptake_ml.pipeline import Analysis
from uptake_ml.provenance import record_provenance
from uptake_ml.regions import BONE, INDEX, LEFT, REGIONS, RIGHT, Region
from uptake_ml.report.finding import INTENDED_USE, build_finding
from uptake_ml.study import ANTERIOR, COUNTS, POSTERIOR, SourceFile, Study, View

MONITORING = {"document": "000_133e1dadede17d86", "section": "Monitoring and Repeat Scanning"}
SPACING_MM = 4.0
SHAPE = (520, 200)
NORMAL_COUNTS = 60.0
HOT_RADIUS_MM = 14.0

# The mean body in mm: down from the top of the canvas, across from the midline to the left.
_MIDLINE = {
    "vertex": 160, "chin": 390, "C7": 450, "T6": 590, "T12": 750, "L3": 840, "sternum": 560,
    "sacrum": 980, "bladder": 1060,
}  # fmt: skip
_LEFT = {
    "shoulder": (470, 165), "elbow": (760, 230), "wrist": (990, 250), "hand": (1070, 255),
    "iliac-crest": (900, 130), "hip": (1050, 95), "knee": (1470, 90), "ankle": (1840, 85),
    "foot": (1900, 95), "rib-edge-upper": (560, 130), "rib-edge-middle": (650, 140),
    "rib-edge-lower": (760, 135), "pelvis-edge": (930, 135), "skull-edge": (230, 75),
}  # fmt: skip
_ARM = ("elbow", "wrist", "hand")
# Regions whose bones turn with the arm about the shoulder.
_ARM_REGIONS = ("humerus", "elbow", "forearm", "wrist", "hand")
_AXIS_MM = 510.0


def mean_points():
    """All points of the mean body, shape (P, 2), in mm; the patient's left at smaller columns."""
    points = []
    for name, side in POINTS:
        down, left = (_MIDLINE[name], 0) if name in _MIDLINE else _LEFT[name]
        points.append((down, _AXIS_MM + (-left if side == LEFT else left)))
    return np.array(points, float)


@dataclass(frozen=True, kw_only=True)
class Pose:
    """How a body lies: turned and scaled about its middle, shifted, one arm lifted sideways."""

    turn: float = 0.0
    scale: float = 0.95
    shift_mm: tuple[float, float] = (40.0, -110.0)
    lift: float = 0.0
    last_row: int = SHAPE[0]

    def place(self, points, is_left_arm):
        points = np.array(points, float)
        shoulder = mean_points()[POINTS.index(("shoulder", LEFT))]
        points[is_left_arm] = _turned(points[is_left_arm] - shoulder, self.lift) + shoulder
        middle = np.array([900.0, _AXIS_MM])
        return _turned(points - middle, self.turn) * self.scale + middle + self.shift_mm


def _turned(points, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, -sin], [sin, cos]])


@dataclass(frozen=True, kw_only=True)
class Hot:
    """A hot place of the mean body: region, side, place (down, to the left) in mm, contrast."""

    region: str
    side: str | None
    at: tuple[float, float]
    contrast: float = 3.0
    views: tuple[str, ...] = (ANTERIOR, POSTERIOR)
    is_detected: bool = True

    def mirrored(self):
        other = {LEFT: RIGHT, RIGHT: LEFT, None: None}[self.side]
        return replace(self, side=other, at=(self.at[0], -self.at[1]))


def draw_scan(hots, pose=Pose(), views=(ANTERIOR, POSTERIOR), name="", **verdict):
    """Return the analysis of a patient with these hot places in this pose."""
    drawn = [_draw_view(view, hots, pose) for view in views]
    spots, places = [], {}
    for view_spots in (d[2] for d in drawn):
        for hot, spot in view_spots:
            twin = places.get(hot)
            if twin is not None:
                spots[twin] = replace(spots[twin], same_site=len(spots))
            places[hot] = len(spots)
            spots.append(replace(spot, same_site=twin))
    study = Study(
        id=f"study-{len(spots)}-{name}",
        modality="bone-scan",
        views={d[0].name: d[0] for d in drawn},
        files=(SourceFile(name="", sha256=_hash((tuple(hots), pose, name))),),
    )
    layouts = {d[0].name: d[1] for d in drawn}
    finding = make_finding(study, layouts, spots, **verdict)
    return Analysis(finding=finding, study=study, layouts=layouts, hot_spots=tuple(spots))


def _hash(drawn):
    return hashlib.sha256(repr(drawn).encode()).hexdigest()


def make_finding(study, layouts, spots, **verdict):
    fields = {
        "label": "focal",
        "decision": "labelled",
        "probabilities": {"normal": 0.1, "focal": 0.9},
        "prediction_set": ("focal",),
        "typicality": 0.6,
        "superimposed": (),
        "reason": None,
        "evidence": (),
    }
    return build_finding(
        study=study,
        verdict=SimpleNamespace(**fields | verdict),
        layouts=layouts,
        hot_spots=spots,
        features={"hotspot.count": float(len({id(s) for s in spots})), "hotspot.area_share": 0.1},
        provenance=record_provenance(model_name="bone-scan", model_sha256="9c" * 32),
    )


def _draw_view(view, hots, pose):
    is_arm = np.array([(n in _ARM and s == LEFT) for n, s in POINTS])
    points = _to_pixels(pose.place(mean_points(), is_arm), view)
    shape = (pose.last_row, SHAPE[1])
    pixels = np.full(shape, NORMAL_COUNTS, np.float32)
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    spots = []
    for hot in hots:
        if view not in hot.views:
            continue
        down, left = hot.at
        arm = np.array([hot.region in _ARM_REGIONS and hot.side == LEFT])
        row, col = _to_pixels(pose.place([(down, _AXIS_MM - left)], arm), view)[0]
        mask = np.hypot(rows - row, cols - col) * SPACING_MM <= HOT_RADIUS_MM
        pixels[mask] = NORMAL_COUNTS * hot.contrast
        if hot.is_detected and mask.any():
            spots.append((hot, _hot_spot(hot, view, row, col, mask)))
    layout = SimpleNamespace(
        landmarks=tuple(
            SimpleNamespace(view=view, name=n, side=s, row=r, col=c, confidence=0.9)
            for (n, s), (r, c) in zip(POINTS, points, strict=True)
            if n in _MIDLINE or "-edge" not in n
        ),
        regions=np.full(shape, INDEX["thoracic-spine", None], np.uint8),
        body=np.ones(shape, bool),
        expected=np.full(shape, NORMAL_COUNTS, np.float32),
        spread=np.full(shape, 0.2, np.float32),
    )
    spacing = (SPACING_MM, SPACING_MM)
    return View(name=view, pixels=pixels, spacing_mm=spacing, unit=COUNTS), layout, spots


def _to_pixels(points_mm, view):
    return orient_points(points_mm / SPACING_MM, view, SHAPE[1])


def _hot_spot(hot, view, row, col, mask):
    rows, cols = np.nonzero(mask)
    window = (slice(rows.min(), rows.max() + 1), slice(cols.min(), cols.max() + 1))
    return HotSpot(
        view=view,
        row=float(row),
        col=float(col),
        region=hot.region,
        side=hot.side,
        is_joint=Region(hot.region, hot.side, "bone").is_joint,
        area_mm2=float(mask.sum() * SPACING_MM**2),
        contrast=hot.contrast,
        significance=8.0,
        window=window,
        mask=mask[window],
    )


MODELS = SimpleNamespace(
    atlas=SimpleNamespace(shape=SimpleNamespace(mean=mean_points() / MEAN_SHAPE_MM)),
    knowledge=load_knowledge(),
)
LATER_POSE = Pose(turn=0.06, scale=1.0, shift_mm=(10.0, -120.0), lift=0.3)

RIB = Hot(region="ribs", side=LEFT, at=(640.0, 100.0))
SPINE = Hot(region="lumbar-spine", side=None, at=(850.0, 5.0), contrast=4.0)
FOREARM = Hot(region="forearm", side=LEFT, at=(880.0, 240.0), contrast=2.5)
FEMUR = Hot(region="femur", side=RIGHT, at=(1250.0, -92.0), contrast=2.2, views=(POSTERIOR,))
ALL = (RIB, SPINE, FOREARM, FEMUR)


def compared(earlier, later, **settings):
    return compare(earlier, later, models=MODELS, **settings)


def changes(comparison):
    return {(lesion.site.region, lesion.site.side): lesion.change for lesion in comparison.lesions}


def sites_of(scan):
    mean = MODELS.atlas.shape.mean
    return read_scan(scan.study, scan.layouts, scan.hot_spots, mean).sites


@pytest.mark.parametrize("hot", ALL, ids=lambda h: h.region)
@pytest.mark.parametrize("pose", [Pose(), LATER_POSE, Pose(turn=-0.1, lift=-0.2)])
def test_a_place_of_the_body_depends_on_neither_posture_nor_view(hot, pose):
    [site] = sites_of(draw_scan([hot], pose))
    for place in site.places.values():
        np.testing.assert_allclose(place, (hot.at[0], _AXIS_MM - hot.at[1]), atol=6)


def test_a_place_carried_to_a_view_and_back_stays(hot=RIB):
    scan = draw_scan([hot], LATER_POSE)
    frame = read_scan(scan.study, scan.layouts, scan.hot_spots, MODELS.atlas.shape.mean).frames[
        ANTERIOR
    ]
    spot = scan.hot_spots[0]
    place = frame.to_body(hot.region, hot.side, spot.row, spot.col)
    np.testing.assert_allclose(
        frame.to_pixel(hot.region, hot.side, place), (spot.row, spot.col), atol=1
    )


def test_a_scan_compared_with_itself_has_changed_nowhere():
    scan = draw_scan(ALL)
    comparison = compared(scan, scan)
    assert set(changes(comparison).values()) == {"unchanged"}
    assert len(comparison.lesions) == len(ALL)  # two views of one site count once
    assert all(x.ratio == 1 and x.distance_mm == 0 for x in comparison.lesions)
    assert comparison.trend == "unchanged" and not comparison.readings
    assert any("a scan with itself" in c["text"] for c in comparison.cautions)


def test_every_change_is_named_though_the_body_lies_otherwise():
    new = Hot(region="skull", side=None, at=(220.0, 20.0))
    later = [replace(RIB, contrast=5.5), replace(SPINE, contrast=2.0), FEMUR, new]
    comparison = compared(draw_scan(ALL), draw_scan(later, LATER_POSE))
    assert changes(comparison) == {
        ("ribs", LEFT): "hotter",
        ("lumbar-spine", None): "cooler",
        ("forearm", LEFT): "gone",
        ("femur", RIGHT): "unchanged",
        ("skull", None): "new",
    }
    assert comparison.trend == "mixed"
    assert comparison.summary == "5 hot places: 1 new, 1 hotter, 1 unchanged, 1 cooler, 1 gone."
    rib = next(x for x in comparison.lesions if x.site.region == "ribs")
    assert rib.ratio == pytest.approx(5.5 / 3) and rib.significance > 3


@pytest.mark.parametrize("seed", range(4))
def test_swapping_the_dates_turns_every_change_round(seed):
    rng = np.random.default_rng(seed)
    scans = []
    for pose in (Pose(), LATER_POSE):
        kept = [replace(h, contrast=float(rng.uniform(1.6, 6))) for h in ALL if rng.random() < 0.7]
        scans.append(draw_scan(kept, pose))
    there, back = compared(*scans), compared(*reversed(scans))
    opposite = {"new": "gone", "gone": "new", "hotter": "cooler", "cooler": "hotter"}
    assert changes(back) == {k: opposite.get(v, v) for k, v in changes(there).items()}
    pairs = list(zip(there.lesions, back.lesions, strict=True))
    assert [x.significance for x, _ in pairs] == pytest.approx([-y.significance for _, y in pairs])
    turned = {"increased": "decreased", "decreased": "increased"}
    assert back.trend == turned.get(there.trend, there.trend)


def test_a_mirrored_place_is_another_place():
    near_midline = Hot(region="ribs", side=LEFT, at=(600.0, 12.0))
    assert MatchingLimits().gate_mm > 2 * 12.0
    comparison = compared(draw_scan([near_midline]), draw_scan([near_midline.mirrored()]))
    assert changes(comparison) == {("ribs", LEFT): "gone", ("ribs", RIGHT): "new"}


def test_neighbouring_ribs_keep_their_own_partner():
    ribs = [Hot(region="ribs", side=LEFT, at=(y, 100.0), contrast=3.0) for y in (560.0, 600.0)]
    # Greedy matching would take the middle pair, which is nearest, and leave two alone.
    moved = [replace(h, at=(h.at[0] + 22, 100.0)) for h in ribs]
    pairs = match_sites(sites_of(draw_scan(ribs)), sites_of(draw_scan(moved)))
    assert len(pairs) == 2 and all(a and b for a, b in pairs)
    for before, after in pairs:
        assert after.place[0] - before.place[0] == pytest.approx(22, abs=4)


def test_the_assignment_is_the_cheapest_and_leaves_out_what_is_too_dear():
    assert sorted(assign(np.array([[1.0, 2.0], [2.0, 9.0]]), 20)) == [(0, 1), (1, 0)]
    assert assign(np.array([[1.0, 2.0], [2.0, 90.0]]), 1.2) == [(0, 0)]
    assert assign(np.array([[np.inf]]), 20) == []
    assert assign(np.zeros((0, 3)), 20) == []


def test_a_turned_head_carries_places_sideways_only():
    spot = Hot(region="skull", side=None, at=(220.0, -20.0))
    sideways, down = (replace(spot, at=at) for at in ((220.0, 15.0), (255.0, -20.0)))
    assert len(compared(draw_scan([spot]), draw_scan([sideways])).lesions) == 1
    assert len(compared(draw_scan([spot]), draw_scan([down])).lesions) == 2
    rib = replace(RIB, at=(640.0, 60.0))
    assert len(compared(draw_scan([rib]), draw_scan([replace(rib, at=(640.0, 95.0))])).lesions) == 2


def test_views_that_disagree_about_a_place_show_two_lesions():
    scan = draw_scan([replace(RIB, views=(ANTERIOR,))])
    lower = draw_scan([replace(RIB, at=(RIB.at[0] + 25, RIB.at[1]), views=(POSTERIOR,))])
    spots = [*scan.hot_spots, *lower.hot_spots]
    paired = [replace(spots[0], same_site=1), replace(spots[1], same_site=0)]
    views = {ANTERIOR: scan.study.views[ANTERIOR], POSTERIOR: lower.study.views[POSTERIOR]}
    layouts = {ANTERIOR: scan.layouts[ANTERIOR], POSTERIOR: lower.layouts[POSTERIOR]}
    study = replace(scan.study, views=views)
    sites = read_scan(study, layouts, paired, MODELS.atlas.shape.mean).sites
    assert [site.numbers for site in sites] == [(0,), (1,)]


@pytest.mark.parametrize(("apart_mm", "n"), [(18, 1), (50, 2)])
def test_places_farther_apart_than_the_gate_are_two(apart_mm, n):
    moved = replace(FEMUR, at=(FEMUR.at[0] + apart_mm, FEMUR.at[1]))
    assert len(compared(draw_scan([FEMUR]), draw_scan([moved])).lesions) == n


def test_a_large_lesion_found_in_two_pieces_later_is_still_one():
    [whole] = sites_of(draw_scan([FEMUR]))
    whole = replace(whole, area_mm2=np.pi * 45**2)
    shifts = (-30, 30)
    pieces = [replace(FEMUR, at=(FEMUR.at[0] + s, FEMUR.at[1])) for s in shifts]
    [(before, after)] = match_sites([whole], sites_of(draw_scan(pieces)))
    assert before is whole and sorted(after.numbers) == [0, 1]
    [(after, before)] = match_sites(sites_of(draw_scan(pieces)), [whole])
    assert before is whole and sorted(after.numbers) == [0, 1]


def test_what_is_as_hot_as_before_is_not_gone_because_it_was_not_detected():
    faint = replace(RIB, contrast=1.6)
    comparison = compared(
        draw_scan([faint]), draw_scan([replace(faint, is_detected=False)], LATER_POSE)
    )
    [lesion] = comparison.lesions
    assert lesion.change == "unchanged" and lesion.later is None
    assert "unchanged, no hot spot later" in render_comparison_table(comparison.to_record())
    assert lesion.contrast_later == pytest.approx(1.6, rel=0.15)


def test_what_the_later_scan_does_not_cover_is_not_gone():
    cut = Pose(last_row=240)
    comparison = compared(draw_scan([FEMUR]), draw_scan([], cut))
    [lesion] = comparison.lesions
    assert lesion.change == "not covered" and lesion.significance is None
    assert comparison.trend == "unchanged"
    assert comparison.to_record()["lesions"][0]["ratio"] is None


def test_noise_makes_the_same_change_less_certain():
    def significance(counts_share):
        earlier, later = draw_scan([RIB]), draw_scan([replace(RIB, contrast=4.0)])
        for scan in (earlier, later):
            for view in scan.study.views.values():
                view.pixels[:] *= counts_share
            for layout in scan.layouts.values():
                layout.expected[:] *= counts_share
        return compared(earlier, later).lesions[0].significance

    assert significance(0.01) < 0.8 * significance(1.0)


def test_scans_without_a_view_in_common_are_compared_with_less_certainty():
    both = compared(draw_scan([RIB]), draw_scan([replace(RIB, contrast=4.5)]))
    apart = compared(
        draw_scan([RIB], views=(ANTERIOR,)),
        draw_scan([replace(RIB, contrast=4.5)], views=(POSTERIOR,)),
    )
    assert both.lesions[0].change == "hotter" and apart.lesions[0].change == "unchanged"
    assert any("only one of the scans" in c["text"].lower() for c in apart.cautions)


def test_another_pixel_size_makes_a_change_less_certain_and_is_said():
    earlier, later = draw_scan([RIB]), draw_scan([replace(RIB, contrast=4.2)])
    same = compared(earlier, later)
    first = earlier.study.views
    finer = {
        n: replace(v, spacing_mm=tuple(s * 0.9 for s in v.spacing_mm)) for n, v in first.items()
    }
    other = compared(replace(earlier, study=replace(earlier.study, views=finer)), later)
    assert same.lesions[0].change == "hotter" and other.lesions[0].change == "unchanged"
    assert "perhaps another camera" in str(other.cautions)
    assert "perhaps another camera" not in str(same.cautions)


def test_a_change_at_a_hand_comes_with_what_else_it_can_be():
    hand = Hot(region="hand", side=LEFT, at=(1070.0, 250.0))
    came = str(compared(draw_scan([]), draw_scan([hand])).cautions)
    assert "only turned" in came and "tracer was injected" in came
    stayed = str(compared(draw_scan([hand]), draw_scan([hand])).cautions)
    assert "only turned" not in stayed and "injected" not in stayed


def test_another_background_is_warned_of():
    def warned(level):
        scans = draw_scan([RIB]), draw_scan([RIB])
        for scan, value in zip(scans, (3.0, level), strict=True):
            scan.finding["features"]["distribution.skeleton_to_soft_tissue"] = value
        return "Soft tissue" in str(compared(*scans).cautions)

    assert warned(1.5) and warned(6.0) and not warned(2.5) and not warned(None)


def readings(trend, context=None):
    later = draw_scan([RIB]).finding
    return list(read_change(MODELS.knowledge, later, trend, context))


def test_the_documents_are_quoted_on_a_change_and_only_on_one():
    assert readings("unchanged") == []
    for trend in ("increased", "decreased", "mixed"):
        entries = readings(trend)
        assert any("progress of the disease" in e["text"] for e in entries)
        assert all(e["sources"] for e in entries)
    good = [t for t in ("increased", "decreased", "mixed") if "good sign" in str(readings(t))]
    assert good == ["decreased"]
    assert MONITORING in readings("decreased")[-1]["sources"]
    asks = [t for t in ("increased", "decreased", "mixed") if "radiograph" in str(readings(t))]
    assert asks == ["increased", "mixed"]


def test_what_the_documents_say_goes_by_the_change_measured_not_by_the_one_told():
    told = parse_context({"earlier_scan": "decreased"})
    assert "good sign" not in str(readings("increased", told))


def test_a_diffuse_scan_is_warned_of():
    scans = draw_scan([RIB]), draw_scan([RIB], label="diffuse", prediction_set=("diffuse",))
    assert any("later scan may be diffuse" in c["text"] for c in compared(*scans).cautions)
    assert "diffuse" not in str(compared(scans[0], scans[0]).cautions)


def test_the_record_is_json_and_names_the_two_studies():
    earlier, later = draw_scan(ALL, name="a"), draw_scan([RIB], LATER_POSE, name="b")
    record = compared(earlier, later).to_record()
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(record, schema)
    assert {x["change"] for x in record["lesions"]} == {"gone", "unchanged"}
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["schema"], record["intended_use"]) == (SCHEMA, INTENDED_USE)
    assert [record[w]["id"] for w in ("earlier", "later")] == [earlier.study.id, later.study.id]
    assert all(f["name"] is None for w in ("earlier", "later") for f in record[w]["files"])
    numbers = [i for x in record["lesions"] for i in x["hotspots_earlier"]]
    assert sorted(numbers) == list(range(len(earlier.hot_spots)))
    count = next(b for b in record["burden"] if b["feature"] == "hotspot.count")
    assert count["difference"] == len(later.hot_spots) - len(earlier.hot_spots)
    assert record["provenance"]["model"]["name"] == "bone-scan"


def test_the_page_shows_both_scans_with_one_number_a_place_and_needs_no_network():
    earlier, later = draw_scan(ALL), draw_scan([RIB, SPINE], LATER_POSE)
    comparison = compared(earlier, later)
    titles = {"000_133e1dadede17d86": "A title & more"}
    page = render_comparison_page(comparison, earlier, later, titles)
    assert page.count("<image ") == page.count("data:image/png") == 4
    assert not re.search(r"https?://|<script|src=", page)
    assert "A title &amp; more" in page and page.count(INTENDED_USE) >= 2
    numbers = re.findall(r'<text class="tag"[^>]*>(\d+)</text>', page)
    for lesion in comparison.lesions:
        n_spots = sum(len(s.numbers) for s in (lesion.earlier, lesion.later) if s is not None)
        assert numbers.count(str(lesion.number)) == n_spots
    assert page.count(">gone</span>") == 2


def test_the_table_fits_a_terminal_and_cites_the_document():
    comparison = compared(draw_scan(ALL), draw_scan([RIB], LATER_POSE))
    text = render_comparison_table(comparison.to_record(), {})
    assert max(map(len, text.splitlines())) <= 120
    flat = " ".join(text.split())
    assert "left ribs" in flat and "gone" in flat and MONITORING["section"] in flat
    assert flat.endswith(INTENDED_USE)


def test_two_scans_without_hot_spots_have_nothing_to_compare():
    empty = draw_scan([], name="a"), draw_scan([], name="b")
    comparison = compared(*empty)
    assert comparison.lesions == () and comparison.trend == "unchanged"
    assert "Neither scan" in render_comparison_table(comparison.to_record())
    assert "Neither scan" in render_comparison_page(comparison, *empty)


@pytest.fixture
def stand_in(monkeypatch):
    """Readers and a pipeline whose studies are the names of the files."""
    scans = {
        "a.dcm": draw_scan(ALL, name="a"),
        "b.dcm": draw_scan([RIB], LATER_POSE, name="b"),
        "pet.dcm": None,
        "photo.dcm": None,
    }

    def find_studies(paths, modality):
        for path in paths:
            for name in path.name.split("+"):
                found = "fdg-pet" if name == "pet.dcm" else "bone-scan"
                yield SimpleNamespace(files=(path.with_name(name),), modality=found, error=None)

    def classify_batch(sources, **settings):
        [source] = sources
        assert settings["keep_images"]
        analysis = scans[source.files[0].name]
        if analysis is None:
            finding = {"decision": "rejected", "reason": "not a scan"}
            analysis = Analysis(finding=finding, study=None, layouts=None, hot_spots=None)
        yield analysis

    monkeypatch.setitem(
        sys.modules, "uptake_ml.readers", types.SimpleNamespace(find_studies=find_studies)
    )
    sys.modules.pop("uptake_ml.commands.compare", None)
    monkeypatch.setattr(batch, "classify_batch", classify_batch)
    monkeypatch.setattr(batch, "load_models_once", lambda modality: MODELS)
    yield
    sys.modules.pop("uptake_ml.commands.compare", None)


def test_the_command_writes_json_a_page_or_a_table(stand_in, tmp_path, capsys):
    assert cli.main(["compare", "a.dcm", "b.dcm", "--out", str(tmp_path / "c.json")]) == 0
    assert json.loads((tmp_path / "c.json").read_text())["schema"] == SCHEMA
    assert cli.main(["compare", "a.dcm", "b.dcm", "--out", str(tmp_path / "c.html")]) == 0
    assert (tmp_path / "c.html").read_text().startswith("\n<!DOCTYPE html>".lstrip())
    assert cli.main(["compare", "a.dcm", "b.dcm"]) == 0
    assert "3 gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["a.dcm", "photo.dcm"], 1, "the later scan was rejected: not a scan"),
        (["photo.dcm", "a.dcm"], 1, "the earlier scan was rejected: not a scan"),
        (["a.dcm", "pet.dcm"], 2, "found bone-scan earlier and fdg-pet later"),
        (["a.dcm+b.dcm", "b.dcm"], 2, "one study is needed for each date, found 2"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(stand_in, words, status, message, capsys):
    assert cli.main(["compare", *words]) == status
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_new_is_only_what_the_uptake_itself_shows_too():
    """A layout that expects too little makes a place look hot that is as bright as before."""
    earlier, later = draw_scan([]), draw_scan([replace(RIB, contrast=2.5)])
    assert changes(compared(earlier, later)) == {("ribs", LEFT): "new"}
    # The same images on both dates, but for what the later layout expects.
    bright = draw_scan([replace(RIB, contrast=2.5, is_detected=False)])
    for layout in bright.layouts.values():
        layout.expected[:] *= np.where(earlier_place(RIB, layout), 2.5, 1)
    assert changes(compared(bright, later)) == {("ribs", LEFT): "unchanged"}


def earlier_place(hot, layout):
    """Return where a hot place is expected to be, as a mask of the layout."""
    down, left = hot.at
    view = layout.landmarks[0].view
    place = Pose().place([(down, _AXIS_MM - left)], np.array([False]))
    row, col = _to_pixels(place, view)[0]
    rows, cols = np.indices(layout.expected.shape)
    return np.hypot(rows - row, cols - col) * SPACING_MM <= HOT_RADIUS_MM


def test_a_turned_hand_needs_a_greater_change():
    hand = Hot(region="hand", side=LEFT, at=(1070.0, 255.0), contrast=2.0)
    forearm = replace(FOREARM, contrast=2.0)
    hotter = [replace(h, contrast=3.2) for h in (hand, forearm)]
    found = changes(compared(draw_scan([hand, forearm]), draw_scan(hotter)))
    assert found == {("hand", LEFT): "unchanged", ("forearm", LEFT): "hotter"}


def test_scans_whose_bones_do_not_repeat_name_nothing_new():
    earlier, later = draw_scan([SPINE]), draw_scan([replace(RIB, contrast=4.0), SPINE])
    before, after = (
        read_scan(scan.study, scan.layouts, scan.hot_spots, MODELS.atlas.shape.mean)
        for scan in (earlier, later)
    )
    pairs = match_sites(before.sites, after.sites)
    for measured_sd, change in ((float("nan"), "new"), (0.1, "new"), (0.5, "not covered")):
        lesions = judge_pairs(pairs, before, after, measured_sd=measured_sd)
        found = {lesion.site.region: lesion.change for lesion in lesions}
        assert found == {"ribs": change, "lumbar-spine": "unchanged"}
    cautions = [c["text"] for c in cautions_for_change(earlier, later, lesions, is_misfit=True)]
    assert any("do not lie where" in text for text in cautions)


def striped_scan():
    """Return a scan whose bones are stripes across the body of unlike brightness."""
    scan, rng = draw_scan([]), np.random.default_rng(5)
    levels = NORMAL_COUNTS * np.exp(rng.normal(0, 0.8, 16))
    for view, layout in scan.layouts.items():
        bones = [i for i, region in enumerate(REGIONS) if region.kind == BONE][:16]
        for k, index in enumerate(bones):
            rows = slice(100 + 16 * k, 116 + 16 * k)
            scan.study.views[view].pixels[rows] = levels[k]
            layout.regions[rows] = index
    mean = MODELS.atlas.shape.mean
    return read_scan(scan.study, scan.layouts, scan.hot_spots, mean)


def test_bones_repeat_where_the_layouts_agree():
    assert measure_repeat_sd(striped_scan(), striped_scan()) == pytest.approx(0, abs=1e-6)
    plain = draw_scan([])
    no_bones = read_scan(plain.study, plain.layouts, (), MODELS.atlas.shape.mean)
    assert np.isnan(measure_repeat_sd(no_bones, no_bones))
    moved = striped_scan()
    for view in moved.study.views.values():
        view.pixels[:] = np.roll(view.pixels, 16, axis=0)
    assert measure_repeat_sd(striped_scan(), moved) > 0.35
