"""How the bones of the skeleton belong to the rows of the tables."""

from __future__ import annotations

from uptake_ml.phantom.bone_voxels import bone_region
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.regions import REGIONS

_METATARSALS = tuple(f"tarsal{k}_{s}" for k in range(7, 12) for s in "lr")


def bone_stem(name: str) -> str:
    """Return the row of the uptake table that a bone belongs to."""
    if name in ("mandible", "costal-cartilage"):
        return name
    if name.startswith("patella"):
        return "patella"
    return REGIONS[bone_region(name)].name


def bones_by_stem(skeleton: Skeleton) -> dict[str, list[str]]:
    """Return the names of the bones of each row of the uptake table."""
    stems: dict[str, list[str]] = {}
    for bone in skeleton.bones:
        stems.setdefault(bone_stem(bone.name), []).append(bone.name)
    return stems


def bones_at_site(skeleton: Skeleton, site: str) -> list[str]:
    """Return the bones of a site of the disease table: a row of the uptake table, or a group."""
    if site == "metatarsals":
        return list(_METATARSALS)
    return bones_by_stem(skeleton)[site]
