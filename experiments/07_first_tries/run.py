"""Compare the pattern model with what a user would try first, on the same simulated cases.

    python experiments/07_first_tries/run.py [--jobs N]

Needs ``pip install numpyradiomics torch==2.13.0`` beside the extra ``simulate``.  Reads
``config.toml``; writes ``results.csv`` and ``provenance.json`` beside it.  Every method learns from
the same cases and is tested on the same shifted ones; landmarks and the judge of raised places are
those of the shipped model, which learnt from other cases.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from skimage.transform import resize
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from uptake_ml.atlas.canvas import find_body, smooth_pixels
from uptake_ml.pattern import metrics
from uptake_ml.pattern.cases import case_seed
from uptake_ml.pattern.classifiers import build_classifier
from uptake_ml.pattern.fit import FitSettings
from uptake_ml.pattern.held_out import HELD_OUT, TRAINED
from uptake_ml.pattern.kept import run_jobs
from uptake_ml.pattern.simulate import draw_study
from uptake_ml.pipeline import load_models
from uptake_ml.provenance import package_versions
from uptake_ml.study import ANTERIOR, LABELS, POSTERIOR

HERE = Path(__file__).resolve().parent
CONFIG = tomllib.loads((HERE / "config.toml").read_text())


def main() -> None:
    """Make the cases, let every method learn and answer, write the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--jobs", type=int, default=1)
    jobs = options.parse_args().jobs
    train, test = make_cases(jobs)
    rows = []
    for name, learn in METHODS.items():
        start = time.perf_counter()
        answer = learn(train)
        fit_s = time.perf_counter() - start
        rows.append(assess(name, answer(test), test, fit_s))
        print(*rows[-1].values(), sep="  ", flush=True)
    with (HERE / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    record = {"config": CONFIG, "versions": package_versions()}
    (HERE / "provenance.json").write_text(json.dumps(record, indent=2) + "\n")


def make_cases(jobs: int) -> tuple[list[dict], list[dict]]:
    """Return training cases, and test cases of cameras and bodies that training leaves out."""
    wanted = [(TRAINED, k) for k in range(CONFIG["n_train"])]
    wanted += [(HELD_OUT, k) for k in range(CONFIG["n_test"])]
    cases = []
    for case in run_jobs(make_case, wanted, jobs=jobs):
        cases.append(case)
        print(f"\r{len(cases)}/{len(wanted)} cases", end="", flush=True)
    print()
    return cases[: CONFIG["n_train"]], cases[CONFIG["n_train"] :]


def make_case(kind: str, k: int) -> dict:
    """Return case ``k``: pictures, radiomics, the features of this package, and its truth."""
    from uptake_ml.atlas import locate
    from uptake_ml.features import find_suspects, keep_clear, measure, view_uptakes

    modality = CONFIG["modality"]
    stage = CONFIG["stage"] + (kind == HELD_OUT)
    study, truth, _ = draw_study(modality, case_seed(CONFIG["seed"], stage, k), k, kind=kind)
    models = load_models(modality)
    layouts = locate(study, models.atlas)
    uptakes = view_uptakes(study, layouts)
    suspects = find_suspects(study, layouts, models.judge, views=uptakes)
    features = measure(study, layouts, keep_clear(suspects), suspects, uptakes)
    views = [study.views[name] for name in (ANTERIOR, POSTERIOR)]
    crops = [crop(view) for view in views]
    return {
        "truth": LABELS[modality].index(truth.label),
        "features": np.array(list(features.values()), float),
        "pixels": np.stack([small(image) for image in crops]).astype(np.float32),
        "radiomics": np.concatenate([radiomics(image) for image in crops]),
    }


def crop(view) -> np.ndarray:
    """Return the view cut to the body and divided by its mean."""
    body = find_body(smooth_pixels(view.pixels, view.spacing_mm))
    rows, cols = (np.flatnonzero(body.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return view.pixels
    image = view.pixels[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return image / max(float(image[image > 0].mean()), 1e-6)


def small(image: np.ndarray) -> np.ndarray:
    """Return the logarithm of the image on a small canvas."""
    return np.log1p(resize(image, CONFIG["canvas"], anti_aliasing=True))


def radiomics(image: np.ndarray) -> np.ndarray:
    """Return first-order radiomics of the body."""
    from numpyradiomics import firstorder

    found = firstorder(image, (image > 0.05).astype(np.uint8), voxelVolume=1.0)
    return np.array([float(v) for v in found.values()])


def _stack(cases: list[dict], key: str) -> np.ndarray:
    return np.stack([case[key] for case in cases])


def _truth(cases: list[dict]) -> np.ndarray:
    return np.array([case["truth"] for case in cases])


Answer = Callable[[list[dict]], np.ndarray]


def learn_ours(train: list[dict]) -> Answer:
    """Return the classifier of the pattern model, on the features of this package."""
    classifier = build_classifier(FitSettings().classifier, seed=CONFIG["seed"])
    classifier.fit(_stack(train, "features"), _truth(train))
    return lambda cases: classifier.predict_proba(_stack(cases, "features"))


def learn_pixels(train: list[dict]) -> Answer:
    """Return logistic regression on principal components of raw pixels."""
    flat = lambda cases: _stack(cases, "pixels").reshape(len(cases), -1)  # noqa: E731
    classifier = make_pipeline(
        StandardScaler(),
        PCA(CONFIG["pca_components"], random_state=CONFIG["seed"]),
        StandardScaler(),
        LogisticRegression(C=0.05, max_iter=2000),
    ).fit(flat(train), _truth(train))
    return lambda cases: classifier.predict_proba(flat(cases))


def learn_radiomics(train: list[dict]) -> Answer:
    """Return a random forest on first-order radiomics of each view."""
    clean = lambda cases: np.nan_to_num(_stack(cases, "radiomics"))  # noqa: E731
    classifier = RandomForestClassifier(300, random_state=CONFIG["seed"])
    classifier.fit(clean(train), _truth(train))
    return lambda cases: classifier.predict_proba(clean(cases))


def learn_cnn(train: list[dict]) -> Answer:
    """Return a small convolutional network on both views, shifted a little in training."""
    import torch
    from torch import nn

    torch.manual_seed(CONFIG["seed"])
    torch.set_num_threads(2)

    def block(n_in, n_out):
        return (
            nn.Conv2d(n_in, n_out, 3, padding=1),
            nn.BatchNorm2d(n_out),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )

    network = nn.Sequential(
        *block(2, 16), *block(16, 32), *block(32, 64), *block(64, 64),
        nn.AdaptiveMaxPool2d((4, 2)), nn.Flatten(), nn.Dropout(0.3), nn.Linear(512, 4),
    )  # fmt: skip
    images, truth = torch.tensor(_stack(train, "pixels")), torch.tensor(_truth(train))
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    for _ in range(CONFIG["cnn_epochs"]):
        network.train()
        for batch in torch.randperm(len(truth)).split(32):
            shift = tuple(int(v) for v in torch.randint(-3, 4, (2,)))
            output = network(torch.roll(images[batch], shift, dims=(2, 3)))
            optimiser.zero_grad()
            nn.functional.cross_entropy(output, truth[batch]).backward()
            optimiser.step()
    network.eval()

    def answer(cases):
        with torch.no_grad():
            return network(torch.tensor(_stack(cases, "pixels"))).softmax(dim=1).double().numpy()

    return answer


METHODS = {
    "uptake-ml": learn_ours,
    "pixels, PCA, logistic regression": learn_pixels,
    "first-order radiomics, random forest": learn_radiomics,
    "small convolutional network": learn_cnn,
}


def assess(name: str, probabilities: np.ndarray, test: list[dict], fit_s: float) -> dict:
    """Return the figures of one method on the test cases."""
    truth = _truth(test)
    probabilities = np.clip(probabilities, 1e-6, None)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    matrix = metrics.confusion_matrix(truth, probabilities.argmax(axis=1), 4)
    return {
        "method": name,
        "n_test": len(truth),
        "balanced_accuracy": round(metrics.balanced_accuracy(matrix), 3),
        "log_loss": round(metrics.log_loss(truth, probabilities), 3),
        "calibration_error": round(metrics.calibration_error(truth, probabilities), 3),
        "fit_s": round(fit_s, 1),
    }


if __name__ == "__main__":
    main()
