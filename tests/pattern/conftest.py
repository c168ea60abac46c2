import numpy as np
import pytest

from uptake_ml.pattern.cases import Case, case_label, case_seed, tabulate
from uptake_ml.pattern.fit import FitSettings, fit_model
from uptake_ml.study import BONE_SCAN, LABELS

N_FEATURES = 30


def name_feature(i: int) -> str:
    """The last two are of kinds that tell no label in general."""
    last = {N_FEATURES - 2: "intensity.f28", N_FEATURES - 1: "symmetry.f29_level"}
    return last.get(i, f"distribution.f{i:02}")


def make_case(seed: int, k: int) -> Case:
    """A case whose label shifts five of its features; a few features are undefined at random."""
    rng = np.random.default_rng(case_seed(seed, 2, k))
    label = case_label(BONE_SCAN, k)
    has_focal = label in ("diffuse", "joint-symmetric") and bool(rng.random() < 0.5)
    values = rng.normal(size=N_FEATURES)
    first = 5 * LABELS[BONE_SCAN].index(label)
    values[first : first + 5] += 1.5
    values[20] += 4.0 * has_focal
    values[21] = np.exp(values[21])
    features = {name_feature(i): float(v) for i, v in enumerate(values)}
    if rng.random() < 0.3:
        features["distribution.f22"] = None
    variants = {"counts": features}
    if (k // 4) % 2 == 0:
        variants["picture"] = {**features, "distribution.f23": features["distribution.f23"] + 0.3}
    return Case(
        k=k,
        label=label,
        margins={name: (1.0, 2.0)[k % 10 != 9] for name in variants},
        superimposed=("focal",) if has_focal else (),
        groups={"bmi": round(float(rng.uniform(18, 38)), 1), "camera": "ab"[k // 8 % 2]},
        variants=variants,
    )


@pytest.fixture(scope="session")
def cases():
    return [make_case(7, k) for k in range(2800)]


@pytest.fixture(scope="session")
def table(cases):
    return tabulate(cases[:2000], modality=BONE_SCAN, n=2000)


@pytest.fixture(scope="session")
def fresh(cases):
    return tabulate(cases[2000:], modality=BONE_SCAN, n=2800)


@pytest.fixture(scope="session")
def quick():
    """The linear half of the classifier alone: what is tested with it holds for any classifier."""
    return FitSettings(classifier="logistic")


@pytest.fixture(scope="session")
def model(table, quick):
    return fit_model(table, modality=BONE_SCAN, seed=1, settings=quick)


@pytest.fixture(scope="session")
def blended_model(table):
    """A model with the classifier that is in use, from fewer cases."""
    return fit_model(table.select(table.case < 240), modality=BONE_SCAN, seed=1)


@pytest.fixture(scope="session")
def source():
    """The maker of cases as a closure, which other processes can be given."""

    def make(seed: int, k: int) -> Case:
        return make_case(seed, k)

    return make
