"""Whether the tracer of a PET series is FDG."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from uptake_ml.errors import NotAStudyError, ReadError

# DICOM PS3.16 CID 4020 and 4021: SNOMED CT, and SNOMED RT as older files have.
_F18_CODES = frozenset({"77004003", "C-111A1"})
_FDG_CODES = frozenset({"35321007", "C-B1031"})
_F18_WORD = re.compile(r"18\W*f(?:luor|\b)|\bf(?:luorine)?\W*18", re.IGNORECASE)
_FDG_WORD = re.compile(r"fdg|deoxy\W*glucose|fludeoxy|fluoro\W*d\W*glucose", re.IGNORECASE)
# Tracers of 18F and others that a clinic uses: a name that holds one of these is not FDG.
_OTHER_WORD = re.compile(
    r"psma|piflufolastat|pylarify|dcfp?yl|dota|\bnaf\b|sodium fluoride|choline|dopa|\bfet\b"
    r"|ethyl\W*tyrosine|\bflt\b|thymidine|\bfes\b|fluoroestradiol|miso\b|fluciclovine|axumin"
    r"|flor?beta|flutemetamol|flortaucipir|\bfapi|methionine|acetate|ammonia|rubidium|flurpiridaz",
    re.IGNORECASE,
)

UNNAMED_NOTE = "The header does not name FDG as the tracer: it was taken to be FDG."


def require_fdg(drug: Dataset, name: str, notes: list[str]) -> None:
    """Check that the tracer is FDG; note it where the nuclide is 18F but no name is known.

    A free text of the header is never repeated: it may hold anything.

    Raises
    ------
    NotAStudyError
        If the tracer is another.
    ReadError
        If neither nuclide, half-life nor name are told.
    """
    is_fluorine = _nuclide_is_fluorine(drug)
    if is_fluorine is False:
        raise NotAStudyError(
            f"{name} is of a radionuclide other than 18F: only FDG-PET is read, give that"
        )
    codes, words = _tracer_words(drug)
    if codes & _FDG_CODES or _FDG_WORD.search(words):
        return
    if _OTHER_WORD.search(words):
        raise NotAStudyError(f"{name} is of a tracer other than FDG: give an FDG-PET")
    if is_fluorine is None and not drug.get("RadionuclideHalfLife"):
        raise ReadError(
            f"{name} names neither tracer nor radionuclide: export it with its header whole, or "
            "give the PET in SUV"
        )
    notes.append(UNNAMED_NOTE)


def _nuclide_is_fluorine(drug: Dataset) -> bool | None:
    """Return whether the nuclide's code or name is that of 18F, None where there is none."""
    told = None
    for item in drug.get("RadionuclideCodeSequence") or []:
        value = str(item.get("CodeValue") or "").strip()
        meaning = str(item.get("CodeMeaning") or "")
        if value in _F18_CODES or _F18_WORD.search(meaning):
            return True
        told = False if value or meaning.strip() else told
    return told


def _tracer_words(drug: Dataset) -> tuple[set[str], str]:
    items = drug.get("RadiopharmaceuticalCodeSequence") or []
    codes = {str(item.get("CodeValue") or "").strip() for item in items}
    words = [str(item.get("CodeMeaning") or "") for item in items]
    return codes, " ".join([*words, str(drug.get("Radiopharmaceutical") or "")])
