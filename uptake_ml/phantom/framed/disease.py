"""What a kind of disease is: who has it and what it adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

ANY_BMI = (18.5, 34)


@dataclass(frozen=True, kw_only=True)
class Disease:
    """``add(body, tracer, rng)`` alters a healthy body and returns its lesions, if it has any.

    ``wear`` multiplies worn joints.
    """

    add: Callable
    ages: tuple[float, float] = (28, 84)
    bmis: tuple[float, float] = ANY_BMI
    wear: float = 1.0
    woman_share: float = 0.5
