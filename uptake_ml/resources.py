"""Where the tables and models that travel with the package are."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_path(*parts: str) -> Path:
    """Return the path of a file or folder of the project's ``data/``."""
    return _root("data").joinpath(*parts)


def models_path(*parts: str) -> Path:
    """Return the path of a file or folder of the project's ``models/``."""
    return _root("models").joinpath(*parts)


def _root(name: str) -> Path:
    # A wheel holds the folder inside the package; a checkout holds it beside the package.
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
