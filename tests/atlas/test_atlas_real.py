"""Landmarks on real views, where they are at hand; nothing was learned or tuned on them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from uptake_ml.atlas import load_atlas, locate
from uptake_ml.atlas.store import FILE_NAME
from uptake_ml.resources import models_path
from uptake_ml.study import ANTERIOR, BONE_SCAN, GREY_LEVEL, POSTERIOR, Study, View

# The pictures name no pixel size; 6 mm makes adults of them.
SPACING_MM = 6.0
NAMES = {"crest": "iliac-crest"}
SIDES = {"R": "right", "L": "left", "": None}
WITHOUT_COUNTERPART = {"symph"}


@pytest.fixture(scope="module")
def real_folder():
    beside = Path(__file__).resolve().parents[3] / "shared" / "real"
    folder = Path(os.environ.get("UPTAKE_ML_REAL_DIR", beside))
    if not (folder / "landmarks.json").is_file():
        pytest.skip("no real views: set UPTAKE_ML_REAL_DIR to their folder")
    return folder


@pytest.fixture(scope="module")
def trained_atlas():
    folder = models_path(BONE_SCAN)
    if not (folder / FILE_NAME).is_file():
        pytest.skip(f"no trained atlas in models/{BONE_SCAN}")
    return load_atlas(folder)


def _marks_by_picture(folder):
    marks = {}
    for mark in json.loads((folder / "landmarks.json").read_text(encoding="utf-8")):
        name, _, side = mark["landmark"].partition("_")
        if mark["file"].endswith(".png") and name not in WITHOUT_COUNTERPART:
            place = (mark["row"], mark["col"])
            marks.setdefault(mark["file"], []).append((NAMES.get(name, name), SIDES[side], place))
    return marks


@pytest.fixture(scope="module")
def errors(real_folder, trained_atlas):
    """Distance in mm from the annotated point, and confidence, of every annotated landmark."""
    found = []
    for file, marks in _marks_by_picture(real_folder).items():
        name = ANTERIOR if "ANT" in file else POSTERIOR
        pixels = np.asarray(Image.open(real_folder / file).convert("L"), dtype=np.float32)
        view = View(name=name, pixels=pixels, spacing_mm=(SPACING_MM,) * 2, unit=GREY_LEVEL)
        study = Study(id=file, modality=BONE_SCAN, views={name: view})
        layout = locate(study, trained_atlas)[name]
        for key, side, place in marks:
            mark = layout.landmark(key, side)
            away = SPACING_MM * np.hypot(mark.row - place[0], mark.col - place[1])
            found.append((away, mark.confidence))
    return np.array(found)


def test_real_landmarks_are_near_the_annotated_ones(errors):
    # Two annotators differ by 8 to 14 mm in the median, by 30 to 46 mm at the iliac crest.
    assert np.median(errors[:, 0]) < 15


def test_what_is_far_off_in_a_real_view_is_known_to_be(errors):
    away, confidence = errors.T
    is_sure = confidence >= 0.25
    assert is_sure.mean() > 0.85
    assert np.quantile(away[is_sure], 0.95) < 50


def test_hardly_any_real_landmark_is_far_off(errors):
    assert np.quantile(errors[:, 0], 0.95) < 50
