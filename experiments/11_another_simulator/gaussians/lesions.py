"""Building blocks of focal disease."""

from __future__ import annotations

import numpy as np

from .body import Body


def add_focus(rng, body: Body, point, radius_mm: float, multiple: float, bones=None) -> None:
    """Add a hot lesion; `multiple` of the lumbar spine's uptake, in a radius around a point.

    The bone around it reacts too, so a lesion of a rib or a shaft spreads along the bone.
    """
    cloud = body.cloud
    cloud.heat(point, radius_mm * 0.9, 1 + 0.5 * (multiple - 1), bones=bones)
    uptake = 0.8 * multiple * body.reference
    shape = np.diag(rng.uniform(0.6, 1.5, 3))
    if bones is not None:  # drawn out along the bone's own axes
        mask = np.flatnonzero(cloud.where(bones))
        nearest = mask[((cloud.centre[mask] - point) ** 2).sum(1).argmin()]
        local = cloud.covariance[nearest]
        shape = 0.35 * shape + 0.65 * local * (3 / np.trace(local))
    volume = 4 / 3 * np.pi * radius_mm**3
    cloud.add("lesion", None, point, shape * radius_mm**2 / 5, volume, uptake)
    if radius_mm > 14:  # larger ones are irregular
        for _ in range(int(rng.integers(1, 4))):
            shift = rng.normal(0, 0.5 * radius_mm, 3)
            part = radius_mm * rng.uniform(0.4, 0.7)
            cloud.blob("lesion", None, point + shift, part, uptake * rng.uniform(0.5, 1.2))


def add_focus_in(rng, body: Body, bones, radius_mm, multiple, side=None, along=(0, 1)):
    """Add a lesion at a place drawn in some bones; return the place."""
    index = body.cloud.pick(rng, bones, side, along)
    point = body.cloud.centre[index].astype(float)
    bone = str(body.cloud.bone[index])
    add_focus(rng, body, point, radius_mm, multiple, bones=bone)
    return point


def add_rim(rng, body: Body, point, radius_mm: float, multiple: float) -> None:
    """Add a lesion with a cold centre and a hot, incomplete rim."""
    cloud = body.cloud
    cloud.heat(point, radius_mm * 0.6, 0.08)
    start = rng.uniform(0, 2 * np.pi)
    angle = start + np.linspace(0, rng.uniform(4, 6.2), 14)
    ring = np.stack([np.cos(angle), 0.3 * np.sin(3 * angle), np.sin(angle)], 1)
    uptake = multiple * body.reference * rng.lognormal(0, 0.2, 14)
    cloud.chain("lesion", None, point + radius_mm * ring, 0.3 * radius_mm, uptake)


def swell(body: Body, mask: np.ndarray, multiple: float, growth: float = 1.0) -> None:
    """Multiply the uptake of chosen Gaussians and widen them, as in a bone that grew."""
    body.cloud.uptake[mask] *= np.float32(multiple)
    body.cloud.covariance[mask] *= np.float32(growth)
    body.cloud.volume[mask] *= np.float32(growth)


def patches(rng, body: Body, size_mm: float, spread: float) -> np.ndarray:
    """Return a smooth log-normal factor over the Gaussians: uptake in patches of a size."""
    centre = body.cloud.centre.astype(float)
    waves = rng.normal(0, 1 / size_mm, (24, 3))
    phase = rng.uniform(0, 2 * np.pi, 24)
    field = np.cos(centre @ waves.T + phase).sum(1) / np.sqrt(12)
    return np.exp(spread * field).astype(np.float32)


def collapse(body: Body, vertebra: str, multiple: float, height: float) -> None:
    """Make a vertebral body low and hot: a horizontal band."""
    cloud = body.cloud
    mask = cloud.where(vertebra)
    middle = body.points[vertebra, None][2]
    cloud.centre[mask, 2] = middle + height * (cloud.centre[mask, 2] - middle)
    cloud.covariance[mask, 2, :] *= np.float32(height)
    cloud.covariance[mask, :, 2] *= np.float32(height)
    is_body = mask & (cloud.side == 0)
    cloud.uptake[is_body] *= np.float32(multiple)
    cloud.uptake[mask & ~is_body] *= np.float32(1 + 0.3 * (multiple - 1))
