"""Which of several recorded signatures a region is compiled for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower_source import region_of_source
from loopwright.frontend.region import Lowered
from loopwright.ir.types import FLOAT, INT, STR, Array, ListOf, Type
from loopwright.signatures import Signature, lower_region

SOURCE = "def f(x):\n    for i in range(len(x)):\n        x[i] = x[i] * 2\n"
MIXED = {"x": "list of float or int"}


def chosen(others: int, unknown: dict[str, str]) -> list[tuple[Lowered, Signature]] | Declined:
    ints = Signature({"x": ListOf(INT)}, calls=10)
    other = Signature({}, unknown=unknown, calls=others)
    ordered = sorted([ints, other], key=lambda s: -s.calls)
    return lower_region(region_of_source(SOURCE), ordered)


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
    assert not isinstance(chosen(others, unknown), Declined)


SEEN = {"x": [1.0, 2.0]}, {"x": [1, 2]}, {"x": np.array([1.0])}, {"x": np.array([1])}
TYPES = (ListOf(FLOAT), ListOf(INT), Array("float64", 1), Array("int64", 1))


def types_of_ways(calls: Sequence[int], most: int) -> list[Type]:
    """What kernels are made for, of four types of which each has its part of the calls."""
    signatures = [
        Signature({"x": t}, samples=(sample,), calls=n)
        for t, sample, n in zip(TYPES, SEEN, calls, strict=True)
    ]
    found = lower_region(region_of_source(SOURCE), signatures, most)
    assert not isinstance(found, Declined)
    return [lowered.domain.params[0].type for lowered, _ in found]


def test_the_most_frequent_types_get_a_kernel_each_as_many_as_are_allowed() -> None:
    assert types_of_ways((9, 8, 7, 6), 3) == list(TYPES[:3])
    assert types_of_ways((9, 8, 7, 6), 1) == list(TYPES[:1])


def test_types_of_few_calls_get_none() -> None:
    assert types_of_ways((900, 1, 80, 1), 3) == [TYPES[0], TYPES[2]]


def test_layouts_need_no_kernel_each() -> None:
    source = "def f(x):\n    s = 0.0\n    for v in x[0]:\n        s += v\n    return s\n"
    signatures = [
        Signature({"x": Array("float64", 2, layout)}, samples=({"x": np.zeros((2, 2))},), calls=5)
        for layout in ("C", "F")
    ]
    found = lower_region(region_of_source(source), signatures, 3)
    assert not isinstance(found, Declined)
    assert len(found) == 1


WINDOWS = """
import numpy as np

def f(x):
    s = 0.0
    for i in range(len(x)):
        s += np.sum({summed}) * x[i, 0]
    return s
"""


@pytest.mark.parametrize(
    ("summed", "layouts", "declined"),
    [
        ("x", ("A",), True), ("x", ("F", "A"), True), ("x", ("A", "C"), False), ("x", (), False),
        ("x * x", ("A",), False), ("x * x", ("F",), True), ("x[i]", ("F",), False),
    ],
)  # fmt: skip
def test_sums_of_what_never_lay_in_their_order_are_declined(
    summed: str, layouts: tuple[str, ...], declined: bool
) -> None:
    region = region_of_source(WINDOWS.format(summed=summed))
    found = lower_region(region, [Signature({"x": Array("float64", 2)}, layouts={"x": layouts})])
    assert isinstance(found, Declined) == declined
    if isinstance(found, Declined):
        assert found.code == "LW312" and "`x`" in found.why


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
    declined = lower_region(region_of_source(BY_WORD), [seen])
    assert isinstance(declined, Declined)
    assert "str" in declined.why
