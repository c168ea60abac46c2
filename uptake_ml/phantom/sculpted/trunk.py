# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Spine, ribs, sternum."""

import numpy as np

from uptake_ml.phantom.sculpted import sdf

# Half width, half depth, half height of vertebral bodies in mm (prior: anatomy).
BODY = {"C": (17, 10, 6), "T": (17, 14, 9.3), "L": (23.5, 17, 14)}
RIB_HALF_WIDTH = (56, 84, 104, 117, 126, 132, 135, 136, 133, 127, 118, 100)
RIB_HALF_DEPTH = (42, 60, 73, 82, 88, 92, 95, 96, 96, 94, 90, 80)
RIB_DROP = (28, 46, 62, 78, 90, 100, 108, 112, 106, 92, 66, 38)
RIB_END_DEG = (148, 152, 152, 150, 147, 143, 139, 131, 121, 108, 80, 55)
RIB_FRONT = (0.68, 0.6)  # prior: uptake at the front half over the back, front and side


def vertebrae(person):
    """[(name, kind, centre, scale)] from C2 to L5."""
    z, found = person.z, []
    for kind, count, start, stop in (("C", 7, z["c1"], z["t1"]), ("T", 12, z["t1"], z["l1"]),
                                     ("L", 5, z["l1"], z["s1"])):  # fmt: skip
        grow = np.linspace(0.86, 1.14, count) if kind == "T" else np.ones(count)
        edges = start + np.concatenate([[0], np.cumsum(grow)]) / grow.sum() * (stop - start)
        for i in range(count):
            level = (edges[i] + edges[i + 1]) / 2
            scale = (grow[i] if kind == "T" else 1.0) * (0.95 if not person.male else 1.03)
            centre = np.array([*person.spine(level), level])
            found.append((f"{kind}{i + 1}", kind, centre, scale, edges[i + 1] - edges[i]))
    return found


def _vertebra(canvas, person, rng, name, kind, centre, scale, pitch):
    """Body, arch, spinous and transverse processes of one vertebra."""
    bone = {"C": "cervical", "T": "thoracic", "L": "lumbar"}[kind]
    tone = person.tone(bone) * np.exp(rng.normal(0, 0.04))
    w, d, _ = np.array(BODY[kind]) * scale * person.wide
    half = min(0.5 * pitch * 0.83, 16)
    back = centre + [0, -d - 16 * scale, 0.35 * pitch]
    side = w + (16 if kind != "C" else 8)

    def shape(p):
        body = sdf.rounded_box(p, centre, (w, d, half), 5)
        spinous = sdf.rounded_box(p, back + [0, -8, 3], (3.0, 10 * scale, 0.33 * pitch), 3)
        facet = sdf.rounded_box(
            (np.abs(p[0] - centre[0]), p[1], p[2]),
            (0.62 * w, back[1] + 9, centre[2] + 0.25 * pitch), (7.5, 6, 0.36 * pitch), 3,
        )  # fmt: skip
        process = sdf.flared(
            (np.abs(p[0] - centre[0]), p[1], p[2]),
            (0.6 * w, back[1] + 10, centre[2]), (side, back[1] + 6, centre[2] - 2), (5.5, 5, 5),
        )[0]  # fmt: skip
        arch = np.minimum(sdf.smooth_min(spinous, facet, 4), process)
        return np.minimum(body, arch), np.where(arch < body, 0.72 * tone, tone)

    reach = np.array([side + 6, 0, pitch])
    canvas.paint(name, centre - reach - [0, d + 46, 0], centre + reach + [0, d, 0], shape, 0.88)
    for side_name, s in (("left", 1), ("right", -1)):
        canvas.points["facet " + name, side_name] = centre + [s * 0.7 * w, -d - 9, 0.45 * pitch]


def _rib(canvas, person, rng, i, centre, side, s):
    """One rib as a helical band; sets its costochondral point."""
    a, b = RIB_HALF_WIDTH[i] * person.wide, RIB_HALF_DEPTH[i] * person.deep
    middle = np.array([centre[0], centre[1] - 16 + b])
    end = np.deg2rad(RIB_END_DEG[i] + rng.normal(0, 2.5))
    start = np.arcsin(min(15 / a, 0.9))
    drop = RIB_DROP[i] * person.k * person.joint.setdefault("rib_slope", rng.normal(1, 0.08))
    tone = person.tone("rib", side) * np.exp(rng.normal(0, 0.05))
    slope = drop / (0.5 * (a + b) * end)
    cosine = 1 / np.sqrt(1 + slope**2)
    tall = 5.8 if i else 6.5

    def level(phi):
        t = np.clip(phi, 0, end) / end
        return centre[2] - 3 + drop * (0.35 * t + 0.65 * t**1.5)

    def shape(p):
        x, y = (p[0] - middle[0]) * s, p[1] - middle[1]
        q = np.sqrt((x / a) ** 2 + (y / b) ** 2) + 1e-4
        r = np.sqrt(x**2 + y**2)
        phi = np.arctan2(x / a, -y / b)
        over = np.maximum(np.maximum(start - phi, phi - end), 0) * r
        radial = np.abs((q - 1) * r / q) - 2.0
        band = np.abs(p[2] - level(phi)) * cosine - (tall - 2.5)
        d = np.sqrt(sum(np.maximum(v, 0) ** 2 for v in (radial, band, over))) - 2.8
        front = np.interp(phi, (0.3, 1.4, 2.6), (1.0, RIB_FRONT[1], RIB_FRONT[0]))
        return d, (tone * front).astype(np.float32)

    x0, x1 = (middle[0], middle[0] + s * a)
    y1 = middle[1] - b * np.cos(end)
    lo, hi = (x0, middle[1] - b, centre[2] - 8), (x1, max(y1, middle[1]), centre[2] + drop + 4)
    canvas.paint(f"rib{i + 1}_{side}", np.minimum(lo, hi) - 4, np.maximum(lo, hi) + 4, shape, 1.0)
    tip = np.array([middle[0] + s * a * np.sin(end), y1, level(end)])
    canvas.points[f"costochondral{i + 1}", side] = tip
    if i < 10:
        canvas.add(tip, 8, tone * rng.uniform(0.05, 0.3))


def _sternum(canvas, person):
    """Manubrium, body and xiphoid, lying between the ends of the ribs."""
    tip = {i: canvas.points[f"costochondral{i}", "left"] for i in (1, 2, 6)}
    x = (tip[2][0] + canvas.points["costochondral2", "right"][0]) / 2
    top, joint, bottom = tip[1][2] - 6, tip[2][2] + 3, tip[6][2] - 4
    y_top, y_low = tip[1][1] + 4, tip[6][1] + 12
    z0 = (top, joint - 2, joint, (joint + bottom) / 2, bottom, bottom + 22)
    half = np.array((31, 19, 15, 18, 13, 4)) * person.wide

    def shape(p):
        width = np.interp(p[2], z0, half).astype(np.float32)
        y = y_top + (y_low - y_top) * (p[2] - top) / (bottom - top)
        q = (np.abs(p[0] - x) - width, np.abs(p[1] - y) - 5, np.abs(p[2] - (top + z0[-1]) / 2)
             - (z0[-1] - top) / 2)  # fmt: skip
        gap = 1.8 - np.abs(p[2] - joint)
        d = np.maximum(np.maximum(np.maximum(q[0], q[1]), q[2]), gap) - 1.5
        return d, person.tone("sternum") * np.where(p[2] < joint, 1.0, 0.9).astype(np.float32)

    canvas.paint("sternum", (x - 40, min(y_top, y_low) - 10, top - 6),
                 (x + 40, max(y_top, y_low) + 14, z0[-1] + 4), shape, 0.95)  # fmt: skip
    canvas.points["sternal angle", None] = np.array([x, y_top + 8, joint])
    for side, s in (("left", 1), ("right", -1)):
        canvas.points["sternoclavicular", side] = np.array([x + s * 23, y_top, top + 2])


def build_trunk(canvas, person, rng):
    """Paint the spine, the ribs and the sternum."""
    for name, kind, centre, scale, pitch in vertebrae(person):
        _vertebra(canvas, person, rng, name, kind, centre, scale, pitch)
        if kind == "T":
            for side, s in (("left", 1), ("right", -1)):
                _rib(canvas, person, rng, int(name[1:]) - 1, centre, side, s)
    _sternum(canvas, person)
