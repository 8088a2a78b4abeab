"""What Python's own functions compute, as Python code that the compiler translates.

See `library_math` for how it is used. Each computes what CPython computes (`Objects/longobject.c`,
`Modules/mathmodule.c`), or raises where CPython raises: a kernel then gives up.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np


def modular_power(base, exponent, modulus):
    """`pow(base, exponent, modulus)` of ints, by squaring from the lowest bit of the exponent."""
    if exponent < 0 or modulus == 0:
        raise ValueError
    result = 1 % modulus
    base = base % modulus
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * base % modulus
        exponent = exponent // 2
        if exponent > 0:
            base = base * base % modulus
    return result


def combinations(n, k):
    """`math.comb(n, k)`; each step is exact, and its factors are made small before they may overflow."""
    if n < 0 or k < 0:
        raise ValueError
    if k > n:
        return 0
    k = min(k, n - k)
    result = 1
    for i in range(k):
        if result <= 2147483648 and n <= 2147483648:
            result = result * (n - i) // (i + 1)
        else:
            common = math.gcd(result, i + 1)
            result = result // common * ((n - i) // ((i + 1) // common))
    return result


def combinations_exact(n, k):
    """`scipy.special.comb(n, k, exact=True)`."""
    if n < 0 or k < 0:
        return 0
    return combinations(n, k)


def permutations(n, k):
    """`math.perm(n, k)`."""
    if n < 0 or k < 0:
        raise ValueError
    if k > n:
        return 0
    result = 1
    for i in range(k):
        result = result * (n - i)
    return result


def factorial(n):
    """`math.factorial(n)`."""
    if n < 0:
        raise ValueError
    result = 1
    for i in range(2, n + 1):
        result = result * i
    return result


def integer_root(n):
    """`math.isqrt(n)`; no root of a number of 63 bits is larger than the limit."""
    if n < 0:
        raise ValueError
    root = min(int(math.sqrt(n)), 3037000499)
    while root * root > n:
        root = root - 1
    while root < 3037000499 and (root + 1) * (root + 1) <= n:
        root = root + 1
    return root


def close_numbers(a, b, rel_tol, abs_tol):
    """`math.isclose` of floats."""
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError
    if a == b:
        return True
    if math.isinf(a) or math.isinf(b):
        return False
    apart = math.fabs(b - a)
    return apart <= math.fabs(rel_tol * b) or apart <= math.fabs(rel_tol * a) or apart <= abs_tol


def is_integral(x):
    """`x.is_integer()` of a float."""
    return bool(math.isfinite(x) and np.floor(x) == x)


def bounded(at, n):
    """A bound of a slice of a sequence of length `n`, for a positive step."""
    if at < 0:
        return max(at + n, 0)
    return min(at, n)
