"""Kidneys with their pelves, ureters and the bladder."""

from __future__ import annotations

import numpy as np

from uptake_ml.phantom.solid_pet.canvas import Canvas
from uptake_ml.phantom.solid_pet.patient import SIDES, Patient
from uptake_ml.phantom.solid_pet.solids import (
    make_ellipsoid,
    shift,
    turn_about_a,
)
from uptake_ml.phantom.solid_pet.uptake import Uptake


def paint_urine(rng: np.random.Generator, canvas: Canvas, patient: Patient, uptake: Uptake) -> None:
    """Fill kidneys with their pelves, pieces of the ureters, and the bladder."""
    bladder = patient.at(-0.012, 0.482, rng.normal(0, 0.003))
    for _, sign in SIDES:
        kidney = patient.at(0.030, 0.353 if sign < 0 else 0.345, sign * 0.043)
        kidney += rng.normal(0, 5, 3)
        turn = turn_about_a(-sign * rng.uniform(0.12, 0.35))
        size = patient.at(0.0155, 0.031, 0.0165) * rng.uniform(0.92, 1.08)
        hilum = shift(kidney, -3, 2, -sign * 13)
        _paint_kidney(rng, canvas, kidney, hilum, size, turn, uptake)
        stops = np.array(
            [
                shift(hilum, -4, 10, -sign * 3),
                patient.at(0.004, 0.40, sign * 0.027),
                patient.at(0.010, 0.45, sign * 0.032),
                shift(bladder, 14, -4, sign * 16),
            ]
        )
        _paint_ureter(rng, canvas, stops, uptake.urine)
    radii = rng.uniform((20, 16, 24), (34, 36, 44))
    canvas.paint(make_ellipsoid(bladder - (0, 0.3 * radii[1], 0), radii), uptake.bladder)


def _paint_kidney(
    rng: np.random.Generator,
    canvas: Canvas,
    kidney: np.ndarray,
    hilum: np.ndarray,
    size: np.ndarray,
    turn: np.ndarray,
    uptake: Uptake,
) -> None:
    """Fill an uneven parenchyma, the sinus, and calyces that run to the pelvis."""
    sinus = make_ellipsoid(hilum, (14, 0.5 * size[1], 14), turn)
    canvas.paint(make_ellipsoid(kidney, size, turn).without(sinus), 0.8 * uptake.kidney)
    for _ in range(12):
        way = rng.normal(0, 1, 3)
        place = kidney + (0.72 * size * way / np.linalg.norm(way)) @ turn
        lump = make_ellipsoid(place, rng.uniform(5, 11, 3)).without(sinus)
        canvas.paint(lump, uptake.kidney * rng.uniform(0.8, 1.35), only_raise=True)
    pelvis = shift(hilum, -4, 4, 0)
    for _ in range(rng.integers(0, 5)):
        calyx = kidney + rng.normal(0, 1, 3) * (3, 0.28 * size[1], 3)
        heat = uptake.urine * rng.uniform(0.2, 1.0)
        canvas.trace(np.array([calyx, pelvis]), rng.uniform(2.5, 5, 2), heat, only_raise=True)


def _paint_ureter(rng: np.random.Generator, canvas: Canvas, stops: np.ndarray, suv: float) -> None:
    fine = np.linspace(0, len(stops) - 1, 28)
    way = np.column_stack([np.interp(fine, np.arange(len(stops)), p) for p in stops.T])
    for _ in range(rng.integers(0, 3)):
        first, length = rng.integers(0, 22), rng.integers(2, 7)
        piece = way[first : first + length]
        canvas.trace(piece, [3.2] * len(piece), suv * rng.uniform(0.3, 0.9), only_raise=True)
