"""Which of several recorded signatures a region is compiled for."""

from __future__ import annotations

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower_source import region_of_source
from loopwright.frontend.region import Lowered
from loopwright.ir.types import FLOAT, INT, STR, ListOf
from loopwright.signatures import Signature, lower_region

SOURCE = "def f(x):\n    for i in range(len(x)):\n        x[i] = x[i] * 2\n"
MIXED = {"x": "list of float or int"}


def chosen(others: int, unknown: dict[str, str]) -> Lowered | Declined:
    ints = Signature({"x": ListOf(INT)}, calls=10)
    other = Signature({}, unknown=unknown, calls=others)
    ordered = sorted([ints, other], key=lambda s: -s.calls)
    return lower_region(region_of_source(SOURCE), ordered)[0]


def test_lists_that_are_mostly_of_mixed_numbers_are_not_looked_through_for_the_few_others() -> None:
    declined = chosen(12, MIXED)
    assert isinstance(declined, Declined)
    assert "list of float or int" in declined.why
    assert declined.unlocks == "make its numbers all floats, or all ints"


@pytest.mark.parametrize(
    ("others", "unknown"), [(9, MIXED), (12, {"x": "deque"}), (12, {})],
    ids=["fewer", "no list", "unknown"],
)  # fmt: skip
def test_else_the_types_are_taken_that_can_be_compiled(
    others: int, unknown: dict[str, str]
) -> None:
    assert isinstance(chosen(others, unknown), Lowered)


BY_WORD = """
def half(x):
    return x / 2


def double(x):
    return x + x


def f(x, mode):
    if mode == "half":
        change = half
    elif mode == "double":
        change = double
    s = 0.0
    for v in x:
        s += change(v)
    return s, str(s)
"""


def test_what_stands_in_the_way_is_told_for_the_word_that_was_seen() -> None:
    seen = Signature({"x": ListOf(FLOAT), "mode": STR}, samples=({"x": [1.0], "mode": "half"},))
    declined, _ = lower_region(region_of_source(BY_WORD), [seen])
    assert isinstance(declined, Declined)
    assert "str" in declined.why
