"""Methods: attributes as live-ins and stores, helper methods, globals; the domain of a region."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.lower_source import lower_function
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.check import check
from loopwright.ir.interp import rebuild, run
from loopwright.ir.nodes import Nothing, Pack, Same, Value
from loopwright.ir.types import F64, FLOAT, INT, Array

from .lowering import same, type_of

CLASS = """
import numpy as np

SCALE = 2.5

def double(a):
    return a * 2

class Model:
    def __init__(self):
        self.w = np.array([1.0, 2.0, 3.0])
        self.n = 3
        self.loss = 0.0
        self.t = 0

    @staticmethod
    def square(a):
        return a * a

    def dot(self, x):
        s = 0.0
        for i in range(self.n):
            s += self.w[i] * x[i]
        return s

    def count(self, k):
        self.t += k
        return self.t

    def read(self, x):
        return self.dot(x) + Model.square(2.0) if False else self.dot(x) + self.square(2.0)

    def scaled(self, x):
        return double(x[0]) * SCALE

    def step(self, x, lr):
        self.loss = 0.0
        for i in range(self.n):
            self.w[i] -= lr * x[i]
            self.loss += abs(self.w[i])
        self.t += 1

    def replace(self, x):
        self.w = x * 2
        return self.w[0]

    def counted(self, n):
        for k in range(n):
            self.count(k)
        return self.t + self.count(1)

    def deep(self, x, n):
        def inner(i):
            return self.dot(x) * i + n
        t = 0.0
        for k in range(n):
            t += inner(k) + self.read(x) + self.counted(2)
        return t

    def maybe(self, a):
        if a > 0:
            self.t = 10
        return self.t
"""


class Box:
    """A stand-in for the object."""


def module_of(text: str) -> Module:
    return Module(Path("m.py"), "m", text, ast.parse(text))


def region(text: str, name: str) -> Region:
    found = region_of_function(module_of(text), name)
    assert isinstance(found, Region), found
    return found


X = np.array([0.5, -1.0, 2.0])
METHODS: list[tuple[str, tuple[Any, ...]]] = [
    ("dot", (X,)),
    ("read", (X,)),
    ("scaled", (X,)),
    ("step", (X, 0.1)),
    ("replace", (X,)),
    ("counted", (4,)),
    ("deep", (X, 3)),
    ("maybe", (1,)),
    ("maybe", (-1,)),
]


@pytest.mark.parametrize(("name", "args"), METHODS, ids=[m for m, _ in METHODS])
def test_a_method_does_what_it_did(name: str, args: tuple[Any, ...]) -> None:
    space: dict[str, Any] = {}
    exec(CLASS, space)
    model = space["Model"]()
    body = region(CLASS, f"Model.{name}")
    names = [a.arg for a in body.function.args.args]
    values = dict(zip(names, (copy.deepcopy(model), *copy.deepcopy(args)), strict=True))
    types = {v.name: type_of(eval(v.path, space, values)) for v in body.live_ins}
    lowered = lower(body, types)
    assert isinstance(lowered, Lowered), lowered
    check(lowered.program)
    given = [eval(p.path, space, values) for p in lowered.domain.params]
    got = rebuild(lowered.program, run(lowered.program, given), given)
    want = getattr(model, name)(*args)
    stored = [eval(path, space, {"self": model}) for path in body.stores]
    returns = any(isinstance(n, ast.Return) for n in ast.walk(body.function))
    expected = (*stored, want) if returns else tuple(stored)
    assert same(got, expected[0] if len(expected) == 1 else expected), (got, expected)
    assert same(values["self"].w, model.w) or "self.w" in body.stores


def test_an_attribute_that_is_set_is_known_by_its_new_value() -> None:
    body = region(CLASS, "Model.replace")
    lowered = lower(body, {v.name: Array("float64", 1) for v in body.live_ins})
    assert isinstance(lowered, Lowered)
    assert isinstance(lowered.program.rebuild, Pack)
    assert isinstance(lowered.program.rebuild.items[1], Value)


def test_a_missing_type_is_asked_for_by_its_path() -> None:
    declined = lower(region(CLASS, "Model.dot"), {})
    assert isinstance(declined, Declined)
    assert declined.code == "LW301"
    assert declined.unlocks is not None and "annotate" in declined.unlocks


def test_the_domain_has_the_ranges_that_were_given() -> None:
    body = region("def f(n):\n    return n + 1\n", "f")
    lowered = lower(body, {"n": INT}, {"n": (0, 10)})
    assert isinstance(lowered, Lowered)
    assert lowered.domain.params[0].ints == (0, 10)


def test_a_bound_argument_is_handed_back_as_itself() -> None:
    body = region("def f(x):\n    x[0] = 1.0\n    return x\n", "f")
    lowered = lower(body, {"x": Array("float64", 1)})
    assert isinstance(lowered, Lowered)
    assert lowered.program.rebuild == Same(0)
    assert lowered.program.main.results == ()


def test_a_function_without_result_gives_nothing() -> None:
    body = region("def f(x):\n    x[0] = 1.0\n", "f")
    lowered = lower(body, {"x": Array("float64", 1)})
    assert isinstance(lowered, Lowered)
    assert lowered.program.rebuild == Nothing()


def test_lower_function_reads_annotations() -> None:
    program = lower_function(
        "def g(a: float) -> float:\n    return a * 2\n"
        'def f(x: Annotated[NDArray[np.float64], "n"], k: int) -> float:\n'
        "    return g(x[k])\n"
    )
    assert [p.type for p in program.main.params] == [Array("float64", 1), INT]
    assert program.main.results == (F64,)
    assert [f.name for f in program.helpers] == ["g"]


def test_a_helper_is_made_for_each_combination_of_types() -> None:
    program = lower_function(
        "def g(a):\n    return a * 2\ndef f(x: float, k: int):\n    return g(x), g(k), g(x + 1)\n"
    )
    assert [f.results for f in program.helpers] == [(FLOAT,), (INT,)]
