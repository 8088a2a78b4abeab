"""A list for a generator."""

from __future__ import annotations

from collections.abc import Iterator


def f(x: list[float]) -> Iterator[float]:
    for v in x:
        yield 1.0 / v


def g(x):
    return iter([1.0 / v for v in x])


def h(x):
    return (1.0 / v for v in x)
