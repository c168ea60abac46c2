# ruff: noqa: RUF005 -- a list added to an array shifts a point, it is no concatenation.
"""Soft tissue, organs and urine."""

import numpy as np

from uptake_ml.phantom.sculpted import sdf

# Uptake relative to the general soft tissue of the person (prior).
LUNG, LIVER, LUNG_DENSITY = 0.65, 1.15, 0.35
KIDNEY = (0.30, 0.6)  # prior: lognormal centre and spread, relative to a vertebral body
# Half widths and depths of the trunk in mm by level, a share of shoulder to hip (prior).
TRUNK_LEVELS = (-0.16, -0.06, 0.04, 0.2, 0.4, 0.6, 0.75, 0.9, 1.0, 1.1, 1.17)
TRUNK_WIDTH = (52, 92, 148, 160, 158, 150, 152, 166, 170, 160, 120)
TRUNK_DEPTH = (50, 62, 86, 108, 112, 106, 104, 104, 100, 92, 70)


def _trunk(canvas, person, add):
    """Trunk, neck and head."""
    z0, z1 = person.z["shoulder"], person.z["hip"]
    levels = z0 + np.array(TRUNK_LEVELS) * (z1 - z0)
    fat = np.interp(TRUNK_LEVELS, (0, 0.5, 1), (1 + 0.5 * (person.fat - 1), person.fat, person.fat))
    hips = 1.0 if person.male else 1.04
    width = (
        np.array(TRUNK_WIDTH) * fat * person.wide * np.where(np.array(TRUNK_LEVELS) > 0.7, hips, 1)
    )
    outer = 87 * person.hip_wide + 86 * person.fat**0.6 * person.k**0.5
    low = np.array(TRUNK_LEVELS) >= 0.75
    width[low] = np.maximum(width[low], outer * np.array((0.86, 0.95, 0.99, 1.0, 0.97)))
    depth = np.array(TRUNK_DEPTH) * fat * person.deep
    middle = -8 + 30 * (person.fat - 1)

    def shape(p):
        w, d = (np.interp(p[2], levels, v).astype(np.float32) for v in (width, depth))
        q = np.sqrt(np.abs(p[0] / w) ** 2.4 + np.abs((p[1] - middle) / d) ** 2.4 + 1e-6)
        ends = np.maximum(levels[0] - p[2], p[2] - levels[-1])
        return np.maximum((q - 1) * np.minimum(w, d), ends)

    reach = (width.max(), depth.max() + abs(middle))
    add((-reach[0], -reach[1], levels[0]), (reach[0], reach[1], levels[-1]), shape)
    x, y = person.spine(person.z["c1"])
    h = person.head
    centre = np.array([x + 25 * np.sin(person.turn), y + 16, 92 * h])
    add(
        centre - 130,
        centre + [130, 130, 140],
        lambda p: sdf.smooth_min(
            sdf.ellipsoid(p, centre, (80 * h, 102 * h, 98 * h)),
            sdf.ellipsoid(p, centre + [0, 26, 62], (58 * h, 64 * h, 70 * h)),
            20,
        ),
    )
    a, b = np.array([x, y + 8, 150 * h]), np.array([0, -18, z0 + 10])
    r = 58 * person.fat**0.5
    for side in ("left", "right"):
        c, e = (
            np.array([x / 2, -28, z0 - 62 * person.k]),
            person.joint["shoulder", side] + [0, 0, 4],
        )
        add(
            np.minimum(c, e) - 60,
            np.maximum(c, e) + 60,
            lambda p, c=c, e=e: sdf.flared(p, c, e, (46 * person.fat**0.5, 44, 46))[0],
        )
    add(a - 80, b + 80, lambda p: sdf.flared(p, a, b, (r, r, r * 1.25))[0])


def _limbs(canvas, person, add):
    """Arms, hands, legs and feet."""
    f = person.fat**0.6 * person.k**0.5 * (1.04 if person.male else 0.96)
    j = person.joint
    for side, s in (("left", 1), ("right", -1)):
        wrist, elbow, knee, ankle = (j[n, side] for n in ("wrist", "elbow", "knee", "ankle"))
        foot = canvas.points["mtp3", side] + j["toes", side] * 30
        groin = j["hip", side] + [-s * 4, 4, 10]
        rods = (
            (j["shoulder", side] + [-s * 8, 0, 0], elbow, (48, 52, 48, 43, 40)),
            (elbow, wrist, (41, 43, 37, 29, 25)),
            (wrist, canvas.points["pip3", side], (24, 30, 36, 26)),
            (groin, knee, (86, 86, 80, 70, 62, 57)),
            (knee, ankle, (56, 56, 60, 55, 45, 38, 36)),
            (canvas.points["heel", side], foot, (28, 34, 35, 30, 18)),
            (ankle + [0, 0, -10], canvas.points["midfoot", side], (36, 32)),
        )
        for a, b, radii in rods:
            radii = np.array(radii) * f
            add(
                np.minimum(a, b) - radii.max(),
                np.maximum(a, b) + radii.max(),
                lambda p, a=a, b=b, r=radii: sdf.flared(p, a, b, r)[0],
            )


def _organs(canvas, person, level):
    """Lungs and liver."""
    z, w, d = person.z, person.wide, person.deep
    top, low = z["t1"] + 20, z["l1"] - 40
    mid = (top + low) / 2
    for s in (1, -1):
        centre, radii = (s * 66 * w, 2, mid), (48 * w, 74 * d, 0.55 * (low - top))
        canvas.fill_soft(
            np.subtract(centre, radii),
            np.add(centre, radii),
            lambda p, c=centre, r=radii: sdf.ellipsoid(p, c, r),
            LUNG * level,
            LUNG_DENSITY,
        )
    centre, radii = (-62 * w, 10, z["l1"] - 20), (80 * w, 72 * d, 62)
    canvas.fill_soft(
        np.subtract(centre, radii),
        np.add(centre, radii),
        lambda p: sdf.ellipsoid(p, centre, radii),
        LIVER * level,
    )


def _urinary(canvas, person, rng, faint):
    """Kidneys, bladder and urine on the skin; `faint` scales what is excreted."""
    z, w = person.z, person.wide
    missing = rng.choice(["left", "right"]) if rng.random() < 0.03 else None
    tone = KIDNEY[0] * np.exp(rng.normal(0, KIDNEY[1])) * faint
    for side, s in (("left", 1), ("right", -1)):
        if side == missing:
            continue
        drop = 14 if s < 0 else 0
        c = np.array([s * (62 + rng.normal(0, 5)) * w, -52 * person.deep, z["l1"] + 42 + drop])
        canvas.add(c, (23, 19, 46 * person.k), tone * np.exp(rng.normal(0, 0.12)), soft_share=1.0)
        if rng.random() < 0.4:
            canvas.add(
                c - [s * 14, 0, 0], (9, 10, 16), tone * rng.uniform(0.3, 1.2), soft_share=1.0
            )
    fill = rng.beta(1.3, 2.2)
    r = 13 + 28 * fill
    c = np.array([rng.normal(0, 5), 18, z["hip"] + 18 - 0.55 * r])
    canvas.add(
        c,
        (1.15 * r, 0.9 * r, 0.85 * r),
        np.exp(rng.uniform(-0.2, 1.9)) * faint**0.5,
        soft_share=1.0,
    )
    canvas.points["bladder", None] = c
    if rng.random() < 0.22:
        start = np.array([rng.normal(0, 10), 20, z["hip"] + rng.uniform(70, 105)])
        for _ in range(rng.integers(1, 4)):
            canvas.add(
                start + rng.normal(0, 9, 3),
                rng.uniform(6, 13, 3),
                rng.uniform(0.6, 3),
                soft_share=1.0,
            )


def _injection(canvas, person, rng):
    """Tracer left at the injection site, in some."""
    if rng.random() > 0.25:
        return
    side = str(rng.choice(["left", "right"]))
    elbow, wrist = person.joint["elbow", side], person.joint["wrist", side]
    if rng.random() < 0.6:
        where = elbow + [0, 22, rng.uniform(-15, 20)]
    else:
        where = wrist + (canvas.points["mcp3", side] - wrist) * rng.uniform(0.2, 0.8)
    canvas.add(where, rng.uniform(5, 10, 3), np.exp(rng.uniform(0.0, 2.6)), soft_share=1.0)


def build_soft(canvas, person, rng, soft=1.0, faint=1.0):
    """Fill soft tissue; `soft` scales its uptake and `faint` the urine's."""
    level = person.soft * soft

    def add(lo, hi, shape):
        box, p = canvas.window(lo, hi)
        cover = np.clip(0.5 - shape(p) / 8.0, 0, 1).astype(np.float32)
        np.maximum(canvas.density[box], cover, out=canvas.density[box])

    _trunk(canvas, person, add)
    _limbs(canvas, person, add)
    canvas.soft[...] = canvas.density * np.float32(level)
    _organs(canvas, person, level)
    _urinary(canvas, person, rng, faint)
    _injection(canvas, person, rng)
