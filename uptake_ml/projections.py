"""From a PET volume to the planar views that the rest of the program looks at."""

from __future__ import annotations

from uptake_ml.study import ANTERIOR, SUV, View, Volume


def project_views(volume: Volume) -> dict[str, View]:
    """Return the views of a volume by name: the coronal maximum-intensity projection, in SUV.

    It is oriented like an anterior view (the patient's right at the image's left), and its pixels
    are the volume's rows and columns.
    """
    _, row_mm, column_mm = volume.spacing_mm
    view = View(
        name=ANTERIOR,
        pixels=volume.values.max(axis=0),
        spacing_mm=(row_mm, column_mm),
        unit=SUV,
    )
    return {ANTERIOR: view}
