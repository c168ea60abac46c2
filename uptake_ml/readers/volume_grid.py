"""From stored voxels to a volume that lies as the program expects: reduced, turned, checked."""

from __future__ import annotations

import itertools

import numpy as np

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.study import Volume

# A whole body of 4 mm voxels has 8 million; 2 mm over 70 x 70 x 190 cm have 116 million.
MAX_CLAIMED_VOXELS = 400 * 10**6
MAX_KEPT_VOXELS = 128 * 10**6
MIN_STEP_MM, MAX_STEP_MM = 0.3, 20.0

# PET resolves 4 to 7 mm: finer voxels (a PET on the grid of its CT) hold no more than coarse ones.
_FINE_MM, _REDUCED_MM = 2.0, 4.0
_MAX_TILT_DEGREES = 5.0
_LEAST_DETERMINANT = 0.1
# Skull base to mid-thigh is 800 to 1000 mm; one bed position is 150 to 260 mm.
_LEAST_EXTENT_MM = (100.0, 400.0, 200.0)

# Patient axes of the planes, rows and columns of a volume, in DICOM's frame (left, back, head).
_TARGET_AXES = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])

POOLED_NOTE = (
    "The voxels are finer than PET resolves: blocks of {blocks} were averaged, and rows and "
    "columns are those of the averages."
)
OBLIQUE_NOTE = (
    "The volume lies {degrees:.0f} degrees oblique to the body: it was resampled along it, and "
    "rows and columns are those of the result."
)


def require_voxels(shape: tuple[int, ...], name: str) -> None:
    """Raise ReadError unless a volume of this claimed shape is of a size that can be read."""
    if min(shape) < 1 or float(np.prod(shape, dtype=float)) > MAX_CLAIMED_VOXELS:
        raise ReadError(
            f"{name} must have up to {MAX_CLAIMED_VOXELS // 10**6} million voxels, its header "
            f"claims {' x '.join(map(str, shape))}: resample it to 4 mm"
        )


def require_steps(steps_mm: tuple[float, ...], name: str) -> None:
    """Raise ReadError unless every voxel size is one that a PET scan can have."""
    if not all(MIN_STEP_MM <= step <= MAX_STEP_MM for step in steps_mm):
        found = " x ".join(f"{step:.3g}" for step in steps_mm)
        raise ReadError(
            f"{name} must have voxels of {MIN_STEP_MM} to {MAX_STEP_MM:.0f} mm, found {found} mm: "
            "export it with its voxel size"
        )


def pooling_factors(steps_mm: tuple[float, ...]) -> tuple[int, ...]:
    """Return how many voxels along each axis are averaged: those below 2 mm become up to 4 mm."""
    return tuple(int(_REDUCED_MM // step) if step < _FINE_MM else 1 for step in steps_mm)


def require_kept(shape: tuple[int, ...], factors: tuple[int, ...], name: str) -> tuple[int, ...]:
    """Return the shape after pooling.

    Raises
    ------
    ReadError
        If what is left is too large to be held.
    """
    kept = tuple(max(1, n // f) for n, f in zip(shape, factors, strict=True))
    if np.prod(kept, dtype=float) > MAX_KEPT_VOXELS:
        raise ReadError(
            f"{name} must leave up to {MAX_KEPT_VOXELS // 10**6} million voxels, found "
            f"{' x '.join(map(str, kept))}: resample it to 4 mm"
        )
    return kept


def block_mean(values: np.ndarray, factors: tuple[int, ...]) -> np.ndarray:
    """Return the means of blocks, float32; what does not fill a block at the end is left out."""
    if all(factor == 1 for factor in factors):
        return values.astype(np.float32, copy=False)
    factors = tuple(min(f, n) for f, n in zip(factors, values.shape, strict=True))
    counts = [n // f for n, f in zip(values.shape, factors, strict=True)]
    whole = values[tuple(slice(0, n * f) for n, f in zip(counts, factors, strict=True))]
    pairs = itertools.chain.from_iterable(zip(counts, factors, strict=True))
    blocks = whole.reshape(*pairs)
    return blocks.mean(axis=tuple(range(1, 2 * values.ndim, 2)), dtype=np.float32)


def pooled_note(factors: tuple[int, ...]) -> str:
    """Return the note that tells of blocks of ``factors`` voxels."""
    return POOLED_NOTE.format(blocks=" x ".join(map(str, factors)))


def to_volume(values: np.ndarray, steps_mm: np.ndarray, name: str) -> tuple[Volume, str | None]:
    """Return the volume with plane 0 anterior, row 0 at the head, column 0 right, and a note.

    Parameters
    ----------
    values
        SUV, float32, any order of axes.
    steps_mm
        (3, 3): column k is the way, in mm to the left, to the back and to the head, from one
        voxel to the next along axis k of ``values``.

    Raises
    ------
    ReadError
        If the steps are not those of a volume.
    NotAStudyError
        If the volume is too short to be of a whole body.
    """
    sizes = np.linalg.norm(steps_mm, axis=0)
    if not np.isfinite(sizes).all() or sizes.min() <= 0:
        raise ReadError(f"{name} has axes without length: export it with its orientation")
    if abs(np.linalg.det(steps_mm / sizes)) < _LEAST_DETERMINANT:
        raise ReadError(f"{name} has axes that lie in one plane: export it with its orientation")
    ways = _TARGET_AXES @ steps_mm
    order = _order_of_axes(ways / sizes)
    tilt = _largest_tilt(ways / sizes, order)
    note = None
    if tilt <= _MAX_TILT_DEGREES:
        turned = values.transpose(order)[tuple(_slices(ways, order))]
        volume = Volume(values=np.ascontiguousarray(turned), spacing_mm=_steps(sizes, order))
    else:
        volume = _resample(values, ways, _steps(sizes, order), name)
        note = OBLIQUE_NOTE.format(degrees=tilt)
    _require_whole_body(volume, name)
    return volume, note


def _order_of_axes(cosines: np.ndarray) -> tuple[int, ...]:
    """Return which stored axis is nearest to the planes', the rows' and the columns' axis."""
    rows = np.arange(3)
    return max(itertools.permutations(range(3)), key=lambda p: np.abs(cosines[rows, p]).sum())


def _largest_tilt(cosines: np.ndarray, order: tuple[int, ...]) -> float:
    least = np.abs(cosines[np.arange(3), order]).min()
    return float(np.degrees(np.arccos(min(least, 1.0))))


def _slices(ways: np.ndarray, order: tuple[int, ...]) -> list[slice]:
    return [slice(None, None, -1 if ways[t, k] < 0 else 1) for t, k in enumerate(order)]


def _steps(sizes: np.ndarray, order: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(float(sizes[k]) for k in order)


def _resample(
    values: np.ndarray, ways: np.ndarray, spacing_mm: tuple[float, ...], name: str
) -> Volume:
    """Return the volume on the box that holds it, linearly interpolated, 0 outside."""
    from scipy import ndimage

    corners = np.array(list(itertools.product(*((0, n - 1) for n in values.shape))))
    places = corners @ ways.T
    first, last = places.min(axis=0), places.max(axis=0)
    shape = tuple(int(n) for n in np.floor((last - first) / spacing_mm + 1e-6) + 1)
    require_kept(shape, (1, 1, 1), name)
    inverse = np.linalg.inv(ways)
    resampled = ndimage.affine_transform(
        values,
        inverse * np.asarray(spacing_mm),
        offset=inverse @ first,
        output_shape=shape,
        output=np.float32,
        order=1,
    )
    return Volume(values=resampled, spacing_mm=spacing_mm)


def _require_whole_body(volume: Volume, name: str) -> None:
    extent_mm = np.multiply(volume.values.shape, volume.spacing_mm)
    if (extent_mm < _LEAST_EXTENT_MM).any():
        depth, height, width = extent_mm
        raise NotAStudyError(
            f"{name} must cover a body from the skull base to the thighs, found {height:.0f} mm "
            f"from head to feet, {width:.0f} mm across and {depth:.0f} mm from front to back: "
            "give the whole-body scan, all its slices"
        )
