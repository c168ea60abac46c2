"""What the phantom's tests share: bones, which need the extra [simulate] or a built cache."""

import pytest

from uptake_ml.errors import MissingExtraError
from uptake_ml.study import ANTERIOR, POSTERIOR


@pytest.fixture(scope="session")
def skeleton():
    from uptake_ml.phantom.bones import load_skeleton

    try:
        return load_skeleton()
    except MissingExtraError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def focal_case(skeleton):
    from uptake_ml.phantom import draw, render

    cases = (draw(seed, label="focal", disease="metastases") for seed in range(11, 60))
    spec = next(
        s
        for s in cases
        if s.diseases == ("metastases",) and len(s.lesions) > 3 and s.camera.last_row == 1024
    )
    return spec, *render(spec)


@pytest.fixture(scope="session")
def check_sides_and_order():
    """A check of landmarks by view: which side they are on, and which lies above which."""

    def check(marks, paired):
        for name in paired:
            assert marks[ANTERIOR][name, "left"][1] > marks[ANTERIOR][name, "right"][1]
            assert marks[POSTERIOR][name, "left"][1] < marks[POSTERIOR][name, "right"][1]
        names = ("vertex", "chin", "C7", "T6", "T12", "L3", "sacrum", "bladder")
        down = [marks[ANTERIOR][name, None][0] for name in names]
        assert down == sorted(down)
        for side in ("left", "right"):
            assert marks[ANTERIOR]["iliac-crest", side][0] < marks[ANTERIOR]["hip", side][0]

    return check


@pytest.fixture(scope="session")
def check_order_of_limbs():
    """A check of landmarks by view, of someone who stands: limbs hang down."""

    def check(marks):
        for side in ("left", "right"):
            names = ("shoulder", "elbow", "wrist", "hand")
            arm = [marks[ANTERIOR][name, side][0] for name in names]
            names = ("iliac-crest", "hip", "knee", "ankle", "foot")
            leg = [marks[ANTERIOR][name, side][0] for name in names]
            assert arm == sorted(arm) and leg == sorted(leg)

    return check
