"""The posed skeleton and body: sizes as asked, joints as MuJoCo has them, organs inside."""

import dataclasses

import numpy as np
import pytest
from scipy import ndimage

from uptake_ml import regions
from uptake_ml.errors import SimulationError
from uptake_ml.phantom.body import build_body
from uptake_ml.phantom.bone_voxels import _fullest
from uptake_ml.phantom.grid import filled_boxes
from uptake_ml.phantom.kinematics import body_transforms, joint_values
from uptake_ml.phantom.outline import _TRUNK_SLICES, trunk_sections
from uptake_ml.phantom.person import draw_person
from uptake_ml.phantom.pose import pose_person

pytestmark = pytest.mark.simulate


def _extent(skeleton, pose, name):
    i = skeleton.bone_index[name]
    return pose.to_world(i, skeleton.bones[i].inside_points())


@pytest.mark.parametrize("seed", range(6))
def test_height_from_vertex_to_heel_is_the_one_asked_for(skeleton, seed):
    person = dataclasses.replace(
        draw_person(np.random.default_rng(seed)), lean_rad=0.0, kyphosis_mm=0.0
    )
    straight = {a: 0.0 for a in person.angles if a.startswith(("hip", "knee"))}
    person = dataclasses.replace(person, angles={**person.angles, **straight})
    pose = pose_person(skeleton, person)
    top = _extent(skeleton, pose, "skull")[:, 2].max()
    heel = _extent(skeleton, pose, "tarsal1_r")[:, 2].min()
    assert top - heel == pytest.approx(person.height_mm - 28, abs=30)


def test_legs_are_as_long_as_in_adults_of_many_peoples(skeleton):
    """Sitting height over stature 0.50 to 0.56 (Bogin, Varela-Silva 2010); seat 85 mm below hips.

    Tibia over femur varies by 3 % in one people.
    """
    ratios, shanks = [], []
    for seed in range(60):
        person = draw_person(np.random.default_rng(seed))
        straight = {a: 0.0 for a in person.angles if a.startswith(("hip", "knee"))}
        person = dataclasses.replace(
            person, angles={**person.angles, **straight}, lean_rad=0.0, kyphosis_mm=0.0
        )
        pose = pose_person(skeleton, person)
        head = _extent(skeleton, pose, "skull")[:, 2].max()
        ratios.append((head + 85 * pose.size_scale) / person.height_mm)
        shanks.append(person.shank_scale / person.thigh_scale)
    assert 0.52 < np.median(ratios) < 0.55
    assert 0.01 < np.std(ratios) < 0.025
    assert 0.02 < np.std(shanks) < 0.045


def test_the_ankle_is_where_tibia_meets_talus(skeleton):
    person = draw_person(np.random.default_rng(2))
    pose = pose_person(skeleton, person)
    ankle = next(
        j.centre_mm for j in pose.joints
        if (j.region, j.side, j.part) == ("ankle", "left", "talocrural")
    )  # fmt: skip
    tibia, talus = (_extent(skeleton, pose, f"{name}_l") for name in ("tibia", "talus"))
    for bone in (tibia, talus):
        assert np.linalg.norm(bone - ankle, axis=1).min() < 6


def test_bones_have_the_volume_of_an_adult(skeleton):
    """Femur 350 cm3 by the mesh's own volume; the skull a shell and not a filled ball."""
    volume_cm3 = {b.name: (b.distance < 0).sum() * 1.5**3 / 1000 for b in skeleton.bones}
    assert len(volume_cm3) == 179
    assert volume_cm3["femur_r"] == pytest.approx(350, rel=0.1)
    assert 400 < volume_cm3["skull"] < 700
    for name, volume in volume_cm3.items():
        if name.endswith("_r"):
            assert volume == pytest.approx(volume_cm3[name[:-1] + "l"], rel=0.12, abs=0.6)


def test_kinematics_agree_with_mujoco(skeleton, monkeypatch, tmp_path):
    mujoco = pytest.importorskip("mujoco", reason="the extra [simulate] is not installed")
    from uptake_ml.phantom import meshes

    monkeypatch.chdir(tmp_path)  # MuJoCo leaves a log where it runs
    model = meshes.load_model()
    rng = np.random.default_rng(4)
    angles = dict(draw_person(rng).angles)
    q = joint_values(skeleton, angles)
    data = mujoco.MjData(model)
    for joint, value in enumerate(q):
        if model.jnt_type[joint] != mujoco.mjtJoint.mjJNT_FREE:
            metres = value / 1000.0 if skeleton.joint_is_slide[joint] else value
            data.qpos[model.jnt_qposadr[joint]] = metres
    mujoco.mj_forward(model, data)
    unit = np.ones((len(skeleton.body_names), 3))
    _, origin = body_transforms(skeleton, q, unit)
    assert np.abs(origin - data.xpos * 1000.0).max() < 1.0


@pytest.mark.parametrize("seed", [0, 4])
def test_body_weighs_what_its_bmi_says_and_holds_its_organs(skeleton, seed):
    person = draw_person(np.random.default_rng(seed))
    body = build_body(
        skeleton, person, voxel_mm=4.0, jitter=(0, 0, 0), bladder_radius_mm=35.0
    )  # fmt: skip
    litres = (body.tissue > 0).sum() * 4.0**3 / 1e6
    assert litres == pytest.approx(person.weight_kg, rel=0.25)
    found = set(np.unique(body.tissue).tolist())
    for name in ("kidney", "lung"):
        assert {regions.INDEX[name, "left"], regions.INDEX[name, "right"]} <= found
    assert regions.INDEX["bladder", None] in found
    assert litres > 20


def test_person_out_of_range_is_refused():
    person = draw_person(np.random.default_rng(0))
    with pytest.raises(SimulationError, match="bmi must lie in"):
        dataclasses.replace(person, bmi=90.0)


def test_unknown_joint_is_an_error(skeleton):
    with pytest.raises(KeyError, match="no joint named"):
        joint_values(skeleton, {"wing_flap_r": 1.0})


def test_feet_fall_outwards_and_down_as_on_real_scans(skeleton):
    """Real scans: toes 130-160 mm below the ankle joint, ankles 120-160 mm apart, toes outside."""
    below, apart, outwards = [], [], []
    for seed in range(40):
        pose = pose_person(skeleton, draw_person(np.random.default_rng(seed)))
        joints = {(j.region, j.side, j.part): j.centre_mm for j in pose.joints}
        left, right = (joints["ankle", side, "talocrural"] for side in ("left", "right"))
        toe = np.array([_extent(skeleton, pose, f"toe{k}_l")[:, 2].min() for k in (12, 13, 14)])
        below.append(left[2] - toe.min())
        apart.append(left[0] - right[0])
        outwards.append(joints["foot", "left", "mtp3"][0] - left[0])
    assert 115 < np.median(below) < 175
    assert 100 < np.median(apart) < 180
    assert min(apart) > 0  # legs never cross
    assert np.median(outwards) > 30


def test_a_round_back_lowers_the_head_and_brings_it_forward(skeleton):
    person = draw_person(np.random.default_rng(3))
    tops = []
    for kyphosis in (0.0, 50.0):
        pose = pose_person(skeleton, dataclasses.replace(person, kyphosis_mm=kyphosis))
        tops.append(_extent(skeleton, pose, "skull").mean(axis=0))
    assert tops[1][2] < tops[0][2] - 15
    assert tops[1][1] < tops[0][1] - 50


@pytest.mark.parametrize("bmi", [36.0, 43.0])
def test_a_very_heavy_body_is_widest_at_the_belly_and_has_no_steps(bmi):
    person = dataclasses.replace(draw_person(np.random.default_rng(2)), bmi=bmi)
    trunk = trunk_sections(person, 1.0)
    order = np.argsort(trunk.z_mm)
    z, width = trunk.z_mm[order], trunk.half_width_mm[order]
    widest = z[width.argmax()] - z[0]
    assert 80 < widest < 330
    assert np.abs(np.diff(width) / np.diff(z))[z[1:] < z[0] + 400].max() < 1.0


@pytest.mark.parametrize(
    ("scale", "heights"), [("pelvis_scale", (850, 1060)), ("shoulder_scale", (1380, 1440))]
)
def test_the_trunk_follows_the_bones_it_clothes(scale, heights):
    person = dataclasses.replace(draw_person(np.random.default_rng(2)), bmi=22.0)
    narrow, wide = (
        trunk_sections(dataclasses.replace(person, **{scale: value}), 1.0) for value in (0.95, 1.05)
    )
    rest = _TRUNK_SLICES[:, 0]
    ratio = wide.half_width_mm / narrow.half_width_mm
    here = (rest >= heights[0]) & (rest <= heights[1])
    assert ratio[here] == pytest.approx(1.05 / 0.95, rel=0.01)
    assert ratio[(rest > 1190) & (rest < 1210)] == pytest.approx(1, abs=0.02)


def test_sternum_is_solid_and_narrows_from_the_manubrium_to_the_xiphoid(skeleton):
    inside = skeleton.bone("sternum").distance < 0
    assert ndimage.label(inside)[1] == 1
    assert not (ndimage.binary_fill_holes(inside) & ~inside).any()
    # Every slice across is one patch without a gap: no shell.
    widths = []
    for piece in np.moveaxis(inside, 1, 0):
        if piece.any():
            assert ndimage.binary_closing(piece, iterations=2).sum() < 1.15 * piece.sum() + 4
            widths.append(int(np.ptp(np.nonzero(piece.any(axis=0))[0])) + 1)
    tenth = len(widths) // 10
    manubrium, middle, xiphoid = widths[-2 * tenth : -tenth], widths[tenth * 4], widths[:tenth]
    assert np.median(xiphoid) < 0.6 * middle < 0.5 * np.median(manubrium)


def test_abdomen_is_as_deep_as_that_of_adults_who_lie(skeleton):
    """NHANES 2011-2012, at the iliac crests: 225 mm at a mean BMI of 28.6, 5th percentile 164."""
    person = draw_person(np.random.default_rng(0))
    average = dataclasses.replace(person, fat_in_trunk=1.0, height_mm=1690.0)
    depths = {}
    for bmi in (20.0, 28.6):
        lying = dataclasses.replace(average, bmi=bmi)
        pose = pose_person(skeleton, lying)
        sections = trunk_sections(lying, pose.size_scale)
        crest = _extent(skeleton, pose, "pelvis_r")[:, 2].max()
        depths[bmi] = 2 * np.interp(crest, sections.z_mm, sections.half_depth_mm)
    assert depths[28.6] == pytest.approx(225, abs=15)
    assert 150 < depths[20.0] < 185


def test_boxes_hold_everything_that_is_filled():
    volume = np.zeros((20, 50, 30), np.uint8)
    volume[3:9, 10:14, 5:20] = 1
    volume[12, 40, 29] = 2
    covered = np.zeros(volume.shape, bool)
    for box in filled_boxes(volume):
        assert not covered[box].any()
        covered[box] = True
    assert covered[volume > 0].all() and covered.mean() < 0.2


def test_where_bones_share_a_voxel_the_fuller_one_keeps_it_and_of_equals_the_later():
    flat = np.array([2, 5, 9, 5, 9, 11, 2])
    occupancy = np.array([0.4, 1.0, 0.3, 0.2, 0.3, 0.9, 0.8], np.float32)
    assert _fullest(flat, occupancy).tolist() == [6, 1, 4, 5]
