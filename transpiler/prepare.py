"""What the processes that run kernels have in common, done once by the server that forks them (`workers`)."""

from __future__ import annotations

import contextlib
import math
import time
from typing import Any

import numpy as np

from loopwright.tune import measure
from loopwright.verify import differential

JOBS = (measure.run, differential.RegionJob.run)
"""They are imported by being named here."""


def prepare() -> None:
    """Import the checks, the measuring and Numba, and have Numba compile something so that it sets up its
    tables. No thread may be started, as those that are forked would wait for it forever."""
    begun = time.process_time()
    with contextlib.suppress(ImportError):
        from numba import njit

        measure.IMPORTED["numba"] = time.process_time() - begun
        signature = "Tuple((boolean, Array(float64, 2, 'C')))(Array(float64, 2, 'A', True), int64)"
        njit(signature, error_model="numpy", nogil=True)(_example)


def _example(a: Any, n: Any) -> Any:
    """Of the things that kernels are made of, the most usual."""
    out = np.empty((n, a.shape[1]), np.float64)
    for i in range(n):
        s = 0.0
        for j in range(a.shape[1]):
            if i < a.shape[0] and a[i, j] > 0.0:
                s += math.sqrt(a[i, j]) * 2.0
            out[i, j] = s
    return True, out
