"""Stock values: callables, generators, containers."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loopwright.verify.kinds import (
    FLOAT,
    INT,
    NONE,
    ArrayKind,
    Kind,
    ListKind,
    PyNumber,
    Text,
)


@dataclass
class Make:
    """An instance to be made of a class of the module under test: each side has its own class."""

    name: str
    values: dict[str, Any]
    form: str = "class"


@dataclass
class Logged:
    """A callable argument that keeps the arguments of its calls: their order and number count."""

    name: str
    calls: list[Any] = field(default_factory=list)

    def __call__(self, *args: Any) -> Any:
        self.calls.append(args)
        return _PLAIN[self.name](*args)


_PLAIN: dict[str, Callable[..., Any]] = {
    "first": lambda *args: args[0] if args else 0.0,
    "double plus half": lambda *args: args[0] * 2 + 0.5,
    "square": lambda *args: args[0] * args[0],
    "less": lambda *args: args[0] < (args[1] if len(args) > 1 else 0),
    "sum": lambda *args: sum(args),
    "fail on negative": lambda *args: math.sqrt(args[0]),
}
FUNCTIONS: tuple[Callable[[], Logged], ...] = tuple(
    (lambda name=name: Logged(name))  # type: ignore[misc]
    for name in _PLAIN
)
FORMS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "iterator": iter,
    "deque": deque,
}
ANYTHING: tuple[Kind, ...] = (
    INT, FLOAT, FLOAT, ArrayKind("float64", (None,)), ArrayKind("float64", (None, None)),
    ArrayKind("int64", (None,)), ListKind(FLOAT), ListKind(INT), Text(), NONE, PyNumber("bool"),
)  # fmt: skip


def generator(name: str, seed: int) -> object:
    """A seeded generator of the class `name`."""
    if name == "Random":
        return random.Random(seed)
    if name == "RandomState":
        return np.random.RandomState(seed)
    return np.random.default_rng(seed)
