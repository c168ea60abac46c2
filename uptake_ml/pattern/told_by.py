"""Which features tell the labels: those that mean the same on another camera and in another body.

``docs/model.md`` has the figures, ``experiments/12_what_to_learn_from`` makes them.
"""

from __future__ import annotations

from dataclasses import replace

from uptake_ml.errors import ModelError
from uptake_ml.pattern.cases import CaseTable

ALL, GENERAL = "all", "general"
CHOICES = (ALL, GENERAL)

_CAMERA_FAMILY = "intensity."
# Of single joints: what is shared by them, or by pairs of them, has names of its own.
_DETAIL_FAMILY = "symmetry."
_DETAILS = ("asymmetry", "side", "level", "difference")


def tells_label(feature_id: str) -> bool:
    """Return whether the general choice has a feature.

    Statistics of the counts of the whole image follow camera, dose and build of the body.  Levels
    and sides of single joints follow how a body was made: each sees few inflamed ones, and their
    number, pairs and highest rise say the same.
    """
    is_detail = feature_id.startswith(_DETAIL_FAMILY) and feature_id.endswith(_DETAILS)
    return not (is_detail or feature_id.startswith(_CAMERA_FAMILY))


def keep_told(table: CaseTable, choice: str) -> CaseTable:
    """Return the table with the features of ``choice`` alone, in their order.

    Raises
    ------
    ModelError
        When there is no such choice.
    """
    if choice not in CHOICES:
        raise ModelError(f"labels are told by one of {', '.join(CHOICES)}, found {choice!r}")
    if choice == ALL:
        return table
    columns = [i for i, name in enumerate(table.feature_ids) if tells_label(name)]
    feature_ids = tuple(table.feature_ids[i] for i in columns)
    return replace(table, feature_ids=feature_ids, features=table.features[:, columns])
