"""The first of two pairs with one key."""

from __future__ import annotations


def f(pairs: list[tuple[str, int]]) -> dict[str, int]:
    return {k: v for k, v in pairs}


def g(pairs):
    out = {}
    for k, v in pairs:
        out.setdefault(k, v)
    return out


def h(pairs):
    out = {}
    for k, v in pairs:
        out[k] = v
    return out
