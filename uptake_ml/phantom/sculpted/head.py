"""Skull: calvaria, base, face, sinuses, teeth and mandible, in a frame turned with the head."""

import numpy as np

from uptake_ml.phantom.sculpted import sdf

# Half sizes in mm of an adult head (prior: anatomy).
CRANIUM, SHELL_MM = (72.0, 92.0, 76.0), 7.0
FACE_PARTS = {  # name: centre, radii, uptake relative to the face (prior)
    "orbit_l": ((34, 72, 112), (8, 10, 22), 0.8),
    "orbit_r": ((-34, 72, 112), (8, 10, 22), 0.8),
    "brow": ((0, 78, 84), (44, 9, 7), 0.5),
    "zygoma_l": ((50, 52, 136), (11, 22, 9), 0.8),
    "zygoma_r": ((-50, 52, 136), (11, 22, 9), 0.8),
    "nose": ((0, 84, 128), (10, 10, 20), 0.7),
    "maxilla": ((0, 70, 155), (29, 20, 13), 1.2),
    "palate": ((0, 58, 165), (24, 22, 6), 0.7),
    "alveoli": ((0, 70, 184), (25, 13, 11), 0.6),
    "base": ((0, 8, 142), (44, 50, 7), 0.42),
    "sphenoid": ((0, 34, 128), (22, 16, 14), 0.6),
    "mastoid_l": ((56, -16, 148), (10, 14, 17), 0.5),
    "mastoid_r": ((-56, -16, 148), (10, 14, 17), 0.5),
    "occiput": ((0, -62, 128), (26, 14, 14), 0.8),
}


def _frame(person):
    """Function turning volume points into head points (mm, scale 1)."""
    x0, y0 = person.spine(person.z["c1"])
    c, s, h = np.cos(person.turn), np.sin(person.turn), person.head

    def local(p):
        x, y = p[0] - x0 - 25 * s, p[1] - y0 - 12
        return (c * x - s * y) / h, (s * x + c * y) / h, p[2] / h + 0 * x

    return local, (x0, y0)


def _jaw(q):
    """Distance to the mandible: a half torus with two rami."""
    x, y, z = q
    ring = np.sqrt(np.maximum(np.abs(x), 1e-3) ** 2 / 0.82 + np.maximum(y - 36, 0.0) ** 2)
    arch = np.sqrt((ring - 45) ** 2 + ((z - 207 + 0.38 * (70 - y)) * 0.75) ** 2) - 7
    arch = np.maximum(arch, 14 - y)
    ramus = sdf.flared((np.abs(x), y, z), (47, 14, 150), (41, 22, 189), (5.5, 6.5, 7))[0]
    return sdf.smooth_min(arch, ramus, 6)


def build_head(canvas, person, rng):
    """Paint the skull and set the chin's landmark."""
    local, (x0, y0) = _frame(person)
    h = person.head
    lo, hi = (x0 - 110 * h, y0 - 130 * h, -5), (x0 + 110 * h, y0 + 130 * h, 220 * h)
    vault, face = person.tone("calvaria"), person.tone("face")

    def cranium(p):
        q = local(p)
        d = sdf.ellipsoid(q, (0, 0, 78), CRANIUM)
        shell = np.maximum(np.abs(d + SHELL_MM / 2) - SHELL_MM / 2, q[2] - 146 - 0.25 * q[1])
        return shell * h, vault

    canvas.paint("calvaria", lo, hi, cranium, marrow=1.0)
    for centre, radii, part in FACE_PARTS.values():
        tone = face * part * np.exp(rng.normal(0, 0.1))
        c, s = np.cos(person.turn), np.sin(person.turn)
        m = np.array([c * centre[0] + s * centre[1], c * centre[1] - s * centre[0], centre[2]]) * h
        m += [x0 + 25 * s, y0 + 12, 0]
        reach = max(radii) * h + 4

        def bone(p, centre=centre, radii=radii, tone=tone):
            return sdf.ellipsoid(local(p), centre, radii) * h, tone

        canvas.paint("face", m - reach, m + reach, bone, marrow=0.8)
    canvas.paint("mandible", lo, hi, lambda p: (_jaw(local(p)) * h, person.tone("mandible")))
    teeth = rng.uniform(0, 0.5) * face
    for x in rng.uniform(-26, 26, rng.integers(0, 4)):
        centre = (x0 + x * h, y0 + (12 + 76) * h, rng.choice([168, 182]) * h)
        canvas.add(centre, 7, teeth)
    if rng.random() < 0.4:
        canvas.add((x0, y0 + 84 * h, 132 * h), (14, 14, 18), rng.uniform(0.1, 0.45) * face)
    canvas.points["chin", None] = np.array([x0 + 70 * np.sin(person.turn), y0 + 80, 214 * h])
