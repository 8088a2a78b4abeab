"""Means, covariances and sums without NaN of NumPy as Python code that the compiler translates.

Lowering reads the text of this module: a call of `np.cov` becomes a call of a function below. Each
computes bit by bit what NumPy 2.4 computes (sources: `numpy/lib/_function_base_impl.py`,
`numpy/lib/_nanfunctions_impl.py`), or raises where
NumPy raises and where the result is not certain: a kernel then gives up. Arguments are arrays of float64
unless said otherwise; what `*_number` functions take is a number.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np

# -------------------------------------------------------------------- statistics


def average_weights(a, w):
    if len(a) != len(w):
        raise ValueError("Length of weights not compatible with specified axis.")
    total = w.sum()
    if total == 0.0:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return (a * w).sum() / total


def average_rows(a, w):
    """Along the last axis of a matrix."""
    if a.shape[1] != len(w):
        raise ValueError("Length of weights not compatible with specified axis.")
    total = w.sum()
    if total == 0.0:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return (a * w).sum(axis=1) / total


def average_columns(a, w):
    """Along the first axis of a matrix."""
    if a.shape[0] != len(w):
        raise ValueError("Length of weights not compatible with specified axis.")
    total = w.sum()
    if total == 0.0:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return (a * w[:, None]).sum(axis=0) / total


def cov(m, ddof):
    """Of the rows of `m`."""
    n = m.shape[1]
    if n - ddof <= 0 or m.shape[0] < 2:
        raise ValueError("degrees of freedom <= 0, or an array without axes")
    off = m - m.mean(axis=1)[:, None]
    return np.dot(off, off.T) * np.true_divide(1, np.float64(n - ddof))


def cov_columns(m, ddof):
    return cov(m.T.copy(), ddof)


def cov_pair(x, y, ddof):
    if len(x) != len(y):
        raise ValueError("all the input array dimensions must match exactly")
    return cov(np.stack((x, y)), ddof)


def _scaled(c):
    n = len(c)
    out = c.copy()
    for i in range(n):
        for j in range(n):
            out[i, j] = c[i, j] / np.sqrt(c[i, i])
    for i in range(n):
        for j in range(n):
            out[i, j] = out[i, j] / np.sqrt(c[j, j])
    return np.clip(out, -1, 1)


def corrcoef(m):
    return _scaled(cov(m, 1))


def corrcoef_columns(m):
    return _scaled(cov(m.T.copy(), 1))


def corrcoef_pair(x, y):
    return _scaled(cov_pair(x, y, 1))


def nan_to_num(x):
    """Of any rank."""
    top = 1.7976931348623157e308
    big = np.where(x == np.inf, top, np.where(x == -np.inf, -top, x))
    return np.where(np.isnan(x), 0.0, big)


def nansum(x):
    return np.where(np.isnan(x), 0.0, x).sum()


def nanmean(x):
    empty = np.isnan(x)
    count = len(x) - np.count_nonzero(empty)
    if count == 0:
        raise ValueError("the mean of nothing is NaN, with a warning")
    return np.where(empty, 0.0, x).sum() / np.float64(count)


def nanmax(x):
    best = x[0]
    for k in range(1, len(x)):
        best = np.fmax(best, x[k])
    if np.isnan(best) or best == 0.0:
        raise ValueError("NaN only, or a zero of unknown sign")
    return best


def nanmin(x):
    best = x[0]
    for k in range(1, len(x)):
        best = np.fmin(best, x[k])
    if np.isnan(best) or best == 0.0:
        raise ValueError("NaN only, or a zero of unknown sign")
    return best
