"""What a kind of disease is: who has it, how they are imaged and what it adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Disease:
    """``add(body, sugar, rng)`` alters a healthy body.

    ``alter(sugar, rng)`` changes organs before; ``long`` and ``arms_down`` are the shares imaged
    down to the feet, and with the arms beside the body.
    """

    add: Callable
    alter: Callable | None = None
    ages: tuple[float, float] = (28, 84)
    bmis: tuple[float, float] = (18.5, 34)
    long: float = 0.12
    arms_down: float = 0.3
