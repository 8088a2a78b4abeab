"""An average that starts at its first element."""

from __future__ import annotations


def f(x: list[float], a: float) -> list[float]:
    out: list[float] = []
    for k, v in enumerate(x):
        out.append(v if k == 0 else a * v + (1 - a) * out[-1])
    return out


def g(x, a):
    out, s = [], 0.0
    for v in x:
        s = a * v + (1 - a) * s
        out.append(s)
    return out


def h(x, a):
    out = list(x[:1])
    for v in x[1:]:
        out += [a * v + (1 - a) * out[-1]]
    return out
