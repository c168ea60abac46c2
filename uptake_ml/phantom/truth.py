"""What is true of a simulated study, in the coordinates of its images."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from uptake_ml import regions
from uptake_ml.phantom.body import Body
from uptake_ml.phantom.bones import Skeleton
from uptake_ml.phantom.label_projection import project_labels
from uptake_ml.phantom.projector import Projector
from uptake_ml.phantom.tables import load_diseases
from uptake_ml.phantom.tissue import FAT_CODE
from uptake_ml.phantom.tracer import WHOLE_BONE_MM, Lesion
from uptake_ml.study import FOCAL, JOINT_SYMMETRIC, NORMAL, Study

# A lesion counts as visible when its counts stand out of its footprint's noise by this many
# standard deviations (Rose's criterion asks for about 5 where one knows where to look; a reader
# searches a whole body, in few grey levels) and out of what lies under it by a share: by less
# differ the bones and joints of normal subjects, whose own level nobody knows beforehand (three
# standard deviations of their spread, see ``data/uptake.toml``).  Bones other than those of hands
# and feet, and away from joints, differ by less, which many counts can show.
VISIBLE_CONSPICUITY, CLEAR_CONSPICUITY = 8.0, 25.0
VISIBLE_CONTRAST, VISIBLE_CONTRAST_OF_CALM_BONE = 0.8, 0.6
_UNEQUAL_BONES = ("hand", "foot")
# Nobody knows the limits of a reader exactly: by so much they are moved to see whether a label
# depends on them.
MARGINS = (1.25, 1.5, 2.0)
# A lesion whose hottest pixel expects fewer counts than this is the rounding of the projection.
LEAST_COUNTS = 1e-3
# A lesion's mask holds what reaches this share of its peak.
PEAK_SHARE, WHOLE_BONE_SHARE = 0.5, 0.15

_KNEE = ("medial", "lateral", "patella")
# The share of a bone that its top or its lowest part is.
VERTEX_SHARE, CHIN_SHARE, CREST_SHARE = 0.001, 0.03, 0.005
LANDMARK_VERTEBRAE = ("C7", "T6", "T12", "L3")

MAP_PRIORITY = {
    regions.OUTSIDE: 0,
    regions.SOFT_TISSUE: 0,
    regions.ORGAN: 1,
    regions.BONE: 2,
    regions.JOINT: 3,
}
_MAP_UPTAKE = {
    regions.OUTSIDE: 0.0,
    regions.SOFT_TISSUE: 1.0,
    regions.ORGAN: 1.3,
    regions.BONE: 8.0,
    regions.JOINT: 8.0,
}
_ORGAN_UPTAKE = {"bladder": 40.0, "kidney": 8.0, "brain": 0.3, "lung": 0.3}


@dataclass(frozen=True, kw_only=True)
class LesionTruth:
    """One lesion: where, what, and per view how much it stands out.

    ``contrast`` is its peak over what lies under it, ``conspicuity`` its counts over the standard
    deviation of all counts in its footprint (its mask: half its peak and above; for a bone that is
    lesion as a whole, 15 % of it).
    """

    number: int
    disease: str
    region: str
    side: str | None
    is_joint: bool
    radius_mm: float
    uptake: float
    place: Mapping[str, tuple[float, float]]
    contrast: Mapping[str, float]
    conspicuity: Mapping[str, float]

    @property
    def is_visible(self) -> bool:
        """Whether a reader could see it in at least one view."""
        return self.is_visible_to(1.0)

    def is_visible_to(self, strictness: float) -> bool:
        """Return whether a reader could see it whose limits are so many times the usual ones."""
        return any(self.is_visible_in(view, strictness) for view in self.conspicuity)

    def is_visible_in(self, view: str, strictness: float = 1.0) -> bool:
        """Return whether a reader could see it in this view."""
        conspicuity = self.conspicuity.get(view, 0.0) / strictness
        is_calm = not self.is_joint and self.region not in _UNEQUAL_BONES
        least = VISIBLE_CONTRAST
        if is_calm and conspicuity >= CLEAR_CONSPICUITY:
            least = VISIBLE_CONTRAST_OF_CALM_BONE
        contrast = self.contrast.get(view, 0.0) / strictness
        return conspicuity >= VISIBLE_CONSPICUITY and contrast >= least

    def keep_views(self, views: Sequence[str]) -> LesionTruth:
        """Return the lesion as far as these views show it."""
        return replace(
            self,
            contrast={v: c for v, c in self.contrast.items() if v in views},
            conspicuity={v: c for v, c in self.conspicuity.items() if v in views},
        )

    @property
    def is_arthritis(self) -> bool:
        """Whether a disease of joints made it."""
        return "joints" in load_diseases().get(self.disease, ())


@dataclass(frozen=True, kw_only=True, eq=False)
class ViewTruth:
    """Landmarks (row, column), lesion numbers and regions of one view.

    ``find_regions`` returns the regions; it is called when they are first asked for, since they
    cost as much as a fifth of the rendering and few need them.
    """

    find_regions: Callable[[], np.ndarray]
    landmarks: Mapping[tuple[str, str | None], tuple[float, float] | None]
    lesion_map: np.ndarray

    @cached_property
    def regions(self) -> np.ndarray:
        """Return the region of every pixel, uint8 (see ``uptake_ml.regions``)."""
        return self.find_regions()


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """The truth of a study.

    ``label`` is the pattern that the image can show, ``drawn_label`` that of the disease: they
    differ where no lesion can be seen, and then ``label`` is ``normal`` (see ``visible_label``).
    ``burden`` is the share of the skeleton's activity that is lesion.
    """

    label: str
    drawn_label: str
    diseases: tuple[str, ...]
    burden: float
    lesions: tuple[LesionTruth, ...]
    views: Mapping[str, ViewTruth]
    superimposed: tuple[str, ...] = ()

    @property
    def conspicuity(self) -> float | None:
        """The greatest conspicuity of any lesion in any view, None without lesions."""
        return max((c for n in self.lesions for c in n.conspicuity.values()), default=None)

    def label_to(self, strictness: float) -> str:
        """Return the label to a reader whose limits are so many times the usual ones."""
        return visible_label(self.drawn_label, self.lesions, strictness)

    @property
    def margin(self) -> float:
        """How far the limits of what is visible may move before the label does, 1 to 2.

        The label is the same at limits ``margin`` times higher and lower.  1 is a label that hangs
        on where exactly the limits lie; 2 one that hardly depends on them, or not at all.
        """
        margin = 1.0
        for factor in MARGINS:
            if {self.label_to(factor), self.label_to(1 / factor)} != {self.label}:
                break
            margin = factor
        return margin

    def as_seen(self, study: Study) -> Truth:
        """Return the truth of what is left of this case in ``study``: some of its views."""
        if set(study.views) == set(self.views):
            return self
        lesions = tuple(lesion.keep_views(tuple(study.views)) for lesion in self.lesions)
        label = visible_label(self.drawn_label, lesions)
        superimposed = visible_superimposed(label, lesions)
        return replace(self, lesions=lesions, label=label, superimposed=superimposed)


def visible_label(drawn: str, lesions: Sequence[LesionTruth], strictness: float = 1.0) -> str:
    """Return the pattern that can be seen, given the one that was drawn.

    Of a focal or joint-symmetric case what is seen decides, whatever was drawn: joints of both
    sides are joint-symmetric where they outnumber the lesions beside them (each side counts, so
    that one pair outweighs one lesion); lesions and joints of one side are focal, nothing is
    normal.  ``strictness`` multiplies the limits of what can be seen.
    """
    if drawn not in (FOCAL, JOINT_SYMMETRIC):
        return drawn
    visible = [n for n in lesions if n.is_visible_to(strictness)]
    joints = {(n.region, n.side) for n in visible if n.is_joint and n.is_arthritis}
    paired = [r for r, side in joints if side == regions.LEFT and (r, regions.RIGHT) in joints]
    lesion_count = sum(not n.is_arthritis for n in visible)
    if 2 * len(paired) > lesion_count:
        return JOINT_SYMMETRIC
    return FOCAL if visible else NORMAL


def visible_superimposed(label: str, lesions: Sequence[LesionTruth]) -> tuple[str, ...]:
    """Return ``("focal",)`` where a lesion can be seen on top of another pattern."""
    if label in (FOCAL, NORMAL):
        return ()
    return (FOCAL,) if any(n.is_visible and not n.is_arthritis for n in lesions) else ()


def region_maps(body: Body, projector: Projector) -> dict[str, np.ndarray]:
    """Return what every pixel shows, uint8 by view."""
    to_region = np.arange(256, dtype=np.uint8)
    for soft, fat in FAT_CODE.items():
        to_region[fat] = soft
    kinds = [r.kind for r in regions.REGIONS]
    uptake = [_ORGAN_UPTAKE.get(r.name, _MAP_UPTAKE[r.kind]) for r in regions.REGIONS]
    return project_labels(
        projector,
        to_region[body.tissue],
        uptake=uptake,
        priority=[MAP_PRIORITY[k] for k in kinds],
    )


def landmark_points(skeleton: Skeleton, body: Body) -> dict[tuple[str, str | None], np.ndarray]:
    """Return the world position (x, y, z) in mm of every landmark, where a reader would mark it."""
    pose, bones = body.pose, skeleton.bone_index
    joints = {(j.region, j.side, j.part): j.centre_mm for j in pose.joints}

    def points(name):
        return pose.to_world(bones[name], skeleton.bones[bones[name]].inside_points())

    def middle(name):
        return pose.to_world(bones[name], skeleton.bone(name).inside_points().mean(axis=0)[None])[0]

    def extreme(name, share, sign):
        p = points(name)
        count = max(int(share * len(p)), 3)
        return p[np.argpartition(sign * p[:, 2], -count)[-count:]].mean(axis=0)

    found = {
        ("vertex", None): extreme("skull", VERTEX_SHARE, 1),
        ("chin", None): extreme("mandible", CHIN_SHARE, -1),
        ("sternum", None): middle("sternum"),
        ("sacrum", None): middle("sacrum"),
        ("bladder", None): next(o.centre_mm for o in body.organs if o.tissue == "bladder"),
    }
    for name in LANDMARK_VERTEBRAE:
        found[name, None] = middle(name)
    for side, letter in ((regions.RIGHT, "r"), (regions.LEFT, "l")):
        for name in ("shoulder", "elbow", "wrist", "hip"):
            found[name, side] = joints[name, side, ""]
        found["hand", side] = np.mean(
            [joints["hand", side, f"mcp{k}"] for k in (2, 3, 4, 5)], axis=0
        )
        # Readers mark the middle of the knee they see: condyles, plateau and patella together.
        found["knee", side] = np.mean([joints["knee", side, p] for p in _KNEE], axis=0)
        found["ankle", side] = joints["ankle", side, "talocrural"]
        found["foot", side] = np.mean(
            [joints["foot", side, f"mtp{k}"] for k in (1, 2, 3, 4, 5)], axis=0
        )
        found["iliac-crest", side] = extreme(f"pelvis_{letter}", CREST_SHARE, 1)
    return found


def place_landmarks(
    points, body: Body, projector: Projector, scanned_rows: tuple[int, int], columns: int
) -> dict[str, dict]:
    """Return (row, column) of every landmark by view, None where it lies outside the scan."""
    placed: dict[str, dict] = {}
    for key, world in points.items():
        index = body.grid.index_of(world[None])[0]
        for view, (row, col) in projector.map_point(tuple(index)).items():
            inside = scanned_rows[0] <= row < scanned_rows[1] and 0 <= col < columns
            placed.setdefault(view, {})[key] = (row, col) if inside else None
    return placed


def describe_lesion(
    number: int,
    lesion: Lesion,
    patches,
    expected,
    scale: float,
    scanned_rows: tuple[int, int],
) -> tuple[LesionTruth, dict]:
    """Return a lesion's truth and its mask in each view as (mask, (top, left)).

    ``patches`` hold its projection by view, ``expected`` the counts of the whole image and
    ``scanned_rows`` the first row of the scan and the one after its last.  What lies beside them
    is no part of the lesion: one wholly outside has contrast and conspicuity 0.
    """
    contrast, conspicuity, place, masks = {}, {}, {}, {}
    for view, projected in patches.items():
        patch, (top, left) = _cut_to_rows(*projected, scanned_rows)
        counts = patch * scale
        total = expected[view][top : top + patch.shape[0], left : left + patch.shape[1]]
        mask, contrast[view], conspicuity[view] = stand_out(counts, total, _mask_share(lesion))
        if not mask.any():
            continue
        r, c = np.nonzero(mask)
        w = counts[mask]
        place[view] = (float(top + (r * w).sum() / w.sum()), float(left + (c * w).sum() / w.sum()))
        masks[view] = (mask, (top, left))
    region = regions.REGIONS[lesion.region]
    truth = LesionTruth(
        number=number,
        disease=lesion.disease,
        region=region.name,
        side=region.side,
        is_joint=region.is_joint,
        radius_mm=lesion.radius_mm,
        uptake=lesion.uptake,
        place=place,
        contrast=contrast,
        conspicuity=conspicuity,
    )
    return truth, masks


def stand_out(counts: np.ndarray, total: np.ndarray, share: float):
    """Return where a lesion is in an image, its contrast and its conspicuity (``LesionTruth``).

    ``counts`` are its own and ``total`` all that are expected, both (rows, columns); its mask is
    what reaches ``share`` of its peak, nothing where that is the rounding of the projection.
    """
    if counts.size == 0 or not counts.max() >= LEAST_COUNTS:
        return np.zeros(counts.shape, bool), 0.0, 0.0
    mask = counts >= share * counts.max()
    own, all_of_it = counts[mask].sum(), total[mask].sum()
    under = np.maximum(total - counts, 1e-6)[mask].sum()
    return mask, float(own / under), float(own / np.sqrt(max(all_of_it, 1e-6)))


def _mask_share(lesion: Lesion) -> float:
    # A bone that is lesion as a whole is many times thicker in one place than in another.
    return WHOLE_BONE_SHARE if lesion.radius_mm >= WHOLE_BONE_MM else PEAK_SHARE


def _cut_to_rows(patch, corner, rows: tuple[int, int]):
    """Return the part of a patch inside the rows [first, stop) and its own corner."""
    top, left = corner
    first = min(max(rows[0] - top, 0), patch.shape[0])
    stop = max(min(rows[1] - top, patch.shape[0]), first)
    return patch[first:stop], (top + first, left)
