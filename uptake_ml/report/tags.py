"""Where the numbers of hot spots stand: beside their spot, covering neither spots nor numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TAG_HEIGHT_MM = 40.0
TAG_DIGIT_MM = 24.0
# A number farther from its spot than this gets a line to it.
LONGEST_GAP_MM = 16.0

_DIRECTIONS = tuple(math.radians(angle) for angle in range(0, 360, 30))
_STEPS_MM = (8.0, 22.0, 40.0, 65.0, 95.0, 130.0)


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in millimetres from the picture's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two rectangles share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_inside(self, other: Box) -> bool:
        """Whether this rectangle lies within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, kw_only=True)
class Tag:
    """The number of a hot spot: centre of the number and where its outline is nearest."""

    number: int
    x: float
    y: float
    spot_x: float
    spot_y: float
    has_line: bool


def place_tags(numbers: Sequence[int], bounds: Sequence[Box], frame: Box) -> list[Tag]:
    """Return a tag for each number beside its bounds, off every bounds and every other tag.

    Places nearest to the spot come first, and at the same distance those on the side away from
    the middle of the frame.  In a crowd where no place is free the tag goes to the frame's margin.
    """
    taken: list[Box] = []
    tags = []
    for number, spot in zip(numbers, bounds, strict=True):
        places = list(_tag_places(number, spot, frame))
        free = (p for p in places if p[0].is_inside(frame) and not _hits(p[0], [*bounds, *taken]))
        box, (spot_x, spot_y) = next(free, None) or _margin_place(number, spot, frame, taken)
        taken.append(box)
        tags.append(
            Tag(
                number=number,
                x=round((box.left + box.right) / 2, 1),
                y=round((box.top + box.bottom) / 2, 1),
                spot_x=round(spot_x, 1),
                spot_y=round(spot_y, 1),
                has_line=_gap_mm(box, spot_x, spot_y) > LONGEST_GAP_MM,
            )
        )
    return tags


def _gap_mm(box: Box, x: float, y: float) -> float:
    nearest_x, nearest_y = _nearest_point(box, x, y)
    return math.hypot(nearest_x - x, nearest_y - y)


def _hits(box: Box, others: Sequence[Box]) -> bool:
    return any(box.overlaps(other) for other in others)


def _tag_places(number: int, spot: Box, frame: Box) -> Iterator[tuple[Box, tuple[float, float]]]:
    half_width, half_height = _tag_half_size(number)
    x, y = (spot.left + spot.right) / 2, (spot.top + spot.bottom) / 2
    outward = 0.0 if x >= frame.right / 2 else math.pi
    for step in _STEPS_MM:
        for angle in sorted(_DIRECTIONS, key=lambda a: math.cos(a - outward), reverse=True):
            reach_x = (spot.right - spot.left) / 2 + step + half_width
            reach_y = (spot.bottom - spot.top) / 2 + step + half_height
            cx, cy = x + reach_x * math.cos(angle), y + reach_y * math.sin(angle)
            yield _tag_box(number, cx, cy), _nearest_point(spot, cx, cy)


def _margin_place(number: int, spot: Box, frame: Box, taken: Sequence[Box]):
    half_width, half_height = _tag_half_size(number)
    y = (spot.top + spot.bottom) / 2
    is_right = (spot.left + spot.right) / 2 >= frame.right / 2
    x = frame.right - half_width if is_right else half_width
    offsets = [sign * step * half_height for step in range(60) for sign in (1, -1)]
    boxes = [_tag_box(number, x, y + offset) for offset in offsets]
    inside = [box for box in boxes if box.is_inside(frame)] or boxes[:1]
    box = next((box for box in inside if not _hits(box, taken)), inside[0])
    return box, _nearest_point(spot, x, (box.top + box.bottom) / 2)


def _tag_half_size(number: int) -> tuple[float, float]:
    return TAG_DIGIT_MM * len(str(number)) / 2, TAG_HEIGHT_MM / 2


def _tag_box(number: int, x: float, y: float) -> Box:
    half_width, half_height = _tag_half_size(number)
    return Box(
        left=x - half_width, top=y - half_height, right=x + half_width, bottom=y + half_height
    )


def _nearest_point(box: Box, x: float, y: float) -> tuple[float, float]:
    return min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
