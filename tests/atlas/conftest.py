"""One small atlas of stick figures, trained once for all tests of the atlas."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The figures stand beside the tests; no package holds them.
sys.path.insert(0, str(Path(__file__).parent))

from figures import COARSE, FIGURE_PLAN, figure_examples

from uptake_ml.atlas.train import train_atlas


@pytest.fixture(scope="session")
def figure_atlas():
    return train_atlas(figure_examples(48, seed=1, **COARSE), seed=3, plan=FIGURE_PLAN)


@pytest.fixture(scope="session")
def unseen_figures():
    return figure_examples(10, seed=99, **COARSE)
