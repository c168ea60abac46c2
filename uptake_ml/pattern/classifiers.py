"""The classifiers that were compared, each a scikit-learn pipeline that takes NaN for undefined.

All are small enough to travel with the package and to answer within milliseconds on one core.
"""

from __future__ import annotations

from collections.abc import Callable

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVC

from uptake_ml.errors import ModelError
from uptake_ml.pattern.blend import Blend
from uptake_ml.pattern.boosting import BoostingSettings


def _logistic(seed: int) -> Pipeline:
    return _on_ranks(LogisticRegression(C=0.03, max_iter=2000), seed)


def _random_forest(seed: int) -> Pipeline:
    return _on_values(
        RandomForestClassifier(150, max_leaf_nodes=128, min_samples_leaf=2, random_state=seed)
    )


def _extra_trees(seed: int) -> Pipeline:
    return _on_values(
        ExtraTreesClassifier(
            150, max_leaf_nodes=128, min_samples_leaf=2, max_features=0.3, random_state=seed
        )
    )


def _boosting(seed: int) -> Pipeline:
    return _on_values(
        HistGradientBoostingClassifier(
            max_iter=120, learning_rate=0.08, max_leaf_nodes=15, l2_regularization=1.0,
            early_stopping=False, random_state=seed,
        )
    )  # fmt: skip


def _support_vectors(seed: int) -> Pipeline:
    machine = SVC(C=3.0, random_state=seed)
    return _on_ranks(CalibratedClassifierCV(machine, ensemble=False), seed)


def _perceptron(seed: int) -> Pipeline:
    return _on_ranks(MLPClassifier((32,), alpha=10.0, max_iter=300, random_state=seed), seed)


def _blend(seed: int) -> Blend:
    settings = BoostingSettings(
        rounds=400, rate=0.04, depth=2, share_of_rows=0.6, share_of_features=0.15, least_in_leaf=12
    )
    return Blend(_logistic(seed), settings, seed=seed)


def _on_values(classifier) -> Pipeline:
    return make_pipeline(_fill_undefined(), classifier)


def _on_ranks(classifier, seed: int) -> Pipeline:
    # Ranks are bounded: a value no training case had cannot throw a linear score off the scale.
    return make_pipeline(
        _fill_undefined(),
        QuantileTransformer(n_quantiles=100, subsample=None, random_state=seed),
        StandardScaler(),
        classifier,
    )


def _fill_undefined() -> SimpleImputer:
    # That a feature is undefined can itself be a sign (no hot spot has no contrast).
    return SimpleImputer(strategy="median", keep_empty_features=True, add_indicator=True)


Classifier = Pipeline | Blend
CLASSIFIERS: dict[str, Callable[[int], Classifier]] = {
    "logistic": _logistic,
    "blend": _blend,
    "random-forest": _random_forest,
    "extra-trees": _extra_trees,
    "boosting": _boosting,
    "support-vectors": _support_vectors,
    "perceptron": _perceptron,
}


def build_classifier(name: str, *, seed: int) -> Classifier:
    """Return the untrained classifier called ``name``.

    Raises
    ------
    ModelError
        When there is none of that name.
    """
    if name not in CLASSIFIERS:
        raise ModelError(f"a classifier must be one of {', '.join(CLASSIFIERS)}, found {name!r}")
    return CLASSIFIERS[name](seed)
