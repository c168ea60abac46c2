"""What bone scans are searched for beyond what is raised: spots, displaced bone, doubtful ones."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import ndimage

from uptake_ml.features import find_hot_spots, find_suspects, view_uptakes
from uptake_ml.features.candidates import DetectionLimits, find_candidates, passes
from uptake_ml.features.descriptors import DESCRIPTORS_OF_BONE, DOUBTS
from uptake_ml.features.hotspots import describe_suspects
from uptake_ml.features.physiology import DOUBTFUL, LESION
from uptake_ml.features.rise import measure_local_rise
from uptake_ml.features.working_view import WORKING_MM
from uptake_ml.regions import REGIONS
from uptake_ml.study import ANTERIOR, FDG_PET, POSTERIOR

# Pixels as large as working pixels: a mirrored view falls on the mirrored grid.
PIXEL_MM = 4.0
WITHOUT_SPOTS = DetectionLimits(spot_significance=1e6)
WRIST = {"x_mm": 253, "y_mm": 850}
# Pelvis above the bladder, and how hot a spot there stands out of a steep slope.
ON_SLOPE = {"x_mm": 66, "y_mm": 874}
STEEP = {"factor": 4.5, "radius_mm": 8}
# Where lumbar spine and kidney meet.
BESIDE_KIDNEY = {"x_mm": 24, "y_mm": 670, "radius_mm": 12}
BESIDE_BLADDER = {"x_mm": 62, "y_mm": 915, "radius_mm": 34}


@dataclass(frozen=True)
class Scene:
    """A view of a crude body with its layout, to change and to search."""

    study: object
    layout: object

    @property
    def pixels(self):
        return self.study.views[ANTERIOR].pixels

    def with_pixels(self, pixels):
        view = replace(self.study.views[ANTERIOR], pixels=pixels.astype(np.float32))
        return replace(self, study=replace(self.study, views={ANTERIOR: view}))

    def search(self, limits=None, *, seeks_bone=True):
        layouts = {ANTERIOR: self.layout}
        uptake = view_uptakes(self.study, layouts)[ANTERIOR]
        return find_candidates(
            uptake, self.layout.landmarks, limits or DetectionLimits(), seeks_bone=seeks_bone
        )

    def away_mm(self, x_mm, y_mm):
        """Distance of each pixel of the view from a place of the body."""
        rows, columns = np.indices(self.pixels.shape)
        row, column = self.at(x_mm, y_mm)
        return np.hypot(rows - row, columns - column) * PIXEL_MM

    def at(self, x_mm, y_mm):
        """Row and column of a place of the body, measured from the bladder at (0, 925)."""
        bladder = next(m for m in self.layout.landmarks if m.name == "bladder")
        return bladder.row + (y_mm - 925) / PIXEL_MM, bladder.col + x_mm / PIXEL_MM

    def near(self, search, x_mm, y_mm, within_mm=7.0):
        """The candidates with their peak at a place of the body."""
        place = np.array(search.uptake.working.from_input(*self.at(x_mm, y_mm)))
        peaks = [(c, np.subtract((c.row, c.col), place)) for c in search.candidates]
        return [c for c, apart in peaks if np.hypot(*apart) * WORKING_MM <= within_mm]


@pytest.fixture
def draw(crude_body):
    def draw(**drawn):
        study, layouts = crude_body(views=(ANTERIOR,), pixel_mm=PIXEL_MM, **drawn).draw()
        return Scene(study, SimpleNamespace(**vars(layouts[ANTERIOR])))

    return draw


def add_slope(scene, greatest=4.5, sigma_mm=60.0):
    """Uptake that falls in all directions from the bladder, as around a hot one."""
    away_mm = scene.away_mm(0, 925)
    slope = np.exp(greatest * np.exp(-(away_mm**2) / (2 * sigma_mm**2)))
    return scene.with_pixels(scene.pixels * slope)


def is_at_the_greatest_local_rise(candidate, search):
    local, _ = measure_local_rise(search.uptake)
    inside = np.where(candidate.mask, local[candidate.window], -np.inf)
    peak = np.unravel_index(inside.argmax(), inside.shape)
    at = tuple(axis.start + i for axis, i in zip(candidate.window, peak, strict=True))
    return at == (candidate.row, candidate.col)


def test_a_spot_on_the_slope_of_something_hotter_has_a_peak_of_its_own(draw, spot):
    scene, slope = add_slope(draw(spots=(spot(**ON_SLOPE, **STEEP),))), add_slope(draw())
    (found,) = scene.near(scene.search(), **ON_SLOPE, within_mm=4.0)
    assert REGIONS[found.region].name == "pelvis" and found.origin == LESION
    assert found.local_rise > 0.4 and found.area_mm2 < 600
    # Uptake rises on towards the bladder: a peak of the slope itself would lie there.
    smoothed = scene.search().uptake.working.smoothed
    assert smoothed.max() > 4 * smoothed[found.row, found.col]
    assert is_at_the_greatest_local_rise(found, scene.search())
    assert scene.near(scene.search(WITHOUT_SPOTS), **ON_SLOPE) == []
    assert slope.near(slope.search(), **ON_SLOPE) == []


def test_a_spot_is_seen_where_the_layout_expects_as_much(draw, spot):
    place = {"x_mm": 93, "y_mm": 1100}
    scene = draw(spots=(spot(**place, factor=5, radius_mm=9),))
    as_much = 1 + 6 * np.exp(-(scene.away_mm(**place) ** 2) / (2 * 12.0**2))
    scene.layout.expected = (scene.layout.expected * as_much).astype(np.float32)
    (found,) = scene.near(scene.search(), **place, within_mm=4.0)
    assert found.contrast < 1 < np.exp(found.local_rise)
    assert scene.near(scene.search(WITHOUT_SPOTS), **place) == []
    assert is_at_the_greatest_local_rise(found, scene.search())


def test_spots_change_nothing_about_the_raised_places_found_before(draw, spot):
    spots = (spot(**WRIST, factor=4), spot(**ON_SLOPE, **STEEP))
    scene = add_slope(draw(spots=spots, is_noisy=True, counts_per_unit=60))
    more, before = (scene.search(limits).candidates for limits in (None, WITHOUT_SPOTS))
    assert len(more) > len(before) > 1
    known = {(c.row, c.col): c for c in more}
    for one in before:
        same = known[one.row, one.col]
        assert same.window == one.window and (same.mask == one.mask).all()
        assert (same.region, same.origin, same.contrast, same.significance) == (
            one.region, one.origin, one.contrast, one.significance,
        )  # fmt: skip


@pytest.mark.parametrize("sigma_mm", [20, 30])
def test_a_smooth_view_has_no_spots(draw, sigma_mm):
    scene = draw()
    smooth = scene.with_pixels(ndimage.gaussian_filter(scene.pixels, sigma_mm / PIXEL_MM))
    found, before = (smooth.search(limits).candidates for limits in (None, WITHOUT_SPOTS))
    assert [(c.row, c.col) for c in found] == [(c.row, c.col) for c in before]


def test_displaced_bone_belongs_to_the_nearest_bone_up_to_40_mm_away(draw, spot):
    """The femur's inner edge lies at 78 mm from the midline there, that of the other leg at -78."""
    found = {}
    for off_mm in (24, 30, 50):
        place = {"x_mm": 78 - off_mm, "y_mm": 1100}
        scene = draw(spots=(spot(**place, factor=8, radius_mm=8),))
        found[off_mm] = scene.near(scene.search(), **place)
    assert [len(found[off_mm]) for off_mm in (24, 30, 50)] == [1, 1, 0]
    for off_mm in (24, 30):
        (one,) = found[off_mm]
        assert one.bone_mm == pytest.approx(off_mm, abs=WORKING_MM) and not one.is_on_bone
        assert (REGIONS[one.region].name, REGIONS[one.region].side) == ("femur", "left")


def test_what_lies_far_beside_bone_is_for_a_judge_alone(draw, spot):
    near, far = (spot(x_mm=x, y_mm=1100, factor=8, radius_mm=8) for x in (66, 44))
    for drawn, passing in ((near, True), (far, False)):
        scene = draw(spots=(drawn,))
        (found,) = scene.near(scene.search(), drawn.x_mm, 1100)
        clear = replace(found, is_on_bone=True)
        assert passes(clear, DetectionLimits()) == passing
        assert (found.bone_mm <= DetectionLimits().bone_reach_mm) == passing


def test_bone_that_is_on_the_layouts_bone_is_0_mm_away(draw, spot):
    scene = draw(spots=(spot(x_mm=93, y_mm=1100, factor=3),))
    (found,) = scene.near(scene.search(), 93, 1100)
    assert found.bone_mm == 0 and found.is_on_bone


def test_a_tumour_that_reaches_into_a_hot_organ_is_doubtful(draw, spot):
    """Its peak lies in bone; the rim of the kidney beside it is part of it."""
    scene = draw(spots=(spot(**BESIDE_KIDNEY, factor=4),))
    (found,) = (c for c in scene.search().candidates if c.significance > 5)
    assert found.origin == DOUBTFUL and REGIONS[found.region].name == "lumbar-spine"
    assert 0.25 <= found.organ_share < 0.9
    beside = draw(spots=(spot(**{**BESIDE_KIDNEY, "x_mm": 0}, factor=4),))
    (clear,) = (c for c in beside.search().candidates if c.significance > 5)
    assert clear.origin == LESION and clear.organ_share < 0.25


def test_a_large_tumour_beside_the_bladder_is_doubtful_and_the_bladder_is_none(draw, spot):
    """It may be a bladder that the layout misses."""
    scene = draw(spots=(spot(**BESIDE_BLADDER, factor=14),))
    tumour = [c for c in scene.search().candidates if c.significance > 5]
    assert [c.origin for c in tumour] == [DOUBTFUL]
    assert tumour[0].area_mm2 > 2000 and tumour[0].bladder_mm == pytest.approx(60, abs=20)
    full = draw(spots=(spot(x_mm=0, y_mm=925, factor=4, radius_mm=34),))
    assert full.search(WITHOUT_SPOTS).candidates == []
    assert full.near(full.search(), 0, 925, within_mm=50) == []


def test_a_bladder_that_the_layout_misses_is_one_in_the_midline_of_an_anterior_view(draw, spot):
    """Seen from behind or beside the midline it may be a tumour."""
    scene = draw(spots=(spot(x_mm=0, y_mm=865, factor=25, radius_mm=20),))
    assert scene.near(scene.search(), 0, 865, within_mm=30) == []
    behind = replace(scene.study.views[ANTERIOR], name=POSTERIOR)
    uptake = view_uptakes(
        replace(scene.study, views={POSTERIOR: behind}), {POSTERIOR: scene.layout}
    )
    found = find_candidates(
        uptake[POSTERIOR], scene.layout.landmarks, DetectionLimits(), seeks_bone=True
    )
    (place,) = scene.near(found, 0, 865, within_mm=30)
    assert place.origin == DOUBTFUL


def test_what_is_doubtful_is_for_a_judge_alone(draw, spot):
    scene = draw(spots=(spot(**BESIDE_BLADDER, factor=14), spot(**WRIST, factor=4)))
    layouts, limits = {ANTERIOR: scene.layout}, DetectionLimits()
    doubtful = [c for c in scene.search().candidates if c.origin == DOUBTFUL]
    assert len(doubtful) == 1 and passes(doubtful[0], limits)
    alone = {s.region: s.probability for s in find_suspects(scene.study, layouts)}
    assert (alone["pelvis"], alone["wrist"]) == (0, 1)
    assert {s.region for s in find_hot_spots(scene.study, layouts)} == {"wrist"}
    judge = SimpleNamespace(probability=lambda rows: np.full(len(rows), 0.9))
    judged = find_hot_spots(scene.study, layouts, judge)
    assert {"pelvis", "wrist"} <= {s.region for s in judged}


def test_descriptors_tell_what_makes_a_place_doubtful(draw, spot):
    scene = draw(
        spots=(
            spot(**BESIDE_BLADDER, factor=14),
            spot(x_mm=48, y_mm=1100, factor=8, radius_mm=8),
            spot(**WRIST, factor=4),
            spot(x_mm=87, y_mm=1320, factor=4),
        )
    )
    candidates = scene.search().candidates
    spots, rows = describe_suspects(scene.study, {ANTERIOR: scene.layout})
    told = rows[:, -len(DOUBTS) :]
    assert DESCRIPTORS_OF_BONE[-len(DOUBTS) :] == DOUBTS
    column = {name: told[:, i] for i, name in enumerate(DOUBTS)}
    own = {s.region: i for i, s in enumerate(spots) if s.significance > 4}
    assert column["may be organ"].sum() == column["may be organ"][own["pelvis"]] == 1
    assert column["mm from bone"][own["femur"]] == pytest.approx(30, abs=WORKING_MM)
    assert column["mm from bone"][own["wrist"]] == 0
    assert column["mm from bladder"][own["wrist"]] == pytest.approx(np.hypot(253, 75), abs=12)
    assert column["mm from bladder"].max() == 300
    assert column["share in hot organs"].max() <= 1
    expected = [c.local_rise for c in candidates]
    np.testing.assert_allclose(column["log rise over surroundings"], expected, atol=1e-6)


def test_a_pet_is_searched_as_before(draw, spot):
    """No spots, no displaced bone beyond 16 mm, nothing doubtful."""
    places = (
        spot(x_mm=93, y_mm=1100, factor=3),
        spot(x_mm=48, y_mm=1200, factor=8, radius_mm=8),
        spot(x_mm=85, y_mm=870, factor=9, radius_mm=20),
        spot(**BESIDE_BLADDER, factor=14),
    )
    scene = draw(spots=places, is_noisy=True, counts_per_unit=60)
    scene = replace(scene, study=replace(scene.study, modality=FDG_PET))
    as_pet = scene.search(seeks_bone=False).candidates
    before = scene.search(replace(WITHOUT_SPOTS, displaced_bone_mm=16.0), seeks_bone=False)
    kept = ("row", "col", "region", "origin", "contrast", "isolation", "significance", "area_mm2")
    described = [[tuple(getattr(c, name) for name in kept) for c in found]
                 for found in (as_pet, before.candidates)]  # fmt: skip
    assert described[0] == described[1] and as_pet
    assert {c.origin for c in as_pet} == {LESION} and not any(c.local_rise for c in as_pet)
    (beside,) = scene.near(scene.search(seeks_bone=False), 48, 1200)
    assert REGIONS[beside.region].name == "leg-soft-tissue"
    as_bone_scan = scene.search().candidates
    assert DOUBTFUL in {c.origin for c in as_bone_scan} and any(c.bone_mm for c in as_bone_scan)


def test_a_mirrored_view_has_mirrored_spots(draw, spot):
    """Noise leaves no two places as hot; columns are read in pairs from the left, hence the mm."""
    places = (spot(**ON_SLOPE, **STEEP), spot(**WRIST, factor=4))
    scene = add_slope(draw(spots=places, is_noisy=True, counts_per_unit=60))
    columns = scene.pixels.shape[1]
    mirrored = scene.with_pixels(scene.pixels[:, ::-1].copy())
    maps = {n: getattr(scene.layout, n)[:, ::-1].copy()
            for n in ("regions", "body", "expected", "spread")}  # fmt: skip
    marks = tuple(
        SimpleNamespace(**{**vars(m), "col": columns - 1 - m.col}) for m in scene.layout.landmarks
    )
    mirrored = replace(mirrored, layout=SimpleNamespace(landmarks=marks, **maps))
    plain, other = scene.search(), mirrored.search()
    assert len(plain.candidates) == len(other.candidates) > 2
    last = plain.rise.shape[1] - 1
    places = np.array([(c.row, last - c.col, c.local_rise) for c in other.candidates])
    for c in plain.candidates:
        apart = np.hypot(places[:, 0] - c.row, places[:, 1] - c.col)
        assert apart.min() <= 1
        assert places[apart.argmin(), 2] == pytest.approx(c.local_rise, abs=0.05)


def test_twice_the_counts_show_the_same_spots(draw, spot):
    drawn = ((93, 1100), (-87, 1400), (-100, 800), (118, 380))
    spots = tuple(spot(x_mm=x, y_mm=y, factor=3, radius_mm=9) for x, y in drawn)
    for is_noisy, within in ((False, 0.0), (True, 0.12)):
        found = []
        for counts in (60, 120):
            scene = draw(spots=spots, is_noisy=is_noisy, counts_per_unit=counts)
            search = scene.search()
            found.append([scene.near(search, *place) for place in drawn])
        for fewer, more in zip(*found, strict=True):
            assert len(fewer) == len(more) == 1
            assert more[0].local_rise == pytest.approx(fewer[0].local_rise, abs=within + 1e-4)
            assert more[0].area_mm2 == pytest.approx(fewer[0].area_mm2, rel=0.3)
