"""Functions of `scipy.linalg` and `scipy.stats` as Python code that the compiler translates.

After `scipy/linalg/_basic.py`, `scipy/linalg/_decomp_cholesky.py` and `scipy/stats/_distn_infrastructure.py`
of SciPy 1.17. Arguments are arrays of float64 unless said otherwise. What SciPy raises for infinities and NaN
makes a kernel give up.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np

# ----------------------------------------------------------------- linear algebra


def finite(a):
    """`a` of any rank."""
    if a.size == 0 or not np.all(np.isfinite(a)):
        raise ValueError("array must not contain infs or NaNs")
    return a


def inverse(a):
    """SciPy factors by the structure of the matrix, and may find one singular that NumPy inverts, or the
    other way round: what is nearly singular is left to the original."""
    x = np.linalg.inv(a)
    if _norm(a) * _norm(x) < 1e12:
        return x
    raise np.linalg.LinAlgError("perhaps singular")


def _norm(a):
    """The greatest sum of the magnitudes in a row."""
    found = 0.0
    for i in range(len(a)):
        total = 0.0
        for j in range(a.shape[1]):
            total += abs(a[i, j])
        found = max(found, total)
    return found


def upper_cholesky(a):
    """Of the upper triangle."""
    return np.linalg.cholesky(a.T.copy()).T.copy()


def turned(a):
    return a.T.copy()


def euclidean_length(x):
    """As BLAS computes it, without overflow; where NumPy's way may overflow, the kernel gives up."""
    found = np.linalg.norm(finite(x))
    if not 1e-140 < found < 1e140 and np.any(x != 0.0):
        raise ValueError("a length that needs scaling")
    return found


def solve_lower(a, b):
    """Forward substitution in the lower triangle of `a`."""
    n = len(a)
    if a.shape[1] != n or len(b) != n:
        raise ValueError("shapes that do not fit")
    x = b.copy()
    for i in range(n):
        if a[i, i] == 0.0:
            raise np.linalg.LinAlgError("singular matrix")
        x[i] = (x[i] - np.dot(a[i, :i], x[:i])) / a[i, i]
    return x


def solve_upper(a, b):
    """Back substitution in the upper triangle of `a`."""
    n = len(a)
    if a.shape[1] != n or len(b) != n:
        raise ValueError("shapes that do not fit")
    x = b.copy()
    for k in range(n):
        i = n - 1 - k
        if a[i, i] == 0.0:
            raise np.linalg.LinAlgError("singular matrix")
        x[i] = (x[i] - np.dot(a[i, i + 1 :], x[i + 1 :])) / a[i, i]
    return x


# ----------------------------------------------------- the normal distribution


def standardised(x, loc, scale):
    """Of numbers or arrays; a scale that is not positive gives NaN in SciPy."""
    if not scale > 0:
        raise ValueError("a scale that is not positive")
    return np.true_divide(np.subtract(x, loc), scale)


def norm_pdf(x, loc, scale):
    y = standardised(x, loc, scale)
    return np.exp(-(y**2) / 2.0) / np.sqrt(2 * np.pi) / scale


def norm_logpdf(x, loc, scale):
    y = standardised(x, loc, scale)
    return -(y**2) / 2.0 - 0.9189385332046727 - np.log(scale)


# -------------------------------------------------------------------------- ranks


def mean_ranks(x):
    """Ranks from 1 of an array with one axis; those that are equal get the mean of theirs."""
    if np.any(x != x):
        raise ValueError("NaN has no rank")
    order = np.argsort(x, kind="stable")
    ranks = np.empty(len(x))
    first = 0
    while first < len(x):
        behind = first + 1
        while behind < len(x) and x[order[behind]] == x[order[first]]:
            behind += 1
        for k in range(first, behind):
            ranks[order[k]] = 0.5 * (first + behind + 1)
        first = behind
    return ranks
