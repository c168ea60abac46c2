"""What misleads comes as often as its table says, and does to the image what it should."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.phantom import draw, render
from uptake_ml.phantom.gallery import show
from uptake_ml.phantom.person import FEMALE, MALE, draw_person
from uptake_ml.phantom.spec import MarkSpec, OrganMove, SolidSpec, SpotSpec
from uptake_ml.phantom.truth import VISIBLE_CONTRAST
from uptake_ml.phantom.variants import Variants, draw_variants, load_variants
from uptake_ml.study import ANTERIOR, POSTERIOR

pytestmark = pytest.mark.simulate


@pytest.fixture(scope="module")
def bare(skeleton):
    """A case without lesions or variants, of a woman, and its study and truth."""
    spec = next(
        s for s in (draw(k, label="normal") for k in range(20)) if s.person.sex == FEMALE
    )  # fmt: skip
    camera = dataclasses.replace(
        spec.camera, total_counts=4e6, rows=1024, columns=256, pixel_mm=2.4
    )
    spec = dataclasses.replace(
        spec, marks=(), spots=(), solids=(), organ_moves=(), absent_organs=(), voxel_mm=4.0,
        camera=camera,
    )  # fmt: skip
    return spec, *render(spec)


def _both(bare, **changes):
    """Return the pixels with and without a change, by view."""
    spec, study, _ = bare
    changed, _ = render(dataclasses.replace(spec, **changes))
    return {v: (changed.views[v].pixels, study.views[v].pixels) for v in study.views}


def _around(images, place, radius=3):
    new, old = images
    row, col = (round(v) for v in place)
    box = slice(row - radius, row + radius + 1), slice(col - radius, col + radius + 1)
    return new[box].sum() / old[box].sum()


@pytest.mark.parametrize("name", load_variants())
def test_every_variant_can_be_drawn(skeleton, name):
    from uptake_ml.phantom import variants_of_bone, variants_of_organs, variants_of_things

    known = {**variants_of_bone.DRAW, **variants_of_organs.DRAW, **variants_of_things.DRAW}
    assert set(known) == set(load_variants())
    rng = np.random.default_rng(1)
    person = draw_person(rng, sex=FEMALE, age_years=20.0)
    soft = {"kidney": 2.0, "bladder": 20.0}
    found = Variants(rng=rng, person=person, skeleton=skeleton, soft=soft)
    empty = Variants(rng=rng, person=person, skeleton=skeleton, soft=soft)
    row = load_variants()[name]
    known[name](found, row)
    assert found != empty
    assert all(m.factor <= max(row.most, 2.0) for m in found.marks)


def test_variants_come_as_often_as_the_table_says(skeleton, monkeypatch):
    """Their number in 300 persons lies within four standard deviations of its expectation."""
    from uptake_ml.phantom import variants

    # The place in the bone costs nearly all of the time and plays no part here.
    monkeypatch.setattr(variants, "_nearest_inside", lambda *_: (0.0, 0.0, 0.0))
    rng = np.random.default_rng(7)
    rows = load_variants()
    count, expected, variance = ({n: 0.0 for n in rows} for _ in range(3))
    for _ in range(300):
        person = draw_person(rng)
        found = draw_variants(rng, person, skeleton, {"kidney": 2.0, "bladder": 20.0})
        for name, row in rows.items():
            chance = row.chance_for(person)
            if name == "growth-plate" and person.age_years >= 25:
                chance = 0.0
            count[name] += name in found.names
            expected[name] += chance
            variance[name] += chance * (1 - chance)
    for name in rows:
        # Half an event more, since a rare one cannot come in parts.
        assert abs(count[name] - expected[name]) < 4 * np.sqrt(variance[name]) + 1, name


def test_chances_follow_age_and_sex():
    def person(sex, age):
        return SimpleNamespace(sex=sex, age_years=age)

    rows = load_variants()
    assert rows["mastectomy"].chance_for(person(MALE, 70)) == 0
    assert rows["facet"].chance_for(person(MALE, 85)) > rows["facet"].chance_for(person(MALE, 30))
    hyperostosis = rows["frontal-hyperostosis"]
    assert hyperostosis.chance_for(person(FEMALE, 60)) > 3 * hyperostosis.chance_for(
        person(MALE, 60)
    )


def test_a_mark_warms_its_place_and_no_other(bare, skeleton):
    _, _, truth = bare
    middle = tuple(float(v) for v in skeleton.bone("L3").extent_mm.mean(axis=0))
    mark = MarkSpec(kind="facet", bone="L3", at_mm=middle, radius_mm=20.0, factor=2.0)
    images = _both(bare, marks=(mark,))
    landmarks = truth.views[POSTERIOR].landmarks
    assert _around(images[POSTERIOR], landmarks["L3", None]) > 1.25
    assert _around(images[POSTERIOR], landmarks["T6", None]) == pytest.approx(1, abs=0.12)


def test_metal_on_the_chest_hides_what_lies_behind_it_from_the_front_only(bare):
    _, _, truth = bare
    metal = SolidSpec(
        kind="pacemaker", path=(("sternum", None, 0.0, 0.0, 0.0),), radii_mm=(30.0, 8.0, 30.0),
        on_skin=True, mu_per_cm=4.0, concentration=0.0,
    )  # fmt: skip
    images = _both(bare, solids=(metal,))
    assert _around(images[ANTERIOR], truth.views[ANTERIOR].landmarks["sternum", None]) < 0.5
    assert _around(images[POSTERIOR], truth.views[POSTERIOR].landmarks["T6", None]) > 0.85


def test_a_prosthesis_leaves_a_cold_hip(bare):
    _, _, truth = bare
    ball = SolidSpec(
        kind="hip-prosthesis", path=(("hip", "left", 0.0, 0.0, 0.0),), radii_mm=(28.0,) * 3,
        mu_per_cm=1.5, concentration=0.0,
    )  # fmt: skip
    images = _both(bare, solids=(ball,))
    assert _around(images[ANTERIOR], truth.views[ANTERIOR].landmarks["hip", "left"]) < 0.85
    assert _around(images[ANTERIOR], truth.views[ANTERIOR].landmarks["hip", "right"]) > 0.9


def test_a_thing_of_an_absent_organ_is_left_out(bare):
    stone = SpotSpec(
        kind="renal-pelvis", anchor=("kidney", "left"), offset_mm=(0.0, 0.0, 0.0), radius_mm=8.0,
        total=50.0,
    )  # fmt: skip
    images = _both(bare, spots=(stone,), absent_organs=(("kidney", "left"),))
    without = _both(bare, absent_organs=(("kidney", "left"),))
    assert np.array_equal(images[ANTERIOR][0], without[ANTERIOR][0])


def test_a_kidney_that_lies_lower_is_brighter_lower(bare):
    spec, _, truth = bare
    hot = {**spec.soft, "kidney": 40.0}
    at = {}
    for moved in (0.0, -80.0):
        move = OrganMove(tissue="kidney", side="left", shift_mm=(0.0, 0.0, moved))
        changed, _ = render(dataclasses.replace(spec, soft=hot, organ_moves=(move,)))
        column = truth.views[POSTERIOR].landmarks["iliac-crest", "left"][1]
        middle = truth.views[POSTERIOR].landmarks["L3", None][1]
        low, high = sorted((round(column), round(middle)))
        row = round(truth.views[POSTERIOR].landmarks["T12", None][0])
        strip = changed.views[POSTERIOR].pixels[row - 10 : row + 110, low:high].sum(axis=1)
        at[moved] = (strip * np.arange(strip.size)).sum() / strip.sum()
    assert at[-80.0] > at[0.0] + 5


def test_regions_are_found_when_asked_for_and_only_once(bare):
    view = bare[2].views[ANTERIOR]
    assert view.regions is view.regions
    assert view.regions.shape == view.lesion_map.shape


def test_a_worn_joint_of_one_side_stays_below_what_counts_as_visible(bare):
    """At the most the table allows, it stands out of the joint as it was by less than arthritis."""
    spec, _, truth = bare
    most = load_variants()["worn-joint"].most
    joints = tuple(
        dataclasses.replace(j, factor=j.factor * most) if j.side == "left" else j
        for j in spec.joints
    )
    images = _both(bare, joints=joints)
    for name in ("shoulder", "knee", "ankle"):
        place = truth.views[ANTERIOR].landmarks[name, "left"]
        if place is not None:
            assert 0.05 < _around(images[ANTERIOR], place, radius=2) - 1 < VISIBLE_CONTRAST


def test_the_gallery_shows_views_of_any_matrix_on_one_field(bare):
    spec, study, _ = bare
    coarse = dataclasses.replace(spec.camera, rows=512, columns=128, pixel_mm=4.8, last_row=512)
    other, _ = render(dataclasses.replace(spec, camera=coarse, voxel_mm=5.0))
    panels = [show(study), show(other)]
    assert panels[0].shape == panels[1].shape
    assert all(p.dtype == np.uint8 and (p < 250).mean() > 0.05 for p in panels)
