"""Marks (strokes, plates, shells) in millimetres, and how they are inked on a sheet.

A mark is seen by two cameras at once. Its depth, as a share of the tissue that it lies in, says how
much of it each camera loses to attenuation and how far away it is, which the camera blurs later.
Coordinates: x to the patient's left, y from the vertex to the feet, both in millimetres.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from uptake_ml.phantom.inked.sheet import Sheet

_MARROW = 0.62  # prior: radius of the hollow of a bone, beside its own


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A thick line whose cross-section is round: radius, uptake and depth change along it."""

    region: str
    side: str | None
    points: np.ndarray
    radius_mm: np.ndarray
    uptake: np.ndarray
    depth: np.ndarray
    tissue_mm: float
    marrow: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Plate:
    """A flat bone: a filled outline, thinner in its middle by the share `dish`."""

    region: str
    side: str | None
    points: np.ndarray
    thickness_mm: float
    uptake: float
    depth: float
    tissue_mm: float
    dish: float = 0.0
    soft_mm: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Half of a hollow egg, the half nearer to one camera: the table of the vault."""

    region: str
    side: str | None
    points: np.ndarray
    semi_mm: tuple[float, float, float]
    wall_mm: float
    uptake: float
    depth: float
    tissue_mm: float


Mark = Stroke | Plate | Shell


def by(across_mm: float, down_mm: float) -> np.ndarray:
    """Return a step to the patient's left and towards the feet."""
    return np.array([across_mm, down_mm])


def stroke(region, side, points, radius_mm, uptake, depth, tissue_mm, marrow=1.0) -> Stroke:
    """Return a stroke, numbers spread over its points and lists stretched along its length."""
    points = np.atleast_2d(np.asarray(points, float))
    radius_mm, uptake, depth = (_along(points, v) for v in (radius_mm, uptake, depth))
    return Stroke(
        region=region,
        side=side,
        points=points,
        radius_mm=radius_mm,
        uptake=uptake,
        depth=depth,
        tissue_mm=float(tissue_mm),
        marrow=marrow,
    )


def _along(points: np.ndarray, value) -> np.ndarray:
    if np.ndim(value) == 0:
        return np.full(len(points), float(value))
    value = np.asarray(value, float)
    if len(value) == len(points):
        return value
    steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    return np.interp(along / max(along[-1], 1e-6), np.linspace(0, 1, len(value)), value)


def rounded(points, times: int = 2, closed: bool = False) -> np.ndarray:
    """Return the polyline (n, 2) with its corners cut `times` times (Chaikin), ends kept."""
    line = np.asarray(points, float)
    for _ in range(times):
        ahead = np.roll(line, -1, axis=0) if closed else line[1:]
        here = line if closed else line[:-1]
        cut = np.stack([0.75 * here + 0.25 * ahead, 0.25 * here + 0.75 * ahead], axis=1)
        cut = cut.reshape(-1, line.shape[1])
        line = cut if closed else np.vstack([line[:1], cut[1:-1], line[-1:]])
    return line


def ink(sheet: Sheet, mark: Mark) -> None:
    """Ink one mark."""
    {Stroke: _ink_stroke, Plate: _ink_plate, Shell: _ink_shell}[type(mark)](sheet, mark)


def _ink_stroke(sheet: Sheet, mark: Stroke) -> None:
    # A stroke thinner than a pixel is widened and paled, so that its total stays.
    radius = np.hypot(mark.radius_mm, 0.5 * sheet.pixel_mm)
    pale = (mark.radius_mm / radius) ** 2
    margin = radius.max() + sheet.pixel_mm
    found = sheet.box(mark.points.min(0) - margin, mark.points.max(0) + margin)
    if found is None:
        return
    where, grids = found
    along, squared = _nearest(mark.points, radius, *grids)
    rows, columns = np.nonzero(squared < 1)
    if not len(rows):
        return
    along, squared = along[rows, columns], squared[rows, columns]

    def value(of):
        if np.ptp(of) == 0:
            return np.float32(of[0])
        return np.interp(along, np.arange(len(of)), of).astype(np.float32)

    chord = np.sqrt(1 - squared)
    if mark.marrow < 1:
        inner = _MARROW * np.sqrt(np.clip(1 - squared / np.float32(_MARROW**2), 0, None))
        chord = chord - np.float32(1 - mark.marrow) * inner
    patch = 2 * value(radius * pale * mark.uptake) * chord
    pixels = (rows + where[0].start, columns + where[1].start)
    sheet.add(pixels, patch, value(mark.depth), mark.tissue_mm)


def _nearest(points, radius, x, y):
    """Return where along the points the nearest place is, and squared distance over radius.

    Both [row, column]; 2.25 is a quarter of the way from the third point to the fourth.
    """
    points, radius = points.astype(np.float32), radius.astype(np.float32)
    best = np.full((y.shape[0], x.shape[1]), np.inf, np.float32)
    along = np.zeros_like(best)
    if len(points) == 1:
        q = ((x - points[0, 0]) ** 2 + (y - points[0, 1]) ** 2) / radius[0] ** 2
        return along, q
    low = np.minimum(points[:-1], points[1:]) - np.maximum(radius[:-1], radius[1:])[:, None]
    high = np.maximum(points[:-1], points[1:]) + np.maximum(radius[:-1], radius[1:])[:, None]
    left, right = (np.searchsorted(x[0], side[:, 0]) for side in (low, high))
    top, bottom = (np.searchsorted(y[:, 0], side[:, 1]) for side in (low, high))
    steps, wider = np.diff(points, axis=0), np.diff(radius)
    for k, (step, squared) in enumerate(zip(steps, (steps**2).sum(axis=1) + 1e-6, strict=True)):
        window = slice(top[k], bottom[k]), slice(left[k], right[k])
        dx, dy = x[:, window[1]] - points[k, 0], y[window[0]] - points[k, 1]
        t = ((dx * step[0] + dy * step[1]) / squared).clip(0, 1)
        q = ((dx - t * step[0]) ** 2 + (dy - t * step[1]) ** 2) / (radius[k] + t * wider[k]) ** 2
        nearer = q < best[window]
        np.copyto(best[window], q, where=nearer)
        np.copyto(along[window], k + t, where=nearer)
    return along, best


def _ink_plate(sheet: Sheet, mark: Plate) -> None:
    margin = 3 * mark.soft_mm + sheet.pixel_mm
    found = sheet.box(mark.points.min(0) - margin, mark.points.max(0) + margin)
    if found is None:
        return
    where, (x, y) = found
    rows, columns = y.shape[0], x.shape[1]
    corner = np.array([where[0].start, where[1].start])
    inside = (sheet.to_pixel(mark.points) - corner + 0.5)[:, ::-1] * 3
    picture = Image.new("L", (columns * 3, rows * 3))
    ImageDraw.Draw(picture).polygon([tuple(p) for p in inside], fill=255)
    mask = np.asarray(picture, np.float32).reshape(rows, 3, columns, 3).mean((1, 3)) / 255
    patch = ndimage.gaussian_filter(mask, mark.soft_mm / sheet.pixel_mm, mode="constant")
    if mark.dish:
        patch = patch * (1 - mark.dish * ndimage.gaussian_filter(mask, 9 / sheet.pixel_mm) ** 2)
    sheet.add(where, patch * mark.thickness_mm * mark.uptake, mark.depth, mark.tissue_mm)


def _ink_shell(sheet: Sheet, mark: Shell) -> None:
    a, b, c = mark.semi_mm
    centre = mark.points[0]
    found = sheet.box(centre - [a, b], centre + by(a, b))
    if found is None:
        return
    where, (x, y) = found

    def half_chord(wall):
        squared = ((x - centre[0]) / (a - wall)) ** 2 + ((y - centre[1]) / (b - wall)) ** 2
        return (c - wall) * np.sqrt(np.clip(1 - squared, 0, None))

    # Diploe takes more than the tables, so that the rim stands out less than a plain shell's; where
    # the shell ends below, the base of the skull is a mark of its own.
    patch = (half_chord(0.0) - half_chord(mark.wall_mm)) ** 0.6 * mark.wall_mm**0.4
    patch *= 1 - 0.8 / (1 + np.exp(-((y - centre[1]) / b - 0.72) / 0.07))
    sheet.add(where, patch * mark.uptake, mark.depth, mark.tissue_mm)
