"""Joint diseases that take both sides."""

import numpy as np

from uptake_ml.phantom.sculpted.wear import place

MOST_BETWEEN_SIDES = 1.7  # greatest ratio between the sides of a symmetric arthritis (prior)
# Radius in mm (x, y, z) and share of uptake in the synovium, outside bone (prior).
EXTENT = {
    "carpus": ((26, 20, 24), 0.25),
    "knee": ((44, 38, 34), 0.12),
    "ankle": ((32, 32, 24), 0.15),
    "shoulder": ((34, 30, 32), 0.12),
    "elbow": ((28, 24, 24), 0.15),
    "hip": ((36, 34, 34), 0.1),
    "midfoot": ((24, 24, 20), 0.15),
    "sacroiliac": ((9, 26, 42), 0.0),
    "thumb base": ((10, 10, 10), 0.2),
    "sternoclavicular": ((14, 12, 12), 0.1),
}
THICK = {
    "knee": 0.6,
    "hip": 0.7,
    "shoulder": 0.75,
    "elbow": 0.9,
}  # prior: depth adds up in the view
SMALL = ((9.5, 9.5, 9.5), 0.3)
# Rows of ``data/diseases.toml``.
RHEUMATOID, OSTEOARTHRITIS = "rheumatoid-arthritis", "osteoarthritis"
SPONDYLITIS = "ankylosing-spondylitis"
RA_ADDED, OA_ADDED, AS_ADDED = (1.2, 3.0), (1.3, 3.0), (1.9, 3.4)  # RA 1.5-3 times


def region_of(name):
    """Region of ``uptake_ml.regions`` that the joint belongs to."""
    if name.startswith(("mcp", "pip", "dip", "thumb")):
        return "hand"
    return {"carpus": "wrist", "midfoot": "foot"}.get(name, name)


def inflame(canvas, person, rng, name, amount, disease=RHEUMATOID, spread=0.12):
    """Raise both sides of a joint, the sides within the bound."""
    radii, synovium = EXTENT.get(name, SMALL)
    ratio = np.exp(np.clip(rng.normal(0, 0.22), -1, 1) * np.log(MOST_BETWEEN_SIDES))
    for side, factor in (("left", ratio**0.5), ("right", ratio**-0.5)):
        value = amount * factor * np.exp(rng.normal(0, spread))
        where = np.asarray(place(canvas, person, name, side))
        size = np.array(radii) * rng.uniform(0.85, 1.1)
        with canvas.lesion(disease, region_of(name), side, is_joint=True):
            if size.max() > 15:
                canvas.add_patchy(where, size, THICK.get(name, 1.0) * value, soft_share=synovium)
            else:
                canvas.add(where, size, value, soft_share=synovium)


def _knuckles(canvas, person, rng, rows, amount, share=1.0, disease=RHEUMATOID):
    """Raise the named rows of finger joints of both hands."""
    for row in rows:
        for finger in range(1 if row == "mcp" else 2, 6):
            if rng.random() < share:
                own = amount * rng.uniform(0.7, 1.4)
                inflame(canvas, person, rng, f"{row}{finger}", own, disease, 0.2)


def rheumatoid(canvas, person, rng):
    """Wrists, knuckles and most of knees, ankles, shoulders, elbows and feet."""
    amount = rng.uniform(*RA_ADDED)
    inflame(canvas, person, rng, "carpus", 1.5 * amount)
    _knuckles(canvas, person, rng, ("mcp", "pip"), 1.3 * amount, 0.85)
    for name, chance in (
        ("knee", 0.85),
        ("ankle", 0.75),
        ("shoulder", 0.7),
        ("elbow", 0.5),
        ("midfoot", 0.5),
        ("sternoclavicular", 0.3),
        ("hip", 0.15),
    ):
        if rng.random() < chance:
            inflame(canvas, person, rng, name, amount * rng.uniform(0.7, 1.2))


def osteoarthritis(canvas, person, rng):
    """Both knees, thumb bases and end joints of the fingers."""
    amount = rng.uniform(*OA_ADDED)
    for side, s in (("left", 1), ("right", -1)):
        medial = person.joint["knee", side] + [-s * 20, 0, 2]
        with canvas.lesion(OSTEOARTHRITIS, "knee", side, is_joint=True):
            canvas.add_patchy(medial, (24, 34, 22), amount * rng.uniform(0.3, 0.6))
    inflame(canvas, person, rng, "knee", amount, OSTEOARTHRITIS)
    inflame(canvas, person, rng, "thumb base", 1.8 * amount, OSTEOARTHRITIS)
    _knuckles(canvas, person, rng, ("dip", "pip"), 1.4 * amount, 0.7, OSTEOARTHRITIS)


def hands_wrists(canvas, person, rng):
    """Wrists and knuckles only."""
    amount = rng.uniform(*RA_ADDED)
    inflame(canvas, person, rng, "carpus", 1.7 * amount)
    _knuckles(canvas, person, rng, ("mcp", "pip"), 1.5 * amount, 0.85)


def large_joints(canvas, person, rng):
    """Two to four pairs of large joints."""
    amount = rng.uniform(*RA_ADDED)
    names = ["shoulder", "knee", "ankle", "elbow", "hip", "carpus"]
    weights = np.array([0.22, 0.28, 0.2, 0.12, 0.1, 0.08])
    for name in rng.choice(names, int(rng.integers(2, 5)), False, weights):
        inflame(canvas, person, rng, str(name), 1.15 * amount)


def ankylosing(canvas, person, rng):
    """Both sacroiliac joints, with the facets and discs of the lower spine."""
    amount = rng.uniform(*AS_ADDED)
    inflame(canvas, person, rng, "sacroiliac", 1.5 * amount, SPONDYLITIS)
    names = [n for n in canvas.names if n[:1] in "TL" and n[1:].isdigit()]
    first = rng.integers(3, 10)
    for part in names[first:]:
        if rng.random() < 0.85:
            region = "lumbar-spine" if part.startswith("L") else "thoracic-spine"
            with canvas.lesion(SPONDYLITIS, region):
                _inflame_vertebra(canvas, person, rng, part, amount * rng.uniform(0.35, 0.75))
    if rng.random() < 0.3:
        inflame(canvas, person, rng, "hip", 0.6 * amount, SPONDYLITIS)


def _inflame_vertebra(canvas, person, rng, part, amount):
    """Raise both facets of a vertebra and the disc beside them."""
    for side in ("left", "right"):
        centre = canvas.points["facet " + part, side]
        canvas.add(centre, (9, 10, 11), amount * np.exp(rng.normal(0, 0.2)))
    z = centre[2]
    canvas.add((*person.spine(z), z), (26, 22, 6), 0.7 * amount)
