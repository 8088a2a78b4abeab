"""The order of a dict's keys."""

from __future__ import annotations


def f(x: list[str]) -> dict[str, int]:
    out = {}
    for v in x:
        out[v] = out.get(v, 0) + 1
    return out


def g(x):
    return {v: x.count(v) for v in sorted(set(x))}


def h(x):
    return {v: x.count(v) for v in dict.fromkeys(x)}
