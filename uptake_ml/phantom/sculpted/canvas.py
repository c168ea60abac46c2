"""The voxel volume, the way bones are painted into it, and what a disease added to them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

VOXEL_MM = 4.0
HALF_X_MM, HALF_Y_MM, TOP_MM, BELOW_MM = 316.0, 168.0, 40.0, 130.0  # prior: room around the body
SURFACE_MM = 0.9  # prior: roughness of a bone's surface, amplitude

Box = tuple[slice, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """Uptake that a disease added, in pieces: a box [z, y, x] of the volume and the values there.

    ``disease`` is a row of ``data/diseases.toml``.
    """

    disease: str
    region: str
    side: str | None
    is_joint: bool
    is_whole_bone: bool
    pieces: list[tuple[Box, np.ndarray]] = field(default_factory=list)

    def gather(self) -> tuple[Box, np.ndarray]:
        """Return the box around all pieces and their sum in it."""
        boxes = [box for box, _ in self.pieces]
        whole = tuple(
            slice(min(s.start for s in along), max(s.stop for s in along))
            for along in zip(*boxes, strict=True)
        )
        total = np.zeros([s.stop - s.start for s in whole], np.float32)
        for box, added in self.pieces:
            inner = (
                slice(s.start - w.start, s.stop - w.start) for s, w in zip(box, whole, strict=True)
            )
            total[tuple(inner)] += added
        return whole, total


class Canvas:
    """Volume indexed [z, y, x]; x grows to the patient's left, y to the front, z to the feet.

    What is added within ``lesion`` is ``strength`` times as strong.
    """

    def __init__(self, rng, height_mm):
        self.rng = rng
        self.origin = np.array([-HALF_X_MM, -HALF_Y_MM, -TOP_MM])
        size = np.array([2 * HALF_X_MM, 2 * HALF_Y_MM, TOP_MM + height_mm + BELOW_MM])
        self.n = np.ceil(size / VOXEL_MM).astype(int)
        shape = tuple(self.n[::-1])
        self.bone = np.zeros(shape, np.float32)
        self.part = np.zeros(shape, np.int16)
        self.soft = np.zeros(shape, np.float32)
        self.density = np.zeros(shape, np.float32)
        self.names, self.boxes, self.points = [""], [None], {}
        self.waves = rng.normal(0, 0.11, (3, 3)), rng.uniform(0, 6.28, 3)
        self.strength, self.lesions = 1.0, []
        self._open: Lesion | None = None

    def window(self, lo, hi):
        """Slices (z, y, x) covering lo..hi (mm) and the open coordinate grids x, y, z there."""
        i0 = np.floor((np.asarray(lo) - 6 - self.origin) / VOXEL_MM).astype(int)
        i1 = np.ceil((np.asarray(hi) + 6 - self.origin) / VOXEL_MM).astype(int)
        i0 = np.clip(i0, 0, self.n - 1)
        i1 = np.clip(i1, i0 + 1, self.n)
        box = tuple(slice(int(i0[i]), int(i1[i])) for i in (2, 1, 0))
        return box, self.grids(box)

    def grids(self, box: Box) -> tuple[np.ndarray, ...]:
        """Open coordinate grids x, y, z (mm) of a box."""
        x, y, z = (
            (self.origin[i] + (np.arange(s.start, s.stop) + 0.5) * VOXEL_MM).astype(np.float32)
            for i, s in enumerate(box[::-1])
        )
        return x[None, None, :], y[None, :, None], z[:, None, None]

    def wobble(self, p):
        """Smooth roughness between about -2 and 2 on the open grids p."""
        k, phase = (np.asarray(v, np.float32) for v in self.waves)
        across = np.sin(k[:, :1] * p[0].ravel() + phase[:, None])
        along = k[:, 1] * p[1][..., None] + k[:, 2] * p[2][..., None] + phase
        return np.sin(along)[:, :, 0] @ across

    def identity(self, name, box):
        """Number of the part `name` (made if new); its box grows to hold `box`."""
        if name not in self.names:
            self.names.append(name)
            self.boxes.append(box)
        i = self.names.index(name)
        self.boxes[i] = tuple(
            slice(min(a.start, b.start), max(a.stop, b.stop))
            for a, b in zip(self.boxes[i], box, strict=True)
        )
        return i

    def paint(self, name, lo, hi, shape, marrow=0.7, cortex_mm=3.5):
        """Fill a bone: `shape(p)` gives (distance mm, uptake), `marrow` times below the cortex."""
        lo, hi = np.minimum(lo, hi), np.maximum(lo, hi)
        box, p = self.window(lo, hi)
        d, uptake = shape(p)
        d = d + SURFACE_MM * self.wobble(p)
        cover = np.clip(0.5 - d / VOXEL_MM, 0.0, 1.0)
        inner = np.clip((-d - cortex_mm) / VOXEL_MM + 0.5, 0.0, 1.0)
        value = cover * uptake * (1.0 - (1.0 - marrow) * inner)
        view = self.bone[box]
        stronger = value > view
        view[stronger] = value[stronger]
        self.part[box][stronger & (cover > 0.3)] = self.identity(name, box)

    def fill_soft(self, lo, hi, shape, uptake, density=1.0):
        """Fill soft tissue where `shape(p)` (a distance) is negative; the later one replaces."""
        box, p = self.window(np.minimum(lo, hi), np.maximum(lo, hi))
        d = shape(p)
        cover = np.clip(0.5 - d / (2 * VOXEL_MM), 0.0, 1.0)
        for volume, value in ((self.soft, uptake), (self.density, density)):
            view = volume[box]
            view += cover * (value - view)

    def mask(self, name):
        """(box, boolean mask) of a part."""
        i = self.names.index(name)
        return self.boxes[i], self.part[self.boxes[i]] == i

    def voxels(self, name) -> np.ndarray:
        """Middles (n, 3) of the voxels of a part, in mm (x, y, z)."""
        box, mask = self.mask(name)
        index = np.argwhere(mask) + [s.start for s in box]
        return self.origin + (index[:, ::-1] + 0.5) * VOXEL_MM

    def random_point(self, name):
        """A random voxel of the part, in mm (x, y, z)."""
        where = self.voxels(name)
        return where[self.rng.integers(len(where))]

    @contextmanager
    def lesion(self, disease, region, side=None, *, is_joint=False, is_whole_bone=False):
        """Take down what is added within as one lesion.

        The joints of one region and side are one lesion, however many are added.
        """
        opened = Lesion(
            disease=disease, region=region, side=side, is_joint=is_joint,
            is_whole_bone=is_whole_bone,
        )  # fmt: skip
        self._open = opened
        yield
        self._open = None
        for known in self.lesions if is_joint else ():
            if (known.region, known.side, known.is_joint) == (region, side, True):
                known.pieces.extend(opened.pieces)
                return
        if opened.pieces:
            self.lesions.append(opened)

    def raise_bone(self, box: Box, added: np.ndarray) -> None:
        """Add uptake to a box, and to the lesion that is being taken down."""
        added = added.astype(np.float32)
        if self._open is not None:
            added *= np.float32(self.strength)
            if added.any():
                self._open.pieces.append((box, added))
        self.bone[box] += added

    def add_patchy(self, centre, radii, amount, soft_share=0.0, patches=6):
        """As `add`, but uneven: a weak whole and stronger patches inside it."""
        radii = np.asarray(radii, float) * np.ones(3)
        self.add(centre, radii, 0.4 * amount, soft_share=soft_share)
        for _ in range(patches):
            off = np.clip(self.rng.normal(0, 0.42, 3), -0.8, 0.8) * radii
            size = np.maximum(radii * self.rng.uniform(0.28, 0.55), 4.5)
            self.add(centre + off, size, amount * self.rng.uniform(0.2, 1.0), soft_share=soft_share)

    def add(self, centre, radii, amount, only=None, soft_share=0.0):
        """Add uptake in a soft-edged ellipsoid, in bone only (or in part `only`)."""
        centre, radii = np.asarray(centre, float), np.asarray(radii, float) * np.ones(3)
        box, p = self.window(centre - 1.6 * radii, centre + 1.6 * radii)
        q = sum(((c - m) / r) ** 2 for c, m, r in zip(p, centre, radii, strict=True))
        w = np.exp(-np.float32(1.2) * (q * (1 + 0.15 * self.wobble(p))) ** 2)
        inside = self.part[box] > 0 if only is None else self.part[box] == self.names.index(only)
        self.raise_bone(box, w * np.where(inside, 1.0, soft_share) * np.float32(amount))
