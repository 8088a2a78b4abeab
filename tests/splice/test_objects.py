"""Objects beside `self`: what is compiled along, and every way in which the guard must refuse."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, declined, guarded, plain

SOURCE = """
import numpy as np
from dataclasses import dataclass

class Base:
    DECAY = 0.5

    def scale(self, x):
        return x * self.gain

class Filter(Base):
    LIMIT = 3

    def __init__(self, gain, n):
        self.gain = gain
        self.w = np.zeros(n)
        self.count = 0

    @property
    def mean(self):
        return self.w[0] / 2

    @staticmethod
    def half(x):
        return x / 2

    def step(self, x):
        self.count += 1
        for i in range(len(self.w)):
            self.w[i] += self.scale(x) / self.count
        return self.w[0] + self.mean + self.half(x)

class Holder:
    def __init__(self, inner):
        self.inner = inner

    def total(self, xs):
        t = 0.0
        for x in xs:
            t += self.inner.step(x)
        return t

@dataclass
class Point:
    x: float
    y: float = 2.0

    def norm(self):
        return self.x * self.x + self.y * self.y

SHARED = Filter(2.0, 2)

def drive(filt, xs):
    t = 0.0
    for x in xs:
        t += filt.step(x)
    return t

def annotated(filt: "Filter", xs):
    t = 0.0
    for x in xs:
        t += filt.scale(x) + filt.w[0]
        filt.w[0] = t
    filt.gain = t
    return t

def both(a: Filter, b: Filter, xs):
    t = 0.0
    for x in xs:
        t += a.step(x) - b.step(x)
    return t

def shared(xs):
    t = 0.0
    for x in xs:
        t += SHARED.step(x)
    return t

def failing(filt: Filter, xs):
    for i in range(len(xs)):
        filt.gain = 1.0 / xs[i]
        filt.w[0] += filt.gain
    return filt.gain

def made(xs, n):
    filt = Filter(1.5, n)
    for x in xs:
        filt.step(x)
    return filt.w, filt.count, filt.LIMIT + Filter.LIMIT, filt.mean + filt.DECAY

def made_often(xs, n):
    t = 0.0
    for x in xs:
        filt = Filter(x, n)
        t += filt.step(x)
    return t

def made_deep(xs):
    h = Holder(Filter(2.0, 2))
    g = build(h.total(xs))
    return g.total(xs) + h.inner.w[0]

def build(gain):
    return Holder(Filter(gain, 3))

def points(xs):
    t = 0.0
    for x in xs:
        p = Point(x)
        q = Point(y=x, x=1.0)
        t += p.norm() - q.norm()
    return t

def kept(xs, n):
    last = Filter(1.0, n)
    t = 0.0
    for x in xs:
        here = Filter(x, n)
        t += last.step(x) + here.step(1.0)
        last = here
    return t

def both_kept(xs, n):
    t = 0.0
    for k in range(n):
        here = Filter(xs[k], 2)
        if k > 0:
            t += last.gain
        last = here
    return t

def escaping(xs):
    filt = Filter(1.0, 2)
    for x in xs:
        filt.step(x)
    return filt

def listed(xs):
    objs = [Filter(x, 1) for x in xs]
    return objs[0].gain

def several(objs, xs):
    t = 0.0
    for o in objs:
        t += o.step(xs[0])
    return t
"""
XS = [1.0, -2.0, 0.5]


def filt(space: dict[str, Any]) -> Any:
    return space["Filter"](0.5, 3)


def holder(space: dict[str, Any]) -> Any:
    return space["Holder"](filt(space))


CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a parameter whose class its methods tell": ("drive", (filt, XS)),
    "a parameter whose class is annotated": ("annotated", (filt, XS)),
    "an attribute that holds an object": ("Holder.total", (holder, XS)),
    "an object made in the region": ("made", (XS, 2)),
    "an object made in each iteration": ("made_often", (XS, 2)),
    "objects within objects, from a function": ("made_deep", (XS,)),
    "dataclasses": ("points", (XS,)),
}


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_kernel_runs_and_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    assert agrees(case, *(a(case.space) if callable(a) else a for a in args))


def test_an_object_of_the_module_is_changed_in_place() -> None:
    case = guarded(SOURCE, "shared", XS)
    before = copy.deepcopy(case.space["SHARED"])
    ran, got = case.fast(XS)
    after = plain(case.space["SHARED"])
    case.space["SHARED"] = before
    assert ran
    assert (plain(case.original(XS)), plain(before)) == (plain(got), after)


def test_two_objects_of_one_class() -> None:
    case = guarded(SOURCE, "both", filt, lambda s: s["Filter"](2.0, 2), XS)
    one, two = filt(case.space), case.space["Filter"](2.0, 2)
    assert agrees(case, one, two, XS)
    assert not agrees(case, one, one, XS), "one object under two names"
    two.w = one.w
    assert not agrees(case, one, two, XS), "one array in two objects"


def subclass(space: dict[str, Any], obj: Any) -> Any:
    class Louder(space["Filter"]):  # type: ignore[misc]
        def scale(self, x: float) -> float:
            return 10.0 * x

    obj.__class__ = Louder
    return obj


def patched_instance(space: dict[str, Any], obj: Any) -> Any:
    obj.scale = (3.0).__mul__
    return obj


def no_attribute(space: dict[str, Any], obj: Any) -> Any:
    del obj.gain
    return obj


def other_type(space: dict[str, Any], obj: Any) -> Any:
    obj.gain = np.float64(0.5)
    return obj


def observed(space: dict[str, Any], obj: Any) -> Any:
    class Watched(space["Filter"]):  # type: ignore[misc]
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, 7)

    obj.__class__ = Watched
    return obj


def other_property(space: dict[str, Any], obj: Any) -> Any:
    class Other(space["Filter"]):  # type: ignore[misc]
        @property
        def mean(self) -> float:
            return 1.0

    obj.__class__ = Other
    return obj


def slotted(space: dict[str, Any], obj: Any) -> Any:
    class Bare(space["Filter"]):  # type: ignore[misc]
        @property
        def gain(self) -> float:
            return 2.5

    del obj.gain
    obj.__class__ = Bare
    return obj


MEDDLERS = [
    subclass, patched_instance, no_attribute, other_type, observed, other_property, slotted,
]  # fmt: skip


@pytest.mark.parametrize("meddle", MEDDLERS, ids=lambda f: f.__name__)
def test_an_object_that_is_not_plain_runs_the_original(
    meddle: Callable[[dict[str, Any], Any], Any],
) -> None:
    case = guarded(SOURCE, "drive", filt, XS)
    assert not agrees(case, meddle(case.space, filt(case.space)), XS)


def test_a_plain_subclass_is_taken() -> None:
    case = guarded(SOURCE, "drive", filt, XS)
    obj = filt(case.space)
    obj.__class__ = type("Quiet", (case.space["Filter"],), {})
    assert agrees(case, obj, XS)


def test_a_method_replaced_in_the_class_runs_the_original() -> None:
    for name in ("drive", "made"):
        args = (filt, XS) if name == "drive" else (XS, 2)
        case = guarded(SOURCE, name, *args)
        case.space["Base"].scale = lambda self, x: 4.0 * x
        assert not agrees(case, *(a(case.space) if callable(a) else a for a in args))


def _metaclass(space: dict[str, Any]) -> None:
    space["Filter"] = type("Meta", (type,), {})("Filter", (), dict(vars(space["Filter"])))


CLASS_CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another class": lambda s: s.update(Filter=s["Point"]),
    "another constructor": lambda s: setattr(s["Filter"], "__init__", s["Point"].__init__),
    "another __new__": lambda s: setattr(s["Filter"], "__new__", lambda c, *a: object.__new__(c)),
    "a watched store": lambda s: setattr(
        s["Filter"], "__setattr__", lambda self, k, v: object.__setattr__(self, k, v)
    ),
    "a property in place of an attribute": lambda s: setattr(
        s["Filter"], "count", property(lambda self: 4, lambda self, v: None)
    ),
    "another constant": lambda s: setattr(s["Filter"], "LIMIT", 4),
    "a constant of another type": lambda s: setattr(s["Filter"], "LIMIT", 3.0),
    "an inherited constant hidden": lambda s: setattr(s["Filter"], "DECAY", 0.25),
}


@pytest.mark.parametrize("change", CLASS_CHANGES.values(), ids=CLASS_CHANGES)
def test_a_class_that_was_changed_runs_the_original(
    change: Callable[[dict[str, Any]], None],
) -> None:
    case = guarded(SOURCE, "made", XS, 2)
    change(case.space)
    assert not agrees(case, XS, 2)


def test_a_dataclass_with_another_constructor_runs_the_original() -> None:
    case = guarded(SOURCE, "points", XS)

    def init(self: Any, x: float, y: float = 3.0) -> None:
        self.x, self.y = y, x

    case.space["Point"].__init__ = init
    assert not agrees(case, XS)


def test_an_exception_half_way_leaves_the_attributes_as_the_original_does() -> None:
    case = guarded(SOURCE, "failing", filt, XS)
    assert agrees(case, filt(case.space), [1.0, 4.0])
    assert not agrees(case, filt(case.space), [1.0, 0.0, 4.0])


def test_an_attribute_that_is_an_argument_too_runs_the_original() -> None:
    source = SOURCE + "\ndef fed(filt: Filter, x):\n    for i in range(len(x)):\n"
    source += "        filt.w[i] += x[len(x) - 1 - i]\n"
    case = guarded(source, "fed", filt, np.ones(3))
    obj = filt(case.space)
    assert agrees(case, obj, np.arange(3.0))
    assert not agrees(case, obj, obj.w)


def test_an_entry_of_a_dict_is_set() -> None:
    source = "def f(net, xs):\n    for x in xs:\n        net['b'] -= x * net['w'][0]\n"
    source += "        net['w'][0] = x\n"
    case = guarded(source, "f", {"b": 1.0, "w": [2.0]}, XS)
    assert agrees(case, {"b": 1.0, "w": [3.0, 1.0]}, XS)
    assert not agrees(case, defaultdict(float, b=1.0, w=[3.0]), XS)
    assert not agrees(case, {"b": 1.0}, XS)


REFUSALS = {
    "two objects of one place in use": ("both_kept", (XS, 2), "LW109"),
    "a name for objects of two places": ("kept", (XS, 2), "LW302"),
    "an object that leaves the region": ("escaping", (XS,), "LW107"),
    "objects in a list": ("listed", (XS,), "LW103"),
}


@pytest.mark.parametrize(("name", "args", "code"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_declined(name: str, args: tuple[Any, ...], code: str) -> None:
    assert declined(SOURCE, name, *args).code == code


def test_a_list_of_objects_is_declined() -> None:
    assert declined(SOURCE, "several", [1], XS).code in ("LW102", "LW103", "LW301")
