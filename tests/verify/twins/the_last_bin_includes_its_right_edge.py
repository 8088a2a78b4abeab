"""The last bin includes its right edge."""

from __future__ import annotations


def f(x: list[float], n: int) -> list[int]:
    if not 0 < n < 50:
        raise ValueError("bins")
    out = [0] * n
    for v in x:
        if 0 <= v <= 1:
            out[min(int(v * n), n - 1)] += 1
    return out


def g(x, n):
    if not 0 < n < 50:
        raise ValueError("bins")
    out = [0] * n
    for v in x:
        if 0 <= v < 1:
            out[int(v * n)] += 1
    return out


def h(x, n):
    if n <= 0 or n >= 50:
        raise ValueError("bins")
    out = [0] * n
    for v in x:
        if 0 <= v <= 1:
            k = int(v * n)
            out[k if k < n else n - 1] += 1
    return out
