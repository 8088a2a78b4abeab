"""Sorting, order statistics and positions of NumPy as Python code that the compiler translates.

Lowering reads the text of this module: a call of `np.quantile` becomes a call of a function below. Each
computes bit by bit what NumPy 2.4 computes (sources: `numpy/lib/_function_base_impl.py`,
`numpy/lib/_arraysetops_impl.py`), or raises where
NumPy raises and where the result is not certain: a kernel then gives up. Arguments are arrays of float64
unless said otherwise; what `*_number` functions take is a number.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np

# --------------------------------------------------------------- order statistics


def sort_rows(x):
    out = np.empty(x.shape, x.dtype)
    for i in range(len(x)):
        out[i] = np.sort(x[i])
    return out


def sort_columns(x):
    out = np.empty(x.shape, x.dtype)
    for j in range(x.shape[1]):
        out[:, j] = np.sort(x[:, j].copy())
    return out


def argsort_rows(x):
    out = np.empty(x.shape, np.int64)
    for i in range(len(x)):
        out[i] = np.argsort(x[i])
    return out


def argsort_columns(x):
    out = np.empty(x.shape, np.int64)
    for j in range(x.shape[1]):
        out[:, j] = np.argsort(x[:, j].copy())
    return out


def median_1(x):
    n = len(x)
    if n == 0:
        raise ValueError("the median of nothing is NaN, with a warning")
    part = np.sort(x)
    if np.isnan(part[n - 1]):
        return part[n - 1]
    half = n // 2
    if n % 2 == 1:
        return part[half]
    return (part[half - 1] + part[half]) / 2.0


def median_rows(x):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = median_1(x[i])
    return out


def median_columns(x):
    out = np.empty(x.shape[1])
    for j in range(x.shape[1]):
        out[j] = median_1(x[:, j].copy())
    return out


def _quantile_sorted(part, q):
    n = len(part)
    if n == 0 or not 0.0 <= q <= 1.0:
        raise ValueError("quantiles are between 0 and 1")
    if np.isnan(part[n - 1]):
        return part[n - 1]
    virtual = (n - 1) * q
    low = np.floor(virtual)
    if virtual >= n - 1:
        low = np.float64(-1.0)
        a = part[n - 1]
        b = part[n - 1]
    else:
        a = part[int(low)]
        b = part[int(low) + 1]
    t = virtual - low
    step = b - a
    if t >= 0.5:
        return b - step * (1 - t)
    return a + step * t


def quantile_number(x, q):
    return _quantile_sorted(np.sort(x), np.float64(q))


def percentile_number(x, q):
    return _quantile_sorted(np.sort(x), np.float64(q) / 100)


def quantile_array(x, q):
    part = np.sort(x)
    out = np.empty(len(q))
    for k in range(len(q)):
        out[k] = _quantile_sorted(part, q[k])
    return out


def percentile_array(x, q):
    part = np.sort(x)
    out = np.empty(len(q))
    for k in range(len(q)):
        out[k] = _quantile_sorted(part, q[k] / 100)
    return out


def quantile_rows(x, q):
    if not 0.0 <= q <= 1.0:
        raise ValueError("Quantiles must be in the range [0, 1]")
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = _quantile_sorted(np.sort(x[i]), np.float64(q))
    return out


def quantile_columns(x, q):
    if not 0.0 <= q <= 1.0:
        raise ValueError("Quantiles must be in the range [0, 1]")
    out = np.empty(x.shape[1])
    for j in range(x.shape[1]):
        out[j] = _quantile_sorted(np.sort(x[:, j].copy()), np.float64(q))
    return out


def percentile_rows(x, q):
    return quantile_rows(x, np.true_divide(q, 100))


def percentile_columns(x, q):
    return quantile_columns(x, np.true_divide(q, 100))


def unique_floats(x):
    part = np.sort(x)
    n = len(part)
    count = 0
    for k in range(n):
        new = k == 0 or part[k] != part[k - 1]
        if new and not (k > 0 and np.isnan(part[k]) and np.isnan(part[k - 1])):
            count += 1
    out = np.empty(count, x.dtype)
    at = 0
    for k in range(n):
        new = k == 0 or part[k] != part[k - 1]
        if new and not (k > 0 and np.isnan(part[k]) and np.isnan(part[k - 1])):
            out[at] = part[k]
            at += 1
    return out


def unique_counts(x):
    """Of any dtype; NaN is left to NumPy."""
    part = np.sort(x)
    n = len(part)
    if n > 0 and part[n - 1] != part[n - 1]:
        raise ValueError("NaN")
    groups = 0
    for k in range(n):
        if k == 0 or part[k] != part[k - 1]:
            groups += 1
    out = np.empty(groups, x.dtype)
    counts = np.zeros(groups, np.int64)
    at = -1
    for k in range(n):
        if k == 0 or part[k] != part[k - 1]:
            at += 1
            out[at] = part[k]
        counts[at] += 1
    return out, counts


def unique_inverse(x):
    """Of any dtype; NaN is left to NumPy."""
    out, _ = unique_counts(x)
    n, groups = len(x), len(out)
    where = np.empty(n, np.int64)
    for k in range(n):
        low, high = 0, groups
        while low < high:
            middle = (low + high) // 2
            if out[middle] < x[k]:
                low = middle + 1
            else:
                high = middle
        where[k] = low
    return out, where


def digitize(x, bins, right):
    for k in range(len(bins) - 1):
        if not bins[k] <= bins[k + 1]:
            raise ValueError("bins that do not rise")
    return searchsorted(bins, x, not right)


def searchsorted(a, v, right):
    """`a` rises, without NaN."""
    for k in range(len(a) - 1):
        if not a[k] <= a[k + 1]:
            raise ValueError("the result for an array that is not sorted is up to the algorithm")
    out = np.empty(len(v), np.int64)
    for k in range(len(v)):
        key = v[k]
        low, high = 0, len(a)
        while low < high:
            middle = (low + high) // 2
            if a[middle] < key or (right and a[middle] == key) or np.isnan(key):
                low = middle + 1
            else:
                high = middle
        out[k] = low
    return out


# --------------------------------------------------------------------- positions


def argwhere_2(x):
    n, m = x.shape
    count = 0
    for i in range(n):
        for j in range(m):
            if x[i, j]:
                count += 1
    out = np.empty((count, 2), np.int64)
    at = 0
    for i in range(n):
        for j in range(m):
            if x[i, j]:
                out[at, 0] = i
                out[at, 1] = j
                at += 1
    return out


def nonzero_2(x):
    places = argwhere_2(x)
    return places[:, 0].copy(), places[:, 1].copy()


def isin(x, y):
    out = np.zeros(len(x), np.bool_)
    for i in range(len(x)):
        for j in range(len(y)):
            if x[i] == y[j]:
                out[i] = True
                break
    return out


def take_rows(x, at):
    n, m = at.shape
    if len(x) != n:
        raise ValueError("arrays that are broadcast")
    out = np.empty((n, m), x.dtype)
    for i in range(n):
        for j in range(m):
            out[i, j] = x[i, at[i, j]]
    return out


def take_columns(x, at):
    n, m = at.shape
    if x.shape[1] != m:
        raise ValueError("arrays that are broadcast")
    out = np.empty((n, m), x.dtype)
    for i in range(n):
        for j in range(m):
            out[i, j] = x[at[i, j], j]
    return out


# ------------------------------------------------------------------- as they are


def array_equal(x, y):
    """Of any rank."""
    if x.shape != y.shape:
        return False
    return bool(np.all(x == y))


def tolist_1(x):
    return [v.item() for v in x]


def tolist_2(x):
    return [[x[i, j].item() for j in range(x.shape[1])] for i in range(x.shape[0])]


def stable_rows(x):
    out = np.empty(x.shape, np.int64)
    for i in range(len(x)):
        out[i] = np.argsort(x[i], kind="stable")
    return out


def stable_columns(x):
    out = np.empty(x.shape, np.int64)
    for j in range(x.shape[1]):
        out[:, j] = np.argsort(x[:, j].copy(), kind="stable")
    return out


def repeat_each(x, times):
    """Each element as often as the number beside it says; of any dtype."""
    if len(times) != len(x) and len(times) != 1:
        raise ValueError("operands could not be broadcast together")
    total = 0
    for k in range(len(x)):
        count = times[k] if len(times) == len(x) else times[0]
        if count < 0:
            raise ValueError("repeats may not contain negative values.")
        total += int(count)
    out = np.empty(total, x.dtype)
    at = 0
    for k in range(len(x)):
        for _ in range(times[k] if len(times) == len(x) else times[0]):
            out[at] = x[k]
            at += 1
    return out
