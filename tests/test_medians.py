"""The median is NumPy's."""

import numpy as np
import pytest

from uptake_ml.medians import median


@pytest.mark.parametrize("kind", [np.float32, np.int64])
@pytest.mark.parametrize("n", [1, 2, 7, 1000, 1001])
def test_the_median_is_that_of_numpy(n, kind):
    values = (np.random.default_rng(n).normal(0, 100, n)).astype(kind)
    kept = values.copy()
    assert median(values) == np.median(values)
    np.testing.assert_array_equal(values, kept)
