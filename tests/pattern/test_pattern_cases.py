"""The file of simulated cases: resumable, independent of how many are made and by whom."""

import json

import numpy as np
import pytest

from uptake_ml.errors import ModelError
from uptake_ml.pattern.cases import (
    ATLAS_STAGE,
    EVALUATION_STAGE,
    TRAINING_STAGE,
    case_label,
    case_seed,
    make_cases,
    read_cases,
    tabulate,
)
from uptake_ml.study import BONE_SCAN, LABELS


def make(source, path, n, **settings):
    return make_cases(source, path, modality=BONE_SCAN, n=n, seed=7, **settings)


def same(first, second) -> bool:
    return (
        np.array_equal(first.features, second.features, equal_nan=True)
        and first.groups == second.groups
        and np.array_equal(first.truth, second.truth)
        and np.array_equal(first.case, second.case)
    )


class Counting:
    """Counts the cases that are made, and stops like a killed process after ``stop``."""

    def __init__(self, source, stop=10**9):
        self.source, self.stop, self.made = source, stop, []

    def __call__(self, seed, k):
        if len(self.made) == self.stop:
            raise KeyboardInterrupt
        self.made.append(k)
        return self.source(seed, k)


def test_seeds_differ_between_cases_stages_and_roots():
    stages = (ATLAS_STAGE, TRAINING_STAGE, EVALUATION_STAGE)
    seeds = [case_seed(root, stage, k) for root in (0, 1) for stage in stages for k in range(50)]
    assert len(set(seeds)) == len(seeds)


def test_a_seed_is_the_same_in_every_version():
    # A recorded training can only be repeated as long as this holds.
    assert (
        case_seed(42, TRAINING_STAGE, 3)
        == np.random.SeedSequence(42, spawn_key=(2, 3)).generate_state(1, np.uint64).item()
    )


def test_every_label_comes_equally_often():
    labels = [case_label(BONE_SCAN, k) for k in range(40)]
    assert {label: labels.count(label) for label in LABELS[BONE_SCAN]} == dict.fromkeys(
        LABELS[BONE_SCAN], 10
    )


def test_rows_hold_the_truth_of_their_case(source, tmp_path):
    table = make(source, tmp_path / "cases.jsonl", 12)
    assert len(np.unique(table.case)) == 12 and len(table) == 20
    for row in range(len(table)):
        case = source(7, int(table.case[row]))
        assert table.labels[table.truth[row]] == case.label
        expected = case.variants[table.variant[row]]
        found = dict(zip(table.feature_ids, table.features[row], strict=True))
        for name, value in expected.items():
            assert np.isnan(found[name]) if value is None else found[name] == value
        assert table.groups[row]["variant"] == table.variant[row]


def test_a_run_that_was_killed_goes_on_without_loss_or_repeats(source, tmp_path):
    path = tmp_path / "cases.jsonl"
    first = Counting(source, stop=9)
    with pytest.raises(KeyboardInterrupt):
        make(first, path, 20)
    second = Counting(source)
    table = make(second, path, 20)
    assert sorted(first.made + second.made) == list(range(20))
    assert same(table, make(source, tmp_path / "at-once.jsonl", 20))
    assert path.read_bytes() == (tmp_path / "at-once.jsonl").read_bytes()


@pytest.mark.parametrize("cut", [1, 40])
def test_a_line_that_was_cut_off_is_made_again(source, tmp_path, cut):
    path = tmp_path / "cases.jsonl"
    make(source, path, 8)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    counting = Counting(source)
    make(counting, path, 8)
    assert counting.made == [7] and path.read_bytes() == whole


def test_more_cases_keep_the_ones_there_are(source, tmp_path):
    path = tmp_path / "cases.jsonl"
    make(source, path, 8)
    counting = Counting(source)
    more = make(counting, path, 12)
    assert counting.made == [8, 9, 10, 11]
    assert same(more.select(more.case < 8), make(counting, path, 8))
    assert len(counting.made) == 4


def test_processes_do_not_change_the_file(source, tmp_path):
    make(source, tmp_path / "one.jsonl", 10)
    make(source, tmp_path / "two.jsonl", 10, jobs=2)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_progress_counts_what_was_there_already(source, tmp_path):
    path = tmp_path / "cases.jsonl"
    make(source, path, 3)
    seen = []
    make(source, path, 6, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 6), (5, 6), (6, 6)]


def test_the_order_of_the_lines_does_not_matter(source, tmp_path):
    path = tmp_path / "cases.jsonl"
    table = make(source, path, 10)
    head, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(head + "".join(reversed(lines)))
    assert (np.diff(table.case) >= 0).all()
    assert same(table, tabulate(read_cases(path), modality=BONE_SCAN, n=10))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("k,label\n", 1),
        (json.dumps({"schema": "uptake-ml/cases/1"}) + "\n", 1),
        (json.dumps({"schema": "uptake-ml/cases/3"}) + "\nnonsense\n", 2),
        (json.dumps({"schema": "uptake-ml/cases/3"}) + '\n{"k": 1, "stranger": 2}\n', 2),
    ],
)
def test_a_file_that_holds_something_else_is_refused(source, tmp_path, text, line):
    path = tmp_path / "cases.jsonl"
    path.write_text(text)
    with pytest.raises(ModelError, match=rf"not a file of simulated cases, line {line}"):
        make(source, path, 4)


def test_a_table_without_cases_is_refused():
    with pytest.raises(ModelError, match="at least one case"):
        tabulate([], modality=BONE_SCAN, n=4)


def test_a_selection_keeps_rows_together(table):
    part = table.select(table.variant == "picture")
    assert set(part.variant) == {"picture"} and 0 < len(part) < len(table)
    assert all(g["variant"] == "picture" for g in part.groups)
    assert part.features.shape == (len(part), len(table.feature_ids))
