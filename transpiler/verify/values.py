"""Aimed numbers: for each array one mode, for each scalar a pool; by design, not uniform chance.

The modes are those that separate wrong rewrites from right ones: ties, order, limits of the dtype, one
special number among ordinary ones, cancellation, values around the constants of the source.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from loopwright.verify.constants import Constants

AnyArray = npt.NDArray[Any]
TINY, SMALLEST, LARGEST = 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308
SPECIAL_FLOATS = (
    math.nan, math.inf, -math.inf, -0.0, 0.0, TINY, -TINY, SMALLEST, LARGEST, -LARGEST,
    1e-300, 1e300, 1e154, 1e16, 2.0**53, 2.0**63, -(2.0**63), 2.0**31, 1e-17, 1 - 2**-53, 1 + 2**-52,
)  # fmt: skip
PLAIN_FLOATS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 1.5, 2.5, -2.5, 3.0, 0.1, 0.3, 10.0, 100.0, 7.0)
WIDE_INTS = tuple(
    sign * (2**k + d) for k in (7, 8, 15, 16, 31, 32, 53, 62, 63, 64, 70)
    for d in (-1, 0, 1) for sign in (1, -1)
)  # fmt: skip
TEXTS = ("", "a", "b", "ab", "aa", "abc", "ABC", "Ab", " ", "a b", " a", "a,b", "0", "12", "-1", "é",
         "ß", "İ", "日本", "😀", "a\n", "\t", "aab", "abab", "xyz", "Hello, World",
         "ßs", "ẞ", "ﬁ", "x=1", "1.5", "a-b_c")  # fmt: skip


class Source:
    """Where randomness comes from: one seed, and the constants of the code under test."""

    def __init__(self, seed: int, constants: Constants) -> None:
        self.py = random.Random(seed)
        self.np = np.random.default_rng(seed)
        self.constants = constants

    def chance(self, p: float) -> bool:
        return self.py.random() < p


# ------------------------------------------------------------------- scalars


def draw_float(s: Source, wild: float) -> float:
    """One double; with probability `wild` a special one."""
    if s.chance(wild):
        if s.chance(0.2):
            return math.ldexp(s.py.uniform(-1, 1), s.py.randint(-1070, 1020))
        return s.py.choice(SPECIAL_FLOATS)
    roll = s.py.random()
    if roll < 0.3 and s.constants.floats:
        return s.py.choice(s.constants.floats)
    if roll < 0.5:
        return s.py.choice(PLAIN_FLOATS)
    if roll < 0.65:
        return float(s.py.randint(-5, 10))
    if roll < 0.8:
        return s.py.random()
    return s.py.gauss(0.0, s.py.choice((1.0, 1.0, 10.0, 1e3)))


def draw_int(s: Source, wild: float, nearby: tuple[int, ...] = ()) -> int:
    """One unbounded int; `nearby` are lengths and elements of the same call."""
    if s.chance(wild):
        roll = s.py.random()
        if roll < 0.5:
            return s.py.choice(WIDE_INTS)
        if roll < 0.75:
            return s.py.randint(-(2**40), 2**40)
        if roll < 0.97:
            return s.py.randint(-(10**25), 10**25)
        return s.py.choice((2**1024, -(2**1024), 2**1023, 10**309))
    roll = s.py.random()
    if roll < 0.25 and s.constants.ints:
        return s.py.choice(s.constants.ints)
    if roll < 0.45 and nearby:
        return s.py.choice(nearby) + s.py.choice((0, 0, 0, -1, 1))
    if roll < 0.55:
        return s.py.randint(-12, 0)
    if roll < 0.65:
        return s.py.randint(-300, 1000)
    return s.py.randint(0, 12)


def draw_text(s: Source) -> str:
    """A string: one of the source's own, a stock one, or letters at random."""
    roll = s.py.random()
    if roll < 0.4 and s.constants.texts:
        text = s.py.choice(s.constants.texts)
        return text if s.chance(0.8) else text + s.py.choice(TEXTS)
    if roll < 0.65:
        return s.py.choice(TEXTS)
    if s.constants.texts and s.chance(0.3):
        return "".join(s.py.choice(s.constants.texts) for _ in range(s.py.randint(1, 4)))
    alphabet = s.py.choice(
        ("ab", "abc", "abcdefghijkl ", "01", "aA ,.", "éaß😀", "ßsS", "ab" * 3 + "\n\t ")
    )
    return "".join(s.py.choice(alphabet) for _ in range(s.py.choice((1, 2, 3, 4, 5, 8, 12, 20))))


# -------------------------------------------------------------------- arrays

Mode = Callable[[Source, int], AnyArray]


def _one_special(s: Source, n: int) -> AnyArray:
    out: AnyArray = s.np.normal(size=n)
    if n:
        out[s.py.randrange(n)] = s.py.choice(SPECIAL_FLOATS)
    return out


def _cancelling(s: Source, n: int) -> AnyArray:
    big = s.np.normal(size=n) * 10.0 ** s.np.integers(0, 17, n)
    out: AnyArray = np.where(s.np.random(n) < 0.5, big, s.np.normal(size=n))
    if n >= 2:
        half = n // 2
        out[half : 2 * half] = -out[:half] + s.np.normal(size=half)
    s.np.shuffle(out)
    return out


def _from_constants(s: Source, n: int) -> AnyArray:
    pool = np.array(s.constants.floats or PLAIN_FLOATS)
    return s.np.choice(pool, n)


def _mix(pool: tuple[float, ...]) -> Mode:
    return lambda s, n: s.np.choice(np.array(pool), n)


TAME_FLOATS: tuple[tuple[str, Mode], ...] = (
    ("normal", lambda s, n: s.np.normal(size=n)),
    ("normal", lambda s, n: s.np.normal(size=n) * s.py.choice((1.0, 10.0, 1e3))),
    ("unit interval", lambda s, n: s.np.random(n)),
    ("small integers with ties", lambda s, n: s.np.integers(-3, 4, n).astype(float)),
    ("small integers", lambda s, n: s.np.integers(0, 10, n).astype(float)),
    ("all equal", lambda s, n: np.full(n, draw_float(s, 0.0))),
    ("ascending", lambda s, n: np.sort(s.np.normal(size=n))),
    ("descending", lambda s, n: np.sort(s.np.normal(size=n))[::-1].copy()),
    ("halves", lambda s, n: s.np.integers(-9, 10, n) + 0.5),
    ("around constants", _from_constants),
    ("zeros and ones", lambda s, n: s.np.integers(0, 2, n).astype(float)),
    ("positive", lambda s, n: s.np.exponential(size=n) + 0.01),
)
WILD_FLOATS: tuple[tuple[str, Mode], ...] = (
    ("zeros of both signs, NaN, one", _mix((0.0, -0.0, math.nan, 1.0, -1.0))),
    ("one special", _one_special),
    ("one special", _one_special),
    ("all NaN", lambda s, n: np.full(n, math.nan)),
    ("specials", _mix(SPECIAL_FLOATS)),
    ("wide exponents", lambda s, n: s.np.normal(size=n) * 10.0 ** s.np.integers(-200, 200, n)),
    ("large offset", lambda s, n: s.py.choice((1e6, 1e9, 1e15)) + s.np.normal(size=n)),
    ("cancelling", _cancelling),
    ("cancelling", _cancelling),
    ("denormals", lambda s, n: s.np.normal(size=n) * 1e-310),
    ("zeros of both signs", _mix((0.0, -0.0))),
    ("infinities", _mix((math.inf, -math.inf, 1.0, 0.0))),
    ("moderate exponents", lambda s, n: s.np.normal(size=n) * 10.0 ** s.np.integers(-8, 9, n)),
)
TAME_INTS: tuple[tuple[str, Mode], ...] = (
    ("small integers with ties", lambda s, n: s.np.integers(-3, 4, n)),
    ("small integers", lambda s, n: s.np.integers(0, 10, n)),
    ("zeros and ones", lambda s, n: s.np.integers(0, 2, n)),
    ("all equal", lambda s, n: np.full(n, s.py.randint(-3, 10))),
    ("permutation", lambda s, n: s.np.permutation(n)),
    ("ascending", lambda s, n: np.sort(s.np.integers(-20, 100, n))),
    ("descending", lambda s, n: np.sort(s.np.integers(-20, 100, n))[::-1].copy()),
    ("hundreds", lambda s, n: s.np.integers(-300, 1000, n)),
)


def float_array(s: Source, dtype: str, n: int, wild: float) -> tuple[str, AnyArray]:
    """`n` floats (or complex numbers) of `dtype` in one mode; the mode's name first."""
    name, mode = s.py.choice(WILD_FLOATS if s.chance(wild) else TAME_FLOATS)
    values = mode(s, n)
    if dtype.startswith("complex"):
        other = s.py.choice(WILD_FLOATS if s.chance(wild / 2) else TAME_FLOATS)[1](s, n)
        both = np.empty(n, np.complex128)
        both.real, both.imag = values, other
        values = both
    with np.errstate(all="ignore"):
        return name, values.astype(dtype)


def int_array(s: Source, dtype: str, n: int, wild: float) -> tuple[str, AnyArray]:
    """`n` integers or booleans of `dtype` in one mode; wrapped into the dtype's range."""
    if dtype == "bool":
        share = s.py.choice((0.5, 0.5, 0.1, 0.9, 0.0, 1.0))
        return f"{share:.0%} true", s.np.random(n) < share
    info = np.iinfo(dtype)
    if s.chance(wild):
        if s.chance(0.5):
            return "full range", s.np.integers(info.min, info.max, n, dtype, endpoint=True)
        edge = [info.min, info.min + 1, 0, 1, info.max - 1, info.max]
        return "limits of the dtype", s.np.choice(np.array(edge, dtype), n)
    fitting = [c for c in s.constants.ints if info.min <= c <= info.max]
    if fitting and s.chance(0.2):
        return "around constants", s.np.choice(np.array(fitting, dtype), n)
    name, mode = s.py.choice(TAME_INTS)
    values = mode(s, n)
    if info.min == 0:
        values = np.abs(values)
    return name, values.astype(dtype)


# ------------------------------------------------------------------- layouts

LAYOUTS = ("fortran", "strided", "reversed", "window", "transposed", "read-only", "repeated")


def lay_out(s: Source, a: AnyArray, layout: str) -> AnyArray:
    """The same elements in another memory layout, in a buffer with garbage around them."""
    if a.ndim == 0 or a.size == 0:
        return a
    match layout:
        case "repeated":
            return np.broadcast_to(a[:1].copy(), a.shape)
        case "fortran":
            return np.asfortranarray(a)
        case "transposed":
            return np.ascontiguousarray(a.T).T
        case "read-only":
            a = a.copy()
            a.flags.writeable = False
            return a
        case "reversed":
            return a[(slice(None, None, -1),) * a.ndim].copy()[(slice(None, None, -1),) * a.ndim]
        case "strided" | "window":
            return _in_buffer(s, a, layout)
        case _:
            return a


def _in_buffer(s: Source, a: AnyArray, layout: str) -> AnyArray:
    if layout == "strided":
        shape = tuple(2 * n + 1 for n in a.shape)
        window = tuple(slice(1, None, 2) for _ in a.shape)
    else:
        shape = tuple(n + 4 if k == 0 else n for k, n in enumerate(a.shape))
        window = tuple(slice(2, 2 + n) if k == 0 else slice(None) for k, n in enumerate(a.shape))
    size = math.prod(shape)
    if a.dtype.kind in "fc":
        garbage = float_array(s, str(a.dtype), size, 0.3)[1]
    else:
        garbage = int_array(s, str(a.dtype), size, 0.3)[1]
    buffer = garbage.reshape(shape)
    buffer[window] = a
    return buffer[window]
