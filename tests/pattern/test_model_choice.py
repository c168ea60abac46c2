"""The experiment that chose the classifier, run on a small made-up table."""

import csv
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:n_quantiles")

PATH = Path(__file__).resolve().parents[2] / "experiments" / "01_model_choice" / "run.py"
CONFIG = {
    "seed": 1,
    "n_folds": 2,
    "calibration_share": 0.2,
    "classifiers": ["logistic"],
    "shift": [
        {"name": "camera", "group": "camera", "words": ["a"]},
        {"name": "large", "group": "bmi", "at_least": 33},
        {"name": "picture", "group": "variant", "words": ["picture"]},
    ],
}


@pytest.fixture(scope="module")
def experiment():
    spec = importlib.util.spec_from_file_location("model_choice", PATH)
    module = importlib.util.module_from_spec(spec)
    # Records with postponed annotations look their module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_folds_share_the_rows_out_by_case(experiment, table):
    folds = [rows for name, _, rows in experiment.splits(table, CONFIG) if name == "none"]
    assert (np.sum(folds, axis=0) == 1).all()
    for rows in folds:
        assert not set(table.case[rows]) & set(table.case[~rows])


def test_a_shift_holds_out_what_fits_and_nothing_else(experiment, table):
    by_name = {name: rows for name, _, rows in experiment.splits(table, CONFIG)}
    bmi = np.array([g["bmi"] for g in table.groups])
    assert (by_name["large"] == (bmi >= 33)).all()
    assert (by_name["picture"] == (table.variant == "picture")).all()


def test_no_case_is_learnt_from_and_tested_on(experiment, table):
    # Half of the cases have a picture: neither their pictures nor their counts may be learnt from.
    results = list(experiment.compare(table, CONFIG))
    picture = next(r for r in results if r.shift == "picture")
    with_picture = set(table.case[table.variant == "picture"])
    without = sum(c not in with_picture for c in table.case)
    assert picture.n_test == len(with_picture) and picture.n_train < without
    assert len(results) == 2 + 3
    assert all(0 < r.log_loss < 1 and r.size_mb < 5 for r in results)


def test_results_are_a_table(experiment, table, tmp_path):
    results = list(experiment.compare(table.select(table.case < 200), {**CONFIG, "shift": []}))
    experiment.write_results(results, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(list(experiment.summarise(results))) == 1 + 1
    assert len(rows) == 2 and float(rows[0]["log_loss"]) == pytest.approx(results[0].log_loss, 1e-3)


def test_the_config_names_known_classifiers_and_groups(experiment):
    import tomllib

    from uptake_ml.pattern.classifiers import CLASSIFIERS

    config = tomllib.loads(PATH.with_name("config.toml").read_text())
    assert set(config["classifiers"]) == set(CLASSIFIERS)
    assert all({"words", "at_least", "at_most"} & set(shift) for shift in config["shift"])
