"""Physics of the planar gamma camera: counts, widths, attenuation, symmetry, noise, geometry."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import curve_fit

from uptake_ml.errors import SimulationError
from uptake_ml.phantom.camera import (
    FWHM_PER_SIGMA,
    DetectorHead,
    PlanarCamera,
    acquire,
    expose,
    load_camera,
    system_fwhm_mm,
)
from uptake_ml.phantom.collimator import Collimator, load_camera_table
from uptake_ml.phantom.label_projection import project_labels
from uptake_ml.phantom.projector import Projector, project
from uptake_ml.resources import data_path

VOXEL_MM = 3.0
WATER_PER_CM = 0.15
TOUCHING = DetectorHead(distance_mm=0.0)


def camera_without(**changes) -> PlanarCamera:
    """A Symbia on a field of 160 x 160 pixels that neither scatters nor adds background."""
    plain = {"rows": 160, "columns": 160, "anterior": TOUCHING, "posterior": TOUCHING}
    quiet = {"scatter_to_primary_per_100mm": 0.0, "background_share": 0.0}
    return replace(load_camera("siemens-symbia"), **plain | quiet | changes)


def body_and_activity(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """An elliptic trunk above one leg, with random activity: attenuation per cm, activity."""
    z, r, c = np.ogrid[:50, :80, :60]
    trunk = (((z - 25) / 20) ** 2 + ((c - 30) / 26) ** 2 < 1) & (r > 5) & (r < 45)
    leg = (((z - 30) / 8) ** 2 + ((c - 18) / 8) ** 2 < 1) & (r >= 45) & (r < 76)
    body = trunk | leg
    activity = np.random.default_rng(seed).random(body.shape, dtype=np.float32) * body
    return (WATER_PER_CM * body).astype(np.float32), activity


def point(shape, where, value=1000.0) -> np.ndarray:
    activity = np.zeros(shape, np.float32)
    activity[where] = value
    return activity


def centroid(image: np.ndarray) -> tuple[float, float]:
    image = image.astype(float)
    rows, columns = np.indices(image.shape)
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def test_system_fwhm_is_that_of_the_published_collimator():
    distances_mm = np.array([0.0, 50, 100, 150, 200, 300])
    found = system_fwhm_mm(load_camera("siemens-symbia"), distances_mm)
    # PyTomography's formula on SIMIND's collimator table, 5 mm crystal gap.
    assert found == pytest.approx([4.0, 5.3, 7.2, 9.3, 11.5, 16.1], abs=0.05)


@pytest.mark.parametrize(("name", "slope"), [("symbia-lehr", 0.0476), ("ge-lehr", 0.0438)])
def test_collimator_slope(name, slope):
    assert load_camera_table().collimators[name].slope == pytest.approx(slope, abs=5e-5)


def test_every_camera_of_the_table_loads_and_blurs_like_a_high_resolution_one():
    for name in load_camera_table().cameras:
        assert 6.0 < system_fwhm_mm(load_camera(name), 100.0) < 9.5, name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("septum_mm = 0.16", "septa_mm = 0.16", "exactly the keys"),
        ("hole_mm = 1.11", 'hole_mm = "1.11"', "must be of kind float"),
        ('collimator = "symbia-lehr"', 'collimator = "symbia"', "must be one of"),
        ('source = ["qiba-2017"]', 'source = ["qiba"]', "found 'qiba'"),
    ],
)
def test_camera_table_rejects_what_it_does_not_know(tmp_path, old, new, message):
    text = data_path("cameras.toml").read_text(encoding="utf-8")
    path = tmp_path / "cameras.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SimulationError, match=message):
        load_camera_table(path)


def test_unknown_camera_is_told_which_exist():
    with pytest.raises(SimulationError, match=r"ge-discovery-670.*found 'anger'"):
        load_camera("anger")


@pytest.mark.parametrize(
    "changes",
    [
        {"pixel_mm": 0.0},
        {"background_share": 1.0},
        {"scatter_decay_mm": (40.0, 20.0)},
        {"scatter_to_primary_per_100mm": -0.1},
    ],
)
def test_camera_rejects_impossible_parameters(changes):
    with pytest.raises(SimulationError, match=next(iter(changes))):
        camera_without(**changes)


def test_head_and_collimator_reject_impossible_parameters():
    with pytest.raises(SimulationError, match="distance_mm"):
        DetectorHead(distance_mm=-1.0)
    with pytest.raises(SimulationError, match="nonuniformity"):
        DetectorHead(nonuniformity=(0.6, -0.5))
    with pytest.raises(SimulationError, match="longer than twice"):
        Collimator(hole_mm=2.0, septum_mm=0.2, hole_length_mm=3.0)


def test_counts_are_conserved():
    mu, activity = body_and_activity()
    images = project(activity, mu * 0, voxel_mm=VOXEL_MM, camera=camera_without())
    for image in images.values():
        assert image.sum(dtype=float) == pytest.approx(activity.sum(dtype=float), rel=1e-4)


def test_scattered_counts_grow_with_depth_as_defined():
    middle = DetectorHead(shift_mm=(150.0, 0.0))
    camera = camera_without(
        scatter_to_primary_per_100mm=0.4,
        scatter_decay_mm=(4.0, 6.0),  # what leaves the body sideways is lost
        anterior=middle,
        posterior=middle,
        columns=200,
        rows=200,
    )
    water = np.full((60, 60, 60), WATER_PER_CM, np.float32)
    activity = point(water.shape, (40, 30, 30))
    images = project(activity, water, voxel_mm=VOXEL_MM, camera=camera)
    for view, depth_mm in (("anterior", 40.5 * VOXEL_MM), ("posterior", 19.5 * VOXEL_MM)):
        expected = 1000 * np.exp(-WATER_PER_CM * depth_mm / 10) * (1 + 0.4 * depth_mm / 100)
        assert images[view].sum(dtype=float) == pytest.approx(expected, rel=1e-4)


def test_scatter_leaves_the_body_only_where_there_is_body():
    """A photon enters the holes from the tissue under them, where it scattered last."""
    mu = np.zeros((60, 60, 60), np.float32)
    mu[10:50, :, :30] = WATER_PER_CM  # the body ends at half of the columns
    activity = point(mu.shape, (40, 30, 27))
    with_it, without = (
        project(activity, mu, voxel_mm=VOXEL_MM, camera=c)["anterior"].sum(axis=0, dtype=float)
        for c in (camera_without(scatter_to_primary_per_100mm=0.5), camera_without())
    )
    scatter = with_it - without
    edge = 80  # pixels; the camera sees an edge as sharp as its resolution, 10 mm here
    beside, inside = scatter[edge + 8 : edge + 30], scatter[edge - 30 : edge - 8]
    assert inside.sum() > 0.1 * without.sum()
    assert beside.sum() < 0.01 * inside.sum()


def test_scatter_spreads_wider_from_greater_depth():
    camera = camera_without(scatter_to_primary_per_100mm=0.4)
    water = np.full((90, 60, 60), WATER_PER_CM, np.float32)

    def scatter_far_from(depth: int) -> float:
        activity = point(water.shape, (depth, 30, 30))
        with_it, without = (
            project(activity, water, voxel_mm=VOXEL_MM, camera=c)["anterior"]
            for c in (camera, camera_without())
        )
        scatter = (with_it - without).sum(axis=0, dtype=float)
        far = np.abs(np.arange(scatter.size) - centroid(with_it)[1]) * camera.pixel_mm > 40
        return scatter[far].sum() / scatter.sum()

    assert scatter_far_from(70) > 1.5 * scatter_far_from(10) > 0


def test_projection_is_linear():
    mu, first = body_and_activity(1)
    _, second = body_and_activity(2)
    camera = camera_without(scatter_to_primary_per_100mm=0.35)
    projector = Projector(mu, voxel_mm=VOXEL_MM, camera=camera)
    one, two = projector.project(first), projector.project(second)
    both = projector.project(2 * first + 3 * second)
    for view, image in both.items():
        np.testing.assert_allclose(image, 2 * one[view] + 3 * two[view], atol=1e-5 * image.max())


@pytest.mark.parametrize("depth", [7, 16, 33, 66, 95])
def test_point_source_has_the_width_of_the_formula(depth):
    # The smaller the pixels, the less a fit to their centres depends on where the point lies.
    camera = camera_without()
    activity = point((100, 40, 40), (depth, 20, 20))
    images = project(activity, activity * 0, voxel_mm=VOXEL_MM, camera=camera)
    distances_mm = {
        "anterior": (depth + 0.5) * VOXEL_MM,
        "posterior": (99.5 - depth) * VOXEL_MM,
    }
    for view, distance_mm in distances_mm.items():
        for axis in (0, 1):
            width_mm = fitted_fwhm_pixels(images[view].sum(axis=axis)) * camera.pixel_mm
            assert width_mm == pytest.approx(system_fwhm_mm(camera, distance_mm), rel=0.02)


def fitted_fwhm_pixels(profile: np.ndarray) -> float:
    def bell(x, height, centre, sigma):
        return height * np.exp(-0.5 * ((x - centre) / sigma) ** 2)

    x = np.arange(profile.size)
    start = (profile.max(), profile.argmax(), 2.0)
    return abs(curve_fit(bell, x, profile, start)[0][2]) * FWHM_PER_SIGMA


def test_image_is_nowhere_negative_and_a_uniform_body_shows_no_moire():
    activity = np.zeros((40, 90, 90), np.float32)
    activity[10:30] = 1.0
    camera = camera_without(pixel_mm=2.26, anterior=DetectorHead(shift_mm=(1.3, 0.4)))
    for image in project(activity, activity * 0, voxel_mm=VOXEL_MM, camera=camera).values():
        assert image.min() >= 0
        middle = image[45:75, 65:95]
        assert np.ptp(middle) < 1e-3 * middle.mean()
        assert middle.mean() == pytest.approx(20 * (2.26 / VOXEL_MM) ** 2, rel=1e-3)


def test_slab_attenuates_as_the_integral():
    thickness = 40
    mu = np.full((thickness, 50, 50), WATER_PER_CM, np.float32)
    images = project(np.ones_like(mu), mu, voxel_mm=VOXEL_MM, camera=camera_without())
    x = WATER_PER_CM * thickness * VOXEL_MM / 10
    for image in images.values():
        transmitted = image.sum(dtype=float) / mu.size
        assert transmitted == pytest.approx((1 - np.exp(-x)) / x, rel=0.01)


def test_conjugate_views_of_a_point_do_not_depend_on_its_depth():
    mu = np.full((40, 30, 30), WATER_PER_CM, np.float32)
    projector = Projector(mu, voxel_mm=VOXEL_MM, camera=camera_without())
    products = []
    for depth in (3, 20, 36):
        images = projector.project(point(mu.shape, (depth, 15, 15)))
        products.append(images["anterior"].sum() * images["posterior"].sum())
    total_path = WATER_PER_CM * 40 * VOXEL_MM / 10
    np.testing.assert_allclose(products, 1e6 * np.exp(-total_path), rtol=1e-3)


def test_mirrored_anatomy_gives_the_mirrored_image():
    mu, activity = body_and_activity()
    following = DetectorHead(distance_mm=30, is_contour_following=True, length_mm=60)
    camera = camera_without(anterior=following, scatter_to_primary_per_100mm=0.35)
    images = project(activity, mu, voxel_mm=VOXEL_MM, camera=camera)
    mirrored = project(activity[..., ::-1], mu[..., ::-1], voxel_mm=VOXEL_MM, camera=camera)
    for view, image in images.items():
        np.testing.assert_allclose(mirrored[view], image[:, ::-1], atol=1e-5 * image.max())


def test_patients_right_is_left_in_the_anterior_and_right_in_the_posterior_view():
    mu, _ = body_and_activity()
    activity = point(mu.shape, (25, 10, 12))
    images = project(activity, mu, voxel_mm=VOXEL_MM, camera=camera_without())
    assert centroid(images["anterior"])[1] < 70 < 90 < centroid(images["posterior"])[1]
    assert centroid(images["anterior"])[0] < 20


@pytest.mark.parametrize("where", [(5, 12, 8), (25, 40, 31), (44, 70, 50)])
def test_map_point_is_the_centroid_of_a_point_source(where):
    camera = camera_without(
        anterior=DetectorHead(shift_mm=(31.7, -12.2)), posterior=DetectorHead(shift_mm=(20.0, 9.9))
    )
    activity = point((50, 80, 60), where)
    projector = Projector(activity * 0, voxel_mm=VOXEL_MM, camera=camera)
    mapped = projector.map_point(where)
    for view, image in projector.project(activity).items():
        assert mapped[view] == pytest.approx(centroid(image), abs=0.1)


def test_box_equals_the_same_activity_embedded():
    mu, activity = body_and_activity()
    following = DetectorHead(distance_mm=30, is_contour_following=True, shift_mm=(20, 5))
    projector = Projector(
        mu,
        voxel_mm=VOXEL_MM,
        camera=camera_without(anterior=following, scatter_to_primary_per_100mm=0.35),
    )
    origin, box = (18, 20, 33), activity[18:28, 20:36, 33:41]
    embedded = np.zeros_like(activity)
    embedded[18:28, 20:36, 33:41] = box
    whole = projector.project(embedded)
    for view, (patch, (top, left)) in projector.project_box(box, origin).items():
        image = np.zeros_like(whole[view])
        image[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
        # The far tail of scatter, beyond the patch, is folded into it.
        np.testing.assert_allclose(image, whole[view], atol=1e-3 * whole[view].max())
        assert image.sum() == pytest.approx(whole[view].sum(), rel=0.01)


def test_box_out_of_the_volume_or_activity_of_another_shape_is_refused():
    mu, activity = body_and_activity()
    projector = Projector(mu, voxel_mm=VOXEL_MM, camera=camera_without())
    with pytest.raises(SimulationError, match="cut it to the volume"):
        projector.project_box(activity[:5, :5, :5], (48, 0, 0))
    with pytest.raises(SimulationError, match="project_box"):
        projector.project(activity[:-1])


def test_implausible_attenuation_is_refused():
    mu, _ = body_and_activity()
    for wrong in (-mu, 100 * mu):
        with pytest.raises(SimulationError, match=r"cm\^-1"):
            Projector(wrong, voxel_mm=VOXEL_MM, camera=camera_without())


def test_what_lies_outside_the_field_is_lost():
    mu, activity = body_and_activity()
    narrow = camera_without(columns=60)
    lost = camera_without(anterior=DetectorHead(shift_mm=(0.0, 5000.0)))
    whole, cut, gone = (
        project(activity, mu, voxel_mm=VOXEL_MM, camera=c)["anterior"]
        for c in (camera_without(), narrow, lost)
    )
    np.testing.assert_allclose(cut, whole[:, 50:110], atol=1e-5 * whole.max())
    assert gone.shape == (160, 160)
    assert not gone.any()


def test_a_head_that_follows_the_contour_sees_the_thin_part_sharper():
    z, r = np.ogrid[:60, :400]
    is_trunk = (r < 200) & (z > 3)
    body = np.broadcast_to((is_trunk | (z > 42))[..., None], (60, 400, 20))
    mu = (1e-6 * body).astype(np.float32)
    activity = point(mu.shape, (50, 390, 10)) + point(mu.shape, (50, 100, 10))
    widths = {}
    for is_following in (False, True):
        head = DetectorHead(distance_mm=20, is_contour_following=is_following, length_mm=300)
        camera = camera_without(rows=512, anterior=head)
        image = project(activity, mu, voxel_mm=VOXEL_MM, camera=camera)["anterior"]
        leg = fitted_fwhm_pixels(image[400:].sum(axis=0)) * camera.pixel_mm
        trunk = fitted_fwhm_pixels(image[:250].sum(axis=0)) * camera.pixel_mm
        widths[is_following] = trunk, leg
    near, far = (system_fwhm_mm(camera, mm) for mm in (20 + 7.5 * 3, 20 + 46.5 * 3))
    assert widths[False] == pytest.approx((far, far), rel=0.02)
    assert widths[True] == pytest.approx((far, near), rel=0.02)


def test_a_head_clears_everything_under_its_length():
    z, r = np.ogrid[:60, :200]
    is_bump = (abs(r - 120) < 3) & (z > 10)
    body = np.broadcast_to(((z > 40) | is_bump)[..., None], (60, 200, 20))
    activity = point(body.shape, (50, 100, 10))
    # 20 rows from the bump: a short head passes it before it reaches the source, a long one not.
    for length_mm, skin in ((30.0, 41), (1200.0, 11)):
        head = DetectorHead(distance_mm=20, is_contour_following=True, length_mm=length_mm)
        camera = camera_without(rows=300, anterior=head)
        mu = (1e-6 * body).astype(np.float32)
        image = project(activity, mu, voxel_mm=VOXEL_MM, camera=camera)["anterior"]
        width_mm = fitted_fwhm_pixels(image.sum(axis=0)) * camera.pixel_mm
        expected_mm = system_fwhm_mm(camera, 20 + (50.5 - skin) * VOXEL_MM)
        assert width_mm == pytest.approx(expected_mm, rel=0.02)


def test_column_sensitivity_is_that_of_the_head():
    activity = np.ones((5, 160, 160), np.float32)
    head = DetectorHead(nonuniformity=(0.02, -0.01))
    flat, uneven = (
        project(activity, activity * 0, voxel_mm=VOXEL_MM, camera=camera_without(anterior=h))
        for h in (DetectorHead(), head)
    )
    ratio = uneven["anterior"][80] / flat["anterior"][80]
    np.testing.assert_allclose(ratio, head.column_sensitivity(160), rtol=1e-5)
    assert ratio[0] == pytest.approx(1.01, abs=1e-3)
    assert ratio[80] == pytest.approx(1.01, abs=1e-3)


def test_exposure_scales_both_views_alike_and_adds_the_room():
    mu, activity = body_and_activity()
    camera = camera_without(total_counts=2e5, background_share=0.01)
    images = project(activity, mu, voxel_mm=VOXEL_MM, camera=camera)
    exposure = expose(images, camera)
    assert exposure.expected["anterior"].sum(dtype=float) == pytest.approx(2e5, rel=1e-5)
    room = 2e5 * 0.01 / 160**2
    for view, image in images.items():
        np.testing.assert_allclose(
            exposure.expected[view], exposure.counts_per_unit * image + room, rtol=1e-5
        )


def test_exposure_of_nothing_is_refused():
    nothing = np.zeros((160, 160), np.float32)
    with pytest.raises(SimulationError, match="must receive activity"):
        expose({"anterior": nothing, "posterior": nothing}, camera_without())


def test_noise_is_poisson_and_depends_on_the_generator_only():
    expected = np.tile(np.array([0.2, 3.0, 30.0, 300.0], np.float32)[:, None], (1, 200_000))
    counts = acquire(expected, np.random.default_rng(5))
    assert counts.dtype == np.float32
    ratio = counts.var(axis=1, dtype=float) / counts.mean(axis=1, dtype=float)
    np.testing.assert_allclose(ratio, 1.0, atol=0.02)
    np.testing.assert_allclose(counts.mean(axis=1, dtype=float), expected[:, 0], rtol=0.02)
    np.testing.assert_array_equal(counts, acquire(expected, np.random.default_rng(5)))


def labelled_body() -> tuple[Projector, np.ndarray]:
    """Soft tissue 1, bone 2 with joint 3 at its end on the patient's right, a sliver 4 of bone."""
    mu, _ = body_and_activity()
    labels = (mu > 0).astype(np.uint8)
    labels[20:30, 15:35, 10:16] = 2
    labels[20:30, 33:38, 10:16] = 3
    labels[25, 20:30, 40:45] = 4
    return Projector(mu, voxel_mm=VOXEL_MM, camera=camera_without()), labels


def test_label_map_shows_the_highest_priority_that_is_seen():
    projector, labels = labelled_body()
    maps = project_labels(projector, labels, uptake=[0, 1, 6, 6, 2], priority=[0, 0, 2, 3, 2])
    for view, label_map in maps.items():
        for where, label in (((25, 25, 13), 2), ((25, 35, 13), 3), ((25, 25, 42), 1)):
            row, column = projector.map_point(where)[view]
            assert label_map[round(row), round(column)] == label, (view, where)
        assert label_map[0, 0] == 0
        assert label_map.dtype == np.uint8


def test_a_joint_is_seen_before_a_heavier_bone_but_a_trace_of_it_is_not():
    mu = np.full((30, 20, 20), 1e-6, np.float32)
    projector = Projector(mu, voxel_mm=VOXEL_MM, camera=camera_without())
    labels = np.full(mu.shape, 1, np.uint8)
    labels[:10, :10] = 2
    labels[:2, 10:] = 2
    label_map = project_labels(projector, labels, uptake=[0, 1, 1], priority=[0, 2, 3])["anterior"]
    for row, label in ((5, 2), (15, 1)):
        r, c = projector.map_point((0, row, 10))["anterior"]
        assert label_map[round(r), round(c)] == label


def test_each_view_shows_the_organ_on_its_own_side():
    mu = np.full((40, 20, 20), WATER_PER_CM, np.float32)
    projector = Projector(mu, voxel_mm=VOXEL_MM, camera=camera_without())
    labels = np.full(mu.shape, 1, np.uint8)
    labels[20:] = 2
    maps = project_labels(projector, labels, uptake=[0, 1, 1], priority=[0, 0, 0])
    row, column = (round(x) for x in projector.map_point((0, 10, 10))["anterior"])
    assert maps["anterior"][row, column] == 1
    assert maps["posterior"][row, column] == 2


def test_label_map_covers_the_body_and_nothing_else():
    projector, labels = labelled_body()
    maps = project_labels(projector, labels, uptake=[0, 1, 6, 6, 2], priority=[0, 0, 2, 3, 2])
    area_mm2 = labels.any(axis=0).sum() * VOXEL_MM**2
    for label_map in maps.values():
        found_mm2 = np.count_nonzero(label_map) * projector.camera.pixel_mm**2
        assert found_mm2 == pytest.approx(area_mm2, rel=0.02)
    assert not np.array_equal(maps["anterior"], maps["posterior"])


def test_label_without_uptake_shows_only_where_nothing_else_does():
    projector, labels = labelled_body()
    maps = project_labels(projector, labels, uptake=[0, 0, 6, 6, 0], priority=[0, 0, 2, 3, 9])
    row, column = (round(x) for x in projector.map_point((25, 25, 42))["anterior"])
    assert maps["anterior"][row, column] in (1, 4)
    row, column = (round(x) for x in projector.map_point((25, 25, 13))["anterior"])
    assert maps["anterior"][row, column] == 2


def test_label_without_an_entry_is_refused():
    projector, labels = labelled_body()
    with pytest.raises(SimulationError, match="one entry for each label up to 4"):
        project_labels(projector, labels, uptake=[0, 1, 1, 1], priority=[0, 0, 0, 0])
    with pytest.raises(SimulationError, match="uint8"):
        project_labels(projector, labels.astype(int), uptake=[0] * 5, priority=[0] * 5)
