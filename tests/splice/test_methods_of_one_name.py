"""Dicts and attributes whose names some class of the file uses for a method, too."""

from __future__ import annotations

from typing import Any

import pytest

from .dispatching import agrees, guarded

SOURCE = """
class Store:
    def get(self, key, default):
        return default

class Shelf:
    def get(self, key, default):
        return key

class Line:
    def slope(self, v):
        return 2.0 * v

class Setting:
    def __init__(self, slope):
        self.slope = slope

def looked_up(found, keys):
    total = 0.0
    for key in keys:
        total += found.get(key, 0.5)
    return total

def sloped(setting, xs):
    total = 0.0
    for x in xs:
        total = 0.5 * total + setting.slope * x
    return total

def through_a_method(line, xs):
    total = 0.0
    for x in xs:
        total = 0.5 * total + line.slope(x)
    return total
"""
CASES: dict[str, tuple[Any, ...]] = {
    "looked_up": ({1: 2.0, 5: 0.25}, [1, 2, 5]),
    "sloped": (lambda space: space["Setting"](0.75), [1.0, 2.0]),
    "through_a_method": (lambda space: space["Line"](), [1.0, 2.0]),
}


@pytest.mark.parametrize("name", CASES)
def test_each_is_what_it_is(name: str) -> None:
    case = guarded(SOURCE, name, *CASES[name])
    made = [a(case.space) if callable(a) else a for a in CASES[name]]
    assert agrees(case, *made)
