"""Arguments are left half-changed by an exception."""

from __future__ import annotations


def f(x: list[float]) -> None:
    for i in range(len(x)):
        if x[i] < 0.0:
            raise ValueError("negative")
        x[i] = x[i] + 1.0


def g(x):
    if any(v < 0.0 for v in x):
        raise ValueError("negative")
    for i in range(len(x)):
        x[i] += 1.0


def h(x):
    for i, v in enumerate(x):
        if v < 0.0:
            raise ValueError("negative")
        x[i] = v + 1.0
