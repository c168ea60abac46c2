"""The list of all features as a page: ``python -m uptake_ml.features.document [PATH]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from uptake_ml.features import FEATURES, Feature
from uptake_ml.features.registry import FAMILIES, WINDOW
from uptake_ml.study import MODALITIES

_DEFAULT_PATH = Path("docs/features.md")
_HEAD = """# Features

Written by `python -m uptake_ml.features.document` from the registry; do not edit.

A feature is one number that describes a study. It is NaN where it is undefined, for example
because a part of the body is not in the image, and otherwise within its range: what lies outside
is moved to the nearer end. "Normal" is what the atlas expects of a normal subject, scaled to the
bones of the image. All but those of hot spots are computed on the view cropped to the body, on
square pixels of 4 mm, smoothed by a Gaussian of 4 mm. None changes by more than its *tolerance*, a
share of the value and an amount of which the greater counts, when the pixel size, the counts or the
position change or the image is mirrored; those marked *ranks* hold under monotone windowing too.
"""


def write_document() -> str:
    """Return the page, Markdown, one table a family."""
    parts = [_HEAD]
    for family in FAMILIES:
        members = [f for f in FEATURES.values() if f.family == family]
        parts.append(f"## {family} ({len(members)})\n\n{_table(members)}")
    return "\n".join(parts)


def _table(features: Sequence[Feature]) -> str:
    lines = [
        "| id | meaning | formula | unit | range | tolerance | for | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_row, features), ""])


def _row(feature: Feature) -> str:
    low, high = feature.range
    cells = (
        f"`{feature.id}`",
        feature.meaning,
        feature.formula,
        feature.unit,
        f"{low:g} to {high:g}",
        f"{feature.tolerance:.0%} or {feature.resolution:g}"
        + ", ranks" * (WINDOW in feature.invariances),
        "both" if feature.modalities == MODALITIES else ", ".join(feature.modalities),
        feature.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page to the path given, by default ``docs/features.md``."""
    parser = argparse.ArgumentParser(prog="python -m uptake_ml.features.document")
    parser.add_argument("path", type=Path, nargs="?", default=_DEFAULT_PATH)
    parser.parse_args(arguments).path.write_text(write_document(), encoding="utf-8")


if __name__ == "__main__":
    main()
