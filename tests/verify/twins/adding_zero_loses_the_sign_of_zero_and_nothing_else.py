"""Adding zero loses the sign of zero and nothing else."""

from __future__ import annotations


def f(x: float) -> float:
    return 0.0 if x == 0 else x


def g(x):
    return x - 0.0


def h(x):
    return x + 0.0
