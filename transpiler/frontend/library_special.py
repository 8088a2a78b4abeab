"""Compositions of SciPy as Python code that the compiler translates: see `library_math`.

After `scipy/special/_logsumexp.py` of SciPy 1.17. Arguments are arrays of float64.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np


def logsumexp(a):
    if a.size == 0:
        raise ValueError("versions of SciPy differ")
    top = np.max(a)
    highest = a == top
    count = np.sum(highest).astype(np.float64)
    rest = np.sum(np.exp(np.where(highest, -np.inf, a) - top))
    if rest != 0:
        rest = rest / count
    out = np.log1p(rest) + np.log(count) + top
    if not np.isfinite(out):
        out = np.log(np.sum(np.exp(a)))
    return out


def logsumexp_rows(a):
    if a.size == 0:
        raise ValueError("versions of SciPy differ")
    out = np.empty(len(a))
    for i in range(len(a)):
        out[i] = logsumexp(a[i])
    return out


def logsumexp_columns(a):
    if a.size == 0:
        raise ValueError("versions of SciPy differ")
    top = np.max(a, axis=0)
    highest = a == top
    count = np.sum(highest, axis=0).astype(np.float64)
    rest = np.sum(np.exp(np.where(highest, -np.inf, a) - top), axis=0)
    rest = np.where(rest == 0, rest, rest / count)
    out = np.log1p(rest) + np.log(count) + top
    return np.where(np.isfinite(out), out, np.log(np.sum(np.exp(a), axis=0)))


def softmax(x):
    grown = np.exp(x - np.max(x))
    return grown / np.sum(grown)


def softmax_rows(x):
    grown = np.exp(x - np.max(x, axis=1, keepdims=True))
    return grown / np.sum(grown, axis=1, keepdims=True)


def softmax_columns(x):
    grown = np.exp(x - np.max(x, axis=0))
    return grown / np.sum(grown, axis=0)
