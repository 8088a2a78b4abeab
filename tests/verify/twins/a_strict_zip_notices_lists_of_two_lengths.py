"""A strict zip notices lists of two lengths."""

from __future__ import annotations


def f(a: list[int], b: list[int]) -> int:
    return sum(p * q for p, q in zip(a, b, strict=True))


def g(a, b):
    return sum(p * q for p, q in zip(a, b, strict=False))


def h(a, b):
    if len(a) != len(b):
        raise ValueError("lengths")
    return sum(a[k] * b[k] for k in range(len(a)))
