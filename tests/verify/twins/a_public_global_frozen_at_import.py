"""A public global frozen at import."""

from __future__ import annotations

SCALE = 2.0


def f(x: float) -> float:
    return x * SCALE


def g(x, scale=SCALE):
    return x * scale


def h(x):
    return SCALE * x
