"""A body that is ink on a sheet: strokes, plates and shells, seen by two cameras at once."""
