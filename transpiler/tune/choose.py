"""Rank measured variants, and find the size below which the original is better."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loopwright.tune.measure import Measurement

_EVEN = 1.05
"""A size counts as won from this ratio on; below it the kernel is not used."""


@dataclass(frozen=True, slots=True)
class Winner:
    """`speedup` by size, for the sizes at which the kernel will run; `min_size` is the break-even.

    `score` is the geometric mean of the ratios at the two largest sizes.
    """

    label: str
    speedup: dict[int, float]
    min_size: int
    score: float


def rank(measured: Measurement, min_speedup: float) -> tuple[list[Winner], dict[str, str]]:
    """The variants worth having, the best score first, and why the others are out.

    A variant is out if it declined the largest size, or is slower than `min_speedup` there. The
    break-even is the smallest measured size from which on every size is won.
    """
    winners: list[Winner] = []
    why: dict[str, str] = {}
    labels = list(measured.timings[-1].candidates) if measured.timings else []
    for label in labels:
        ratios = _ratios(measured, label)
        largest = measured.timings[-1]
        if largest.candidates[label] is None:
            why[label] = f"declined the input of size {largest.size}"
            continue
        last = ratios[-1][1]
        if last < min_speedup:
            why[label] = f"{last:.2f}x at size {largest.size}"
            continue
        won = _won(ratios)
        score = math.sqrt(won[-1][1] * won[-2][1]) if len(won) > 1 else won[-1][1]
        lost_below = len(won) < len(ratios)
        winners.append(Winner(label, dict(won), won[0][0] if lost_below else 0, score))
    return sorted(winners, key=lambda w: -w.score), why


def _ratios(measured: Measurement, label: str) -> list[tuple[int, float]]:
    """Size and ratio, by size; a declined input is a ratio of 0 (it costs its guard)."""
    found = []
    for timing in sorted(measured.timings, key=lambda t: t.size):
        seconds = timing.candidates[label]
        found.append((timing.size, 0.0 if seconds is None else timing.original / seconds))
    return found


def _won(ratios: list[tuple[int, float]]) -> list[tuple[int, float]]:
    kept: list[tuple[int, float]] = []
    for size, ratio in reversed(ratios):
        if ratio < _EVEN:
            break
        kept.append((size, ratio))
    return kept[::-1] or ratios[-1:]
