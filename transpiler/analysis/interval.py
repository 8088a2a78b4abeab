"""Closed integer intervals and their arithmetic: the abstract domain of `ranges`.

Ends are exact Python ints. Values that a kernel holds lie in int64, so every interval is finite;
intermediate results of unbounded arithmetic may be wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from loopwright.ir.types import DType, kind_of

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
_SHIFT_CAP = 256  # wider results cannot be stored, so their exact size does not matter


@dataclass(frozen=True, slots=True)
class Interval:
    lo: int
    hi: int

    def __str__(self) -> str:
        return f"[{self.lo}, {self.hi}]"


FULL = Interval(INT64_MIN, INT64_MAX)
TRUTH = Interval(0, 1)


@cache
def of_dtype(dtype: DType) -> Interval | None:
    """Values of an integer or boolean dtype; None for the others."""
    match kind_of(dtype):
        case "b":
            return TRUTH
        case "i":
            bits = int(dtype[3:])
            return Interval(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        case "u":
            return Interval(0, 2 ** int(dtype[4:]) - 1)
        case _:
            return None


def within(x: Interval, bounds: Interval) -> bool:
    return bounds.lo <= x.lo and x.hi <= bounds.hi


def join(a: Interval, b: Interval) -> Interval:
    return Interval(min(a.lo, b.lo), max(a.hi, b.hi))


def meet(a: Interval, b: Interval) -> Interval:
    """The common part. Where there is none (unreachable code) the first is kept: still sound."""
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    return Interval(lo, hi) if lo <= hi else a


def widen(a: Interval, b: Interval) -> Interval:
    """`a` with each end at the limit of 64 bits beyond which `b` goes."""
    lo = a.lo if a.lo <= b.lo else min(a.lo, INT64_MIN)
    hi = a.hi if a.hi >= b.hi else max(a.hi, INT64_MAX)
    return Interval(lo, hi)


def add(a: Interval, b: Interval) -> Interval:
    return Interval(a.lo + b.lo, a.hi + b.hi)


def sub(a: Interval, b: Interval) -> Interval:
    return Interval(a.lo - b.hi, a.hi - b.lo)


def neg(a: Interval) -> Interval:
    return Interval(-a.hi, -a.lo)


def mul(a: Interval, b: Interval) -> Interval:
    ends = (a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi)
    return Interval(min(ends), max(ends))


def magnitude(a: Interval) -> int:
    return max(abs(a.lo), abs(a.hi))


def floordiv(a: Interval, b: Interval) -> Interval:
    """Of the quotients by the nonzero divisors in `b`."""
    parts = [p for p in (meet_or_none(b, 1, magnitude(b)), meet_or_none(b, -magnitude(b), -1)) if p]
    if not parts:
        return a
    ends = [x // y for p in parts for x in (a.lo, a.hi) for y in (p.lo, p.hi)]
    if a.lo <= 0 <= a.hi:
        ends.append(0)
    return Interval(min(ends), max(ends))


def meet_or_none(a: Interval, lo: int, hi: int) -> Interval | None:
    lo, hi = max(a.lo, lo), min(a.hi, hi)
    return Interval(lo, hi) if lo <= hi else None


def mod(a: Interval, b: Interval) -> Interval:
    """Python's modulo: the sign of the divisor."""
    lo = min(0, b.lo + 1)
    hi = max(0, b.hi - 1)
    if b.lo > 0 and a.lo >= 0:
        if a.hi < b.lo:
            return a
        hi = min(hi, a.hi)
    return Interval(lo, hi)


def bit_and(a: Interval, b: Interval) -> Interval:
    if a.lo >= 0 and b.lo >= 0:
        return Interval(0, min(a.hi, b.hi))
    if a.lo >= 0:
        return Interval(0, a.hi)
    if b.lo >= 0:
        return Interval(0, b.hi)
    return _signed_box(a, b)


def bit_or(a: Interval, b: Interval) -> Interval:
    """Also of exclusive or."""
    if a.lo >= 0 and b.lo >= 0:
        return Interval(0, 2 ** max(a.hi.bit_length(), b.hi.bit_length()) - 1)
    return _signed_box(a, b)


def _signed_box(a: Interval, b: Interval) -> Interval:
    bits = max(x.bit_length() for x in (a.lo, a.hi, b.lo, b.hi))
    return Interval(-(2**bits), 2**bits - 1)


def lshift(a: Interval, b: Interval) -> Interval:
    top = min(max(b.hi, 0), _SHIFT_CAP)
    return mul(a, Interval(1, 2**top))


def rshift(a: Interval, b: Interval) -> Interval:
    low, top = min(max(b.lo, 0), _SHIFT_CAP), min(max(b.hi, 0), _SHIFT_CAP)
    ends = [x >> s for x in (a.lo, a.hi) for s in (low, top)]
    return Interval(min(ends), max(ends))


def power(a: Interval, b: Interval) -> Interval:
    """Of `a ** b` for the exponents >= 0 in `b`."""
    top = min(max(b.hi, 0), _SHIFT_CAP)
    most: int = max(magnitude(a), 1) ** top
    if a.lo >= 0:
        return Interval(0, most)
    return Interval(0, most) if b == Interval(2, 2) else Interval(-most, most)


def absolute(a: Interval) -> Interval:
    if a.lo >= 0:
        return a
    return neg(a) if a.hi <= 0 else Interval(0, magnitude(a))


def minimum(a: Interval, b: Interval) -> Interval:
    return Interval(min(a.lo, b.lo), min(a.hi, b.hi))


def maximum(a: Interval, b: Interval) -> Interval:
    return Interval(max(a.lo, b.lo), max(a.hi, b.hi))
