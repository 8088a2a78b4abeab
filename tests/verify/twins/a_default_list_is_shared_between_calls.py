"""A default list is shared between calls."""

from __future__ import annotations


def f(v: int, seen: list[int] = []) -> list[int]:  # noqa: B006
    seen.append(v)
    return list(seen)


def g(v: int, seen: list[int] | None = None):
    seen = [] if seen is None else seen
    seen.append(v)
    return list(seen)


def h(v: int, seen: list[int] = []) -> list[int]:  # noqa: B006
    seen += [v]
    return [*seen]
