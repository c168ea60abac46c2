"""``uptake-ml train``: learn a model from simulated cases."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from uptake_ml.commands.progress import Progress
from uptake_ml.commands.simulated_case import require_simulation


def run(args: Namespace) -> int:
    """Train a model, save it to ``args.out`` and print how good it is."""
    require_simulation()
    from uptake_ml.pattern.train import run_training

    with Progress(args.n, "cases") as progress:
        report = run_training(
            modality=args.modality,
            n=args.n,
            seed=args.seed,
            jobs=args.jobs,
            out=Path(args.out),
            keep_atlas=args.keep_atlas,
            progress=progress,
        )
    print(report.to_text())
    return 0
