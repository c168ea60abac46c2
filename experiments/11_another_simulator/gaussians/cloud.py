"""A cloud of three-dimensional Gaussians: what every bone and organ is made of.

Axes: x to the patient's left, y to the front, z from the vertex to the feet; all in mm.
"""

from __future__ import annotations

import numpy as np

SIDES = {"right": -1, "left": 1, None: 0}
# Overlap of neighbours: the standard deviation as a part of their spacing. Below 0.45 beads show.
OVERLAP = 0.55
_FIELDS = ("bone", "side", "along", "centre", "covariance", "volume", "uptake")


class Cloud:
    """Gaussians with centre, covariance, volume (mm3), uptake (SUV); activity is the product."""

    def __init__(self) -> None:
        self._blocks: list[dict[str, np.ndarray]] = []

    def add(self, bone, side, centre, covariance, volume, uptake, along=0.5) -> None:
        """Append Gaussians: `centre` [n, 3], `covariance` [n, 3, 3], the others [n] or a number."""
        centre = np.atleast_2d(np.asarray(centre, np.float32))
        n = len(centre)

        def fill(value, dtype=np.float32):
            return np.array(np.broadcast_to(np.asarray(value, dtype), (n,)))

        covariance = np.broadcast_to(np.asarray(covariance, np.float32), (n, 3, 3))
        self._blocks.append(
            {
                "bone": fill(bone, "<U16"),
                "side": fill(SIDES[side], np.int8),
                "along": fill(along),
                "centre": centre,
                "covariance": np.array(covariance),
                "volume": fill(volume),
                "uptake": fill(uptake),
            }
        )

    def _packed(self) -> dict[str, np.ndarray]:
        if len(self._blocks) > 1:
            merged = {f: np.concatenate([b[f] for b in self._blocks]) for f in _FIELDS}
            self._blocks = [merged]
        return self._blocks[0]

    def __getattr__(self, name: str) -> np.ndarray:
        if name in _FIELDS:
            return self._packed()[name]
        raise AttributeError(name)

    def __len__(self) -> int:
        return sum(len(b["volume"]) for b in self._blocks)

    def chain(self, bone, side, points, radius_mm, uptake, spacing_mm=9.0) -> None:
        """Append a tube along a smooth polyline; radius and uptake are given at its points."""
        points = np.asarray(points, float)
        knots = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        n = max(2, round(knots[-1] / spacing_mm))
        at = (np.arange(n) + 0.5) / n * knots[-1]

        def sample(values):
            values = np.broadcast_to(np.asarray(values, float), (len(points),))
            return np.interp(at, knots, values)

        path = np.stack([np.interp(at, knots, points[:, i]) for i in range(3)], axis=1)
        tangent = np.gradient(path, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        outer = tangent[:, :, None] * tangent[:, None, :]
        step, radius = knots[-1] / n, sample(radius_mm)
        across = (radius / 2)[:, None, None] ** 2 * (np.eye(3) - outer)
        covariance = (OVERLAP * step) ** 2 * outer + across
        volume = np.pi * radius**2 * step
        self.add(bone, side, path, covariance, volume, sample(uptake), at / knots[-1])

    def sheet(self, bone, side, grid, thickness_mm, uptake) -> None:
        """Append a sheet: `grid` [u, v, 3] points of its middle, uptake [u, v] or a number."""
        grid = np.asarray(grid, float)
        du, dv = np.gradient(grid, axis=0), np.gradient(grid, axis=1)
        normal = np.cross(du, dv)
        area = np.linalg.norm(normal, axis=-1)
        normal /= np.maximum(area, 1e-6)[..., None]
        parts = ((du, OVERLAP), (dv, OVERLAP), (normal, thickness_mm / 3.5))
        covariance = sum(s**2 * v[..., :, None] * v[..., None, :] for v, s in parts)
        covariance += 1.0 * np.eye(3)
        along = np.broadcast_to(np.linspace(0, 1, grid.shape[0])[:, None], area.shape)
        values = np.broadcast_to(np.asarray(uptake, float), area.shape)
        self.add(
            bone,
            side,
            grid.reshape(-1, 3),
            covariance.reshape(-1, 3, 3),
            (area * thickness_mm).ravel(),
            values.ravel(),
            along.ravel(),
        )

    def blob(self, bone, side, centre, semi_axes_mm, uptake, along=0.5) -> None:
        """Append one Gaussian with the second moments and the volume of an ellipsoid."""
        semi = np.broadcast_to(np.asarray(semi_axes_mm, float), (3,))
        volume = 4 / 3 * np.pi * semi.prod()
        self.add(bone, side, centre, np.diag(semi**2 / 5), volume, uptake, along)

    def solid(self, bone, side, centre, semi_axes_mm, uptake, spacing_mm=9.0, turn=None) -> None:
        """Append an ellipsoid with a defined edge, filled by a lattice of small Gaussians."""
        semi = np.broadcast_to(np.asarray(semi_axes_mm, float), (3,))
        ticks = [np.arange(-s + spacing_mm / 2, s, spacing_mm) for s in semi]
        points = np.stack(np.meshgrid(*ticks, indexing="ij"), -1).reshape(-1, 3)
        points = points[((points / semi) ** 2).sum(1) <= 0.95]
        if len(points) < 4:
            self.blob(bone, side, centre, semi, uptake)
            return
        volume = 4 / 3 * np.pi * semi.prod() / len(points)
        if turn is not None:
            points = points @ np.asarray(turn).T
        covariance = np.eye(3) * (OVERLAP * spacing_mm) ** 2
        self.add(bone, side, points + np.asarray(centre), covariance, volume, uptake)

    def where(self, bones=None, side=None, along=(0.0, 1.0)) -> np.ndarray:
        """Return the mask of Gaussians of some bones (one name or several), a side, a stretch."""
        chosen = (self.along >= along[0]) & (self.along <= along[1])
        if bones is not None:
            chosen &= np.isin(self.bone, (bones,) if isinstance(bones, str) else tuple(bones))
        if side is not None:
            chosen &= self.side == SIDES[side]
        return chosen

    def scale(self, factor, bones=None, side=None, along=(0.0, 1.0)) -> None:
        """Multiply the uptake of some bones."""
        self.uptake[self.where(bones, side, along)] *= np.float32(factor)

    def heat(self, point, radius_mm, factor, bones=None, side=None) -> None:
        """Multiply the uptake around a point, by `factor` there and by 1 far away."""
        distance2 = ((self.centre - np.asarray(point, np.float32)) ** 2).sum(1)
        gain = 1 + (factor - 1) * np.exp(-distance2 / (2 * radius_mm**2))
        chosen = self.where(bones, side)
        self.uptake[chosen] *= gain[chosen].astype(np.float32)

    def pick(self, rng, bones=None, side=None, along=(0.0, 1.0)) -> int:
        """Return the index of a Gaussian of some bones, drawn by volume."""
        index = np.flatnonzero(self.where(bones, side, along))
        weight = self.volume[index].astype(float)
        return int(rng.choice(index, p=weight / weight.sum()))
