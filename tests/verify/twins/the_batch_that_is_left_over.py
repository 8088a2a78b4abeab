"""The batch that is left over."""

from __future__ import annotations


def f(x: list[int], size: int) -> list[list[int]]:
    if size < 1:
        raise ValueError("size")
    return [x[k : k + size] for k in range(0, len(x), size)]


def g(x, size):
    if size < 1:
        raise ValueError("size")
    return [x[k * size : (k + 1) * size] for k in range(len(x) // size)]


def h(x, size):
    if size < 1:
        raise ValueError("size")
    return [x[k * size : (k + 1) * size] for k in range(-(-len(x) // size))]
