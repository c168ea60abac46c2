"""What holds for every registered feature, on crude bodies with and without disease."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.features import FEATURES, find_hot_spots, measure
from uptake_ml.features.document import write_document
from uptake_ml.features.registry import COUNTS, FAMILIES, PIXEL_SIZE, POSITION, WINDOW, feature
from uptake_ml.regions import LEFT, REGIONS, RIGHT, mirror
from uptake_ml.study import ANTERIOR, BONE_SCAN, FDG_PET, GREY_LEVEL, POSTERIOR

MUST_HAVE = (
    "hotspot.count",
    "hotspot.joint_count",
    "hotspot.axial_count",
    "hotspot.solitary",
    "symmetry.paired_share",
    "distribution.kidneys_to_lumbar",
    "distribution.excess_entropy",
    "distribution.skeleton_to_soft_tissue",
    "distribution.axial_to_appendicular",
)
OTHER_SIDE = {LEFT: RIGHT, RIGHT: LEFT, None: None}


def measured(study, layouts):
    return measure(study, layouts, find_hot_spots(study, layouts))


def change(study, layouts, *, pixels, maps, mark, spacing=1.0):
    """Apply functions to the pixels, the other maps and the landmarks of every view."""
    views, changed = {}, {}
    for name, view in study.views.items():
        layout = layouts[name]
        views[name] = replace(
            view,
            pixels=np.ascontiguousarray(pixels(view.pixels), dtype=np.float32),
            spacing_mm=tuple(s * spacing for s in view.spacing_mm),
        )
        changed[name] = SimpleNamespace(
            landmarks=tuple(mark(m, view.pixels.shape) for m in layout.landmarks),
            regions=maps(layout.regions),
            body=maps(layout.body),
            expected=pixels(layout.expected),
            spread=maps(layout.spread),
        )
    return replace(study, views=views), changed


def same(image):
    return image


def moved(mark, **changes):
    return SimpleNamespace(**{**vars(mark), **changes})


@pytest.fixture(scope="module")
def sick(crude_body, spot):
    """A noisy body with hot spots in paired and unpaired places, and raised knees."""
    spots = (
        spot(x_mm=0, y_mm=690, factor=3.5),
        spot(x_mm=-100, y_mm=860, factor=3),
        spot(x_mm=253, y_mm=850, factor=3.5),
    )
    factors = {("knee", LEFT): 2.6, ("knee", RIGHT): 2.6}
    return crude_body(spots=spots, factors=factors, is_noisy=True, counts_per_unit=60).draw()


@pytest.fixture(scope="module")
def sick_values(sick):
    return measured(*sick)


def assert_unchanged(before, after, invariance):
    checked = {id: f for id, f in FEATURES.items() if id in before and invariance in f.invariances}
    assert checked
    changed = {
        id: (before[id], after[id])
        for id, f in checked.items()
        if not f.is_same(before[id], after[id])
    }
    assert not changed


def test_mirroring_changes_no_feature(sick, sick_values):
    swap = np.array([mirror(i) for i in range(len(REGIONS))], dtype=np.uint8)

    def mirrored_mark(mark, shape):
        return moved(mark, side=OTHER_SIDE[mark.side], col=shape[1] - 1 - mark.col)

    def mirrored_map(image):
        flipped = np.ascontiguousarray(image[:, ::-1])
        return swap[flipped] if image.dtype == np.uint8 else flipped

    study, layouts = sick
    other = change(study, layouts, pixels=mirrored_map, maps=mirrored_map, mark=mirrored_mark)
    assert_unchanged(sick_values, measured(*other), "mirroring")
    sides = [s.side for s in find_hot_spots(*sick)]
    assert [OTHER_SIDE[s.side] for s in find_hot_spots(*other)] == sides


def test_half_the_pixel_size_changes_no_feature(sick, sick_values):
    def double(image):
        return np.ascontiguousarray(np.kron(image, np.ones((2, 2), dtype=image.dtype)))

    def double_mark(mark, shape):
        return moved(mark, row=2 * mark.row + 0.5, col=2 * mark.col + 0.5)

    # Shared counts: each pixel of the finer image holds a quarter, with the noise of the coarse.
    other = change(
        *sick,
        pixels=lambda x: double(x) / 4,
        maps=double,
        mark=double_mark,
        spacing=0.5,
    )
    assert_unchanged(sick_values, measured(*other), PIXEL_SIZE)


def test_another_number_of_counts_changes_no_feature(crude_body, spot):
    body = crude_body(spots=(spot(x_mm=0, y_mm=690, factor=3.5),), counts_per_unit=60)
    before = measured(*body.draw())
    assert_unchanged(before, measured(*replace(body, counts_per_unit=120).draw()), COUNTS)


def test_twice_the_counts_changes_features_by_little_but_noise(crude_body):
    body = crude_body(is_noisy=True, counts_per_unit=60)
    once, twice = (measured(*replace(body, counts_per_unit=n, seed=n).draw()) for n in (60, 120))
    for id in ("distribution.axial_to_appendicular", "symmetry.knee_level"):
        assert twice[id] == pytest.approx(once[id], rel=0.05)


def test_another_position_changes_no_feature(sick, sick_values):
    def shift(image):
        return np.pad(image, ((31, 12), (7, 16)))

    def shift_mark(mark, shape):
        return moved(mark, row=mark.row + 31, col=mark.col + 7)

    other = change(*sick, pixels=shift, maps=shift, mark=shift_mark)
    assert_unchanged(sick_values, measured(*other), POSITION)


def test_monotone_windowing_keeps_the_ranks(crude_body):
    study, layouts = crude_body().draw()
    before = measured(study, layouts)
    windowed = change(study, layouts, pixels=lambda x: 8 * x**0.8, maps=same, mark=lambda m, _: m)
    assert_unchanged(before, measured(*windowed), WINDOW)
    assert sum(WINDOW in f.invariances for f in FEATURES.values()) >= 5


@pytest.mark.parametrize("views", [(ANTERIOR,), (POSTERIOR,)])
def test_one_view_is_enough(crude_body, views):
    values = measured(*crude_body(views=views).draw())
    undefined = {id for id, value in values.items() if np.isnan(value)}
    # No hot spots, and a crude body has no sternum and no joint excess.
    assert undefined <= {
        "hotspot.joint_share",
        "hotspot.largest_share",
        "hotspot.scatter",
        "symmetry.paired_share",
        "symmetry.shared_joint_excess",
        "distribution.sternum_to_ribs",
    }


def test_features_of_parts_outside_the_image_are_undefined_and_the_others_hold(crude_body):
    study, layouts = crude_body().draw()
    rows, cols = slice(0, 330), slice(24, 112)  # below the knees and the hands are cut off

    def cut(image):
        return np.ascontiguousarray(image[rows, cols])

    def cut_mark(mark, shape):
        return moved(mark, col=mark.col - cols.start)

    whole = measured(study, layouts)
    part = measured(*change(study, layouts, pixels=cut, maps=cut, mark=cut_mark))
    for name in ("wrist", "hand", "ankle", "foot"):
        assert np.isnan(part[f"symmetry.{name}_level"])
    for id in ("symmetry.knee_level", "distribution.kidneys_to_lumbar", "distribution.axial_rise"):
        assert part[id] == pytest.approx(whole[id], rel=0.05, abs=0.02)
    assert part["hotspot.count"] == 0


@pytest.mark.parametrize("modality", [BONE_SCAN, FDG_PET])
def test_every_feature_of_the_modality_is_a_number_in_its_range_or_undefined(sick, modality):
    study, layouts = sick
    values = measured(replace(study, modality=modality), layouts)
    assert set(values) == {id for id, f in FEATURES.items() if modality in f.modalities}
    for id, value in values.items():
        low, high = FEATURES[id].range
        assert np.isnan(value) or low <= value <= high, id


def test_even_blank_and_hostile_images_give_numbers(crude_body):
    study, layouts = crude_body().draw()
    for fill in (np.zeros_like, np.ones_like, lambda x: (x > 1000).astype(x.dtype)):
        blank = {
            name: replace(view, pixels=fill(view.pixels), unit=GREY_LEVEL)
            for name, view in study.views.items()
        }
        values = measured(replace(study, views=blank), layouts)
        assert not any(np.isinf(value) for value in values.values())


def test_two_runs_agree_to_the_last_bit(sick, sick_values):
    first, second = sick_values, measured(*sick)
    assert np.array_equal(list(first.values()), list(second.values()), equal_nan=True)


def test_there_are_enough_features_of_each_family_and_those_others_rely_on():
    for family in FAMILIES:
        assert sum(f.family == family for f in FEATURES.values()) >= 10
    assert sum(BONE_SCAN in f.modalities for f in FEATURES.values()) >= 60
    assert set(MUST_HAVE) <= set(FEATURES)


@pytest.mark.parametrize("feature_", FEATURES.values(), ids=FEATURES)
def test_feature_is_documented(feature_):
    assert min(map(len, (feature_.meaning, feature_.formula, feature_.source))) > 4
    assert feature_.unit and feature_.modalities and "\n" not in feature_.meaning
    assert np.isfinite(feature_.range).all()


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match=r"two features are named 'hotspot\.count'"):
        feature("hotspot.count", range=(0, 1), meaning="a", formula="b")(lambda uptake: 0.0)


def test_a_study_without_layout_is_an_error(sick):
    with pytest.raises(ValueError, match="locate this study first"):
        measure(sick[0], {}, ())


def test_a_layout_of_another_shape_is_an_error(sick):
    study, layouts = sick
    cut = {n: SimpleNamespace(**{**vars(x), "body": x.body[1:]}) for n, x in layouts.items()}
    with pytest.raises(ValueError, match=r"body must have the shape"):
        find_hot_spots(study, cut)


def test_the_page_of_features_is_up_to_date(request):
    page = request.config.rootpath / "docs" / "features.md"
    assert page.read_text(encoding="utf-8") == write_document(), (
        "run python -m uptake_ml.features.document"
    )


def test_without_a_body_nothing_is_defined(sick):
    study, layouts = sick
    empty = {
        name: SimpleNamespace(**{**vars(x), "body": x.body & False, "regions": x.regions * 0})
        for name, x in layouts.items()
    }
    assert find_hot_spots(study, empty) == ()
    assert np.isnan(list(measure(study, empty, ()).values())).all()
