"""Interpolation, calculus and compositions of NumPy as Python code that the compiler translates.

Lowering reads the text of this module: a call of `np.interp` becomes a call of a function below. Each
computes bit by bit what NumPy 2.4 computes (sources: `numpy/lib/_function_base_impl.py`,
`numpy/_core/numeric.py`), or raises where
NumPy raises and where the result is not certain: a kernel then gives up. Arguments are arrays of float64
unless said otherwise; what `*_number` functions take is a number.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np

# ------------------------------------------------------------------ interpolation


def _place(key, xs, guess):
    """The interval that holds `key`: -1 before the first, `len(xs)` behind the last."""
    n = len(xs)
    if key > xs[n - 1]:
        return n
    if key < xs[0]:
        return -1
    if n <= 4:
        i = 1
        while i < n and key >= xs[i]:
            i += 1
        return i - 1
    if guess > n - 3:
        guess = n - 3
    if guess < 1:
        guess = 1
    low, high = 0, n
    if key < xs[guess]:
        if key >= xs[guess - 1]:
            return guess - 1
        high = guess - 1
        if guess > 8 and key >= xs[guess - 8]:
            low = guess - 8
    else:
        if key < xs[guess + 1]:
            return guess
        if key < xs[guess + 2]:
            return guess + 1
        low = guess + 2
        if guess < n - 9 and key < xs[guess + 8]:
            high = guess + 8
    while low < high:
        middle = low + ((high - low) >> 1)
        if key >= xs[middle]:
            low = middle + 1
        else:
            high = middle
    return low - 1


def _between(x, at, xp, fp):
    """The value at `x` in the interval number `at`."""
    n = len(xp)
    if at == -1:
        return fp[0]
    if at >= n - 1:
        return fp[n - 1]
    if xp[at] == x:
        return fp[at]
    slope = (fp[at + 1] - fp[at]) / (xp[at + 1] - xp[at])
    value = slope * (x - xp[at]) + fp[at]
    if np.isnan(value):
        value = slope * (x - xp[at + 1]) + fp[at + 1]
        if np.isnan(value) and fp[at] == fp[at + 1]:
            value = fp[at]
    return value


def _checked(xp, fp):
    if len(xp) == 0 or len(xp) != len(fp):
        raise ValueError("arrays of sample points")
    return len(xp)


def interp_number(x, xp, fp):
    n = _checked(xp, fp)
    key = np.float64(x)
    if np.isnan(key):
        if n == 1:
            return fp[0]
        return key
    if n == 1:
        return fp[0]
    return _between(key, _place(key, xp, 0), xp, fp)


def interp_array(x, xp, fp):
    n = _checked(xp, fp)
    out = np.empty(len(x))
    at = 0
    for k in range(len(x)):
        key = x[k]
        if n == 1:
            out[k] = fp[0]
        elif np.isnan(key):
            out[k] = key
        else:
            at = _place(key, xp, at)
            out[k] = _between(key, at, xp, fp)
    return out


# -------------------------------------------------------------------- comparison


def isclose(a, b, rtol, atol, equal_nan):
    near = (np.absolute(a - b) <= atol + rtol * np.absolute(b)) & np.isfinite(b) | (a == b)
    if equal_nan:
        return near | (np.isnan(a) & np.isnan(b))
    return near


def allclose(a, b, rtol, atol, equal_nan):
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def allclose_numbers(a, b, rtol, atol, equal_nan):
    return bool(isclose(np.float64(a), np.float64(b), rtol, atol, equal_nan))


def isclose_numbers(a, b, rtol, atol, equal_nan):
    return isclose(np.float64(a), np.float64(b), rtol, atol, equal_nan)


# ----------------------------------------------------------------------- calculus


def trapezoid_points(y, x):
    if len(x) != len(y):
        raise ValueError("arrays that are broadcast")
    return (np.diff(x) * (y[1:] + y[:-1]) / 2.0).sum()


def trapezoid_steps(y, dx):
    return (dx * (y[1:] + y[:-1]) / 2.0).sum()


def gradient(f, dx):
    n = len(f)
    if n < 2:
        raise ValueError("Shape of array too small to calculate a numerical gradient")
    out = np.empty(n)
    for k in range(1, n - 1):
        out[k] = (f[k + 1] - f[k - 1]) / (2.0 * dx)
    out[0] = (f[1] - f[0]) / dx
    out[n - 1] = (f[n - 1] - f[n - 2]) / dx
    return out


def diff_columns(x):
    return x[1:] - x[:-1]


def polyval_number(p, x):
    if len(p) == 0:
        raise ValueError("an array without axes")
    y = np.float64(0.0)
    for k in range(len(p)):
        y = y * x + p[k]
    return y


def polyval_array(p, x):
    y = np.zeros(len(x))
    for k in range(len(p)):
        y = y * x + p[k]
    return y


def _full(a, v):
    n, m = len(a), len(v)
    if m == 0 or n == 0:
        raise ValueError("a or v cannot be empty")
    turned = v[::-1].copy()
    out = np.empty(n + m - 1)
    for k in range(n + m - 1):
        low = max(0, k - m + 1)
        high = min(n, k + 1)
        out[k] = np.dot(a[low:high], turned[low - k + m - 1 : high - k + m - 1])
    return out


def convolve_full(a, v):
    if len(v) > len(a):
        return _full(v, a)
    return _full(a, v)


def convolve_same(a, v):
    size, least = max(len(a), len(v)), min(len(a), len(v))
    whole = convolve_full(a, v)
    first = (least - 1) // 2
    return whole[first : first + size].copy()


def convolve_valid(a, v):
    size, least = max(len(a), len(v)), min(len(a), len(v))
    whole = convolve_full(a, v)
    return whole[least - 1 : size].copy()


# -------------------------------------------------------------------- composition


def meshgrid_xy(x, y):
    n, m = len(y), len(x)
    first = np.empty((n, m), x.dtype)
    second = np.empty((n, m), y.dtype)
    for i in range(n):
        for j in range(m):
            first[i, j] = x[j]
            second[i, j] = y[i]
    return first, second


def meshgrid_ij(x, y):
    n, m = len(x), len(y)
    first = np.empty((n, m), x.dtype)
    second = np.empty((n, m), y.dtype)
    for i in range(n):
        for j in range(m):
            first[i, j] = x[i]
            second[i, j] = y[j]
    return first, second


def kron(a, b):
    n, m = a.shape
    p, q = b.shape
    out = np.empty((n * p, m * q), a.dtype)
    for i in range(n):
        for k in range(p):
            for j in range(m):
                for r in range(q):
                    out[i * p + k, j * q + r] = a[i, j] * b[k, r]
    return out


def multi_dot(a, b, c):
    n, k = a.shape
    p, m = c.shape
    if n * p * (k + m) < k * m * (n + p):
        return np.dot(np.dot(a, b), c)
    return np.dot(a, np.dot(b, c))


def cross(a, b):
    if len(a) != 3 or len(b) != 3:
        raise ValueError("vectors of three components")
    out = np.empty(3)
    out[0] = a[1] * b[2] - a[2] * b[1]
    out[1] = a[2] * b[0] - a[0] * b[2]
    out[2] = a[0] * b[1] - a[1] * b[0]
    return out


def pad_1(x, before, after, value):
    if before < 0 or after < 0:
        raise ValueError("index can't contain negative values")
    n = len(x)
    out = np.full(before + n + after, value, x.dtype)
    for i in range(n):
        out[before + i] = x[i]
    return out


def pad_2(x, top, bottom, left, right, value):
    if top < 0 or bottom < 0 or left < 0 or right < 0:
        raise ValueError("index can't contain negative values")
    n, m = x.shape
    out = np.full((top + n + bottom, left + m + right), value, x.dtype)
    for i in range(n):
        for j in range(m):
            out[top + i, left + j] = x[i, j]
    return out


def pad_3(x, front, behind, top, bottom, left, right, value):
    if min(front, behind, top, bottom, left, right) < 0:
        raise ValueError("index can't contain negative values")
    planes, n, m = x.shape
    out = np.full((front + planes + behind, top + n + bottom, left + m + right), value, x.dtype)
    for p in range(planes):
        for i in range(n):
            for j in range(m):
                out[front + p, top + i, left + j] = x[p, i, j]
    return out


def pad_4(x, first, last, front, behind, top, bottom, left, right, value):
    if min(first, last, front, behind, top, bottom, left, right) < 0:
        raise ValueError("index can't contain negative values")
    images, planes, n, m = x.shape
    shape = (first + images + last, front + planes + behind, top + n + bottom, left + m + right)
    out = np.full(shape, value, x.dtype)
    for k in range(images):
        for p in range(planes):
            for i in range(n):
                for j in range(m):
                    out[first + k, front + p, top + i, left + j] = x[k, p, i, j]
    return out


def ravel_index(at, shape):
    """`at` and `shape` are tuples of one length."""
    result = 0
    for k in range(len(shape)):
        if not 0 <= at[k] < shape[k]:
            raise ValueError("invalid entry in coordinates array")
        result = result * shape[k] + at[k]
    return np.int64(result)


def _slid(a, v):
    """`np.correlate(a, v)` wherever they overlap; `v` is the shorter one."""
    n, m = len(a), len(v)
    if m == 0 or n == 0:
        raise ValueError("a or v cannot be empty")
    out = np.empty(n + m - 1)
    for k in range(n + m - 1):
        low = max(0, k - m + 1)
        high = min(n, k + 1)
        out[k] = np.dot(a[low:high], v[low - k + m - 1 : high - k + m - 1])
    return out


def correlate_full(a, v):
    if len(v) > len(a):
        return _slid(v, a)[::-1].copy()
    return _slid(a, v)


def correlate_same(a, v):
    n, m = len(a), len(v)
    first = (m - 1) // 2 if n >= m else n // 2
    return correlate_full(a, v)[first : first + max(n, m)].copy()


def correlate_valid(a, v):
    size, least = max(len(a), len(v)), min(len(a), len(v))
    return correlate_full(a, v)[least - 1 : size].copy()
