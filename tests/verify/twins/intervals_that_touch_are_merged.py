"""Intervals that touch are merged."""

from __future__ import annotations


def f(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if any(a > b for a, b in spans):
        raise ValueError("span")
    out: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def g(spans):
    if any(a > b for a, b in spans):
        raise ValueError("span")
    out = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out


def h(spans):
    if any(a > b for a, b in spans):
        raise ValueError("span")
    out = []
    for a, b in sorted(spans):
        if out and out[-1][1] >= a:
            last = out.pop()
            a, b = last[0], max(last[1], b)
        out.append((a, b))
    return out
