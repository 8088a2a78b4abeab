"""A value that is false is not missing."""

from __future__ import annotations


def f(d: dict[str, int], k: str) -> int:
    return d.get(k, -1)


def g(d, k):
    return d.get(k) or -1


def h(d, k):
    return d[k] if k in d else -1  # noqa: SIM401
