"""Pairs of positions in the order of `itertools.combinations`, as Python code: see `library_math`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math


def pair_first(k, n):
    """The first position of pair number `k` of those below `n`."""
    i = int((2 * n - 1 - math.sqrt((2 * n - 1) * (2 * n - 1) - 8 * k)) / 2)
    while i * (2 * n - i - 1) // 2 > k:
        i -= 1
    while (i + 1) * (2 * n - i - 2) // 2 <= k:
        i += 1
    return i


def pair_second(k, n, i):
    """Its second position."""
    return k - i * (2 * n - i - 1) // 2 + i + 1
