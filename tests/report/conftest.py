"""Studies, verdicts and findings made up for the report: no model and no phantom is needed."""

from types import SimpleNamespace

import numpy as np
import pytest

from uptake_ml.features import HotSpot
from uptake_ml.provenance import record_provenance
from uptake_ml.regions import INDEX
from uptake_ml.report.finding import add_knowledge, build_finding
from uptake_ml.study import SourceFile, Study, View

SHAPE = (220, 80)
SPACING_MM = (8.0, 6.0)
BONE_DOCUMENT = "000_133e1dadede17d86"


def draw_body(shape=SHAPE):
    """Return (pixels, body) of a head, a trunk and two legs; more in the middle of the trunk."""
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    head = ((rows - 30) / 14) ** 2 + ((cols - 40) / 10) ** 2 <= 1
    trunk = (abs(rows - 80) <= 40) & (abs(cols - 40) <= 20)
    legs = (abs(rows - 160) <= 42) & (abs(abs(cols - 40) - 11) <= 7)
    body = head | trunk | legs
    spine = (abs(cols - 40) <= 3) & trunk
    return (body * 20 + spine * 60).astype(np.float32), body


def make_spot(
    view, row, col, region, side, *, radius=3, is_joint=False, contrast=3.0, suv_max=None
):
    """Return a round hot spot."""
    reach = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return HotSpot(
        view=view,
        row=float(row),
        col=float(col),
        region=region,
        side=side,
        is_joint=is_joint,
        area_mm2=400.0,
        contrast=contrast,
        significance=9.0,
        suv_max=suv_max,
        window=(slice(row - radius, row + radius + 1), slice(col - radius, col + radius + 1)),
        mask=(reach**2).sum(axis=0) <= radius**2,
    )


ABSTAINING = {
    "labelled": {},
    "indeterminate": {
        "label": None,
        "prediction_set": ("focal", "joint-symmetric"),
        "reason": "focal and joint-symmetric all fit",
    },
    "rejected": {
        "label": None,
        "typicality": 0.001,
        "reason": "not an image this bone-scan model knows",
    },
}


def make_verdict(**changes):
    """Return a verdict of the pattern model: joint-symmetric, with the ``changes`` given.

    A decision other than labelled brings its own label, set and reason.
    """
    fields = {
        "label": "joint-symmetric",
        "decision": "labelled",
        "probabilities": {"normal": 0.05, "focal": 0.1, "diffuse": 0.02, "joint-symmetric": 0.83},
        "prediction_set": ("joint-symmetric",),
        "typicality": 0.64,
        "superimposed": (),
        "reason": None,
        "evidence": (
            ("symmetry.wrist_lower_side", 1.9),
            ("distribution.kidneys_to_soft_tissue", -0.4),
            ("intensity.skeleton_p90", 0.01),
        ),
    }
    return SimpleNamespace(**fields | ABSTAINING[changes.get("decision", "labelled")] | changes)


@pytest.fixture
def study():
    pixels, _ = draw_body()
    views = {
        "anterior": View(name="anterior", pixels=pixels, spacing_mm=SPACING_MM, unit="counts"),
        "posterior": View(
            name="posterior", pixels=pixels[:, ::-1].copy(), spacing_mm=SPACING_MM, unit="counts"
        ),
    }
    return Study(
        id="3fa9c1d27be4",
        modality="bone-scan",
        views=views,
        files=(SourceFile(name="", sha256="ab" * 32),),
        notes=("The pixel size was estimated from the height of the body.",),
    )


@pytest.fixture
def layouts(study):
    _, body = draw_body()
    regions = np.zeros(SHAPE, np.uint8)
    regions[60:100, 37:44] = INDEX["lumbar-spine", None]
    return {
        name: SimpleNamespace(
            body=body if name == "anterior" else body[:, ::-1],
            regions=regions,
            landmarks=(
                SimpleNamespace(
                    view=name, name="vertex", side=None, row=16.0, col=40.0, confidence=0.9
                ),
                SimpleNamespace(
                    view=name, name="wrist", side="left", row=120.123, col=64.0, confidence=0.4
                ),
            ),
        )
        for name in study.views
    }


@pytest.fixture
def spots():
    return (
        make_spot("anterior", 118, 20, "wrist", "right", is_joint=True, contrast=3.4),
        make_spot("anterior", 118, 60, "wrist", "left", is_joint=True, contrast=2.9),
        make_spot("posterior", 118, 20, "wrist", "left", is_joint=True, contrast=2.2),
        make_spot("anterior", 90, 40, "lumbar-spine", None, contrast=1.8),
    )


FEATURES = {
    "symmetry.wrist_lower_side": 2.123456789,
    "distribution.kidneys_to_soft_tissue": 1.8,
    "intensity.skeleton_p90": 2.0,
    "hotspot.joint_share": float("nan"),
    "hotspot.largest_area": 400.0,
}
DIFFERENTIAL = (
    {
        "rank": 1,
        "condition": "Rheumatoid arthritis",
        "category": "Arthritis and joint disease",
        "reasons": [
            {
                "text": "Most hot joints are hot on both sides.",
                "sources": [
                    {"document": BONE_DOCUMENT, "section": "Rheumatoid Arthritis Findings"}
                ],
            }
        ],
        "against": [{"text": "the spine is hot", "sources": []}],
        "sources": [{"document": BONE_DOCUMENT, "section": "FAQ"}],
    },
)
CAUTIONS = (
    {
        "text": "Osteoarthritis can be taken for cancer.",
        "sources": [{"document": BONE_DOCUMENT, "section": "Potential False Positives"}],
    },
)
NEXT_STEPS = (
    {
        "text": "Look at the hot places with a radiograph.",
        "sources": [{"document": BONE_DOCUMENT, "section": "Additional Imaging Tests"}],
    },
)


@pytest.fixture
def make_finding(study, layouts, spots):
    """Return a function that makes a whole finding; keywords change the verdict."""

    def make(**changes):
        finding = build_finding(
            study=study,
            verdict=make_verdict(**changes),
            layouts=layouts,
            hot_spots=spots,
            features=FEATURES,
            provenance=record_provenance(model_name="bone-scan", model_sha256="9c" * 32),
        )
        if finding["decision"] not in ("labelled", "indeterminate"):
            return finding
        return add_knowledge(
            finding, differential=DIFFERENTIAL, cautions=CAUTIONS, next_steps=NEXT_STEPS
        )

    return make
