"""Closures see the last value of a loop variable."""

from __future__ import annotations


def f(x: list[int]) -> list[int]:
    calls = [lambda: v for v in x]  # noqa: B023
    return [call() for call in calls]


def g(x):
    return [v for v in x]


def h(x):
    return x[-1:] * len(x)
