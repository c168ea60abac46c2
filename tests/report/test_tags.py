"""Numbers beside the hot spots."""

import itertools

import numpy as np
import pytest

from uptake_ml.report.tags import TAG_DIGIT_MM, TAG_HEIGHT_MM, Box, place_tags


def _tag_box(tag):
    half = TAG_DIGIT_MM * len(str(tag.number)) / 2, TAG_HEIGHT_MM / 2
    return Box(
        left=tag.x - half[0], top=tag.y - half[1], right=tag.x + half[0], bottom=tag.y + half[1]
    )


@pytest.mark.parametrize("seed", range(8))
def test_numbers_cover_neither_spots_nor_each_other_and_stay_in_the_picture(seed):
    random = np.random.default_rng(seed)
    frame = Box(left=0, top=0, right=560, bottom=1800)
    corners = random.uniform([0, 0], [530, 1770], (15, 2))
    bounds = [Box(left=x, top=y, right=x + 25, bottom=y + 25) for x, y in corners]
    tags = place_tags(range(1, 16), bounds, frame)
    boxes = [_tag_box(tag) for tag in tags]
    assert [tag.number for tag in tags] == list(range(1, 16))
    for box in boxes:
        assert box.left >= -0.1
        assert box.right <= 560.1
        assert not any(box.overlaps(spot) for spot in bounds)
    # Coordinates are rounded to a tenth of a millimetre, so touching boxes may overlap by as much.
    for a, b in itertools.combinations(boxes, 2):
        assert min(a.right, b.right) - max(a.left, b.left) < 0.2 or (
            min(a.bottom, b.bottom) - max(a.top, b.top) < 0.2
        )


def test_every_spot_of_a_crowd_gets_its_number():
    frame = Box(left=0, top=0, right=300, bottom=300)
    grid = itertools.product(range(0, 300, 30), repeat=2)
    bounds = [Box(left=x, top=y, right=x + 28, bottom=y + 28) for x, y in grid]
    tags = place_tags(range(1, 101), bounds, frame)
    assert [tag.number for tag in tags] == list(range(1, 101))
