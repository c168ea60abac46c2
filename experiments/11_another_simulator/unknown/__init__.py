"""A simulator of blended distance fields and counted photons, apart from what models learn from."""
