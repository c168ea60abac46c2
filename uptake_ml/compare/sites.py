"""The hot sites of one scan in body coordinates, and how hot it is anywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from uptake_ml.compare.frame import BodyFrame, find_frame
from uptake_ml.features.candidates import DetectionLimits, measure_rise
from uptake_ml.features.uptake import ViewUptake
from uptake_ml.features.working_view import SMOOTHING_MM, WORKING_MM, WorkingView, prepare_view

if TYPE_CHECKING:
    from uptake_ml.atlas import Layout
    from uptake_ml.features import HotSpot
    from uptake_ml.study import Study

# A place carried over from another scan is off by about this much.
REACH_MM = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Site:
    """A hot place of the body, seen in one view or in two.

    ``numbers`` index the finding's hot spots.  ``places`` (down, across in mm, see ``BodyFrame``),
    ``contrast`` and ``noise`` (counting noise, standard deviation of the log of the contrast) are
    by view.  ``region`` and ``side`` are those of the view that shows it hottest.
    """

    numbers: tuple[int, ...]
    region: str
    side: str | None
    is_joint: bool
    area_mm2: float
    places: Mapping[str, np.ndarray]
    contrast: Mapping[str, float]
    noise: Mapping[str, float]

    @property
    def place(self) -> np.ndarray:
        """Mean place of the views, shape (2,)."""
        return np.mean(list(self.places.values()), axis=0)

    @property
    def radius_mm(self) -> float:
        """Radius of the disc of the same area."""
        return float(np.sqrt(self.area_mm2 / np.pi))


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """One date: the study with what was found in it, in body coordinates."""

    study: Study
    layouts: Mapping[str, Layout]
    hot_spots: Sequence[HotSpot]
    frames: Mapping[str, BodyFrame]

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Hot sites; one that both views show counts once."""
        return tuple(
            self._site((i,) if spot.same_site is None else (i, spot.same_site))
            for i, spot in enumerate(self.hot_spots)
            if spot.same_site is None or i < spot.same_site
        )

    def contrast_at(self, site: Site, view: str) -> tuple[float, float] | None:
        """Return (contrast, noise) in a view at a site found elsewhere, None outside the view.

        The contrast is the highest within ``REACH_MM``, whether or not it is a hot spot.
        """
        place = site.places.get(view, site.place)
        pixel = self.frames[view].to_pixel(site.region, site.side, place)
        if not _is_inside(pixel, self.study.views[view].pixels.shape):
            return None
        working, rise = self._working[view], self._rise[view]
        row, col = working.from_input(*pixel)
        rows, cols = np.ogrid[: rise.shape[0], : rise.shape[1]]
        near = np.hypot(rows - row, cols - col) * WORKING_MM <= REACH_MM
        # The rise is not a number in an image without bone.
        found = rise[near & working.body & np.isfinite(rise)]
        return (float(np.exp(found.max())), self._noise(view, *pixel)) if found.size else None

    def _site(self, numbers: tuple[int, ...]) -> Site:
        spots = [self.hot_spots[i] for i in numbers]
        hottest = max(spots, key=lambda spot: spot.contrast)
        return Site(
            numbers=numbers,
            region=hottest.region,
            side=hottest.side,
            is_joint=hottest.is_joint,
            area_mm2=hottest.area_mm2,
            places={s.view: self._place(s) for s in spots},
            contrast={s.view: s.contrast for s in spots},
            noise={s.view: self._noise(s.view, s.row, s.col) for s in spots},
        )

    def _place(self, spot: HotSpot) -> np.ndarray:
        return self.frames[spot.view].to_body(spot.region, spot.side, *spot.centre)

    def _noise(self, view: str, row: float, col: float) -> float:
        """Return the s.d. of the log of smoothed uptake by counting alone (variance = gain x mean).

        A Gaussian of s.d. s averages over an area of 4 pi s^2.
        """
        working = self._working[view]
        place = [
            int(np.clip(round(x), 0, n - 1))
            for x, n in zip(working.from_input(row, col), working.pixels.shape, strict=True)
        ]
        n_pixels = 4 * np.pi * SMOOTHING_MM**2 / np.prod(self.study.views[view].spacing_mm)
        level = max(float(working.smoothed[tuple(place)]), 1e-9)
        return float(min(np.sqrt(working.gain / (level * max(n_pixels, 1.0))), 1.0))

    @cached_property
    def _working(self) -> dict[str, WorkingView]:
        return {
            name: prepare_view(view, self.layouts[name]) for name, view in self.study.views.items()
        }

    @cached_property
    def _rise(self) -> dict[str, np.ndarray]:
        limits = DetectionLimits()
        return {
            name: measure_rise(ViewUptake(working), limits)[0]
            for name, working in self._working.items()
        }


def read_scan(
    study: Study,
    layouts: Mapping[str, Layout],
    hot_spots: Sequence[HotSpot],
    mean_shape: np.ndarray,
) -> Scan:
    """Return a scan ready to be compared; ``mean_shape`` (P, 2) is the atlas's ``shape.mean``."""
    return Scan(
        study=study,
        layouts=layouts,
        hot_spots=hot_spots,
        frames={
            name: find_frame(view, layouts[name], mean_shape) for name, view in study.views.items()
        },
    )


def merge_sites(first: Site, second: Site) -> Site:
    """Return two sites of one scan as one: the hotter one's place, both areas."""
    hotter, cooler = sorted((first, second), key=lambda s: -max(s.contrast.values()))
    return Site(
        numbers=(*hotter.numbers, *cooler.numbers),
        region=hotter.region,
        side=hotter.side,
        is_joint=hotter.is_joint,
        area_mm2=first.area_mm2 + second.area_mm2,
        places={**cooler.places, **hotter.places},
        contrast={**cooler.contrast, **hotter.contrast},
        noise={**cooler.noise, **hotter.noise},
    )


def _is_inside(pixel: tuple[float, float], shape: tuple[int, int]) -> bool:
    return all(0 <= x <= n - 1 for x, n in zip(pixel, shape, strict=True))
