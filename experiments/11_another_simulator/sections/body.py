"""The whole body of one person in a field of view."""

import numpy as np

from .bowel import paint_bowel, paint_pelvis
from .contours import Grid
from .head import paint_head
from .kind import Kind
from .limbs import paint_limb_bones, paint_limb_flesh, paint_limb_roots
from .person import Person
from .scene import Scene
from .skeleton import paint_skeleton
from .trunk import outline, paint_trunk
from .viscera import paint_viscera


def draw_field(
    rng: np.random.Generator, person: Person, kind: Kind
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corner (y, z, x) in mm of the field of view."""
    whole, starts_low = rng.random() < kind.whole_body, rng.random() < 0.4
    top = float(person.z(rng.uniform(0.055, 0.095))) if starts_low and not whole else -25.0
    if person.arms_up and rng.random() < kind.hands:
        reach = [person.joint("hand", side)[1] for side in ("right", "left")]
        top = min(top, min(reach) - 90)
    end = person.height_mm + 30 if whole else float(person.z(rng.uniform(0.575, 0.665)))
    trunk = outline(person, np.linspace(0.2, 0.53, 12))
    front, back = (trunk[:, 1] - trunk[:, 3]).min(), (trunk[:, 1] + trunk[:, 3]).max()
    width = rng.uniform(500, 560) if trunk[:, 4].max() < 195 else rng.uniform(580, 680)
    if not person.arms_up:
        width += 60
    shift = rng.normal(0, 6)
    margin = rng.uniform(25, 60, 2)
    low = [min(front, -100.0) - margin[0], top, shift - width / 2]
    high = [max(back, 115.0) + margin[1], end, shift + width / 2]
    return np.array(low), np.array(high)


def paint_body(scene: Scene) -> None:
    """Paint the normal person, from the skin inwards."""
    paint_limb_flesh(scene)
    paint_trunk(scene)
    paint_limb_roots(scene)
    paint_skeleton(scene)
    paint_limb_bones(scene)
    paint_head(scene)
    paint_bowel(scene)
    paint_viscera(scene)
    paint_pelvis(scene)


def new_grid(rng: np.random.Generator, low: np.ndarray, high: np.ndarray) -> Grid:
    """An empty grid of 3.5 to 4.5 mm voxels."""
    return Grid(low, high, float(rng.uniform(3.5, 4.5)))
