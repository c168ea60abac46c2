"""What a scan called normal still shows: mild wear of age and physiological spots."""

import numpy as np

# Joint: (chance at 60 years, largest added uptake over a vertebral body, radius mm) (prior;
# silent osteoarthritis in a third of young adults, knees and hips before shoulders).
WEAR = {
    "acromioclavicular": (0.6, 0.45, 11), "shoulder": (0.35, 0.22, 20),
    "sternoclavicular": (0.6, 0.45, 10), "facet L4": (0.3, 0.45, 9), "facet L5": (0.45, 0.5, 9),
    "knee": (0.55, 0.26, 26), "patella": (0.3, 0.28, 15), "thumb base": (0.35, 0.4, 7),
    "mtp1": (0.4, 0.4, 9), "ankle": (0.4, 0.3, 18), "midfoot": (0.4, 0.32, 12),
    "elbow": (0.2, 0.22, 14), "hip": (0.3, 0.24, 22), "carpus": (0.3, 0.28, 12),
}  # fmt: skip
SPOTS = {
    "scapula tip": (0.3, 0.3, 9),
    "iliac spine": (0.6, 0.3, 11),
    "sternal angle": (0.5, 0.3, 9),
}


def place(canvas, person, name, side):
    """Position of a named joint (mm)."""
    if name == "patella":
        return person.joint["knee", side] + [0, 36, -14]
    if (name, side) in person.joint:
        return person.joint[name, side]
    return canvas.points[name, side if (name, side) in canvas.points else None]


def _spread(rng, age):
    """How much wear a joint has, 0 to 1, usually on both sides."""
    return min(1.0, rng.beta(1.3, 2.5) * (0.4 + age / 85))


def build_wear(canvas, person, rng):
    """Add wear to both sides with a difference between them."""
    for name, (chance, most, radius) in WEAR.items():
        if rng.random() > chance * person.age / 60:
            continue
        both = _spread(rng, person.age)
        for side in ("left", "right"):
            amount = most * both * np.exp(rng.normal(0, 0.3))
            amount *= 0.2 if rng.random() < 0.2 else 1.0
            where = place(canvas, person, name, side) + rng.normal(0, radius / 4, 3)
            canvas.add(where, radius, min(amount, most))
    for name, (chance, most, radius) in SPOTS.items():
        if rng.random() < chance:
            for side in (None,) if name == "sternal angle" else ("left", "right"):
                where = place(canvas, person, name, side)
                canvas.add(where, radius, most * rng.uniform(0.2, 1.0))
