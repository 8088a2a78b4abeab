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
    """Of any rank."""
    return np.where(np.isnan(x), 0.0, x).sum()


def nanmean(x):
    """Of any rank."""
    empty = np.isnan(x)
    count = x.size - np.count_nonzero(empty)
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


def _numbers(x):
    """The elements of `x` that are numbers, of which there are some."""
    kept = x[~np.isnan(x)]
    if len(kept) == 0:
        raise ValueError("NaN only")
    return kept


def nanmedian(x):
    kept = np.sort(_numbers(x))
    half = len(kept) // 2
    if len(kept) % 2 == 1:
        return kept[half]
    return (kept[half - 1] + kept[half]) / 2.0


def nanquantile(x, q):
    return np.quantile(_numbers(x), q)


def nanpercentile(x, q):
    return np.percentile(_numbers(x), q)


def nanargmax(x):
    best = -1
    for k in range(len(x)):
        if not np.isnan(x[k]) and (best < 0 or x[k] > x[best]):
            best = k
    if best < 0:
        raise ValueError("All-NaN slice encountered")
    return np.int64(best)


def nanargmin(x):
    best = -1
    for k in range(len(x)):
        if not np.isnan(x[k]) and (best < 0 or x[k] < x[best]):
            best = k
    if best < 0:
        raise ValueError("All-NaN slice encountered")
    return np.int64(best)


def nanvar(x, ddof):
    """Of any rank."""
    empty = np.isnan(x)
    count = x.size - np.count_nonzero(empty)
    if count - ddof <= 0:
        raise ValueError("degrees of freedom <= 0 give NaN, with a warning")
    mean = np.where(empty, 0.0, x).sum() / np.float64(count)
    off = np.where(empty, 0.0, x - mean)
    return (off * off).sum() / np.float64(count - ddof)


def nanstd(x, ddof):
    return np.sqrt(nanvar(x, ddof))


def nansum_rows(x):
    return np.where(np.isnan(x), 0.0, x).sum(axis=1)


def nansum_columns(x):
    return np.where(np.isnan(x), 0.0, x).sum(axis=0)


def nanmean_rows(x):
    empty = np.isnan(x)
    return np.where(empty, 0.0, x).sum(axis=1) / (x.shape[1] - empty.sum(axis=1))


def nanmean_columns(x):
    empty = np.isnan(x)
    return np.where(empty, 0.0, x).sum(axis=0) / (x.shape[0] - empty.sum(axis=0))


def nanmax_rows(x):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = nanmax(x[i])
    return out


def nanmax_columns(x):
    out = np.empty(x.shape[1])
    for j in range(x.shape[1]):
        out[j] = nanmax(x[:, j])
    return out


def nanmin_rows(x):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = nanmin(x[i])
    return out


def nanmin_columns(x):
    out = np.empty(x.shape[1])
    for j in range(x.shape[1]):
        out[j] = nanmin(x[:, j])
    return out


# -------------------------------------------------------------------- histograms


def histogram_range(x, bins, first, last):
    """Counts in `bins` parts of one length, and their edges."""
    if bins < 1 or abs(first) > 9007199254740992 or abs(last) > 9007199254740992:
        raise ValueError("`bins` must be positive")
    low, high = float(first), float(last)
    if not low <= high:
        raise ValueError("max must be larger than min in range parameter.")
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, int(bins) + 1)
    for k in range(int(bins)):
        if not edges[k] < edges[k + 1]:
            raise ValueError("Too many bins for data range.")
    counts = np.zeros(bins, np.int64)
    for v in x:
        if low <= v <= high:
            k = int((v - low) / (high - low) * bins)
            if k == bins:
                k -= 1
            if v < edges[k]:
                k -= 1
            if v >= edges[k + 1] and k != bins - 1:
                k += 1
            counts[k] += 1
    return counts, edges


def histogram(x, bins):
    if len(x) == 0:
        return histogram_range(x, bins, 0.0, 1.0)
    return histogram_range(x, bins, float(x.min()), float(x.max()))


def histogram_edges(x, edges):
    """Counts between edges that ascend; the last part has both its edges."""
    n = len(edges)
    if n < 1:
        raise ValueError("`bins` without an edge")
    for k in range(1, n):
        if not edges[k - 1] <= edges[k]:
            raise ValueError("`bins` must increase monotonically, when an array")
    counts = np.zeros(n - 1, np.int64)
    for v in x:
        if edges[0] <= v <= edges[n - 1] and n > 1:
            at = np.searchsorted(edges, v, side="right")
            counts[min(int(at), n - 1) - 1] += 1
    return counts
