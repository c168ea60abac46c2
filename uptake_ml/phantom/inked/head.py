"""Skull, face, mandible and neck."""

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Plate, Shell, by, rounded, stroke
from uptake_ml.phantom.inked.person import Person, spine_x

HEAD_MM = 185.0


def draw_head(person: Person, levels: dict[str, float]) -> list[Mark]:
    """Return the marks of the head, face turned by `head_turn`."""
    scale, put = person.head, _frame(person)
    return _vault(put, levels, scale) + _face(put, levels) + _jaw(put, levels)


def head_points(person: Person) -> dict[str, np.ndarray]:
    """Return (x, y) of the top of the vault and of the tip of the chin, mm."""
    put = _frame(person)
    return {"vertex": put([0, 7])[0], "chin": put([0, 224], 0.9)[0]}


def _frame(person: Person):
    middle = float(spine_x(person, 250 * person.trunk))

    def put(points, turn=0.0):
        points = np.atleast_2d(np.asarray(points, float))
        return points * person.head + by(middle + 70 * turn * person.head_turn * person.head, 0)

    return put


def _vault(put, levels, scale) -> list[Mark]:
    bone, marks = levels["skull"], []
    # The back of the head is the smaller and lower half of the egg.
    for depth, semi, y in ((0.06, (69, 82, 82), 88), (0.94, (68, 80, 86), 88)):
        size = tuple(scale * s for s in semi)
        where = put([0, y])
        marks.append(
            Shell(
                region="skull",
                side=None,
                points=where,
                semi_mm=size,
                wall_mm=4.0,
                uptake=bone,
                depth=depth,
                tissue_mm=HEAD_MM,
            )
        )
    base = [[-58, 148], [-30, 160], [0, 156], [30, 160], [58, 148]]
    marks.append(
        stroke("skull-base", None, put(base), [6, 10, 9, 10, 6], bone * 0.45, 0.62, HEAD_MM)
    )
    occiput = rounded(put([[-46, 140], [-20, 158], [20, 158], [46, 140]]))
    marks.append(stroke("skull", None, occiput, 6.0, bone * 0.4, 0.93, HEAD_MM))
    return marks


def _face(put, levels) -> list[Mark]:
    face, marks = levels["face"], []
    for side, sign in (("left", 1), ("right", -1)):
        angle = np.linspace(0, 2 * np.pi, 17)
        rim = np.stack([sign * 31 + 18 * np.cos(angle), 106 + 15 * np.sin(angle)], axis=1)
        marks.append(stroke("face", side, put(rim, 1), 4.0, face * 0.7, 0.1, HEAD_MM))
        cheek = rounded([[sign * 24, 140], [sign * 48, 128], [sign * 64, 120], [sign * 68, 128]])
        marks.append(stroke("face", side, put(cheek, 1), [8, 7, 4], face, [0.12, 0.5], HEAD_MM))
        sinus = put([[sign * 21, 140]], 1)
        marks.append(stroke("sinus", side, sinus, 13.0, levels["sinus"] * 0.55, 0.2, HEAD_MM))
    nose = rounded([[-9, 98], [-15, 150], [0, 158], [15, 150], [9, 98]], closed=True)
    marks.append(_plate("face", put(nose, 1), 22, face * 0.9, 0.14))
    palate = rounded([[-26, 160], [-14, 150], [14, 150], [26, 160], [22, 178], [-22, 178]], 3, True)
    marks.append(_plate("teeth", put(palate, 1), 20, levels["teeth"] * 0.8, 0.12))
    return marks


def _plate(region, points, thickness, uptake, depth) -> Plate:
    return Plate(
        region=region,
        side=None,
        points=points,
        thickness_mm=thickness,
        uptake=uptake,
        depth=depth,
        tissue_mm=HEAD_MM,
    )


def _jaw(put, levels) -> list[Mark]:
    bone, marks = levels["mandible"], []
    for side, sign in (("left", 1), ("right", -1)):
        ramus = rounded([[sign * 57, 142], [sign * 55, 172], [sign * 47, 196], [sign * 36, 208]])
        marks.append(
            stroke("mandible", side, put(ramus, 0.6), [8, 8, 8], bone * 0.85, 0.42, HEAD_MM)
        )
        body = rounded([[sign * 42, 205], [sign * 24, 216], [0, 219]])
        marks.append(stroke("mandible", side, put(body, 0.9), 8.0, bone, [0.35, 0.05], HEAD_MM))
    teeth = rounded([[-32, 194], [-18, 199], [0, 201], [18, 199], [32, 194]])
    marks.append(stroke("teeth", None, put(teeth, 1), 5.0, levels["teeth"] * 0.9, 0.1, HEAD_MM))
    return marks
