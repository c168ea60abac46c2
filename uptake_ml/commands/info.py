"""``uptake-ml info``: which models are installed, what they were made of, and all versions."""

from __future__ import annotations

import json
from argparse import Namespace

from uptake_ml.commands.parser import MODALITIES
from uptake_ml.pattern.store import read_provenance
from uptake_ml.provenance import record_provenance
from uptake_ml.resources import models_path


def run(args: Namespace) -> int:
    """Print versions, then each model's provenance and card."""
    for name, version in record_provenance()["versions"].items():
        print(f"{name:14} {version or 'not installed'}")
    for modality in [args.modality] if args.modality else MODALITIES:
        print()
        _print_model(modality)
    return 0


def _print_model(modality: str) -> None:
    folder = models_path(modality)
    if not folder.is_dir():
        print(f"{modality}: no model is installed")
        return
    print(f"{modality}: {json.dumps(read_provenance(folder), indent=2, ensure_ascii=False)}")
    card = folder / "card.md"
    if card.is_file():
        print(f"\n{card.read_text(encoding='utf-8').strip()}")
