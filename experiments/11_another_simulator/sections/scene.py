"""The brush: places sections of the straight body in the posture of the person and paints them."""

import numpy as np

from .contours import AxialStack, Grid, Region, axial, blob, limb, wobble
from .person import Person
from .uptake import Uptake


class Scene:
    """A grid that is being painted, with the person, the uptake and the source of randomness."""

    def __init__(
        self, grid: Grid, person: Person, uptake: Uptake, rng: np.random.Generator
    ) -> None:
        self.grid, self.person, self.uptake, self.rng = grid, person, uptake, rng

    @property
    def s(self) -> float:
        """Linear scale of organs."""
        return self.person.scale

    def in_field(self, point: object, margin_mm: float = 15.0) -> bool:
        """Whether a point in posture lies at least a margin within the field of view."""
        return all(
            axis[0] + margin_mm < p < axis[-1] - margin_mm
            for axis, p in zip(self.grid.axes, point, strict=True)
        )

    def stack(self, rows: object, rough: float = 0.0) -> AxialStack:
        """Axial contours (z, y, x, ry, rx[, turn]) of the straight body, put in posture."""
        table = np.array(rows, float)
        if table.shape[1] == 5:
            table = np.column_stack([table, np.zeros(len(table))])
        table[:, :3] = self.person.put(table[:, [1, 0, 2]])[:, [1, 0, 2]]
        table[:, 5] -= self.person.roll_deg
        table = table[np.argsort(table[:, 0], kind="stable")]
        return axial(table, wobble(self.rng, len(table), rough) if rough else None)

    def axial(self, rows: object, suv: float, rough: float = 0.0) -> None:
        """Paint axial contours of the straight body."""
        self.grid.paint(self.stack(rows, rough), suv)

    def region(self, rows: object, rough: float = 0.0) -> Region | None:
        """The voxels within axial contours of the straight body."""
        return self.grid.section(self.stack(rows, rough))

    def spot(
        self, point: object, radii: object, suv: float, *, turn: float = 0.0, rough: float = 0.0
    ) -> None:
        """Paint an ellipsoid about a point that is already in posture; radii (y, z, x)."""
        harmonics = wobble(self.rng, 1, rough) if rough else None
        self.grid.paint(blob(point, radii, turn, harmonics), suv)

    def organ(self, point: object, radii: object, suv: float, **shape: float) -> None:
        """Paint an ellipsoid about a point of the straight body; radii (y, z, x)."""
        self.spot(self.person.put(point), radii, suv, **shape)

    def tube(self, points: object, radius: object, suv: object) -> None:
        """Paint a chain of short limbs through points in posture; radius, suv one or per part."""
        path = np.asarray(points, float)
        parts = len(path) - 1
        radii = np.broadcast_to(np.asarray(radius, float), (parts,))
        values = np.broadcast_to(np.asarray(suv, float), (parts,))
        for k in range(parts):
            self.grid.paint(limb(path[k], path[k + 1], radii[k]), float(values[k]))

    def limb(self, start: object, end: object, radii: object, suv: float, rough=0.0) -> None:
        """Paint a limb stack between two points in posture."""
        table = np.asarray(radii, float)
        rows = 2 if table.ndim == 0 else len(table)
        harmonics = wobble(self.rng, rows, rough) if rough else None
        self.grid.paint(limb(start, end, radii, harmonics), suv)
