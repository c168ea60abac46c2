"""Where every bone is for given joint angles and segment sizes: forward kinematics in NumPy.

World frame at rest: x to the patient's left, y to the back, z to the head, in millimetres.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uptake_ml.phantom.bones import Skeleton


def joint_values(skeleton: Skeleton, angles: Mapping[str, float]) -> np.ndarray:
    """Return the value of every joint, shape (joints,), with the model's couplings applied.

    ``angles`` are radians by joint name; a name without its side (a slip of the model) may be
    written with ``_r``.  A coupled joint follows its leader by the model's polynomial.
    """
    names = {n: i for i, n in enumerate(skeleton.joint_names)}
    q = np.zeros(len(skeleton.joint_names))
    for name, value in angles.items():
        index = names.get(name, names.get(name.removesuffix("_r")))
        if index is None:
            raise KeyError(f"no joint named {name!r}")
        q[index] = value
    for follower, leader, coefficients in skeleton.couplings:
        # Slides are stored in metres in the model.
        scale = 1000.0 if skeleton.joint_is_slide[follower] else 1.0
        q[follower] = scale * sum(c * q[leader] ** k for k, c in enumerate(coefficients))
    return q


def body_transforms(
    skeleton: Skeleton,
    q: np.ndarray,
    scale: np.ndarray,
    moved: Mapping[int, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return rotation (bodies, 3, 3) and origin (bodies, 3) in mm of every body.

    ``scale`` (bodies, 3) stretches each body along its own axes, offsets of its children
    included.  ``moved`` gives, for some bodies, a world origin that replaces the computed one
    (the roots of arms and legs follow the trunk that way).
    """
    n = len(skeleton.body_names)
    rotation = np.tile(np.eye(3), (n, 1, 1))
    origin = np.zeros((n, 3))
    of_body: dict[int, list[int]] = {}
    for j, b in enumerate(skeleton.joint_body):
        of_body.setdefault(int(b), []).append(j)
    for b in range(1, n):
        p = skeleton.parents[b]
        r = rotation[p] @ _quaternion_matrix(skeleton.rest_quaternion[b])
        x = origin[p] + rotation[p] @ (skeleton.rest_position_mm[b] * scale[p])
        if moved and b in moved:
            x = moved[b]
        for j in of_body.get(b, ()):
            axis = skeleton.joint_axis[j]
            if skeleton.joint_is_slide[j]:
                x = x + r @ (axis * q[j] * scale[b])
                continue
            anchor = skeleton.joint_anchor_mm[j] * scale[b]
            turned = r @ _axis_rotation(axis, q[j])
            x = x + r @ anchor - turned @ anchor
            r = turned
        rotation[b], origin[b] = r, x
    return rotation, origin


def _quaternion_matrix(q):
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _axis_rotation(axis, angle):
    """Rodrigues' formula."""
    if angle == 0.0:
        return np.eye(3)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
