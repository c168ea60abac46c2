"""Which cases training sees: what is kept back to judge a model, and which body a case shows."""

from __future__ import annotations

from uptake_ml.study import BONE_SCAN, FDG_PET, LABELS

ANY, TRAINED, HELD_OUT = "any", "trained", "held out"
KINDS = (ANY, TRAINED, HELD_OUT)

DEVICES = ("philips-brightview", "philips-gemini-tf")
MOST_BMI = 35.0
HEIGHTS_MM = (1520.0, 1920.0)
_MOST_DRAWS = 200

# The bodies that are learnt from, in successive rounds of labels, named as their packages in
# ``phantom``.  Meshes are the most detailed, and they alone tell the regions that an atlas learns
# beside landmarks: half of its cases show them.  Of those that teach the labels of bone scans it is
# a quarter, so that no body is the rule from which others depart.  The length of no cycle may have
# a divisor in common with the number of folds or parts of a fit.
MESHES, STYLIZED, POINTWISE, SCULPTED = "meshes", "stylized", "pointwise", "sculpted"
FRAMED = "framed"
INKED, SWEPT, SOLID_PET, SWEPT_PET = "inked", "swept", "solid_pet", "swept_pet"
_BODIES = {
    BONE_SCAN: (MESHES, STYLIZED, INKED, POINTWISE, MESHES, SWEPT, FRAMED, SCULPTED),
    FDG_PET: (MESHES, SOLID_PET, MESHES, SWEPT_PET),
}
_ATLAS_BODIES = {
    BONE_SCAN: (MESHES, STYLIZED, MESHES, INKED, MESHES, POINTWISE, MESHES, SCULPTED),
    FDG_PET: (MESHES, SOLID_PET, MESHES, SWEPT_PET),
}


def training_body(modality: str, k: int, *, teaches_atlas: bool = False) -> str:
    """Return which body case ``k`` of those that are learnt from shows."""
    bodies = (_ATLAS_BODIES if teaches_atlas else _BODIES)[modality]
    return bodies[k // len(LABELS[modality]) % len(bodies)]


def is_held_out(spec) -> bool:
    """Return whether a specification has a camera, a scanner or a body that training leaves out."""
    device = spec.scanner.scanner if hasattr(spec, "scanner") else spec.camera.camera
    shortest, tallest = HEIGHTS_MM
    return (
        device in DEVICES
        or spec.person.bmi > MOST_BMI
        or not shortest <= spec.person.height_mm <= tallest
    )


def draw_kind(seed: int, *, modality: str, label: str, kind: str = ANY):
    """Return the first specification of ``kind`` that the seed gives.

    Raises
    ------
    ValueError
        If the kind is unknown.
    RuntimeError
        If none of many draws is of that kind.
    """
    from uptake_ml.phantom import draw

    if kind not in KINDS:
        raise ValueError(f"kind must be one of {KINDS}, found {kind!r}")
    for attempt in range(_MOST_DRAWS):
        spawn_key = (attempt,) if attempt else ()
        spec = draw(seed, modality=modality, label=label, spawn_key=spawn_key)
        if kind == ANY or is_held_out(spec) == (kind == HELD_OUT):
            return spec
    raise RuntimeError(f"none of {_MOST_DRAWS} cases drawn was of the kind {kind!r}")
