"""A mean of a window that is not full yet."""

from __future__ import annotations


def f(x: list[float], w: int) -> list[float]:
    if not 0 < w < 100:
        raise ValueError("window")
    return [sum(x[max(0, k - w + 1) : k + 1]) / min(k + 1, w) for k in range(len(x))]


def g(x, w):
    if not 0 < w < 100:
        raise ValueError("window")
    return [sum(x[max(0, k - w + 1) : k + 1]) / w for k in range(len(x))]


def h(x, w):
    if w <= 0 or w >= 100:
        raise ValueError("window")
    out = []
    for k in range(len(x)):
        window = x[max(0, k + 1 - w) : k + 1]
        out.append(sum(window) / len(window))
    return out
