"""Rows that are there twice."""

from __future__ import annotations


def f(x: list[int], v: int) -> list[int]:
    return [k for k in range(len(x)) if x[k] == v]


def g(x, v):
    return [x.index(v)] if v in x else []


def h(x, v):
    return [k for k, w in enumerate(x) if w == v]
