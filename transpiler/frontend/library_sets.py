"""Sets of numbers and orders by several keys of NumPy as Python code that the compiler translates.

Lowering reads the text of this module: a call of `np.setdiff1d` becomes a call of a function below. Each
computes bit by bit what NumPy 2.4 computes (source: `numpy/lib/_arraysetops_impl.py`), or raises where the
result is not certain: a kernel then gives up. Arrays are of any real dtype; NaN, which is equal to nothing,
and zeros of unknown sign are left to NumPy.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np


def _members(part, key):
    """Whether the ascending `part` holds `key`."""
    low, high = 0, len(part)
    while low < high:
        middle = (low + high) // 2
        if part[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low < len(part) and part[low] == key


def isin_sorted(x, y, invert):
    part = np.sort(y)
    out = np.empty(len(x), np.bool_)
    for i in range(len(x)):
        if x[i] != x[i]:
            raise ValueError("NaN")
        out[i] = _members(part, x[i]) != invert
    return out


def setdiff1d(x, y):
    own = np.unique(x)
    return own[isin_sorted(own, y, True)]


def intersect1d(x, y):
    own = np.unique(x)
    return own[isin_sorted(own, y, False)]


def union1d(x, y):
    return np.unique(np.concatenate((x, y)))


def setxor1d(x, y):
    first, second = np.unique(x), np.unique(y)
    only = first[isin_sorted(first, second, True)]
    other = second[isin_sorted(second, first, True)]
    return np.sort(np.concatenate((only, other)))


def known_members(x):
    """`x` of floats, if each number is itself only."""
    for v in x:
        if v != v or v == 0.0:
            raise ValueError("NaN, or a zero of unknown sign")
    return x


def unique_all(x):
    """The distinct numbers, where each is first, which one each element is, and how often it is there."""
    order = np.argsort(x, kind="stable")
    n = len(x)
    groups = 0
    for k in range(n):
        if x[order[k]] != x[order[k]]:
            raise ValueError("NaN")
        if k == 0 or x[order[k]] != x[order[k - 1]]:
            groups += 1
    out = np.empty(groups, x.dtype)
    first = np.empty(groups, np.int64)
    inverse = np.empty(n, np.int64)
    counts = np.zeros(groups, np.int64)
    at = -1
    for k in range(n):
        place = order[k]
        if k == 0 or x[place] != x[order[k - 1]]:
            at += 1
            out[at] = x[place]
            first[at] = place
        inverse[place] = at
        counts[at] += 1
    return out, first, inverse, counts


def stable_order(key):
    return np.argsort(key, kind="stable")


def lexsorted(order, key):
    """`order` sorted anew by `key`, equal ones as before."""
    if len(key) != len(order):
        raise ValueError("all keys need to be the same shape")
    return order[np.argsort(key[order], kind="stable")]


def unique_rows(x):
    """The distinct rows, ascending; of integers."""
    n, m = x.shape
    if m == 0:
        raise ValueError("rows without elements")
    order = np.arange(n)
    for j in range(m):
        order = lexsorted(order, x[:, m - 1 - j])
    kept = np.zeros(n, np.bool_)
    for k in range(n):
        new = k == 0
        for j in range(m):
            if k > 0 and x[order[k], j] != x[order[k - 1], j]:
                new = True
        kept[k] = new
    return x[order[kept]]
