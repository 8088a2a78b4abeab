"""Methods that subclasses override: the one that was seen is compiled, and the guard tells it from others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .callables_source import XS
from .dispatching import Guarded, agrees, guarded

SOURCE = """
import numpy as np
from abc import ABC, abstractmethod

class Model(ABC):
    def __init__(self):
        self.scale = 2.0
        self.calls = 0

    @abstractmethod
    def term(self, v):
        raise NotImplementedError

    def link(self, v):
        return v

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.term(x)
        return t

    def linked(self, xs):
        t = 0.0
        for x in xs:
            t += self.link(x) * self.through(x)
        return t

    def through(self, v):
        return self.term(v) - 1.0

class Line(Model):
    def __init__(self):
        super().__init__()
        self.w = np.array([1.0, 0.5])

    def term(self, v):
        self.calls += 1
        return self.w[0] + self.w[1] * self.bent(v)

    def bent(self, v):
        return v * self.scale

class Steep(Line):
    def bent(self, v):
        return v * v

class Power(Model):
    def term(self, v):
        return v ** 3

    def link(self, v):
        return abs(v)

def by_parameter(xs, model: Model):
    t = 0.0
    for x in xs:
        t += model.term(x)
    return t
"""

CASES = {
    "an abstract method": ("Model.run", "Line"),
    "a method that another one of the subclass refines": ("Model.run", "Steep"),
    "the method of the class itself beside one of the subclass": ("Model.linked", "Line"),
    "two methods of one subclass, one through a method of the class": ("Model.linked", "Power"),
}


def case_of(name: str, cls: str) -> Guarded:
    return guarded(SOURCE, name, lambda s: s[cls](), XS)


@pytest.mark.parametrize(("name", "cls"), CASES.values(), ids=CASES)
def test_the_method_of_the_class_that_was_seen_runs(name: str, cls: str) -> None:
    case = case_of(name, cls)
    assert agrees(case, case.space[cls](), XS)


@pytest.mark.parametrize(("name", "cls"), CASES.values(), ids=CASES)
def test_objects_of_other_classes_run_the_original(name: str, cls: str) -> None:
    case = case_of(name, cls)
    for other in {"Line", "Steep", "Power"} - {cls}:
        assert not agrees(case, case.space[other](), XS)


def test_a_method_that_the_object_itself_has_runs_the_original() -> None:
    case = case_of("Model.run", "Line")
    obj = case.space["Line"]()
    obj.term = lambda v: 7.0
    ran, got = case.fast(obj, XS)
    assert not ran
    assert got == 7.0 * len(XS)


def test_a_method_of_a_parameter() -> None:
    case = guarded(SOURCE, "by_parameter", XS, lambda s: s["Line"]())
    assert agrees(case, XS, case.space["Line"]())
    assert not agrees(case, XS, case.space["Power"]())


def test_the_kernel_leaves_attributes_as_the_method_does() -> None:
    case = case_of("Model.run", "Line")
    obj: Any = case.space["Line"]()
    ran, _ = case.fast(obj, XS)
    assert ran
    assert obj.calls == len(XS)
    assert np.array_equal(obj.w, [1.0, 0.5])
