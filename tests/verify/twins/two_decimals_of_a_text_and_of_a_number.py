"""Two decimals of a text and of a number."""

from __future__ import annotations


def f(x: float) -> str:
    return f"{x:.2f}"


def g(x):
    return f"{round(x, 2)}"


def h(x):
    return "%.2f" % x  # noqa: UP031
