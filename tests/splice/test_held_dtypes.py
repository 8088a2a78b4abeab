"""Classes of numbers that attributes, parameters and globals hold: as dtypes, and to convert numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .alone import agrees_alone
from .callables_source import XS, made
from .dispatching import agrees, declined, guarded, plain

SOURCE = """
import numpy as np

DTYPE = np.float32

class Model:
    def __init__(self, dtype=np.float32):
        self.dtype = dtype

    def filled(self, n):
        a = np.zeros(n, dtype=self.dtype)
        for i in range(n):
            a[i] = i * 0.3
        return a

    def converted(self, xs):
        t = 0.0
        for x in xs:
            t += self.dtype(x) * 0.1
        return t

    def helped(self, n):
        t = 0.0
        for i in range(n):
            t += self.made(i).sum()
        return t

    def made(self, n):
        return np.arange(n, dtype=self.dtype) * 0.3

    def named(self, n):
        kind = self.dtype
        a = np.ones(n, kind)
        for i in range(n):
            a[i] += i * 0.3
        return a

    def asked(self, xs):
        t = 0.0
        for x in xs:
            if self.dtype == np.float64 or self.dtype is int:
                t += x
            elif self.dtype is not None:
                t -= 2.0 * x
        return t

    def stored(self, n):
        a = np.zeros(n, self.dtype)
        for i in range(n):
            a[i] = i * 0.3
        self.dtype = np.float64
        return a

    def returned(self, xs):
        t = 0.0
        for x in xs:
            t += x
        return t, self.dtype

    def chosen(self, xs):
        t = 0.0
        for x in xs:
            if self.dtype:
                t += x
        return t

def filled(n, dtype=np.float32):
    a = np.zeros(n, dtype)
    for i in range(n):
        a[i] = i * 0.3
    return a

def by_global(n):
    a = np.zeros(n, DTYPE)
    for i in range(n):
        a[i] = i * 0.3
    return a

def rebinding(n, dtype):
    t = 0.0
    for i in range(n):
        t += dtype(i * 0.3)
        dtype = np.float64
    return t
"""


def model(dtype: object) -> Any:
    return lambda s: s["Model"](dtype)


def the(value: object) -> Any:
    return lambda s: value


CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "an attribute": ("Model.filled", (model(np.float32), 5)),
    "a class of the builtins": ("Model.filled", (model(float), 5)),
    "whole numbers": ("Model.filled", (model(int), 5)),
    "truth values": ("Model.filled", (model(np.bool_), 5)),
    "no elements": ("Model.filled", (model(np.float32), 0)),
    "a conversion": ("Model.converted", (model(np.float32), XS)),
    "a conversion to int": ("Model.converted", (model(int), XS)),
    "a method that is called": ("Model.helped", (model(np.float32), 5)),
    "another name": ("Model.named", (model(np.float32), 5)),
    "compared, float32": ("Model.asked", (model(np.float32), XS)),
    "compared, float64": ("Model.asked", (model(np.float64), XS)),
    "compared, float": ("Model.asked", (model(float), XS)),
    "compared, int": ("Model.asked", (model(int), XS)),
    "a parameter": ("filled", (5, the(np.float32))),
    "a global": ("by_global", (5,)),
}


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_kernel_runs_and_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    assert agrees(case, *made(case.space, args))


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_stand_alone_text_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    assert agrees_alone(guarded(SOURCE, name, *args), args)


OTHERS = [np.float64, float, "float32", np.dtype("float32"), None, type("Mine", (np.float32,), {})]


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_another_class_runs_the_original(other: Any) -> None:
    case = guarded(SOURCE, "filled", 5, the(np.float32))
    for given, runs in ((np.float32, True), (np.single, True), (other, False)):
        ran, got = case.fast(5, given)
        assert ran is runs
        assert plain(got) == plain(case.original(5, given))


def test_an_attribute_that_is_set_anew_runs_the_original() -> None:
    case = guarded(SOURCE, "Model.filled", model(np.float32), 5)
    one = case.space["Model"](np.float32)
    assert agrees(case, one, 5)
    one.dtype = np.float64
    assert not agrees(case, one, 5)
    del one.dtype
    assert not agrees(case, one, 5)
    case.space["Model"].dtype = np.float32
    assert agrees(case, one, 5)
    case.space["Model"].dtype = property(lambda self: np.float64)
    assert not agrees(case, one, 5)


def test_a_global_that_is_set_anew_runs_the_original() -> None:
    case = guarded(SOURCE, "by_global", 5)
    assert agrees(case, 5)
    case.space["DTYPE"] = np.float64
    assert not agrees(case, 5)


NOT_KEPT: dict[str, tuple[str, tuple[Any, ...], str]] = {
    "a class that the region exchanges": ("Model.stored", (model(np.float32), 5), "LW301"),
    "a class that is returned": ("Model.returned", (model(np.float32), XS), "LW107"),
    "the truth of a class": ("Model.chosen", (model(np.float32), XS), "LW103"),
    "a class that is no dtype of kernels": ("Model.filled", (model(np.longdouble), 5), "LW304"),
    "another class of as many bits": ("Model.filled", (model(np.longlong), 5), "LW304"),
    "a class without instances": ("Model.filled", (model(np.floating), 5), "LW304"),
    "no class of numbers": ("Model.filled", (model(object), 5), "LW301"),
    "a class of the program": (
        "Model.filled", (model(type("Mine", (np.float32,), {"__module__": "numpy"})), 5), "LW301",
    ),
    "a dtype": ("Model.filled", (model(np.dtype("float32")), 5), "LW301"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "args", "code"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_is_declined(name: str, args: tuple[Any, ...], code: str) -> None:
    assert declined(SOURCE, name, *args).code == code


def test_a_class_that_the_loop_exchanges_runs_the_original() -> None:
    case = guarded(SOURCE, "rebinding", 5, the(np.float32))
    assert not agrees(case, 5, np.float32)
