"""Scores that are tied count as one half."""

from __future__ import annotations


def f(pos: list[float], neg: list[float]) -> float:
    won = 0.0
    for p in pos:
        for q in neg:
            won += 1.0 if p > q else 0.5 if p == q else 0.0
    return won / (len(pos) * len(neg))


def g(pos, neg):
    won = 0.0
    for p in pos:
        for q in neg:
            won += 1.0 if p >= q else 0.0
    return won / (len(pos) * len(neg))


def h(pos, neg):
    twice = sum(2 * (p > q) + (p == q) for p in pos for q in neg)
    return twice / 2 / (len(neg) * len(pos))
