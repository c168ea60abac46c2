"""Marks (strokes, plates, shells) in millimetres, and the sheet that they are inked on.

A mark is seen by two cameras at once. Its depth, as a share of the tissue that it lies in, says how
much of it each camera loses to attenuation and how far away it is, which the camera blurs later.
Coordinates: x to the patient's left, y from the vertex to the feet, both in millimetres.
"""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

VIEWS = ("anterior", "posterior")
# Distances from the skin that a camera looks through, at which a layer of its own is blurred.
LAYER_MM = np.array([15.0, 60.0, 120.0, 190.0, 280.0])
MU_PER_MM = 0.0105  # broad beam; figures.md gives about 0.12 per cm, less for a wide window


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
    value = np.atleast_1d(np.asarray(value, float))
    if len(value) == len(points):
        return value
    steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    return np.interp(along / max(along[-1], 1e-6), np.linspace(0, 1, len(value)), value)


def rounded(points, times: int = 3, closed: bool = False) -> np.ndarray:
    """Return the polyline (n, 2) with its corners cut `times` times (Chaikin), ends kept."""
    line = np.asarray(points, float)
    for _ in range(times):
        ahead = np.roll(line, -1, axis=0) if closed else line[1:]
        here = line if closed else line[:-1]
        cut = np.stack([0.75 * here + 0.25 * ahead, 0.25 * here + 0.75 * ahead], axis=1)
        cut = cut.reshape(-1, line.shape[1])
        line = cut if closed else np.vstack([line[:1], cut[1:-1], line[-1:]])
    return line


@dataclass(kw_only=True)
class Sheet:
    """Layers of both views, [layer, row, column], in uptake times millimetres that reach them."""

    rows: int
    columns: int
    pixel_mm: float
    top_mm: float
    layers: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self):
        shape = (len(LAYER_MM), self.rows, self.columns)
        self.layers = {view: np.zeros(shape, np.float32) for view in VIEWS}

    def to_pixel(self, points: np.ndarray) -> np.ndarray:
        """Return (row, column), floats, of points (..., 2) in millimetres."""
        points = np.asarray(points, float)
        row = (points[..., 1] + self.top_mm) / self.pixel_mm - 0.5
        column = points[..., 0] / self.pixel_mm + (self.columns - 1) / 2
        return np.stack([row, column], axis=-1)

    def box(self, low: np.ndarray, high: np.ndarray):
        """Return the slices and the millimetre grids x, y of a box, or None outside the sheet."""
        first = np.floor(self.to_pixel(low)).astype(int)
        last = np.ceil(self.to_pixel(high)).astype(int) + 1
        first = np.maximum(first, 0)
        last = np.minimum(last, [self.rows, self.columns])
        if np.any(last <= first):
            return None
        row, column = np.arange(first[0], last[0]), np.arange(first[1], last[1])
        y = (row + 0.5) * self.pixel_mm - self.top_mm
        x = (column - (self.columns - 1) / 2) * self.pixel_mm
        grid = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        return (slice(first[0], last[0]), slice(first[1], last[1])), grid

    def add(self, where, patch, depth, tissue_mm: float) -> None:
        """Ink a patch at a depth (number or array) into the layers of both views."""
        for view, share in (("anterior", depth), ("posterior", 1.0 - depth)):
            path_mm = np.asarray(share * tissue_mm, np.float32)
            seen = patch * np.exp(-MU_PER_MM * path_mm)
            place = np.interp(path_mm, LAYER_MM, np.arange(len(LAYER_MM)))
            for k in range(int(place.min()), int(np.ceil(place.max())) + 1):
                self.layers[view][k][where] += seen * np.clip(1 - np.abs(place - k), 0, 1)


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
    where, (x, y) = found
    share, segment, squared = _nearest(mark.points, radius, x, y)
    place = segment + share

    def value(of):
        return np.interp(place, np.arange(len(of)), of).astype(np.float32)

    chord = np.sqrt(np.clip(1 - squared, 0, None))
    if mark.marrow < 1:
        inner = 0.62 * np.sqrt(np.clip(1 - squared / 0.62**2, 0, None))
        chord = chord - (1 - mark.marrow) * inner
    patch = 2 * value(radius * pale * mark.uptake) * chord
    sheet.add(where, patch, value(mark.depth), mark.tissue_mm)


def _nearest(points, radius, x, y):
    """Return of the nearest segment: share of its length, number, squared distance over radius."""
    best = np.full(x.shape, np.inf, np.float32)
    share, segment = np.zeros_like(best), np.zeros(x.shape, int)
    last = np.minimum(np.arange(1, len(points) + 1), len(points) - 1)
    for k in range(max(len(points) - 1, 1)):
        start, end = points[k], points[last[k]]
        reach = max(radius[k], radius[last[k]])
        across = _window(x[0], min(start[0], end[0]) - reach, max(start[0], end[0]) + reach)
        down = _window(y[:, 0], min(start[1], end[1]) - reach, max(start[1], end[1]) + reach)
        dx, dy = x[0, across] - start[0], y[down, 0][:, None] - start[1]
        step = end - start
        t = np.clip((dx * step[0] + dy * step[1]) / (step @ step + 1e-6), 0, 1)
        r = radius[k] + t * (radius[last[k]] - radius[k])
        q = ((dx - t * step[0]) ** 2 + (dy - t * step[1]) ** 2) / (r * r)
        nearer = q < best[down, across]
        best[down, across][nearer] = q[nearer]
        share[down, across][nearer] = t[nearer]
        segment[down, across][nearer] = k
    return share, segment, best


def _window(axis: np.ndarray, low: float, high: float) -> slice:
    first, last = np.searchsorted(axis, [low, high])
    return slice(first, last)


def _ink_plate(sheet: Sheet, mark: Plate) -> None:
    margin = 3 * mark.soft_mm + sheet.pixel_mm
    found = sheet.box(mark.points.min(0) - margin, mark.points.max(0) + margin)
    if found is None:
        return
    where, (x, _) = found
    corner = np.array([where[0].start, where[1].start])
    inside = (sheet.to_pixel(mark.points) - corner + 0.5)[:, ::-1] * 3
    picture = Image.new("L", (x.shape[1] * 3, x.shape[0] * 3))
    ImageDraw.Draw(picture).polygon([tuple(p) for p in inside], fill=255)
    mask = np.asarray(picture, np.float32).reshape(x.shape[0], 3, x.shape[1], 3).mean((1, 3)) / 255
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
