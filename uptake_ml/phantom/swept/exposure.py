"""What both heads of a camera see of a body, and of a few solids of it alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from uptake_ml.phantom.patches import Patch
from uptake_ml.phantom.swept.body import extent
from uptake_ml.phantom.swept.camera import VIEWS, Camera
from uptake_ml.phantom.swept.findings import Piece
from uptake_ml.phantom.swept.grid import Grid, paint
from uptake_ml.phantom.swept.sweep import Sweep
from uptake_ml.phantom.truth import PEAK_SHARE
from uptake_ml.study import ANTERIOR, POSTERIOR

MOST_VALUE = 30.0  # concentration added to bone, of which a vertebra has one
_SLAB, _COARSE, _REACH_SIGMAS, _LOBE_MARGIN_MM = 4, 4, 3.0, 8.0


class Exposure:
    """Both views of a body on the voxels of its grid, as the patient lies.

    ``views`` are what came straight through. A slab at depth d from a head contributes
    ``exp(-mu d') A`` blurred by ``FWHM^2 = (slope d + hole)^2 + intrinsic^2``, with d' the depth
    in tissue. ``density`` is the tissue's on voxels twice as large, of concentration ``flesh``.
    """

    def __init__(self, uptake: Grid, density: Grid, flesh: float, camera: Camera) -> None:
        self.uptake, self.camera = uptake, camera
        step_mm = density.voxel_mm
        away = step_mm * (np.arange(len(density.values)) + 0.5)
        self._away_mm = {ANTERIOR: away, POSTERIOR: away[::-1]}
        passed = np.cumsum(density.values, axis=0) - 0.5 * density.values
        total = density.values.sum(axis=0)
        mu = np.float32(-step_mm * camera.mu_per_mm)
        self._weakened = {ANTERIOR: np.exp(mu * passed), POSTERIOR: np.exp(mu * (total - passed))}
        self.views = {}
        for view in VIEWS:
            weakened = self._weakened[view]
            tissue = np.float32(2 * flesh) * density.values * weakened
            self.views[view] = self._collect(uptake.values, weakened, view, 0, 0, tissue)

    def _collect(self, values, weakened, view, first, margin, tissue=None) -> np.ndarray:
        h = self.uptake.voxel_mm
        image = np.zeros([n + 2 * margin for n in values.shape[1:]], np.float32)
        inner = tuple(slice(margin, margin + n) for n in values.shape[1:])
        for low in range(0, len(weakened), _SLAB):
            slab = np.zeros_like(image)
            for k in range(low, min(low + _SLAB, len(weakened))):
                both = values[2 * k] + values[2 * k + 1]
                slab[inner] += both * _double(weakened[k])
                if tissue is not None:
                    slab[inner] += _double(tissue[k])
            away_mm = self._away_mm[view][first + low : first + k + 1].mean()
            sigma = self.camera.sigma_mm(away_mm + self.camera.gaps_mm[view]) / h
            image += ndimage.gaussian_filter(slab, sigma, mode="constant", truncate=_REACH_SIGMAS)
        return image

    def see(self, solids: Sequence[Sweep]) -> Patch | None:
        """Return the patch of solids alone, or None outside the grid."""
        h, shape = self.uptake.voxel_mm, self.uptake.values.shape
        low, high = (self.uptake.index(p) + 0.5 for p in extent(list(solids), _LOBE_MARGIN_MM))
        start = 2 * (np.maximum(low, 0) // 2).astype(int)
        stop = np.minimum(2 * (np.ceil(high / 2)).astype(int), shape)
        if (stop <= start).any():
            return None
        first = tuple(float(f + h * a) for f, a in zip(self.uptake.first_mm, start, strict=True))
        own = Grid(values=np.zeros(stop - start, np.float32), first_mm=first, voxel_mm=h)
        paint(own, solids, covers=False)
        coarse = tuple(slice(a // 2, b // 2) for a, b in zip(start, stop, strict=True))
        farthest_mm = self._away_mm[ANTERIOR][-1] + max(self.camera.gaps_mm.values())
        margin = int(np.ceil(_REACH_SIGMAS * self.camera.sigma_mm(farthest_mm) / h))
        views = {
            view: self._collect(own.values, self._weakened[view][coarse], view, coarse[0].start,
                                margin)
            for view in VIEWS
        }  # fmt: skip
        corner = start[1:] - margin
        inside = tuple(slice(max(-c, 0), n - c) for c, n in zip(corner, shape[1:], strict=True))
        return Patch(
            corner=tuple(int(max(c, 0)) for c in corner),
            views={view: image[inside] for view, image in views.items()},
        )

    def haze(self) -> dict[str, np.ndarray]:
        """Return the scatter of both views."""
        sigma = self.camera.scatter_mm / self.uptake.voxel_mm
        return {v: self.camera.scatter * _spread(image, sigma) for v, image in self.views.items()}

    def lay(self, patches: Sequence[Patch]) -> None:
        """Add patches to the views."""
        for patch in patches:
            for view, image in patch.views.items():
                self.views[view][patch.place] += image


def see_pieces(
    exposure: Exposure, pieces: Sequence[Piece], haze: Mapping[str, np.ndarray]
) -> list[Patch]:
    """Return the patches of pieces that lie in the grid, each as strong as its contrast says."""
    seen = ((piece, exposure.see(piece.solids)) for piece in pieces)
    return [strengthen(patch, piece, exposure, haze) for piece, patch in seen if patch is not None]


def strengthen(patch: Patch, piece: Piece, exposure: Exposure, haze) -> Patch:
    """Return a patch that adds its contrast to what lies under it, as far as tissue takes it up."""
    contrast = 1e-6
    for view, own in patch.views.items():
        mask = own >= PEAK_SHARE * max(float(own.max()), 1e-9)
        under = (exposure.views[view][patch.place] + haze[view][patch.place])[mask].sum()
        contrast = max(contrast, float(own[mask].sum() / max(under, 1e-9)))
    most = MOST_VALUE / max(float(solid.value.max()) for solid in piece.solids)
    strength = np.float32(min(piece.contrast / contrast, most))
    return replace(patch, views={view: strength * own for view, own in patch.views.items()})


def _double(plane: np.ndarray) -> np.ndarray:
    return plane.repeat(2, axis=0).repeat(2, axis=1)


def _spread(image: np.ndarray, sigma: float) -> np.ndarray:
    # A wide blur loses nothing on a grid four times as coarse.
    rows, columns = (n // _COARSE for n in image.shape)
    small = image.reshape(rows, _COARSE, columns, _COARSE).mean(axis=(1, 3))
    small = ndimage.gaussian_filter(small, sigma / _COARSE, mode="constant", truncate=3)
    wide = ndimage.zoom(small, _COARSE, order=1, grid_mode=True, mode="nearest")
    return np.clip(wide, 0, None)
