"""``uptake-ml check``: whether this installation does what it should."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping

from uptake_ml.batch import classify_batch, load_models_once
from uptake_ml.commands.demo import real_scan
from uptake_ml.commands.parser import MODALITIES
from uptake_ml.errors import ModelError, ReadError
from uptake_ml.report.finding import SCHEMA, SCHEMA_FILE
from uptake_ml.resources import models_path


def run(args: Namespace) -> int:
    """Print one line a check; 1 where one fails."""
    n_failed = 0
    for name, check in CHECKS.items():
        try:
            print(f"ok      {name}: {check()}", flush=True)
        except Exception as error:  # the other checks are still wanted
            if args.debug:
                raise
            n_failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
    print(f"{len(CHECKS) - n_failed} of {len(CHECKS)} checks passed")
    return 1 if n_failed else 0


def _check_models() -> str:
    installed = [modality for modality in MODALITIES if models_path(modality).is_dir()]
    if not installed:
        raise ModelError("at least one model is required, found none: install the package again")
    loaded = [load_models_once(modality) for modality in installed]
    return ", ".join(f"{models.name} (SHA-256 {models.sha256[:12]})" for models in loaded)


def _check_tables() -> str:
    from uptake_ml.knowledge import load_knowledge

    load_knowledge()
    return "conditions and sources agree"


def _check_schema() -> str:
    json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return SCHEMA


def _check_real_scan() -> str:
    from uptake_ml.readers import find_studies

    (analysis,) = classify_batch(list(find_studies([real_scan()], None)))
    finding = analysis.finding
    if finding["decision"] not in ("labelled", "indeterminate"):
        raise ReadError(f"{finding['decision']}: {finding['reason']}")
    return f"{finding['decision']}, {' or '.join(finding['prediction_set'])}"


CHECKS: Mapping[str, Callable[[], str]] = {
    "models": _check_models,
    "tables": _check_tables,
    "schema": _check_schema,
    "real scan": _check_real_scan,
}
