"""What the atlas takes in and gives out: an example with its truth, a layout with its landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from uptake_ml.study import View


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """A named point of the body in one view.

    ``side`` is the patient's.  ``row`` and ``col`` are pixels of the view and may lie outside it
    where a part of the body was cut off.  ``confidence`` is the estimated probability that the
    point is within 20 mm of the true one; 0 to 1.
    """

    view: str
    name: str
    side: str | None
    row: float
    col: float
    confidence: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where things are in one view, and what a normal subject would show there.

    ``regions`` is uint8 of the view's shape, indexing ``uptake_ml.regions.REGIONS``, 0 outside the
    body.  ``body`` is the same shape, True inside the body.  ``expected`` (float32, the unit of the
    pixels) is the uptake of a normal subject of this shape, scaled to the bone and the soft tissue
    of this image; ``spread`` (float32) is the standard deviation of the log of a smoothed image
    about the log of ``expected`` among normal subjects.  Outside the body they are 0 and 1.
    """

    landmarks: tuple[Landmark, ...]
    regions: np.ndarray
    body: np.ndarray
    expected: np.ndarray
    spread: np.ndarray

    def landmark(self, name: str, side: str | None = None) -> Landmark:
        """Return the landmark of this name and side; KeyError where there is none."""
        for landmark in self.landmarks:
            if (landmark.name, landmark.side) == (name, side):
                return landmark
        raise KeyError((name, side))


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """A view with its exact truth, to learn from.

    ``landmarks`` maps (name, side) to (row, col) in pixels, or None where it is unknown; a point
    outside the view may be given.  ``regions`` is a region map of the view's shape, None where the
    body does not tell its regions: such a view teaches where landmarks lie and what normal subjects
    take up, and takes its regions from those that do.
    """

    view: View
    landmarks: Mapping[tuple[str, str | None], tuple[float, float] | None]
    regions: np.ndarray | None
    is_normal: bool
