"""Differences at the ends are one-sided."""

from __future__ import annotations


def f(x: list[float]) -> list[float]:
    n = len(x)
    out = []
    for k in range(n):
        if k == 0:
            out.append(x[1] - x[0] if n > 1 else 0.0)
        elif k == n - 1:
            out.append(x[k] - x[k - 1])
        else:
            out.append((x[k + 1] - x[k - 1]) / 2)
    return out


def g(x):
    n = len(x)
    return [(x[min(k + 1, n - 1)] - x[max(k - 1, 0)]) / 2 for k in range(n)]


def h(x):
    n = len(x)
    if n < 2:
        return [0.0] * n
    return [x[1] - x[0], *((b - a) / 2 for a, b in zip(x, x[2:], strict=False)), x[-1] - x[-2]]
