"""What a kind of case consists of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .person import Person
from .scene import Scene
from .uptake import Uptake


def _nothing(*_: object) -> None:
    """Leave the normal body as it is."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """People, field of view, change of the uptake before and painting after the body is drawn."""

    age: tuple[float, float] = (22, 84)
    female: float = 0.5
    arms_up: float = 0.62
    whole_body: float = 0.26  # chance of a field down to the feet
    hands: float = 0.1  # chance that raised hands are in the field
    prepare: Callable[[np.random.Generator, Person, Uptake], None] = _nothing
    paint: Callable[[Scene], None] = _nothing

    @property
    def has_lesions(self) -> bool:
        """Whether the kind paints anything over the normal body."""
        return self.paint is not _nothing
