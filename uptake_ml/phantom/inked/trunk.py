"""Spine, ribs, sternum and the shoulder girdle."""

import numpy as np

from uptake_ml.phantom.inked.ink import Mark, Plate, by, rounded, stroke
from uptake_ml.phantom.inked.person import SIDES, SIGN, Person, Pose, spine_x

# Height of each vertebra with its disc, millimetres in a person 1.70 m tall.
STEPS_MM = {
    "C": [17, 17, 17, 17, 17, 18, 19],
    "T": list(np.linspace(18, 25.5, 12)),
    "L": [32, 33, 34.5, 35.5, 34],
}
WIDTH_MM = {"C": (24, 30), "T": (28, 38), "L": (43, 52)}
DEPTH = {"C": (0.52, 0.66), "T": (0.68, 0.72), "L": (0.63, 0.57)}
RIB_HALF = [0.44, 0.62, 0.76, 0.86, 0.92, 0.96, 0.99, 1.0, 1.0, 0.96, 0.86, 0.58]
RIB_DROP_MM = [34, 58, 78, 92, 104, 114, 122, 128, 130, 124, 84, 46]
RIB_END = [2.6, 2.68, 2.7, 2.68, 2.64, 2.58, 2.5, 2.4, 2.28, 2.1, 1.75, 1.25]


def vertebrae(person: Person) -> dict[str, np.ndarray]:
    """Return {name: (x, y, width, height)} of the vertebrae C1 to L5, mm."""
    y, found = 170 * person.head, {}
    stretch = (722 * person.trunk - y) / sum(sum(s) for s in STEPS_MM.values())
    for part, steps in STEPS_MM.items():
        widths = np.linspace(*WIDTH_MM[part], len(steps)) * person.trunk
        for number, (step, width) in enumerate(zip(steps, widths, strict=True), start=1):
            height = step * stretch
            middle = y + height / 2
            found[f"{part}{number}"] = np.array([spine_x(person, middle), middle, width, height])
            y += height
    return found


def draw_spine(person: Person, levels: dict[str, float], rng) -> list[Mark]:
    """Return bodies, end plates, pedicles and processes of every vertebra."""
    marks: list[Mark] = []
    for name, (x, y, width, height) in vertebrae(person).items():
        part, number = name[0], int(name[1:])
        share = (number - 1) / (len(STEPS_MM[part]) - 1)
        depth = float(np.interp(share, [0, 1], DEPTH[part]))
        level = number + {"C": 0, "T": 7, "L": 19}[part]
        # From the fifth vertebra of the neck to the third of the chest the body thickens.
        tissue = np.interp(level, [5, 10], [125 * person.girth, person.trunk_depth_mm])
        bone = levels[f"spine-{part.lower()}"] * rng.lognormal(0, 0.07)
        tilt = rng.normal(0, 0.03) + person.bend_mm * 0.003 * np.cos(share * 2)
        frame = (np.array([x, y]), width, height, tilt)
        marks += _body(name, frame, bone, depth, tissue)
        marks += _arch(name, frame, bone, depth, tissue)
    return marks


def _body(name, frame, bone, depth, tissue) -> list[Mark]:
    centre, width, height, tilt = frame
    region = f"spine-{name[0].lower()}"
    corner = [[-0.5, -0.38], [-0.44, 0], [-0.5, 0.38], [0.5, 0.38], [0.44, 0], [0.5, -0.38]]
    outline = centre + _tilted(rounded(corner, 2, True) * [width, height], tilt)
    marks: list[Mark] = [
        Plate(
            region=f"{region}:{name}",
            side=None,
            points=outline,
            thickness_mm=0.5 * width,
            uptake=bone,
            depth=depth,
            tissue_mm=tissue,
            soft_mm=2.0,
        )
    ]
    for end in (-0.38, 0.38):
        line = centre + _tilted(np.array([[-0.46, end], [0.46, end]]) * [width, height], tilt)
        marks.append(stroke(f"{region}:{name}", None, line, 2.2, bone * 1.3, depth, tissue))
    return marks


def _tilted(points: np.ndarray, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


def _arch(name, frame, bone, depth, tissue) -> list[Mark]:
    centre, width, height, tilt = frame
    region, behind = f"spine-{name[0].lower()}:{name}", depth + 0.14
    long = 1.0 if name[0] == "T" else 0.6
    spine = centre + _tilted(np.array([[0, 0.05], [0, 0.1 + 0.6 * long]]) * height, tilt)
    marks: list[Mark] = [stroke(region, None, spine, [4.5, 4], bone * 1.1, behind + 0.06, tissue)]
    for side in SIDES:
        out = SIGN[side] * width
        pedicle = centre + _tilted(np.array([[0.33 * out, -0.1 * height]]), tilt)
        size = 0.11 * width + 1.5
        marks.append(stroke(region, side, pedicle, size, bone * 1.1, depth + 0.1, tissue))
        reach = {"C": 0.75, "T": 0.95, "L": 0.9}[name[0]]
        wing = np.array([[0.36 * out, 0], [reach * out, -0.08 * height]])
        wing = centre + _tilted(wing, tilt)
        marks.append(stroke(region, side, wing, [4.2, 2.8], bone * 0.7, behind, tissue))
    return marks


def rib_lines(person: Person, side: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return of each rib its line (n, 2), mm, from the spine on, and its depth (n,) as a share."""
    spine, lines = vertebrae(person), []
    for number in range(12):
        x, y, width, height = spine[f"T{number + 1}"]
        half = RIB_HALF[number] * person.chest_half_mm
        angle = np.linspace(0.16, RIB_END[number], 22)
        across = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.72
        forward = (1 - np.cos(angle)) / 2
        line_x = 0.35 * width + (half - 0.35 * width) * across
        rise = -8 * np.sin(np.clip(angle / 0.9, 0, np.pi)) ** 2
        line_y = y - 0.3 * height + RIB_DROP_MM[number] * person.trunk * forward**0.85 + rise
        depth = 0.9 - 0.84 * forward * (0.75 if number == 0 else 1)
        fade = spine_x(person, line_y) * 0.5 + x * 0.5
        lines.append((np.stack([fade + SIGN[side] * line_x, line_y], axis=1), depth))
    return lines


def draw_ribs(person: Person, levels: dict[str, float], rng) -> list[Mark]:
    """Return twelve pairs of ribs, and the calcified share of the costal cartilage."""
    marks: list[Mark] = []
    for side in SIDES:
        for number, (line, depth) in enumerate(rib_lines(person, side), start=1):
            bone = levels["rib"] * rng.lognormal(0, 0.08)
            # A rib that runs towards the camera piles up behind one pixel.
            flat = np.hypot(*np.gradient(line, axis=0).T)
            deep = np.abs(np.gradient(depth)) * person.trunk_depth_mm * 0.8
            pile = np.clip(np.hypot(flat, deep) / np.maximum(flat, 1e-3), 1, 2.0)
            tip = 1 + 0.35 * np.exp(-(((np.arange(22) - 21) / 2.0) ** 2)) * (number < 11)
            marks.append(
                stroke(
                    f"rib:{number}",
                    side,
                    line,
                    5.6 * person.trunk,
                    bone * pile * tip,
                    depth,
                    person.trunk_depth_mm,
                )
            )
    return marks


def draw_sternum(person: Person, pose: Pose, levels: dict[str, float]) -> list[Mark]:
    """Return manubrium, body and xiphoid."""
    origin, bone, tissue = pose.at("notch"), levels["sternum"], person.trunk_depth_mm
    size = person.trunk
    manubrium = [[-29, 2], [-12, 0], [12, 0], [29, 2], [26, 16], [15, 48], [-15, 48], [-26, 16]]
    body = [[-13, 53], [13, 53], [18, 115], [14, 158], [-14, 158], [-18, 115]]
    marks: list[Mark] = []
    for outline, gain in ((manubrium, 0.88), (body, 0.8)):
        marks.append(
            Plate(
                region="sternum",
                side=None,
                points=origin + rounded(outline, 2, True) * size,
                thickness_mm=13,
                uptake=bone * gain,
                depth=0.07,
                tissue_mm=tissue,
            )
        )
    joint = origin + np.array([[-14, 50.5], [14, 50.5]]) * size
    marks.append(stroke("sternum", None, joint, 3.0, bone * 0.9, 0.07, tissue))
    xiphoid = origin + np.array([[0, 158], [1, 184]]) * size
    marks.append(stroke("sternum", None, xiphoid, [5, 3], bone * 0.6, 0.08, tissue))
    return marks


def draw_girdle(person: Person, pose: Pose, levels: dict[str, float]) -> list[Mark]:
    """Return clavicles and scapulae."""
    marks: list[Mark] = []
    for side in SIDES:
        marks += _clavicle(person, pose, levels, side) + _scapula(person, pose, levels, side)
    return marks


def _clavicle(person, pose, levels, side) -> list[Mark]:
    sign, tissue = SIGN[side], person.trunk_depth_mm
    start = pose.at("notch") + by(sign * 26, 2)
    end = pose.at("shoulder", side) + by(-sign * 6, -27)
    middle, across = (start + end) / 2, end - start
    line = rounded(
        [start, start + 0.3 * across + by(0, -9), middle + by(0, -6), end - 0.2 * across, end]
    )
    bone = levels["clavicle"]
    marks: list[Mark] = [
        stroke("clavicle", side, line, [8, 5.5, 5.5, 7], bone, [0.09, 0.2, 0.42], tissue)
    ]
    marks.append(
        stroke("sternoclavicular", side, start, 9.0, levels["sternoclavicular"], 0.08, tissue)
    )
    marks.append(stroke("acromioclavicular", side, end, 8.0, levels["shoulder"], 0.4, 120))
    return marks


def _scapula(person, pose, levels, side) -> list[Mark]:
    sign, bone, tissue = SIGN[side], levels["scapula"], person.trunk_depth_mm
    size = person.trunk

    def put(points):
        points = np.asarray(points, float) * size
        return pose.at("shoulder", side) + points * [sign, 1]

    blade = [
        [-24, 0],
        [-60, -22],
        [-92, -8],
        [-101, 30],
        [-84, 108],
        [-72, 116],
        [-62, 96],
        [-26, 24],
    ]
    edge = rounded(put([[-20, 6], [-32, 32], [-62, 92], [-76, 116]]))
    border = rounded(put([[-92, -10], [-101, 30], [-94, 74], [-78, 116]]))
    ridge = rounded(put([[-100, 12], [-70, -4], [-30, -20], [4, -27], [12, -18]]))
    beak = put([[-30, -8], [-18, -10]])
    return [
        Plate(
            region="scapula",
            side=side,
            points=rounded(put(blade), 2, True),
            thickness_mm=9,
            uptake=bone * 0.62,
            depth=0.88,
            tissue_mm=tissue,
            dish=0.45,
        ),
        stroke(
            "scapula", side, edge, [5.5, 4.5, 4], bone * np.array([0.5, 0.45, 0.25]), 0.86, tissue
        ),
        stroke(
            "scapula", side, border, [2.5, 2.5, 3], bone * np.array([0.7, 0.7, 0.4]), 0.9, tissue
        ),
        stroke("scapula", side, ridge, [3, 4.5, 6.5, 8], bone * 0.9, [0.92, 0.85, 0.5], tissue),
        stroke("scapula", side, put([[-20, 2]]), 13.0, bone * 0.8, 0.62, tissue),
        stroke("scapula", side, beak, 6.0, bone, 0.25, tissue),
        stroke("scapular-tip", side, put([[-76, 111]]), 7.0, levels["scapular-tip"], 0.88, tissue),
    ]
