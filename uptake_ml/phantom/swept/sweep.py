"""Solids swept along 3-D splines with a cross-section that changes on the way.

Coordinates are (x, y, z) in mm: x grows to the patient's left, y to the back, z to the feet;
z is 0 at the vertex and y is 0 at the skin of the back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

STEP_MM = 3.0
_BEVEL_MM = 10.0


@dataclass(kw_only=True, eq=False)
class Sweep:
    """One solid: n stations along a curve, each with a superelliptic section across it.

    ``centre`` (n, 3) in mm; ``across`` (n, 3) unit vectors of the section's first axis;
    ``half_u``, ``half_v`` (n,) half axes in mm; ``value`` (n,) concentration of the tracer;
    ``marrow`` (n,) part of the section that is red marrow.  With ``wall_mm`` (n,) the solid is a
    shell, and what it encloses has ``core`` times its concentration.  The section is
    ``|a|^power + |b|^power = 1`` with a power of 2 or 3.  ``lobes`` are
    (order, amplitude, phase) of waves around the section.
    """

    name: str
    side: int
    centre: np.ndarray
    across: np.ndarray
    half_u: np.ndarray
    half_v: np.ndarray
    value: np.ndarray
    marrow: np.ndarray
    power: int = 2
    wall_mm: np.ndarray | None = None
    core: float = 1.0
    lobes: tuple[tuple[int, float, float], ...] = ()

    def at(self, part: float) -> np.ndarray:
        """Return the point (3,) of the curve at a part of its stations, 0 to 1."""
        return self.centre[round(part * (len(self.centre) - 1))]

    def along(self) -> np.ndarray:
        """Return unit tangents (n, 3)."""
        tangent = np.gradient(self.centre, axis=0)
        return tangent / np.linalg.norm(tangent, axis=1, keepdims=True).clip(1e-9)


def sweep(
    name: str,
    points: Sequence[Sequence[float]] | np.ndarray,
    half_u: float | Sequence[float],
    half_v: float | Sequence[float] | None = None,
    *,
    side: int = 0,
    value: float | Sequence[float] = 1.0,
    marrow: float | Sequence[float] = 0.0,
    hint: Sequence[float] = (1, 0, 0),
    power: int = 2,
    wall_mm: float | Sequence[float] | None = None,
    core: float = 1.0,
    lobes: tuple[tuple[int, float, float], ...] = (),
    is_rounded: bool = True,
) -> Sweep:
    """Return the solid through ``points`` (m, 3).

    Lists as long as ``points`` belong to them; others spread evenly over the length.
    ``hint`` is the direction of the section's first axis as far as it lies across the curve;
    ``is_rounded`` closes the ends like domes.
    """
    centre, parts = _stations(np.asarray(points, float))
    length_mm = STEP_MM * (len(centre) - 1)
    u = _spread(half_u, parts, centre)
    v = u.copy() if half_v is None else _spread(half_v, parts, centre)
    if is_rounded:
        dome = _dome(length_mm, np.minimum(u, v))
        u, v = u * dome, v * dome
    made = Sweep(
        name=name,
        side=side,
        centre=centre,
        across=np.zeros_like(centre),
        half_u=u,
        half_v=v,
        value=_spread(value, parts, centre),
        marrow=_spread(marrow, parts, centre),
        power=power,
        wall_mm=None if wall_mm is None else _spread(wall_mm, parts, centre),
        core=core,
        lobes=lobes,
    )
    made.across = _across(made.along(), np.asarray(hint, float))
    return made


def _stations(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return stations (n, 3) and the parts of the length (m,), 0 to 1, at which points lie."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    s = np.concatenate([[0], np.cumsum(steps)])
    n = max(int(np.ceil(s[-1] / STEP_MM)) + 1, 3)
    at = np.linspace(0, s[-1], n)
    if len(points) < 3:
        centre = points[0] + (points[1] - points[0]) * (at / s[-1])[:, None]
    else:
        centre = CubicSpline(s, points, bc_type="natural")(at)
    return centre, s / s[-1]


def _spread(values: float | Sequence[float], parts: np.ndarray, centre: np.ndarray) -> np.ndarray:
    values = np.atleast_1d(np.asarray(values, float))
    n = len(centre)
    if len(values) == 1:
        return np.full(n, values[0])
    at = parts if len(values) == len(parts) else np.linspace(0, 1, len(values))
    return np.interp(np.linspace(0, 1, n), at, values)


def _dome(length_mm: float, half_mm: np.ndarray) -> np.ndarray:
    """Return (n,) factors of the half axes, which fall to a third at both ends."""
    s = np.linspace(0, length_mm, len(half_mm))
    dome = np.ones_like(s)
    for distance, half in ((s, half_mm[0]), (s[::-1], half_mm[-1])):
        # A flat end, such as a tibia's, is only bevelled.
        reach = min(half, _BEVEL_MM, 0.5 * length_mm)
        gap = np.clip(1 - (distance + 0.06 * half) / reach, 0, 1)
        dome = np.minimum(dome, np.sqrt(1 - gap**2))
    return dome


def _across(along: np.ndarray, hint: np.ndarray) -> np.ndarray:
    across = hint - (along @ hint)[:, None] * along
    size = np.linalg.norm(across, axis=1, keepdims=True)
    spare = np.cross(along, np.array([0.3, 0.9, 0.3]))
    across = np.where(size > 0.05, across, spare)
    return across / np.linalg.norm(across, axis=1, keepdims=True).clip(1e-9)


def turned(solid: Sweep, matrix: np.ndarray, pivot: np.ndarray) -> Sweep:
    """Return the solid after a rotation (3, 3) about a point."""
    centre = (solid.centre - pivot) @ matrix.T + pivot
    return replace(solid, centre=centre, across=solid.across @ matrix.T)


def rotation(*, x_deg: float = 0.0, y_deg: float = 0.0, z_deg: float = 0.0) -> np.ndarray:
    """Return the matrix (3, 3) that turns about x, then y, then z."""
    a, b, c = np.deg2rad([x_deg, y_deg, z_deg])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def warm(
    solids: Sequence[Sweep], point: np.ndarray, reach_mm: float, factor: float, *, side: int = 0
) -> None:
    """Multiply concentrations near a point, by ``factor`` at it and less away from it.

    The factor is ``1 + (factor - 1) exp(-(d / reach)^2)`` with d the distance of the station;
    with a ``side``, bones of the other side are left alone.
    """
    for solid in solids:
        if side and solid.side == -side:
            continue
        d2 = ((solid.centre - point) ** 2).sum(axis=1)
        if d2.min() < 6 * reach_mm**2:
            solid.value *= 1 + (factor - 1) * np.exp(-d2 / reach_mm**2)


def vec(x: float, y: float, z: float) -> np.ndarray:
    """Return a shift (3,) in mm."""
    return np.array([x, y, z], float)
