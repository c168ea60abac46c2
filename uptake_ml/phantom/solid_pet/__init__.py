"""FDG-PETs of a second body: implicit solids painted in SUV, after proportions of stature."""
