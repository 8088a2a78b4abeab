"""Distances of `scipy.spatial.distance` as Python code that the compiler translates: see `library_math`.

After `scipy/spatial/distance.py` of SciPy 1.17 and 1.18, whose Euclidean distance is a NumPy number.
Arguments are arrays of float64. Where the sum of squares is not finite or loses digits, SciPy scales or
refuses: that is left to it.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np


def distance_euclidean(u, v):
    apart = u - v
    total = np.sum(apart * apart)
    if not (total > 1e-200 and total < 1e300):
        if len(apart) == 0 or any(x != 0.0 for x in apart):
            raise ValueError("SciPy scales")
        return 0.0
    return float(np.sqrt(total))


def distance_euclidean_of_numpy(u, v):
    apart = u - v
    total = np.sum(apart * apart)
    if not (total > 1e-200 and total < 1e300):
        if len(apart) == 0 or any(x != 0.0 for x in apart):
            raise ValueError("left to SciPy")
    return np.sqrt(total)


def distance_sqeuclidean(u, v):
    apart = u - v
    return np.dot(apart, apart)


def distance_cityblock(u, v):
    return np.sum(np.abs(u - v))


def distance_chebyshev(u, v):
    return max(np.abs(u - v))


def distances_euclidean(a, b):
    out = distances_sqeuclidean(a, b)
    for i in range(len(a)):
        for j in range(len(b)):
            out[i, j] = np.sqrt(out[i, j])
    return out


def distances_sqeuclidean(a, b):
    if a.shape[1] != b.shape[1]:
        raise ValueError("XA and XB must have the same number of columns")
    out = np.empty((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            total = 0.0
            for k in range(a.shape[1]):
                apart = a[i, k] - b[j, k]
                total += apart * apart
            out[i, j] = total
    return out


def distances_cityblock(a, b):
    if a.shape[1] != b.shape[1]:
        raise ValueError("XA and XB must have the same number of columns")
    out = np.empty((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            total = 0.0
            for k in range(a.shape[1]):
                total += abs(a[i, k] - b[j, k])
            out[i, j] = total
    return out


def upper_triangle(full):
    """What lies above the diagonal, row by row."""
    n = len(full)
    out = np.empty(n * (n - 1) // 2)
    at = 0
    for i in range(n):
        for j in range(i + 1, n):
            out[at] = full[i, j]
            at += 1
    return out
