"""Draw a case of FDG-PET that shares nothing with what the models learnt from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import nibabel
import numpy as np

from .pet_canvas import Canvas, scan
from .pet_disease import paint_disease
from .pet_organs import paint_belly, paint_chest, paint_head, paint_urine
from .pet_patient import Patient, Uptake, draw_patient, draw_uptake, paint_outline
from .pet_skeleton import paint_skeleton

KINDS: dict[str, tuple[str, ...]] = {
    "normal": ("plain", "brown-fat", "avid-muscle", "hot-bowel", "hot-heart", "mild-nodes"),
    "focal": (
        "lymphoma",
        "lung-cancer",
        "bone-metastases",
        "liver-metastases",
        "limb-sarcoma",
        "melanoma",
        "solitary-tumour",
    ),
    "joint-symmetric": ("polymyalgia", "rheumatoid-arthritis", "sacroiliitis"),
    "marrow-diffuse": ("growth-factor", "reactive-marrow", "leukaemia"),
}
# Kinds that are commonly imaged down to the feet.
LONG_FIELD = ("limb-sarcoma", "melanoma", "rheumatoid-arthritis", "leukaemia")
PAIRED = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


@dataclass(frozen=True, kw_only=True, eq=False)
class Pet:
    """A PET volume in SUV: axes from front to back, head to feet and right to left.

    ``landmarks`` maps (name, side or None) to (row, column) in the coronal projection; a landmark
    may lie outside the field of view.
    """

    suv: np.ndarray
    spacing_mm: tuple[float, float, float]
    landmarks: dict[tuple[str, str | None], tuple[float, float]]
    label: str
    kind: str


def draw_pet(rng: np.random.Generator, label: str, kind: str) -> Pet:
    """Return one case of a kind; all that varies comes from ``rng``.

    Raises
    ------
    KeyError
        If the label has no such kind.
    """
    if kind not in KINDS.get(label, ()):
        raise KeyError(f"no kind {kind!r} of label {label!r}; there are {KINDS}")
    patient = draw_patient(rng, arms_up=rng.random() < (0.2 if kind in LONG_FIELD else 0.6))
    uptake, spleen_size = _alter_uptake(rng, kind, draw_uptake(rng, patient.age_years))
    canvas = _open_canvas(rng, patient, long_share=0.75 if kind in LONG_FIELD else 0.2)
    paint_outline(canvas, patient, uptake)
    paint_chest(rng, canvas, patient, uptake)
    paint_belly(rng, canvas, patient, uptake, spleen_size)
    paint_skeleton(canvas, patient, uptake)
    paint_head(rng, canvas, patient, uptake)
    paint_urine(rng, canvas, patient, uptake)
    paint_disease(rng, canvas, patient, uptake, kind)
    canvas.mottle(rng, 0.05, 34.0)
    canvas.mottle(rng, 0.06, 13.0)
    canvas.breathe(0.285 * patient.height_mm, 55.0, rng.uniform(2.0, 6.0))
    spacing = _draw_spacing(rng)
    suv = scan(
        rng, canvas, spacing, rng.uniform(5, 8), rng.uniform(0.07, 0.15), liver_suv=uptake.liver
    )
    landmarks = _find_landmarks(canvas, patient, spacing)
    if spacing[0] > 3.5:
        suv, landmarks = _fit_square(suv, landmarks, rng.choice([550, 600, 700]) / spacing[0])
    return Pet(
        suv=suv,
        spacing_mm=spacing,
        landmarks=landmarks,
        label=label,
        kind=kind,
    )


def _alter_uptake(rng: np.random.Generator, kind: str, uptake: Uptake) -> tuple[Uptake, float]:
    """Return the uptake that goes with a kind, and the length of the spleen over a normal one."""
    liver, size = uptake.liver, rng.uniform(0.85, 1.15)
    if kind == "hot-heart":
        return replace(uptake, heart=rng.uniform(8, 15)), size
    if kind == "hot-bowel":
        return replace(uptake, bowel=rng.uniform(3.5, 6.5)), size
    if kind == "growth-factor":
        marrow, spleen = liver * rng.uniform(1.4, 2.5), liver * rng.uniform(1.1, 1.8)
        limb = rng.uniform(0.65, 0.9)
        return _marrow(uptake, marrow, spleen, limb, 0.5), rng.uniform(1.1, 1.35)
    if kind == "reactive-marrow":
        marrow, spleen = liver * rng.uniform(1.2, 1.5), liver * rng.uniform(0.95, 1.3)
        return _marrow(uptake, marrow, spleen, rng.uniform(0.55, 0.75), 0.45), size * 1.1
    if kind == "leukaemia":
        marrow, spleen = liver * rng.uniform(2, 4), liver * rng.uniform(0.95, 2)
        limb, shaft = rng.uniform(0.85, 1.05), marrow * rng.uniform(0.6, 0.95)
        return _marrow(uptake, marrow, spleen, limb, shaft), rng.uniform(1.2, 1.6)
    if kind == "solitary-tumour":
        return replace(uptake, bowel=min(uptake.bowel, 1.6)), size
    return uptake, size


def _marrow(uptake: Uptake, marrow: float, spleen: float, limb: float, shaft: float) -> Uptake:
    return replace(uptake, marrow=marrow, spleen=spleen, limb_marrow=limb, shaft_marrow=shaft)


def _open_canvas(rng: np.random.Generator, patient: Patient, long_share: float) -> Canvas:
    """Return an empty canvas for a field from the head to the thighs, or to the toes."""
    height = patient.height_mm
    top = rng.choice([-22.0, 0.055 * height, 0.085 * height], p=[0.6, 0.22, 0.18])
    to_toes = rng.random() < long_share
    bottom = 1.02 * height if to_toes else height * rng.uniform(0.56, 0.66)
    wide = max([patient.trunk[:, 4].max()] + [abs(p[2]) for p in patient.joints.values()]) + 62
    front = (patient.trunk[:, 1] - patient.trunk[:, 3]).min() - 40
    back = (patient.trunk[:, 1] + patient.trunk[:, 3]).max() + 28
    return Canvas((min(front, -140), top, -wide), (back, bottom, wide))


def _draw_spacing(rng: np.random.Generator) -> tuple[float, float, float]:
    """Return voxels that are square across the body and of another length along it."""
    across = float(rng.choice([2.73, 3.18, 3.65, 4.07, 4.69, 5.31]))
    along = float(rng.choice([2.5, 3.0, 3.27, 4.0, 5.0]))
    return across, along, across


def _find_landmarks(
    canvas: Canvas, patient: Patient, spacing: tuple[float, float, float]
) -> dict[tuple[str, str | None], tuple[float, float]]:
    places = {("chin", None): patient.at(0, 0.13, 0)}
    places["sacrum", None] = patient.spine_at(0.452 * patient.height_mm)
    places["T12", None] = patient.spine_at(np.mean(patient.vertebra("T12")))
    places |= {key: point for key, point in patient.joints.items() if key[0] in PAIRED}
    starts = [axis[0] for axis in canvas.axes_mm]
    return {
        key: (float((p[1] - starts[1]) / spacing[1]), float((p[2] - starts[2]) / spacing[2]))
        for key, p in places.items()
    }


def _fit_square(
    suv: np.ndarray, landmarks: dict[tuple[str, str | None], tuple[float, float]], size: float
) -> tuple[np.ndarray, dict[tuple[str, str | None], tuple[float, float]]]:
    """Return the volume in a square transaxial matrix, as scanners store it, and its landmarks.

    Arms beyond the matrix are cut off. Fine voxels stay cropped to the body, as some archives do.
    """
    count = int(size)
    before = [(count - n) // 2 for n in (suv.shape[0], suv.shape[2])]
    first, last = [max(-n, 0) for n in before], [max(-n, 0) + count for n in before]
    kept = suv[first[0] : last[0], :, first[1] : last[1]]
    pads = [
        (max(n, 0), count - max(n, 0) - k) for n, k in zip(before, kept.shape[::2], strict=True)
    ]
    square = np.pad(kept, (pads[0], (0, 0), pads[1]))
    return square, {key: (row, column + before[1]) for key, (row, column) in landmarks.items()}


def write_volume(case: Pet, path: Path) -> None:
    """Write a NIfTI-1 file in SUV whose axes run to the right, to the front and to the head."""
    across, along, wide = case.spacing_mm
    volume = case.suv.transpose(2, 0, 1)[::-1, ::-1, ::-1]
    affine = np.diag([wide, across, along, 1.0])
    affine[:3, 3] = -0.5 * np.diag(affine)[:3] * (np.array(volume.shape) - 1)
    image = nibabel.Nifti1Image(np.ascontiguousarray(volume), affine)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, code="scanner")
    image.set_qform(affine, code="scanner")
    nibabel.save(image, str(path))
