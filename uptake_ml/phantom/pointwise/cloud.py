"""Bones as clouds of stratified points: swept splines (tubes) and curved plates.

Coordinates are (x, y, s) in mm: x to the patient's left, y to the front, s from the vertex down.
Every point carries a volume in cm3; its activity is that volume times the uptake of its part.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline, RectBivariateSpline

SPACING_MM = 2.6  # between sampled points: well under the 8 mm blur of the camera


@dataclass
class Part:
    """A named piece of bone: points (n, 3) in mm, volumes (n,) in cm3, place t (n,) along it."""

    name: str
    side: str | None
    xyz: np.ndarray
    volume: np.ndarray
    t: np.ndarray
    profile: np.ndarray

    @cached_property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest coordinates in mm."""
        return self.xyz.min(axis=0), self.xyz.max(axis=0)


@dataclass(frozen=True)
class Frame:
    """A limb segment's own axes: away from the midline, to the front, and towards its far end."""

    origin: np.ndarray
    lateral: np.ndarray
    anterior: np.ndarray
    along: np.ndarray
    scale: float = 1.0

    def at(self, *points: tuple[float, float, float]) -> np.ndarray:
        """World coordinates (n, 3) of local (lateral, anterior, along) points in mm."""
        local = np.asarray(points, float) * self.scale
        return self.origin + local @ np.stack([self.lateral, self.anterior, self.along])


def unit(vector: np.ndarray) -> np.ndarray:
    """The vector scaled to length one."""
    return vector / np.linalg.norm(vector)


def limb_frame(
    start: np.ndarray, end: np.ndarray, outward: np.ndarray, turn_deg: float, scale: float
) -> Frame:
    """Frame from start to end, its lateral axis nearest `outward`, turned about the long axis.

    A positive turn carries the front of the segment away from the midline.
    """
    along = unit(end - start)
    lateral = unit(outward - (outward @ along) * along)
    anterior = np.cross(along, lateral)
    if anterior[1] < 0:
        anterior = -anterior
    turn = np.deg2rad(turn_deg)
    return Frame(
        start,
        lateral * np.cos(turn) - anterior * np.sin(turn),
        anterior * np.cos(turn) + lateral * np.sin(turn),
        along,
        scale,
    )


def _same(points: np.ndarray) -> np.ndarray:
    return points


def _spline(path: np.ndarray) -> tuple[CubicSpline, float]:
    """Natural spline through the path over 0..1, and the path's length in mm."""
    chord = np.linalg.norm(np.diff(path, axis=0), axis=1)
    knots = np.concatenate([[0], np.cumsum(chord)])
    return CubicSpline(knots / knots[-1], path, bc_type="natural"), float(knots[-1])


def _stratify(rng: np.random.Generator, length: float, reach: float, core: float):
    """One jittered point in every cell along, round and across a tube: t, angle, radius, count."""
    n_t = max(4, int(np.ceil(length / SPACING_MM)))
    n_phi = max(8, int(np.ceil(2 * np.pi * reach / SPACING_MM / 1.4)))
    n_r = max(1, int(np.ceil(reach * (1 - core) / SPACING_MM / 2)))
    j = rng.random((3, n_t, n_phi, n_r), dtype=np.float32)
    t = (np.arange(n_t)[:, None, None] + j[0]) / n_t
    phi = (np.arange(n_phi)[None, :, None] + j[1]) * (2 * np.pi / n_phi)
    r = np.sqrt(core**2 + (1 - core**2) * (np.arange(n_r)[None, None, :] + j[2]) / n_r)
    return t.ravel(), phi.ravel(), r.ravel(), n_t * n_phi * n_r


def _cross_axes(tangent: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit axes (n, 3) across the tangents, the first as near to `across` as it can be."""
    tangent = tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
    u = across - (tangent @ across)[:, None] * tangent
    u /= np.linalg.norm(u, axis=1, keepdims=True) + 1e-9
    return u, np.cross(tangent, u)


@dataclass
class Cloud:
    """Parts and joint sites under construction; `warp` carries reference points to the world."""

    rng: np.random.Generator
    warp: Callable[[np.ndarray], np.ndarray] = _same
    parts: list[Part] = field(default_factory=list)
    sites: dict[tuple[str, str | None], tuple[np.ndarray, float]] = field(default_factory=dict)

    def _keep(self, name, side, xyz, volume, t, profile) -> None:
        grown = np.interp(t, np.linspace(0, 1, len(profile)), profile)
        self.parts.append(Part(name, side, self.warp(xyz), volume, t, grown))

    def site(self, name: str, side: str | None, point: np.ndarray, radius_mm: float) -> None:
        """Remember where a joint is and how far its uptake reaches."""
        self.sites[(name, side)] = (self.warp(np.atleast_2d(point))[0], radius_mm)

    def tube(
        self,
        name: str,
        side: str | None,
        path,
        wide,
        thick=None,
        *,
        core: float = 0.0,
        across=(1.0, 0.0, 0.0),
        profile=(1.0,),
        power: float = 2.0,
    ) -> None:
        """Sweep a superellipse along a spline through `path` (n, 3), with rounded ends.

        `wide` and `thick` are half-axes in mm at even steps along the path, `wide` towards
        `across`; `core` is the hollow fraction of the radius; `profile` multiplies the uptake.
        """
        curve, length = _spline(np.asarray(path, float))
        wide = np.atleast_1d(np.asarray(wide, float))
        thick = wide if thick is None else np.atleast_1d(np.asarray(thick, float))
        reach = 0.5 * (wide.max() + thick.max())
        t, phi, r, count = _stratify(self.rng, length, reach, core)
        a = np.interp(t, np.linspace(0, 1, len(wide)), wide)
        b = np.interp(t, np.linspace(0, 1, len(thick)), thick)
        cap = min(0.5, reach / length)
        end = np.clip((np.abs(2 * t - 1) - (1 - 2 * cap)) / (2 * cap), 0, 1)
        round_off = np.sqrt(1 - 0.9 * end**2)
        u, v = _cross_axes(curve(t, 1), np.asarray(across, float))
        cos, sin = np.cos(phi), np.sin(phi)
        bulge = (np.abs(cos) ** power + np.abs(sin) ** power) ** (-1 / power) * r * round_off
        xyz = curve(t) + u * (a * bulge * cos)[:, None] + v * (b * bulge * sin)[:, None]
        area = np.pi * a * b * (1 - core**2) * round_off**2
        volume = area * length / count / 1000
        self._keep(name, side, xyz, volume, t, np.asarray(profile, float))

    def ball(self, name: str, side: str | None, centre, half_mm, profile=(1.0,)) -> None:
        """An ellipsoidal piece with half-axes along x, y and s."""
        half = np.broadcast_to(np.asarray(half_mm, float), (3,))
        ends = np.asarray(centre, float) + np.array([[0, 0, -1], [0, 0, 0], [0, 0, 1]]) * half[2]
        steps = np.sqrt(np.clip(1 - np.linspace(-0.98, 0.98, 15) ** 2, 0, 1))
        self.tube(name, side, ends, half[0] * steps, half[1] * steps, profile=profile)

    def plate(self, name: str, side: str | None, grid, thickness, profile=(1.0,)) -> None:
        """A curved plate through `grid` (nu, nv, 3), `thickness` in mm given on the same grid."""
        grid, thickness = np.asarray(grid, float), np.asarray(thickness, float)
        nu, nv = grid.shape[:2]
        u0, v0 = np.linspace(0, 1, nu), np.linspace(0, 1, nv)
        order = {"kx": min(3, nu - 1), "ky": min(3, nv - 1)}
        span_u = np.linalg.norm(np.diff(grid, axis=0), axis=2).sum(0).max()
        span_v = np.linalg.norm(np.diff(grid, axis=1), axis=2).sum(1).max()
        mu, mv = (int(np.ceil(span / SPACING_MM * 1.3)) for span in (span_u, span_v))
        j = self.rng.random((3, mu, mv))
        u = ((np.arange(mu)[:, None] + j[0]) / mu).ravel()
        v = ((np.arange(mv)[None, :] + j[1]) / mv).ravel()
        fits = [RectBivariateSpline(u0, v0, grid[..., i], **order) for i in range(3)]
        xyz = np.stack([f.ev(u, v) for f in fits], 1)
        du = np.stack([f.ev(u, v, dx=1) for f in fits], 1)
        dv = np.stack([f.ev(u, v, dy=1) for f in fits], 1)
        normal = np.cross(du, dv)
        area = np.linalg.norm(normal, axis=1)
        thick = RectBivariateSpline(u0, v0, thickness, kx=1, ky=1).ev(u, v)
        offset = (j[2].ravel() - 0.5) * thick / (area + 1e-6)
        volume = area * thick / (mu * mv) / 1000
        self._keep(name, side, xyz + normal * offset[:, None], volume, u, np.asarray(profile))
