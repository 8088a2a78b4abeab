"""Approximate and exact dynamic time warping of two walks."""

import numpy as np
from fastdtw import dtw, fastdtw

rng = np.random.default_rng(0)
for n in (40, 400):
    x, y = rng.normal(size=n).cumsum(), rng.normal(size=n - 3).cumsum()
    fastdtw(x, y, radius=2)
    dtw(x[:100], y[:100])
