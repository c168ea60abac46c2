"""Findings and tables for the tests of the knowledge."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from uptake_ml.knowledge import load_knowledge
from uptake_ml.regions import REGIONS
from uptake_ml.resources import data_path

_JOINTS = {region.name: region.is_joint for region in REGIONS}


@pytest.fixture(scope="session")
def knowledge():
    return load_knowledge()


@pytest.fixture
def make_finding():
    return build_finding


@pytest.fixture
def tables(tmp_path):
    """A copy of the tables that a test may spoil."""
    shutil.copy(data_path("sources.toml"), tmp_path)
    shutil.copytree(data_path("knowledge"), tmp_path / "knowledge")
    return tmp_path


@pytest.fixture(scope="session")
def documents_dir():
    checkout = Path(__file__).resolve().parents[2]
    folder = Path(
        os.environ.get("UPTAKE_ML_DOCUMENTS_DIR", checkout.parent / "shared" / "documents")
    )
    if not folder.is_dir():
        pytest.skip("the documents are not here: set UPTAKE_ML_DOCUMENTS_DIR to their folder")
    return folder


def build_finding(modality, label, hot=(), features=None, superimposed=(), **more):
    """Return the parts of a finding that knowledge looks at; every hot spot is in both views."""
    return {
        "study": {"modality": modality},
        "decision": "labelled",
        "label": label,
        "prediction_set": [label],
        "superimposed": list(superimposed),
        "hotspots": [
            _spot(view, place)
            for place in hot
            for view in ("anterior", "posterior")
            for _ in range(place.get("n", 1))
        ],
        "features": features or {},
        **more,
    }


def _spot(view, place):
    *side, region = place["at"].split()
    return {
        "view": view,
        "row": 10.0,
        "col": 10.0,
        "region": region,
        "side": side[0] if side else None,
        "is_joint": _JOINTS[region],
        "area_mm2": place.get("area_mm2", 600.0),
        "contrast": place.get("contrast", 2.0),
        "suv_max": None,
    }
