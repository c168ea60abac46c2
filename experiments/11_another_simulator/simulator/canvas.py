"""The voxel volume and the way bones are painted into it."""

import numpy as np

VOXEL_MM = 4.0
HALF_X_MM, HALF_Y_MM, TOP_MM, BELOW_MM = 316.0, 168.0, 40.0, 130.0  # prior: room around the body
SURFACE_MM = 0.9  # prior: roughness of a bone's surface, amplitude


class Canvas:
    """Volume indexed [z, y, x]; x grows to the patient's left, y to the front, z to the feet."""

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

    def window(self, lo, hi):
        """Slices (z, y, x) covering lo..hi (mm) and the open coordinate grids x, y, z there."""
        i0 = np.floor((np.asarray(lo) - 6 - self.origin) / VOXEL_MM).astype(int)
        i1 = np.ceil((np.asarray(hi) + 6 - self.origin) / VOXEL_MM).astype(int)
        i0 = np.clip(i0, 0, self.n - 1)
        i1 = np.clip(i1, i0 + 1, self.n)
        axes = [
            (self.origin[i] + (np.arange(i0[i], i1[i]) + 0.5) * VOXEL_MM).astype(np.float32)
            for i in range(3)
        ]
        box = tuple(slice(i0[i], i1[i]) for i in (2, 1, 0))
        return box, (axes[0][None, None, :], axes[1][None, :, None], axes[2][:, None, None])

    def wobble(self, p):
        """Smooth roughness between about -2 and 2 at the points."""
        k, phase = self.waves
        return sum(
            np.sin(k[i, 0] * p[0] + phase[i]) * np.sin(k[i, 1] * p[1] + k[i, 2] * p[2] + phase[i])
            for i in range(3)
        )

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

    def random_point(self, name):
        """A random voxel of the part, in mm (x, y, z)."""
        box, mask = self.mask(name)
        where = np.argwhere(mask)
        z, y, x = where[self.rng.integers(len(where))]
        index = np.array([x + box[2].start, y + box[1].start, z + box[0].start])
        return self.origin + (index + 0.5) * VOXEL_MM

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
        share = np.where(inside, 1.0, soft_share) * np.float32(amount)
        self.bone[box] += (w * share).astype(np.float32)
