"""Np.maximum picks another zero than max."""

from __future__ import annotations


def f(x: float) -> float:
    return max(0.0, x)


def g(x: float) -> float:
    return x if x >= 0.0 else 0.0


def h(x: float) -> float:
    return x if x > 0.0 else 0.0
