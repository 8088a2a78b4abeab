"""Lists that are attributes and change their length, directly and in helper methods; on all levels."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.region import Lowered, Region

from .levelled import levels_of
from .lowering import same, type_of
from .test_lower_objects import region

CLASS = """
import numpy as np

class Model:
    def __init__(self):
        self.losses = []
        self.history = [np.float64(0.5)] * 3
        self.queue = [1.0, 2.0]
        self.total = 0.0
        self.b = 0.0

    def fit(self, x):
        for v in x:
            self.losses.append(v * 2)
            self.total += v
        return len(self.losses), self.losses[-1]

    def count(self, n):
        for k in range(n):
            wrong = 0
            for j in range(k):
                wrong += j
            self.losses.append(wrong)
            if wrong > 2:
                break

    def log(self, v):
        self.losses.append(v)
        self.queue.pop()
        self.queue.insert(0, 0.25)

    def indirect(self, x):
        for v in x:
            self.log(v)
            self.total += self.queue[0]
        return self.losses[0]

    def deeper(self, x):
        self.indirect(x)
        self.losses.append(x[0])
        return self.losses

    def step(self, x):
        self.history.insert(0, x[0])
        self.history.pop()
        s = 0.0
        for k in range(len(self.history)):
            s += self.history[k] * k
        self.b -= s
        return s

    def conditional(self, x):
        if x[0] > 100:
            self.losses.append(x[0])
        return 1

    def drain(self, x):
        s = 0.0
        for v in self.queue:
            s += v
            if len(self.queue) < 6:
                self.log_more(v)
        return s

    def log_more(self, v):
        self.queue.append(v + 1)

    def renamed(self, x):
        q = self.queue
        q.append(x[0])

    def reset(self, x):
        self.losses.append(x[0])
        self.losses = []

    def each(self, x):
        return [self.push(v) for v in x]

    def push(self, v):
        self.losses.append(v)
        return v
"""

X = np.array([0.5, -1.0, 2.0])


def lowered(name: str, model: Any, args: tuple[Any, ...]) -> tuple[Region, Lowered | Declined]:
    body = region(CLASS, f"Model.{name}")
    names = [a.arg for a in body.function.args.args]
    values = dict(zip(names, (model, *args), strict=True))
    types = {v.name: type_of(eval(v.path, {}, values)) for v in body.live_ins}
    return body, lower(body, types)


def fresh() -> Any:
    space: dict[str, Any] = {}
    exec(CLASS, space)
    return space["Model"]()


METHODS: list[tuple[str, Any]] = [
    ("fit", X),
    ("fit", X[:0]),
    ("count", 4),
    ("indirect", X),
    ("deeper", X),
    ("step", X),
    ("conditional", X),
    ("drain", X),
]


@pytest.mark.parametrize(("name", "arg"), METHODS, ids=[f"{m} {a}" for m, a in METHODS])
def test_the_same_list_object_gets_the_elements(name: str, arg: Any) -> None:
    want_model = fresh()
    try:
        want = getattr(want_model, name)(arg)
    except IndexError:
        want = IndexError
    body, made = lowered(name, fresh(), (arg,))
    assert isinstance(made, Lowered), made
    for level, kernel in levels_of(made.program):
        model = fresh()
        before = {key: value for key, value in vars(model).items() if isinstance(value, list)}
        values = dict(zip([a.arg for a in body.function.args.args], (model, arg), strict=True))
        given = [eval(p.path, {}, values) for p in made.domain.params]
        got = kernel(copy.copy(given))
        if want is IndexError:
            assert got is None, level
            continue
        stored = tuple(getattr(want_model, path.removeprefix("self.")) for path in body.stores)
        expected = (*stored, want) if want is not None or not stored else stored
        assert same(got, expected[0] if len(expected) == 1 else expected), (level, got, expected)
        for key, value in before.items():
            assert getattr(model, key) is value
            assert same(value, getattr(want_model, key)), (level, key)


@pytest.mark.parametrize(
    ("name", "code"), [("renamed", "LW108"), ("reset", "LW108"), ("each", "LW102")]
)
def test_lists_that_are_left_alone(name: str, code: str) -> None:
    _, made = lowered(name, fresh(), (X,))
    assert isinstance(made, Declined) and made.code == code


def test_a_list_that_is_always_empty_and_stays_so_has_no_type() -> None:
    body = region("def f(a, n):\n    return len(a) + n\n", "f")
    made = lower(body, {"a": type_of([]), "n": type_of(1)})
    assert isinstance(made, Declined) and made.code == "LW301"
