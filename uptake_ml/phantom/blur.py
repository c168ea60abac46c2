"""Blurs by collimator, detector and scatter, as products in the Fourier domain of the voxel grid.

Every kernel here is nowhere negative, keeps sums and wraps round at the ends of the grid.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

from uptake_ml.phantom.camera import PlanarCamera

SCATTER_FULL_DEPTH_MM = 250.0
# Sampled Gaussians of a smaller variance (voxels^2) no longer look Gaussian between the samples.
LEAST_SPREAD = 0.5


def sum_blurred(planes: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Return the spectrum of the sum of planes, each blurred by a variance in voxels^2."""
    rows, columns = planes.shape[1:]
    spectrum = np.zeros((rows, columns // 2 + 1), np.complex64)
    for plane, variance in zip(planes, variances, strict=True):
        if plane.any():
            term = fft.rfft2(plane)
            term *= _gaussian_spectrum(variance, rows)[:, None]
            term *= _gaussian_spectrum(variance, columns)[: spectrum.shape[1]]
            spectrum += term
    return spectrum


def _gaussian_spectrum(variance: float, size: int) -> np.ndarray:
    # The transform of samples, not samples of the transform: these are nowhere negative.
    offset = np.minimum(np.arange(size), size - np.arange(size))
    kernel = np.exp(-np.minimum(offset**2 / (2.0 * variance), 80.0))
    return fft.fft(kernel / kernel.sum()).real.astype(np.float32)


def scatter_spectrum(
    planes: np.ndarray,
    distance_mm: np.ndarray,
    skin_mm: np.ndarray,
    voxel_mm: float,
    camera: PlanarCamera,
) -> np.ndarray:
    """Return the spectrum of what the primary counts on the planes scatter.

    ``planes`` is (plane, row, column), ``distance_mm`` (plane,) and ``skin_mm`` (row, column) are
    measured from the collimator's face; depth in tissue is their difference.
    """
    sources = _scatter_sources(planes, distance_mm, skin_mm, camera)
    decays = (decay_mm / voxel_mm for decay_mm in camera.scatter_decay_mm)
    size = planes.shape[1:]
    return sum(
        fft.rfft2(source) * _exponential_spectrum(decay, size)
        for source, decay in zip(sources, decays, strict=True)
    )


def _exponential_spectrum(decay: float, size: tuple[int, int]) -> np.ndarray:
    """Return the transfer function whose lines spread as exp(-|x| / decay), decay in voxels.

    1 / (1 + decay^2 k^2), with the eigenvalues of the discrete Laplacian for k^2: a kernel that is
    nowhere negative and of variance 2 decay^2 on the grid.
    """
    rows = 2.0 - 2.0 * np.cos(2.0 * np.pi * fft.fftfreq(size[0]))
    columns = 2.0 - 2.0 * np.cos(2.0 * np.pi * fft.rfftfreq(size[1]))
    return (1.0 / (1.0 + decay**2 * (rows[:, None] + columns))).astype(np.float32)


def _scatter_sources(planes, distance_mm, skin_mm, camera) -> tuple[np.ndarray, np.ndarray]:
    """Return the scattered counts that spread as from the skin, and as from full depth."""
    near = np.zeros(planes.shape[1:], np.float32)
    far = np.zeros_like(near)
    ratio_per_mm = np.float32(camera.scatter_to_primary_per_100mm / 100.0)
    for plane, distance in zip(planes, distance_mm, strict=True):
        if not plane.any():
            continue
        depth_mm = np.maximum(np.float32(distance) - skin_mm, 0.0)
        scattered = plane * depth_mm * ratio_per_mm
        deep = scattered * np.minimum(depth_mm / np.float32(SCATTER_FULL_DEPTH_MM), 1.0)
        far += deep
        near += scattered - deep
    return near, far
