"""Finally runs after an exception too."""

from __future__ import annotations


def f(x: list[float], v: float) -> float:
    x.append(0.0)
    try:
        return 1 / v
    finally:
        x.pop(0)


def g(x, v):
    x.append(0.0)
    out = 1 / v
    x.pop(0)
    return out


def h(x, v):
    x.append(0.0)
    del x[0]
    return 1 / v
