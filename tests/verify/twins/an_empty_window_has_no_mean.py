"""An empty window has no mean."""

from __future__ import annotations


def f(x: list[float], a: int, b: int) -> float | None:
    part = x[a:b]
    if not part:
        return None
    s = 0.0
    for v in part:
        s += v
    return s / len(part)


def g(x, a, b):
    s, n = 0.0, 0
    for k in range(max(a, 0), min(b, len(x))):
        s += x[k]
        n += 1
    return s / n if n else None


def h(x, a, b):
    a, b, _ = slice(a, b).indices(len(x))
    s, n = 0.0, 0
    for k in range(a, b):
        s += x[k]
        n += 1
    return s / n if n else None
