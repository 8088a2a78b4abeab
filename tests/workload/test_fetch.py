"""What a probe reads of objects and dicts, without running code of the program."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

import pytest

from loopwright.workload.fetch import MISSING, fetch
from loopwright.workload.probes import Source


class Pair(NamedTuple):
    w: float


class Plain(dict[str, float]):
    pass


class Making(dict[str, float]):
    def __getitem__(self, key: str) -> float:
        raise AssertionError("code of the program runs")


class Stats:
    @property
    def w(self) -> float:
        raise AssertionError("code of the program runs")


CASES: dict[str, tuple[Any, tuple[str, str], object]] = {
    "a field of a named tuple": (Pair(2.0), ("attr", "w"), 2.0),
    "a property": (Stats(), ("attr", "w"), MISSING),
    "an entry of a dict": ({"w": 2.0}, ("item", "w"), 2.0),
    "an entry of an ordered dict": (OrderedDict(w=2.0), ("item", "w"), 2.0),
    "an entry of a subclass of dict": (Plain(w=2.0), ("item", "w"), 2.0),
    "an entry that a class finds in its own way": (Making(w=2.0), ("item", "w"), MISSING),
    "an absent entry": (Plain(), ("item", "w"), MISSING),
    "an entry of what is no dict": ([2.0], ("item", "w"), MISSING),
}


@pytest.mark.parametrize(("value", "step", "wanted"), CASES.values(), ids=CASES)
def test_what_is_read(value: Any, step: tuple[str, str], wanted: object) -> None:
    assert fetch(Source("x_w", "x", 0, (step,)), (value,), {}) == wanted
