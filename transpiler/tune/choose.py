"""Choose among measured variants, and find the size below which the original is better."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loopwright.tune.measure import Measurement

_EVEN = 1.05
"""A size counts as won from this ratio on; below it the kernel is not used."""


@dataclass(frozen=True, slots=True)
class Winner:
    """`speedup` by size, for the sizes at which the kernel will run; `min_size` is the break-even."""

    label: str
    speedup: dict[int, float]
    min_size: int


def choose(measured: Measurement, min_speedup: float) -> tuple[Winner | None, dict[str, str]]:
    """The variant with the best geometric mean over its two largest sizes, and why others lost.

    A variant is out if it declined the largest size, or is slower than `min_speedup` there. The
    break-even is the smallest measured size from which on every size is won.
    """
    candidates: list[tuple[float, Winner]] = []
    why: dict[str, str] = {}
    labels = list(measured.timings[-1].candidates) if measured.timings else []
    for label in labels:
        ratios = _ratios(measured, label)
        largest = measured.timings[-1]
        seconds = largest.candidates[label]
        if seconds is None:
            why[label] = f"declined the input of size {largest.size}"
            continue
        last = ratios[-1][1]
        if last < min_speedup:
            why[label] = f"{last:.2f}x at size {largest.size}"
            continue
        won = _won(ratios)
        score = math.sqrt(won[-1][1] * won[-2][1]) if len(won) > 1 else won[-1][1]
        lost_below = len(won) < len(ratios)
        winner = Winner(label, dict(won), won[0][0] if lost_below else 0)
        candidates.append((score, winner))
    if not candidates:
        return None, why
    candidates.sort(key=lambda pair: -pair[0])
    for score, loser in candidates[1:]:
        why[loser.label] = f"{score:.1f}x against {candidates[0][0]:.1f}x"
    return candidates[0][1], why


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
