"""Drawn cases, kept in the user's cache while a model is made: it looks at each of them twice.

First for what their raised places teach about lesions, then for the features that labels are learnt
from.  Drawing takes five to ten times as long as looking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from uptake_ml.pattern.packed import pack, pack_view, unpack, unpack_view
from uptake_ml.study import Study, Volume


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnCase:
    """A case in every form that may reach a reader, and its truth as ``cases.Case`` has it."""

    label: str
    labels: Mapping[str, str]
    margins: Mapping[str, float]
    superimposed: tuple[str, ...]
    groups: Mapping[str, str | float | None]
    studies: Mapping[str, Study]


def save_drawn(case: DrawnCase, path: Path) -> None:
    """Write a case to ``path``: views exactly, volumes to half precision (a part in 2000)."""
    studies = {name: _pack_study(study) for name, study in case.studies.items()}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({**vars(case), "studies": studies}), encoding="utf-8")
    partial.replace(path)


def load_drawn(path: Path) -> DrawnCase:
    """Return the case that ``save_drawn`` wrote."""
    record = json.loads(path.read_text(encoding="utf-8"))
    studies = {name: _unpack_study(**study) for name, study in record["studies"].items()}
    superimposed = tuple(record["superimposed"])
    return DrawnCase(**{**record, "superimposed": superimposed, "studies": studies})


def _pack_study(study: Study) -> dict:
    return {
        "id": study.id,
        "modality": study.modality,
        "views": {name: pack_view(view) for name, view in study.views.items()},
        "volume": study.volume and _pack_volume(study.volume),
    }


def _pack_volume(volume: Volume) -> dict:
    values = pack(volume.values.astype(np.float16), is_noise=True)
    return {"values": values, "spacing_mm": volume.spacing_mm}


def _unpack_study(id: str, modality: str, views: Mapping, volume: Mapping | None) -> Study:
    return Study(
        id=id,
        modality=modality,
        views={name: unpack_view(view) for name, view in views.items()},
        volume=volume
        and Volume(
            values=unpack(volume["values"]).astype(np.float32),
            spacing_mm=tuple(volume["spacing_mm"]),
        ),
    )
