"""One small atlas of stick figures, trained once for all tests of the atlas."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The figures stand beside the tests; no package holds them.
sys.path.insert(0, str(Path(__file__).parent))

from figures import figure_examples

from uptake_ml.atlas.regression import RidgePlan
from uptake_ml.atlas.train import TrainingPlan, train_atlas

COARSE = {"shape": (250, 64), "spacing_mm": 8.5}


@pytest.fixture(scope="session")
def figure_atlas():
    plan = TrainingPlan(
        n_distorted=0,
        n_starts=2,
        n_folds=2,
        ridge=RidgePlan(n_components=40, n_centres=96),
    )
    return train_atlas(figure_examples(48, seed=1, **COARSE), seed=3, plan=plan)


@pytest.fixture(scope="session")
def unseen_figures():
    return figure_examples(10, seed=99, **COARSE)
