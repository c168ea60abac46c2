"""What the phantom's tests share: bones, which need the extra [simulate] or a built cache."""

import pytest

from uptake_ml.errors import MissingExtraError


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
