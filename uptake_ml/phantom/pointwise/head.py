"""Skull, face, jaw and thyroid cartilage, as swept splines and a curved shell."""

import numpy as np

from uptake_ml.phantom.pointwise.cloud import Cloud

# Reference sizes in mm for a head 222 mm from vertex to chin (prior).
HALF_WIDTH, HALF_DEPTH, HALF_HEIGHT = 74.0, 93.0, 82.0
CENTRE_Y, CENTRE_S = 2.0, 84.0


def _vault(cloud: Cloud) -> None:
    """Calvaria: a shell from crown to base, thicker behind and along the base (prior)."""
    polar = np.linspace(0.02, 0.69 * np.pi, 14)
    turn = np.linspace(0, 2 * np.pi, 25)
    p, a = np.meshgrid(polar, turn, indexing="ij")
    widest = 1 + 0.05 * np.clip(-np.sin(a), 0, 1)
    ring = np.sin(p) ** 0.92
    grid = np.stack(
        [
            HALF_WIDTH * ring * np.cos(a) * widest,
            CENTRE_Y + HALF_DEPTH * ring * np.sin(a),
            CENTRE_S - HALF_HEIGHT * np.cos(p) + 10 * np.clip(-np.sin(a), 0, 1) * (p > 1.6),
        ],
        axis=-1,
    )
    front = np.clip(np.sin(a), 0, 1) * (p > 1.75)  # the face takes over below the brow
    thickness = 5.5 + 1.8 * np.clip(-np.sin(a), 0, 1) - 5.0 * front
    thickness = (
        thickness * np.clip((polar[-1] - p) / 0.8, 0.04, 1) ** 1.2
    )  # no edge towards the base
    cloud.plate("vault", None, grid, thickness)


def _base_and_face(cloud: Cloud) -> None:
    base = [(0, 35, 112), (0, 0, 126), (0, -30, 136), (0, -58, 130)]
    cloud.tube("base", None, base, [38, 50, 52, 40], [13, 16, 20, 17])
    for x, side in ((1, "left"), (-1, "right")):
        cloud.ball("base", side, (x * 52, -14, 136), (11, 15, 17))
        brow = [(x * 8, 86, 97), (x * 30, 85, 90), (x * 50, 70, 100), (x * 54, 62, 116)]
        cloud.tube("face.orbit", side, brow, [7, 6, 6, 7])
        floor = [(x * 54, 62, 116), (x * 46, 68, 132), (x * 28, 78, 133), (x * 12, 84, 122)]
        cloud.tube("face.orbit", side, floor, [7, 9, 7, 6])
        arch = [(x * 50, 64, 128), (x * 64, 40, 127), (x * 69, 8, 124)]
        cloud.tube("face.zygoma", side, arch, [6.5, 4, 5])
        cloud.ball("face.maxilla", side, (x * 20, 72, 146), (17, 18, 16))
        jaw = [(x * 60, 8, 130), (x * 57, 12, 160), (x * 47, 30, 190)]
        cloud.tube("mandible.ramus", side, jaw, [5, 4.5, 5.5], [13, 14, 12])
        cloud.site("jaw", side, (x * 60, 8, 130), 11)
    cloud.ball("face.nasal", None, (0, 80, 124), (13, 22, 25))
    cloud.ball("face.haze", None, (0, 48, 128), (50, 30, 44))
    alveolar = [(-26, 58, 163), (-17, 80, 163), (0, 89, 163), (17, 80, 163), (26, 58, 163)]
    cloud.tube("face.teeth", None, alveolar, 6.5, 6.5, across=(0, 0, 1))
    lower = [(x, y, s) for x, y, s in _lower_jaw()]
    cloud.tube("mandible.body", None, lower, 12, 6, across=(0, 0, 1))


def _lower_jaw() -> list[tuple[float, float, float]]:
    return [
        (-47, 28, 190),
        (-36, 58, 200),
        (-17, 82, 208),
        (0, 88, 210),
        (17, 82, 208),
        (36, 58, 200),
        (47, 28, 190),
    ]


def build_head(cloud: Cloud) -> None:
    """Add the head to the cloud."""
    _vault(cloud)
    _base_and_face(cloud)


def build_larynx(cloud: Cloud) -> None:
    """Thyroid cartilage, in the trunk's reference frame so that it follows the neck."""
    for x, side in ((1, "left"), (-1, "right")):
        plate = [(x * 4, 48, 258), (x * 15, 38, 262), (x * 19, 26, 266)]
        cloud.tube("larynx", side, plate, [12, 11, 9], [3, 3, 3], across=(0, 0, 1))
