"""The entry point for report assistants: a file in, a finding and a draft of report text out.

A host finds this module in the entry-point group ``report_assistant.plugins``; see
``docs/plugin.md``.  Importing it is cheap: what reads and classifies is imported on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from uptake_ml import __version__
from uptake_ml.errors import NotAStudyError, ReadError, UptakeError
from uptake_ml.report.finding import FAILED, INTENDED_USE, REJECTED, SCHEMA, failed_finding

if TYPE_CHECKING:
    from uptake_ml.knowledge.context import Context
    from uptake_ml.readers import StudySource
    from uptake_ml.study import Study

__all__ = ["INTENDED_USE", "NAME", "VERSION", "analyse", "describe", "draft"]

NAME = "uptake-ml"
VERSION = __version__


def describe() -> dict:
    """Return what a host needs to know before it calls `analyse`: all plain JSON values."""
    return {
        "name": NAME,
        "version": VERSION,
        "intended_use": INTENDED_USE,
        "summary": "Which pattern of uptake a whole-body bone scan or FDG-PET shows, how sure that "
        "is, and what it can mean.",
        "modalities": ["bone-scan", "fdg-pet"],
        "inputs": ["DICOM NM", "DICOM PT", "NIfTI in SUV", "PNG, JPEG or TIFF"],
        "finding_schema": SCHEMA,
        "report_sections": ["findings", "impression", "differential", "recommendations"],
    }


def analyse(
    path_or_study: str | Path | Study, context: Mapping | str | Path | Context | None = None
) -> dict:
    """Return the finding of a study; what goes wrong is a finding that says so, never an exception.

    Parameters
    ----------
    path_or_study
        A file, a folder that holds one study, or a ``Study`` already read.
    context
        What is known of the patient: a ``Context``, the mapping or the file it is made from.
    """
    source = path_or_study
    try:
        known = _read_context(context)
        if hasattr(path_or_study, "views"):
            return _analyse_study(path_or_study, known)
        source = _find_study(path_or_study)
        return _analyse_source(source, known)
    except NotAStudyError as error:
        return _failed(source, str(error), decision=REJECTED)
    except UptakeError as error:
        return _failed(source, str(error))
    except Exception as error:  # a host must go on: a mistake of ours is a failed study to it
        # The message itself may quote the file, which may name the patient.
        return _failed(source, f"it could not be analysed: unexpected {type(error).__name__}")


def draft(finding: Mapping) -> dict[str, str]:
    """Return report text of a finding under the sections that `describe` names.

    A finding that lacks a field or is of another version gives text that says so.
    """
    from uptake_ml.report import text

    try:
        if finding["schema"] != SCHEMA:
            raise ValueError(f"the finding must be of {SCHEMA}, found {finding['schema']!r}")
        return text.draft(finding, document_titles=_document_titles())
    except UptakeError as error:  # the tables of this installation are broken
        return text.draft(failed_finding(None, str(error)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        finding = failed_finding(None, f"not a whole finding ({type(error).__name__}: {error})")
        return text.draft(finding)


def _find_study(path: str | Path) -> StudySource:
    try:
        is_there = Path(path).exists()
    except (TypeError, ValueError, OSError):  # not a path, or one no system accepts
        is_there = False
    if not is_there:
        raise ReadError("there is no such file: give the path of a file or folder, or a Study")
    from uptake_ml.readers import find_studies

    sources = list(find_studies([Path(path)], None))
    if len(sources) != 1:
        raise NotAStudyError(
            f"one study is needed, found {len(sources)}: give the file or folder of one study"
        )
    return sources[0]


def _analyse_source(source: StudySource, context: Context | None) -> dict:
    from uptake_ml.batch import classify_batch

    return next(iter(classify_batch([source], context=context))).finding


def _analyse_study(study: Study, context: Context | None) -> dict:
    from uptake_ml.batch import load_models_once
    from uptake_ml.pipeline import analyse as analyse_study

    return analyse_study(study, models=load_models_once(study.modality), context=context).finding


def _read_context(context) -> Context | None:
    if context is None:
        return None
    from uptake_ml.knowledge.context import Context, load_context, parse_context

    if isinstance(context, Context):
        return context
    return parse_context(context) if isinstance(context, Mapping) else load_context(Path(context))


def _failed(source, reason: str, *, decision: str = FAILED) -> dict:
    try:
        return failed_finding(source, reason, decision=decision)
    except (TypeError, ValueError, OSError, AttributeError):  # not even a path
        return failed_finding(None, reason, decision=decision)


def _document_titles() -> dict[str, str]:
    from uptake_ml.knowledge import load_knowledge

    return {document.id: document.title for document in load_knowledge().documents.values()}
