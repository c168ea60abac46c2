"""``uptake-ml evaluate``: how good a model is on simulated cases it has never seen."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from uptake_ml.commands.output import open_output
from uptake_ml.commands.progress import Progress
from uptake_ml.commands.simulated_case import require_simulation


def run(args: Namespace) -> int:
    """Evaluate a model and write its figures."""
    require_simulation()
    from uptake_ml.pattern.evaluate import run_evaluation
    from uptake_ml.pattern.held_out import ANY, HELD_OUT

    with Progress(args.n, "cases") as progress:
        report = run_evaluation(
            modality=args.modality,
            n=args.n,
            seed=args.seed,
            jobs=args.jobs,
            folder=Path(args.model) if args.model else None,
            kind=HELD_OUT if args.held_out else ANY,
            progress=progress,
        )
    with open_output(args.out) as stream:
        stream.write((report.to_json() if args.format == "json" else report.to_text()) + "\n")
    return 0
