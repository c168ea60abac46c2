"""How plainly a lesion can be seen, and which are clearly visible."""

from __future__ import annotations


def visibility(lesion, *, has_volume: bool) -> dict[str, float]:
    """Return conspicuity and contrast where each is greatest; a volume's where there is one."""
    if has_volume:
        return {"conspicuity": lesion.volume_conspicuity, "contrast": lesion.volume_contrast}
    return {
        "conspicuity": max(lesion.conspicuity.values(), default=0.0),
        "contrast": max(lesion.contrast.values(), default=0.0),
    }


def is_clear(seen: dict, config: dict) -> bool:
    """Return whether what ``visibility`` says of a lesion makes it clearly visible."""
    return (
        seen["conspicuity"] >= config["clear_conspicuity"]
        and seen["contrast"] >= config["clear_contrast"]
    )
