"""Where the evidence comes from: the regions of each sentence outlined, under its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uptake_ml.report.overlay import Picture, draw_view

if TYPE_CHECKING:
    import numpy as np

    from uptake_ml.atlas import Layout
    from uptake_ml.features.hotspots import HotSpot
    from uptake_ml.study import Study

_MOST_SENTENCES = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class EvidencePlace:
    """The pixels that one sentence of the evidence speaks of, in one view."""

    mask: np.ndarray

    def full_mask(self, shape: tuple[int, int]) -> np.ndarray:
        """Return the mask, bool of ``shape``."""
        return self.mask.reshape(shape)


def draw_evidence(
    study: Study | None,
    layouts: Mapping[str, Layout] | None,
    hot_spots: Sequence[HotSpot] | None,
    evidence: Sequence[Mapping],
) -> list[Picture]:
    """Return every view with the places of the evidence, numbered as the sentences are.

    Sentences of the whole body have no place; a view without any place is left out.
    """
    if study is None or not layouts:
        return []
    pictures = []
    for name, view in study.views.items():
        if name not in layouts:
            continue
        spots = [spot for spot in hot_spots or () if spot.view == name]
        places = [
            (number, EvidencePlace(mask=mask))
            for number, entry in enumerate(evidence[:_MOST_SENTENCES], start=1)
            if (mask := _place(entry["feature"], layouts[name], spots)).any()
        ]
        if places:
            pictures.append(draw_view(view, layouts[name], places))
    return pictures


def _place(feature_id: str | None, layout: Layout, spots: Sequence[HotSpot]) -> np.ndarray:
    import numpy as np

    from uptake_ml.features.registry import HOTSPOT
    from uptake_ml.features.where import regions_of

    # A sentence without a feature sums up hot spots.
    if feature_id is None or feature_id.startswith(f"{HOTSPOT}."):
        mask = np.zeros(layout.regions.shape, bool)
        for spot in spots:
            mask |= spot.full_mask(mask.shape)
        return mask
    return np.isin(layout.regions, regions_of(feature_id))
