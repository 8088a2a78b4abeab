"""A generator fails when it is read."""

from __future__ import annotations

from collections.abc import Iterator


def f(x: list[int]) -> Iterator[float]:
    for v in x:
        yield 1 / v


def g(x):
    return iter([1 / v for v in x])


def h(x):
    yield from (1 / v for v in x)
