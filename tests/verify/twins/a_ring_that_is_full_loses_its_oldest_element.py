"""A ring that is full loses its oldest element."""

from __future__ import annotations


def f(x: list[int], size: int) -> list[int]:
    if not 0 < size < 20:
        raise ValueError("size")
    ring = []
    for v in x:
        ring.append(v)
        if len(ring) > size:
            ring.pop(0)
    return ring


def g(x, size):
    if not 0 < size < 20:
        raise ValueError("size")
    ring = [0] * size
    for k, v in enumerate(x):
        ring[k % size] = v
    return ring[: len(x)]


def h(x, size):
    if not 0 < size < 20:
        raise ValueError("size")
    return x[-size:]
