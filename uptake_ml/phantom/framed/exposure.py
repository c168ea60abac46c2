"""What both heads of a camera may expect to see of a body, and of a piece of it alone."""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

from uptake_ml.phantom.framed.camera import MU_PER_MM, VIEWS, GammaCamera
from uptake_ml.phantom.framed.voxels import Grid
from uptake_ml.phantom.patches import Patch
from uptake_ml.study import ANTERIOR, POSTERIOR

_SLAB = 8  # voxels of depth that are blurred alike
_REACH_SIGMAS = 3.0
# Scattered photons are spread by classes of this many mm, and interpolated between them.
_SPREADS_MM = np.array([6.0, 14.0, 26.0, 44.0, 70.0, 110.0], np.float32)
_MARGIN = 12  # coarse voxels around a body, for what scatters beyond it


class Exposure:
    """Both views of a body on the voxels (z, x) of its grid, in counts of a unit of its own.

    A photon survives with ``exp(-tau)`` and is spread by ``FWHM^2 = (slope d + face)^2 +
    intrinsic^2`` at a distance d; of those that do not, a share ``scatter exp(-tau / 4)`` is
    counted, spread once more by ``exp(-r / w) / (2 pi r w)`` with w = 0.42 tau / mu + 6 mm. All is
    linear in uptake: ``see`` shows what a part of it adds to ``direct``.
    """

    def __init__(self, grid: Grid, coarse: Grid, density: np.ndarray, camera: GammaCamera) -> None:
        """``density`` is the tissue's on the voxels of ``coarse``, twice as large."""
        self.grid, self.coarse, self.camera = grid, coarse, camera
        step = density * np.float32(MU_PER_MM * coarse.voxel_mm)
        front = np.cumsum(step, axis=1) - step / 2
        self.tau = {ANTERIOR: front, POSTERIOR: step.sum(axis=1, keepdims=True) - front}
        passed = {ANTERIOR: 1.0, POSTERIOR: camera.table}
        self.through = {v: np.exp(-self.tau[v]) * np.float32(passed[v]) for v in VIEWS}
        self._away_mm = self._distances(density)

    def _distances(self, density: np.ndarray) -> dict[str, np.ndarray]:
        """Return how far the middle of each slab is from the collimator, clear of the body."""
        where = np.flatnonzero((density > 0.2).any(axis=(0, 2)))
        y = self.coarse.centres(1, where[0], where[-1] + 1)
        half, gaps = self.coarse.voxel_mm / 2, self.camera.gap_mm
        firsts = np.arange(0, self.grid.shape[1], _SLAB)
        lasts = np.minimum(firsts + _SLAB, self.grid.shape[1])
        middle = self.grid.low[1] + self.grid.voxel_mm * (firsts + lasts) / 2
        return {ANTERIOR: middle - (y[0] - half - gaps[0]),
                POSTERIOR: y[-1] + half + gaps[1] - middle}  # fmt: skip

    def direct(self, uptake: np.ndarray, soft: np.ndarray) -> dict[str, np.ndarray]:
        """Return by view what comes straight through; ``soft`` is on coarse voxels."""
        cells = np.flatnonzero(uptake)
        z, y, x = np.unravel_index(cells, uptake.shape)
        rate = uptake.ravel()[cells]
        count = len(self._away_mm[ANTERIOR])
        shape = (count, uptake.shape[0], uptake.shape[2])
        place = ((y // _SLAB) * shape[1] + z) * shape[2] + x
        behind = ((z >> 1) * self.coarse.shape[1] + (y >> 1)) * self.coarse.shape[2] + (x >> 1)
        views = {}
        for view in VIEWS:
            through = self.through[view]
            seen = np.bincount(place, rate * through.ravel()[behind], np.prod(shape))
            slabs = seen.reshape(shape).astype(np.float32)
            starts = np.arange(0, soft.shape[1], _SLAB // 2)
            flesh = np.add.reduceat(2 * soft * through, starts, axis=1).swapaxes(0, 1)
            slabs += flesh.repeat(2, axis=1).repeat(2, axis=2)
            views[view] = self._blur(slabs, 0, view)
        return views

    def _blur(self, slabs: np.ndarray, first: int, view: str) -> np.ndarray:
        image = np.zeros(slabs.shape[1:], np.float32)
        for slab, away_mm in zip(slabs, self._away_mm[view][first:], strict=False):
            sigma = self.camera.sigma_mm(away_mm) / self.grid.voxel_mm
            image += ndimage.gaussian_filter(slab, sigma, mode="constant", truncate=_REACH_SIGMAS)
        return image

    def see(self, where: tuple[slice, ...], added: np.ndarray) -> Patch:
        """Return what uptake ``added`` to a block of voxels shows straight through."""
        index = [np.arange(s.start, s.stop) for s in where]
        slab = index[1] // _SLAB
        starts = np.flatnonzero(np.diff(slab, prepend=-1))
        farthest_mm = max(away.max() for away in self._away_mm.values())
        margin = int(
            np.ceil(_REACH_SIGMAS * self.camera.sigma_mm(farthest_mm) / self.grid.voxel_mm)
        )
        corner = [where[k].start - margin for k in (0, 2)]
        inside = tuple(
            slice(max(-c, 0), n - c) for c, n in zip(corner, self.grid.shape[::2], strict=True)
        )
        views = {}
        for view in VIEWS:
            through = self.through[view][np.ix_(*(k >> 1 for k in index))]
            slabs = np.add.reduceat(added * through, starts, axis=1).swapaxes(0, 1)
            slabs = np.pad(slabs, ((0, 0), (margin, margin), (margin, margin)))
            views[view] = self._blur(slabs, slab[0], view)[inside]
        return Patch(corner=tuple(max(c, 0) for c in corner), views=views)

    def scatter(self, uptake: np.ndarray, soft: np.ndarray) -> dict[str, np.ndarray]:
        """Return by view what was scattered, on the voxels (z, x) of ``scatter_grid``.

        ``uptake`` and ``soft`` are both on coarse voxels here.
        """
        source = 2 * (uptake + soft)
        size = [fft.next_fast_len(n + 2 * _MARGIN, real=True) for n in source.shape[::2]]
        views = {}
        for view in VIEWS:
            tau = self.tau[view]
            lost = (1 - self.through[view]) * np.exp(-0.25 * tau) * np.float32(self.camera.scatter)
            classes = _share_out(source * lost, 0.42 * tau / np.float32(MU_PER_MM) + 6)
            sigma_mm = self.camera.sigma_mm(float(self._away_mm[view].mean()))
            views[view] = _spread(classes, size, sigma_mm, self.coarse.voxel_mm)
        return views

    def scatter_grid(self) -> Grid:
        """Return the grid of what was scattered, of which depth has no meaning."""
        low = self.coarse.low - _MARGIN * self.coarse.voxel_mm
        return Grid(low=low, voxel_mm=self.coarse.voxel_mm, shape=self.coarse.shape)


def _share_out(values: np.ndarray, spread_mm: np.ndarray) -> np.ndarray:
    """Return images (class, z, x) of values summed along depth, by how far they are spread."""
    cells = np.flatnonzero(values)
    z, _, x = np.unravel_index(cells, values.shape)
    shape = (len(_SPREADS_MM), values.shape[0], values.shape[2])
    rate = values.ravel()[cells]
    step = np.interp(spread_mm.ravel()[cells], _SPREADS_MM, np.arange(len(_SPREADS_MM)))
    below = np.minimum(step.astype(int), len(_SPREADS_MM) - 2)
    above = step - below
    place = (below * shape[1] + z) * shape[2] + x
    seen = np.bincount(place, rate * (1 - above), np.prod(shape))
    seen += np.bincount(place + shape[1] * shape[2], rate * above, np.prod(shape))
    return seen.reshape(shape).astype(np.float32)


def _spread(classes: np.ndarray, size: list[int], sigma_mm: float, voxel_mm: float) -> np.ndarray:
    """Return the sum of images, each spread by its class.

    The transform of exp(-r / w) / (2 pi r w) is (1 + k^2 w^2)^(-1/2).
    """
    after = [n - m - _MARGIN for n, m in zip(size, classes.shape[1:], strict=True)]
    padded = np.pad(classes, ((0, 0), *[(_MARGIN, m) for m in after]))
    down, across = fft.fftfreq(size[0], voxel_mm), fft.rfftfreq(size[1], voxel_mm)
    k2 = ((2 * np.pi) ** 2 * (down[:, None] ** 2 + across**2)).astype(np.float32)
    spread = 1 / np.sqrt(1 + k2 * _SPREADS_MM[:, None, None] ** 2)
    waves = (fft.rfft2(padded) * spread).sum(axis=0) * np.exp(-0.5 * k2 * sigma_mm**2)
    return np.maximum(fft.irfft2(waves, size), 0)
