"""Single numbers and strings: for each a pool of values at which behaviour may change, and plain ones."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

from hypothesis import strategies as st

from loopwright.verify.call import Call

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
_VAST_INTS = (2**1024, -(2**1024), 2**1023, 10**309)
_TEXTS = ("", "a", "b", "ab", "aa", "abc", "ABC", "Ab", " ", "a b", " a", "a,b", "0", "12", "-1", "é",
          "ß", "İ", "日本", "😀", "a\n", "\t", "aab", "abab", "xyz", "Hello, World",
          "ßs", "ẞ", "ﬁ", "x=1", "1.5", "a-b_c", "²", "٣", "½", "Ⅷ", "\r\n", "a\rb", "\x1c", "a\x85b",
          "\u2028", "\xa0", "e\u0301", "ǆ", "ΑΣ", "ΣΑ", "\x00", "_", "1_0",
          "+1", " 7 ", "1e3", "nan", "-inf")  # fmt: skip
_ALPHABETS = (
    "ab",
    "abc",
    "abcdefghijkl ",
    "01",
    "aA ,.",
    "éaß😀",
    "ßsS",
    "abc\n\t ",
    "0123456789",
    "a\n\r",
    "01²٣-. ",
    "()[]{}a",
)

_PLAIN_FLOAT = st.sampled_from(PLAIN_FLOATS)
_SPECIAL_FLOAT = st.sampled_from(SPECIAL_FLOATS)
_ANY_FLOAT = st.floats()
_SMALL_FLOAT = st.integers(-5, 10).map(float)
_UNIT_FLOAT = st.floats(0.0, 1.0)
_USUAL_FLOAT = st.floats(-1000.0, 1000.0)
_WIDE_INT = st.sampled_from(WIDE_INTS)
_VAST_INT = st.sampled_from(_VAST_INTS)
_LONG_INT = st.integers(-(2**40), 2**40)
_BIG_INT = st.integers(-(10**25), 10**25)
_COUNT = st.integers(0, 12)
_NEGATIVE = st.integers(-12, 0)
_HUNDREDS = st.integers(-300, 1000)
_STEP = st.sampled_from((0, 0, 0, -1, 1))
_STOCK_TEXT = st.sampled_from(_TEXTS)
_LETTERS = tuple(st.text(letters, min_size=1, max_size=20) for letters in _ALPHABETS)
_HUNDRED = st.sampled_from(range(100))


@functools.cache
def _matching(pattern: str, whole: bool) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=whole)


def draw_float(call: Call, wild: float) -> float:
    """One double; with probability `wild` a special one."""
    route = call.route(20, wild)
    if route < 0:
        return call.draw(_ANY_FLOAT if call.draw(_HUNDRED) < 20 else _SPECIAL_FLOAT)
    if route < 3:
        return call.draw(_SMALL_FLOAT)
    if route < 13:
        floats = call.constants.floats
        return call.pick(floats) if route < 9 and floats else call.draw(_PLAIN_FLOAT)
    return call.draw(_UNIT_FLOAT if route < 16 else _USUAL_FLOAT)


def draw_int(call: Call, wild: float, nearby: Sequence[int] = ()) -> int:
    """One unbounded int; `nearby` are lengths of the same call."""
    route = call.route(20, wild)
    if route < 0:
        roll = call.draw(_HUNDRED)
        if roll < 50:
            return call.draw(_WIDE_INT)
        return call.draw(_LONG_INT if roll < 75 else _BIG_INT if roll < 97 else _VAST_INT)
    if route < 7:
        return call.draw(_COUNT)
    if route < 16:
        if nearby and (route < 11 or not call.constants.ints):
            return call.pick(nearby) + call.draw(_STEP)
        if call.constants.ints:
            return call.pick(call.constants.ints)
    return call.draw(_NEGATIVE if route < 18 else _HUNDREDS)


def draw_text(call: Call) -> str:
    """A string: a stock one, one of the source's own or that its regular expressions match, or letters."""
    patterns = call.constants.patterns
    if patterns and call.chance(0.3):
        return call.draw(_matching(call.pick(patterns), call.chance(0.4)))
    roll = call.draw(_HUNDRED)
    own = call.constants.texts
    if roll < 25:
        return call.draw(_STOCK_TEXT)
    if roll < 65 and own:
        text = call.pick(own)
        if roll < 33:
            return text + call.draw(_STOCK_TEXT)
        return call.draw(call.pick(_LETTERS)) + text if roll < 43 else text
    if roll < 75 and own:
        return "".join(call.pick(own) for _ in range(call.pick((1, 2, 3, 4))))
    letters = call.draw(call.pick(_LETTERS))
    return letters if roll < 96 or not letters else call.stretched(letters)
