"""Stacks of closed contours and the voxel grid they are filled into.

Points and lengths are in mm, in the order (y, z, x): front to back, head to feet, patient's right
to left. A contour is an ellipse whose radius is multiplied by a Fourier series of the angle,

    r(theta) = 1 + sum_k a_k cos(k theta) + b_k sin(k theta),   k = 2, 3, 4,

and all of its parameters are interpolated along the length of the stack.
"""

from dataclasses import dataclass

import numpy as np

ORDERS = (2, 3, 4)
Region = tuple[tuple[slice, slice, slice], np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class AxialStack:
    """Axial contours: `levels` has the columns z, y, x, ry, rx, turn (degrees about z)."""

    levels: np.ndarray
    harmonics: np.ndarray  # (levels, 6): a2, a3, a4, b2, b3, b4


@dataclass(frozen=True, kw_only=True, eq=False)
class LimbStack:
    """Contours across the line from `start` to `end`: columns t (0 to 1), ra, rb.

    ra runs along the limb's own side-to-side direction, rb along its front-to-back direction.
    """

    start: np.ndarray
    end: np.ndarray
    levels: np.ndarray
    harmonics: np.ndarray


def wobble(rng: np.random.Generator, count: int, amount: float) -> np.ndarray:
    """Random harmonics (count, 6), the higher orders weaker, that make a contour irregular."""
    fall_off = np.array([1.0, 0.7, 0.5, 1.0, 0.7, 0.5])
    return amount * fall_off * rng.standard_normal((count, 6))


def axial(levels: object, harmonics: np.ndarray | None = None) -> AxialStack:
    """An axial stack from rows of (z, y, x, ry, rx) or (z, y, x, ry, rx, turn)."""
    table = np.asarray(levels, float)
    if table.shape[1] == 5:
        table = np.column_stack([table, np.zeros(len(table))])
    return AxialStack(
        levels=table, harmonics=np.zeros((len(table), 6)) if harmonics is None else harmonics
    )


def limb(start: object, end: object, radii: object, harmonics=None) -> LimbStack:
    """A limb stack; `radii` is one radius or rows of (t, ra, rb)."""
    table = np.asarray(radii, float)
    if table.ndim == 0:
        table = np.array([[0.0, table, table], [1.0, table, table]])
    return LimbStack(
        start=np.asarray(start, float),
        end=np.asarray(end, float),
        levels=table,
        harmonics=np.zeros((len(table), 6)) if harmonics is None else harmonics,
    )


def blob(centre: object, radii: object, turn: float = 0.0, harmonics=None) -> AxialStack:
    """An ellipsoid-like stack of nine contours, `radii` in the order (y, z, x)."""
    steps = -np.cos(np.linspace(0, np.pi, 9))
    width = np.sqrt(np.maximum(1 - steps**2, 0.0))
    ry, rz, rx = np.broadcast_to(np.asarray(radii, float), (3,))
    y, z, x = centre
    ones = np.ones(9)
    table = np.column_stack(
        [z + rz * steps, y * ones, x * ones, ry * width + 0.1, rx * width + 0.1, turn * ones]
    )
    if harmonics is not None:
        harmonics = np.repeat(np.atleast_2d(harmonics), 9, 0)[:9]
    return axial(table, harmonics)


class Grid:
    """An isotropic voxel grid in SUV, axes (y, z, x), into which regions are painted."""

    def __init__(self, low_mm: np.ndarray, high_mm: np.ndarray, voxel_mm: float) -> None:
        self.voxel_mm = voxel_mm
        shape = np.ceil((high_mm - low_mm) / voxel_mm).astype(int)
        self.suv = np.zeros(tuple(shape), np.float32)
        self.axes = [
            (low + voxel_mm * (np.arange(n) + 0.5)).astype(np.float32)
            for low, n in zip(low_mm, shape, strict=True)
        ]

    def box(self, low: np.ndarray, high: np.ndarray) -> tuple[slice, slice, slice] | None:
        """Slices of the grid that hold the box from `low` to `high`; None if outside."""
        cuts = []
        for axis, a, b in zip(self.axes, low, high, strict=True):
            first = int(np.searchsorted(axis, a - self.voxel_mm))
            last = int(np.searchsorted(axis, b + self.voxel_mm))
            if last <= first:
                return None
            cuts.append(slice(first, last))
        return tuple(cuts)

    def section(self, stack: AxialStack | LimbStack) -> Region | None:
        """The voxels inside a stack, with the fraction (0-1) of each that is covered."""
        return self._axial(stack) if isinstance(stack, AxialStack) else self._limb(stack)

    def paint(self, stack: AxialStack | LimbStack, suv: float | np.ndarray) -> None:
        """Replace what lies inside the stack by `suv`."""
        region = self.section(stack)
        if region is not None:
            self.blend(region, suv)

    def blend(self, region: Region, suv: float | np.ndarray) -> None:
        """Replace the covered fraction of each voxel of a region by `suv`."""
        cut, fraction = region
        view = self.suv[cut]
        view += fraction * (suv - view)

    def coordinates(self, region: Region) -> list[np.ndarray]:
        """Open (broadcastable) y, z, x of a region's voxels."""
        return list(np.ix_(*(axis[c] for axis, c in zip(self.axes, region[0], strict=True))))

    def _axial(self, stack: AxialStack) -> Region | None:
        rows = stack.levels
        reach = rows[:, 3:5].max(1) * (1 + np.abs(stack.harmonics).sum(1))
        low = [(rows[:, 1] - reach).min(), rows[0, 0], (rows[:, 2] - reach).min()]
        high = [(rows[:, 1] + reach).max(), rows[-1, 0], (rows[:, 2] + reach).max()]
        cut = self.box(np.array(low), np.array(high))
        if cut is None:
            return None
        y, z, x = np.ix_(*(axis[c] for axis, c in zip(self.axes, cut, strict=True)))
        flat = z.ravel()
        at = [np.interp(flat, rows[:, 0], rows[:, k]).astype(np.float32) for k in range(1, 6)]
        cy, cx, ry, rx, turn = (a[None, :, None] for a in at)
        u, v = x - cx, y - cy
        if np.any(rows[:, 5]):
            c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
            u, v = c * u + s * v, c * v - s * u
        series = None
        if np.any(stack.harmonics):
            series = [
                np.interp(flat, rows[:, 0], h).astype(np.float32)[None, :, None]
                for h in stack.harmonics.T
            ]
        fraction = self._inside(u, v, rx, ry, series)
        fraction *= self._caps(flat, rows[0, 0], rows[-1, 0])[None, :, None]
        return cut, fraction

    def _limb(self, stack: LimbStack) -> Region | None:
        reach = stack.levels[:, 1:].max() * (1 + np.abs(stack.harmonics).sum(1).max())
        ends = np.stack([stack.start, stack.end])
        cut = self.box(ends.min(0) - reach, ends.max(0) + reach)
        if cut is None:
            return None
        length = float(np.linalg.norm(stack.end - stack.start)) + 1e-6
        along = (stack.end - stack.start) / length
        depth = np.array([1.0, 0.0, 0.0]) - along[0] * along
        depth /= np.linalg.norm(depth) + 1e-9
        across = np.cross(along, depth)
        offset = [
            axis[c] - np.float32(p) for axis, c, p in zip(self.axes, cut, stack.start, strict=True)
        ]
        t, u, v = (_project(offset, direction) for direction in (along, across, depth))
        place = np.clip(t * np.float32(63 / length), 0, 63).astype(np.int16)
        steps = np.linspace(0, 1, 64)
        ra, rb = (
            np.interp(steps, stack.levels[:, 0], stack.levels[:, k]).astype(np.float32)[place]
            for k in (1, 2)
        )
        series = None
        if np.any(stack.harmonics):
            series = [
                np.interp(steps, stack.levels[:, 0], h).astype(np.float32)[place]
                for h in stack.harmonics.T
            ]
        fraction = self._inside(u, v, ra, rb, series)
        fraction *= self._caps(t, 0.0, length)
        return cut, fraction

    def _caps(self, along: np.ndarray, first: float, last: float) -> np.ndarray:
        """The covered fraction of voxels cut by the two flat ends of a stack."""
        start = np.clip((along - np.float32(first)) / self.voxel_mm + 0.5, 0, 1)
        return start * np.clip((np.float32(last) - along) / self.voxel_mm + 0.5, 0, 1)

    def _inside(self, u, v, ra, rb, series: list[np.ndarray] | None) -> np.ndarray:
        u, v = u / ra, v / rb
        rho = np.sqrt(u * u + v * v)
        excess = 1 - rho
        if series is not None:
            rho += np.float32(1e-6)
            cosine, sine = u / rho, v / rho
            c, s = cosine, sine
            for k in range(len(ORDERS)):
                c, s = c * cosine - s * sine, s * cosine + c * sine
                excess += series[k] * c + series[k + 3] * s
        fraction = excess * (np.minimum(ra, rb) / np.float32(self.voxel_mm))
        fraction += np.float32(0.5)
        return np.clip(fraction, 0, 1, out=fraction)


def _project(offset: list[np.ndarray], direction: np.ndarray) -> np.ndarray:
    y, z, x = (o * np.float32(d) for o, d in zip(offset, direction, strict=True))
    return y[:, None, None] + z[None, :, None] + x[None, None, :]
