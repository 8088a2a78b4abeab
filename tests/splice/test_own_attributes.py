"""Attributes that a loop may set, of objects that have them from their class only."""

from __future__ import annotations

from typing import Any

from .dispatching import guarded

SOURCE = """
class Own:
    scale = 2.0

    def run(self, n, limit):
        t = 0.0
        for i in range(n):
            if i > limit:
                self.scale = 3.0
            t += i * self.scale
        return t


class Slots:
    __slots__ = ("scale",)
    run = Own.run
"""


def made(name: str) -> Any:
    space: dict[str, Any] = {}
    exec(SOURCE, space)
    return space[name]()


def test_a_value_of_the_class_does_not_become_the_object_s_own() -> None:
    mine = made("Own")
    mine.scale = 1.0
    case = guarded(SOURCE, "Own.run", mine, 9, 3)
    assert case.fast(mine, 9, 3)[0] and mine.scale == 3.0
    fresh = case.space["Own"]()
    assert case.fast(fresh, 9, 100) == (False, 72.0)
    assert vars(fresh) == {}


def test_a_slot_is_the_object_s_own() -> None:
    mine = made("Own")
    mine.scale = 1.0
    case = guarded(SOURCE, "Own.run", mine, 9, 3)
    slots = case.space["Slots"]()
    slots.scale = 1.0
    assert case.fast(slots, 9, 100) == (True, 36.0)
    assert slots.scale == 1.0
