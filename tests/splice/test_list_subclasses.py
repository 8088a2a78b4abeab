"""Lists of classes that users derive from `list`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import pytest

from loopwright.ir.types import FLOAT, ListOf
from loopwright.workload.types_of import type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numbers

def blend(a, b, t):
    for i, (x, y) in enumerate(zip(a, b)):
        a[i] = (1.0 - t) * x + t * y
        b[i] = t * x + (1.0 - t) * y
    return a, b, len(a)

def classed(a, b, t):
    for i in range(len(a)):
        a[i] = a[i] + t
    return type(a) is type(b), type(a) == list

def marked(a, b, t):
    for i in range(len(a)):
        a[i] = a[i] + t
    return hasattr(a, "mark")

def abstract(a, b, t):
    for i in range(len(a)):
        a[i] = a[i] + t
    return isinstance(a, numbers.Number)

def copied(a, b, t):
    out = []
    for x in a[1:] + b:
        out.append(x * t)
    return out, a[:], isinstance(a, list), callable(a)

def read_mark(a, b, t):
    for i in range(len(a)):
        t = t + a[i]
    return a.mark(t)

def cast(a, b, t):
    for i in range(len(a)):
        t = t + a[i]
    return isinstance(a, Own), t

class Own(list):
    pass
"""
T = TypeVar("T")


class Plain(list[float]):
    """Has more, and nothing else."""

    def __init__(self, values: list[float]) -> None:
        super().__init__(values)
        self.fitness = 1.0

    def mark(self, t: float) -> float:
        return t + len(self)

    def __repr__(self) -> str:
        return "Plain"


class Typed(list[T], Generic[T]):
    pass


class Slotted(list[float]):
    __slots__ = ("fitness",)


class Counted(list[float]):
    def __len__(self) -> int:
        return 1


class Turned(list[float]):
    def __iter__(self) -> Iterator[float]:
        return reversed(self[:])


class Stored(list[float]):
    def __setitem__(self, at: Any, value: Any) -> None:
        super().__setitem__(at, 0.0)


class Extended(list[float]):
    def extend(self, values: Any) -> None:
        super().extend([0.0])


class Called:
    def __call__(self) -> None:
        raise AssertionError


class Mixed(Plain, Called):
    pass


class Asked(list[float]):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return 0


class Marked(list[float]):
    mark = 3


class Meant(list[float]):
    def mean(self, *_: Any, **__: Any) -> str:
        return "mine"


class Sized(list[float]):
    def __init__(self, values: list[float]) -> None:
        super().__init__(values)
        self.size = 7


class Counting(list[float]):
    def __init__(self, values: list[float]) -> None:
        super().__init__(values)
        self.count = 0  # type: ignore[assignment, method-assign]


class Shown(list[float]):
    def __init__(self, values: list[float]) -> None:
        super().__init__(values)
        self.__array_interface__ = np.array([7.0, 8.0]).__array_interface__


LIKE: list[Any] = [Plain, Typed, Slotted]
UNLIKE: list[Any] = [
    Counted, Turned, Stored, Extended, Mixed, Asked, Meant, Sized, Counting, Shown
]  # fmt: skip


@pytest.mark.parametrize("kind", LIKE)
@pytest.mark.parametrize("name", ["blend", "copied"])
def test_a_class_that_acts_like_list_is_taken_for_one(kind: Any, name: str) -> None:
    for first in (kind([1.0, 2.0]), [1.0, 2.0]):
        case = guarded(SOURCE, name, first, [3.0, 4.0], 0.25)
        assert agrees(case, kind([1.0, 2.0, 5.0]), kind([0.5, -0.0, 9.0]), 0.25)
        assert agrees(case, [1.0, 2.0, 5.0], kind([0.5, -0.0, 9.0]), 0.25)
        assert not agrees(case, kind([1.0, 2]), kind([0.5, 1.0]), 0.25)
        one = kind([1.0, 2.0])
        assert name != "blend" or not agrees(case, one, one, 0.25)


@pytest.mark.parametrize("kind", UNLIKE)
@pytest.mark.parametrize("name", ["blend", "copied"])
def test_a_class_that_does_something_else_runs_the_original(kind: Any, name: str) -> None:
    case = guarded(SOURCE, name, [1.0, 2.0], [3.0, 4.0], 0.25)
    assert not agrees(case, kind([1.0, 2.0]), [0.5, 1.0], 0.25)
    assert type_of(kind([1.0])) is None


@pytest.mark.parametrize(
    ("name", "kind"), [("classed", Plain), ("marked", Marked), ("abstract", Plain)]
)
def test_where_the_class_is_asked_for_only_lists_will_do(name: str, kind: Any) -> None:
    case = guarded(SOURCE, name, [1.0, 2.0], [3.0, 4.0], 0.25)
    assert agrees(case, [1.0, 2.0], [0.5, 1.0], 0.25)
    assert not agrees(case, kind([1.0, 2.0]), [0.5, 1.0], 0.25)


@pytest.mark.parametrize("name", ["read_mark", "cast"])
def test_what_lists_do_not_have_is_declined(name: str) -> None:
    assert declined(SOURCE, name, Plain([1.0]), [3.0], 0.25).code in ("LW102", "LW103", "LW106")


@pytest.mark.parametrize("kind", LIKE)
def test_the_type_is_that_of_a_list(kind: Any) -> None:
    assert type_of(kind([1.0])) == ListOf(FLOAT)
    assert type_of([kind([1.0]), kind([2.0, 1.0])]) is None
