"""Rank measured variants, and find the size below which the original is better."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from loopwright.tune.timings import Measurement

_EVEN = 1.05
"""A size counts as won from this ratio on; below it the kernel is not used."""

_CHOOSY = 3.0
"""What a kernel must win where it takes the calls, if it declines others, which then take longer."""

_TINY, _TINY_GAIN = 5e-6, 2.0
"""Seconds below which a call hangs on its values more than on its size, and what one of them must win: some
are over sooner than the tests before a kernel are."""

_SHORT, _BELOW = 5e-5, 0.5
"""Seconds of an average call below which the tests before a kernel show. If it is below this part of the
break-even, too, most calls have only the tests."""

_THREADS_GAIN = 1.25
"""What threads must win over their serial twin, as they take cores away from others."""


@dataclass(frozen=True, slots=True)
class Winner:
    """`speedup` by size, for the sizes at which the kernel will run; `min_size` is the break-even.

    `score` is the geometric mean of the ratios at the two largest sizes.
    """

    label: str
    speedup: dict[int, float]
    min_size: int
    score: float


def rank(
    measured: Measurement, labels: Collection[str], min_speedup: float, mean: float = 0.0
) -> tuple[list[Winner], dict[str, str]]:
    """The variants of `labels` worth having, the best score first, and why the others are out.

    A variant is out if it declined the largest size, or is slower than `min_speedup` there, or not much
    faster although it declines calls of that size that were seen, or they take some microseconds, or most
    calls are too small for it: `mean` are the seconds of an average one, 0 if that is not known. The
    break-even is the smallest measured size from which on every size is won; if all are won, it is guessed
    on the safe side.
    """
    winners: list[Winner] = []
    why: dict[str, str] = {}
    originals = {t.size: t.original for t in measured.timings}
    for label in labels:
        ratios = _ratios(measured, label)
        largest = measured.timings[-1]
        if largest.candidates[label] is None:
            told = measured.declined.get(label)
            why[label] = f"declined the input of size {largest.size}" + (
                f": {told}" if told else ""
            )
            continue
        if largest.candidates[label] == math.inf:
            why[label] = "far behind at smaller sizes"
            continue
        last = ratios[-1][1]
        if last < min_speedup:
            why[label] = f"{last:.2f}x at size {largest.size}"
            continue
        if label in measured.choosy and last < _CHOOSY:
            why[label] = (
                f"{last:.2f}x at size {largest.size}, and it declines other calls of that size"
            )
            continue
        if last < _TINY_GAIN and largest.original < _TINY:
            why[label] = f"{last:.2f}x at size {largest.size}, of calls that take no time"
            continue
        won = _won(ratios)
        if 0.0 < mean < min(_SHORT, _BELOW * originals[won[0][0]]):
            why[label] = (
                f"pays from calls of {originals[won[0][0]] * 1e6:.0f} µs on; "
                f"on average they take {mean * 1e6:.0f}"
            )
            continue
        score = math.sqrt(won[-1][1] * won[-2][1]) if len(won) > 1 else won[-1][1]
        least = won[0][0] if len(won) < len(ratios) else _unmeasured(*won[0])
        winners.append(Winner(label, dict(won), least, score))
    return sorted(winners, key=lambda w: -w.score), why


def threads_from(measured: Measurement, threaded: str, serial: str) -> int | str:
    """The smallest size from which on the threaded variant beats the serial one; or why it does not."""
    smallest: int | None = None
    gain = 0.0
    for timing in sorted(measured.timings, key=lambda t: -t.size):
        ours, other = timing.candidates[threaded], timing.candidates[serial]
        ratio = 0.0 if ours is None else (other or timing.original) / ours
        gain = gain or ratio
        if ratio < _EVEN:
            break
        smallest = timing.size
    if smallest is None or gain < _THREADS_GAIN:
        return f"{gain:.2f}x of the serial variant"
    return smallest


def _unmeasured(size: int, ratio: float) -> int:
    """The break-even below the smallest measured size: as if the kernel took as long for less, and the time
    of the loop were as the square of the size."""
    return math.floor(size / math.sqrt(ratio))


def _ratios(measured: Measurement, label: str) -> list[tuple[int, float]]:
    """Size and ratio, by size; a declined input is a ratio of 0 (it costs its guard), unless nobody has seen
    such an input: that it does not suit the kernel tells nothing about smaller ones then."""
    found = []
    for timing in sorted(measured.timings, key=lambda t: t.size):
        seconds = timing.candidates[label]
        if seconds is None and not timing.recorded:
            continue
        found.append((timing.size, 0.0 if seconds is None else timing.original / seconds))
    return found


def _won(ratios: list[tuple[int, float]]) -> list[tuple[int, float]]:
    kept: list[tuple[int, float]] = []
    for size, ratio in reversed(ratios):
        if ratio < _EVEN:
            break
        kept.append((size, ratio))
    return kept[::-1] or ratios[-1:]
