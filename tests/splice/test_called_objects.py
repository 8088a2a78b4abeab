"""Objects that are called and whose class the source does not tell: the one that was seen is compiled."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined

from .alone import agrees_alone
from .callables_source import XS, made
from .dispatching import Guarded, agrees, declined, guarded, lowering_of

SOURCE = """
import math
import numpy as np

SHIFT = 0.5

class Kernel:
    def __init__(self, name, gamma=0.5):
        self.gamma = gamma
        self.kernel = self.chosen(name)

    def chosen(self, name):
        known = {"linear": self.linear, "power": self.power}
        return known[name]

    def linear(self, v):
        return self.gamma * v

    def power(self, v):
        return v ** 2 + self.gamma

    def __call__(self, v):
        return self.kernel(v)

class Gain:
    def __init__(self, k):
        self.k = k
        self.uses = 0
        self.seen = np.zeros(3)

    def __call__(self, v, times=2.0):
        self.uses += 1
        self.seen[0] = v
        return self.scaled(v) * self.k * times

    def scaled(self, v):
        return v + SHIFT

class Loud(Gain):
    def scaled(self, v):
        return v * 10.0

class Other(Gain):
    def __call__(self, v, times=1.0):
        return -v

class Plain:
    def __call__(self, v):
        return v + 1.0

class Shape:
    def __call__(self, v):
        return self.fn(v)

    def fn(self, v):
        raise NotImplementedError

class Bent(Shape):
    def __init__(self, slope):
        self.slope = slope

    def fn(self, v):
        return v if v > 0 else self.slope * v

class Halved(Shape):
    def fn(self, v):
        return 0.5 * v

class Wrapped:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, v):
        return self.inner(v) + 1.0

class Machine:
    def __init__(self, f):
        self.f = f
        self.n = 0

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.f(x)
        return t

    def guarded(self, xs):
        t = 0.0
        for x in xs:
            if self.f is not None:
                t += self.f(x)
            t += x
        return t

    def helped(self, xs):
        t = 0.0
        for x in xs:
            t += self.step(x)
        return t

    def step(self, x):
        self.n += 1
        return self.f(x) * 2.0

    def exchanging(self, xs):
        t = 0.0
        for x in xs:
            t += self.f(x)
            self.f = math.sin
        return t

    def tuning(self, xs):
        t = 0.0
        for x in xs:
            self.f.k += 1.0
            t += self.f(x)
        return t

    def aliased(self, xs):
        f = self.f
        t = 0.0
        for x in xs:
            t += f(x)
        return t

    def aliased_while_changed(self, xs):
        f = self.f
        t = 0.0
        for x in xs:
            t += f(x)
            self.f = None
        return t

    def aliased_twice(self, xs):
        f = self.f
        t = 0.0
        for x in xs:
            t += f(x)
            f = self.f
        return t

    def divided(self, xs):
        t = 0.0
        for x in xs:
            t += 1.0 / self.f(x)
        return t

class Pair:
    def __init__(self, one, two):
        self.one = one
        self.two = two

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.one(x) - self.two(x)
        return t

def total(xs, f):
    t = 0.0
    for x in xs:
        t += f(x)
    return t

def twice(f, v):
    return f(f(v))

def handed_on(xs, f):
    t = 0.0
    for x in xs:
        t += twice(f, x)
    return t

def both(xs, f, g):
    t = 0.0
    for x in xs:
        t += f(x) + g(x)
    return t

def pick():
    return Gain(2.0)

HELD = pick()

def renamed(xs, f):
    g = f
    t = 0.0
    for x in xs:
        t += g(x)
    return t

def by_global(xs):
    t = 0.0
    for x in xs:
        t += HELD(x)
    return t

def local_name(xs, f):
    SHIFT = 100.0
    t = 0.0
    for x in xs:
        t += f(x) + SHIFT
    return t

def square(v):
    return v * v
"""


def machine(cls: str, *args: Any) -> Any:
    return lambda s: s["Machine"](s[cls](*args))


def obj(cls: str, *args: Any) -> Any:
    return lambda s: s[cls](*args)


CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "an attribute": ("Machine.run", (machine("Plain"), XS)),
    "one that holds a method of its own": ("Machine.run", (machine("Kernel", "power"), XS)),
    "another method there": ("Machine.run", (machine("Kernel", "linear"), XS)),
    "one that is changed": ("Machine.run", (machine("Gain", 3.0), XS)),
    "one whose class refines a method": ("Machine.run", (machine("Loud", 3.0), XS)),
    "one whose class has another `__call__`": ("Machine.run", (machine("Other", 3.0), XS)),
    "one whose class has what its `__call__` needs": ("Machine.run", (machine("Bent", 0.1), XS)),
    "a class without attributes of that kind": ("Machine.run", (machine("Halved"), XS)),
    "one that is perhaps None": ("Machine.guarded", (machine("Gain", 2.0), XS)),
    "called by a method": ("Machine.helped", (machine("Gain", 2.0), XS)),
    "an attribute of it is set in the loop": ("Machine.tuning", (machine("Gain", 2.0), XS)),
    "a parameter": ("total", (XS, obj("Gain", 2.0))),
    "a parameter without attributes": ("total", (XS, obj("Plain"))),
    "a parameter that is handed on": ("handed_on", (XS, obj("Gain", 2.0))),
    "two of two classes": ("both", (XS, obj("Gain", 2.0), obj("Kernel", "power"))),
    "two of one class": ("both", (XS, obj("Bent", 2.0), obj("Bent", 3.0))),
    "an attribute by another name": ("Machine.aliased", (machine("Gain", 2.0), XS)),
    "a method of its own by another name": ("Machine.aliased", (machine("Kernel", "power"), XS)),
    "a function by another name": ("Machine.aliased", (lambda s: s["Machine"](s["square"]), XS)),
    "a parameter by another name": ("renamed", (XS, obj("Gain", 2.0))),
    "a function in a parameter by another name": ("renamed", (XS, lambda s: s["square"])),
    "two attributes": (
        "Pair.run", (lambda s: s["Pair"](s["Gain"](2.0), s["Bent"](0.5)), XS),
    ),
    "a variable of the module": ("by_global", (XS,)),
    "a name that means something else here": ("local_name", (XS, obj("Kernel", "power"))),
    "a function after all": ("Machine.run", (lambda s: s["Machine"](s["square"]), XS)),
    "a function of NumPy after all": ("Machine.run", (lambda s: s["Machine"](np.sin), XS)),
    "a method of another object that is at hand": ("total", (XS, lambda s: s["square"])),
    "None after all": ("Machine.guarded", (lambda s: s["Machine"](None), XS)),
    "a function beside an object": ("both", (XS, lambda s: s["square"], obj("Gain", 2.0))),
}  # fmt: skip


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_kernel_runs_and_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    assert agrees(case, *made(case.space, args))


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_stand_alone_text_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    assert agrees_alone(guarded(SOURCE, name, *args), args)


def gain_case(name: str = "total") -> Guarded:
    args = (XS, obj("Gain", 2.0)) if name == "total" else (machine("Gain", 2.0), XS)
    return guarded(SOURCE, name, *args)


@pytest.mark.parametrize("cls", ["Loud", "Other", "Plain", "Bent", "Kernel"])
def test_objects_of_other_classes_run_the_original(cls: str) -> None:
    case = gain_case()
    given = {"Plain": (), "Kernel": ("power",)}.get(cls, (2.0,))
    assert not agrees(case, XS, case.space[cls](*given))


@pytest.mark.parametrize("other", [lambda v: 2.0 * v, abs, np.sin, None, 3.0, "text"])
def test_what_is_no_object_of_the_class_runs_the_original(other: object) -> None:
    assert not agrees(gain_case(), XS, other)


def test_the_class_itself_and_its_methods_run_the_original() -> None:
    case = gain_case()
    for other in (case.space["Gain"], case.space["Gain"](2.0).__call__):
        assert not agrees(case, XS, other)


def test_a_class_that_derives_from_it_and_changes_nothing() -> None:
    case = gain_case()
    derived = type("Derived", (case.space["Gain"],), {})
    assert agrees(case, XS, derived(2.0))


@pytest.mark.parametrize("name", ["__call__", "scaled"])
@pytest.mark.parametrize(
    "function",
    [
        lambda self, v, times=2.0: 7.0,
        staticmethod(lambda v, times=2.0: 7.0),
        classmethod(lambda cls, v, times=2.0: 7.0),
        functools.partialmethod(lambda self, v, times=2.0: 7.0),
        abs,
    ],
    ids=["function", "static", "class", "partial", "builtin"],
)
def test_a_class_that_is_patched(name: str, function: Any) -> None:
    case = gain_case()
    cls = case.space["Gain"]
    known = getattr(cls, name)
    setattr(cls, name, function)
    assert not agrees(case, XS, cls(2.0))
    setattr(cls, name, known)
    assert agrees(case, XS, cls(2.0))


def test_a_class_whose_method_is_a_static_one_now() -> None:
    case = gain_case()
    cls = case.space["Gain"]
    for name in ("__call__", "scaled"):
        known = getattr(cls, name)
        setattr(cls, name, staticmethod(known))
        assert not agrees(case, XS, cls(2.0))
        setattr(cls, name, known)


def test_a_class_that_cannot_be_called_any_more() -> None:
    case = gain_case()
    del case.space["Gain"].__call__
    assert not agrees(case, XS, case.space["Gain"](2.0))


def test_an_attribute_of_that_name_which_python_ignores() -> None:
    case = gain_case()
    one = case.space["Gain"](2.0)
    one.__call__ = lambda v: 7.0
    assert not agrees(case, XS, one)
    seen = declined(SOURCE, "total", XS, lambda s: _with_call(s["Gain"](2.0), s["square"]))
    assert (seen.code, seen.why[:26]) == ("LW102", "`f.__call__` is `square`, ")
    own = declined(SOURCE, "total", XS, lambda s: _with_call(one := s["Gain"](2.0), one.scaled))
    assert own.code == "LW102"


def _with_call(one: Any, function: Any) -> Any:
    one.__call__ = function
    return one


def test_attributes_that_are_no_plain_ones() -> None:
    case = gain_case()
    gain = case.space["Gain"]

    class Computed(gain):  # type: ignore[misc]
        k = property(lambda self: 5.0, lambda self, v: None)

    class Doubling(gain):  # type: ignore[misc]
        def __setattr__(self, name: str, value: Any) -> None:
            object.__setattr__(self, name, 2 * value if name == "uses" else value)

    class Reading(gain):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            return 3.0 if name == "k" else object.__getattribute__(self, name)

    for cls in (Computed, Doubling, Reading):
        assert not agrees(case, XS, cls(2.0))


@pytest.mark.parametrize(
    ("change", "runs"),
    {
        "another method": (lambda k, s: setattr(k, "kernel", k.linear), False),
        "a function": (lambda k, s: setattr(k, "kernel", s["square"]), False),
        "that method of another object": (
            lambda k, s: setattr(k, "kernel", s["Kernel"]("power", 9.0).power), False,
        ),
        "nothing": (lambda k, s: delattr(k, "kernel"), False),
        "a number of another type": (lambda k, s: setattr(k, "gamma", 2), False),
        "a method of that name that the object has": (
            lambda k, s: setattr(k, "power", s["square"]), True,
        ),
    }.values(),
)  # fmt: skip
def test_the_method_that_the_object_holds(change: Any, runs: bool) -> None:
    case = guarded(SOURCE, "Machine.run", machine("Kernel", "power"), XS)
    kernel = case.space["Kernel"]("power")
    change(kernel, case.space)
    assert agrees(case, case.space["Machine"](kernel), XS) is runs


def test_one_object_under_two_names_is_changed_by_both() -> None:
    case = guarded(SOURCE, "both", XS, obj("Gain", 2.0), obj("Gain", 3.0))
    gain = case.space["Gain"]
    one, two = gain(2.0), gain(3.0)
    assert agrees(case, XS, one, two)
    assert not agrees(case, XS, one, one)
    two.seen = one.seen
    assert not agrees(case, XS, one, two)


def test_an_array_that_the_object_changes_and_the_loop_reads() -> None:
    case = guarded(SOURCE, "total", np.array(XS), obj("Gain", 2.0))
    gain = case.space["Gain"](2.0)
    gain.seen = np.array([1.0, 2.0, 3.0])
    assert not agrees(case, gain.seen, gain)
    assert agrees(case, gain.seen.copy(), gain)


def test_an_object_that_raises_leaves_what_the_original_leaves() -> None:
    case = gain_case("Machine.divided")
    make = case.space["Machine"], case.space["Gain"]
    assert agrees(case, make[0](make[1](2.0)), XS)
    assert not agrees(case, make[0](make[1](2.0)), [1.0, 2.0, -0.5, 3.0])


def test_no_elements_change_nothing() -> None:
    case = gain_case()
    gain = case.space["Gain"](2.0)
    agrees(case, [], gain)
    case.fast([], gain)
    assert gain.uses == 0


def test_a_kernel_for_an_object_does_not_take_functions_and_the_other_way_round() -> None:
    by_object = gain_case("Machine.run")
    by_function = guarded(SOURCE, "Machine.run", lambda s: s["Machine"](s["square"]), XS)
    for case, runs in ((by_object, False), (by_function, True)):
        make = case.space["Machine"]
        assert agrees(case, make(case.space["square"]), XS) is runs
        assert agrees(case, make(case.space["Gain"](2.0)), XS) is not runs


NOT_KEPT: dict[str, tuple[str, tuple[Any, ...]]] = {
    "an object that calls another one": (
        "Machine.run", (lambda s: s["Machine"](s["Wrapped"](s["Gain"](2.0))), XS),
    ),
    "a class": ("total", (XS, lambda s: s["Plain"])),
    "an object of another package": ("total", (XS, lambda s: functools.partial(s["square"]))),
    "a polynomial of NumPy": ("total", (XS, lambda s: np.poly1d([1.0, 2.0]))),
    "an object that the loop exchanges": ("Machine.exchanging", (machine("Gain", 2.0), XS)),
    "a global that a local of the same name hides": ("local_name", (XS, obj("Gain", 2.0))),
}  # fmt: skip


@pytest.mark.parametrize(("name", "args"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_is_not_certain_is_declined(name: str, args: tuple[Any, ...]) -> None:
    assert declined(SOURCE, name, *args).code in ("LW102", "LW301", "LW302")


@pytest.mark.parametrize("name", ["aliased_while_changed", "aliased_twice"])
def test_another_name_for_what_changes(name: str) -> None:
    args = machine("Gain", 2.0), XS
    found = lowering_of(SOURCE, f"Machine.{name}", *args)[2]
    if not isinstance(found, Declined):
        case = guarded(SOURCE, f"Machine.{name}", *args)
        agrees(case, *made(case.space, args))


def test_one_of_two_classes_of_one_name() -> None:
    source = """
class Act:
    def __call__(self, v):
        return v

if True:
    class Twin:
        def __call__(self, v):
            return 2.0 * v
else:
    class Twin:
        def __call__(self, v):
            return 3.0 * v

def total(xs, f):
    t = 0.0
    for x in xs:
        t += f(x)
    return t
"""
    assert declined(source, "total", XS, obj("Twin")).code == "LW102"


ELSEWHERE = """
import math

BASE = 2.0

def bent(v):
    return v * BASE

class Act:
    def __call__(self, v):
        return self.fn(v)

    def fn(self, v):
        raise NotImplementedError

class Scale:
    def __init__(self, k):
        self.k = k
        self.n = 0

    def __call__(self, v):
        self.n += 1
        return self.helper(v) * self.k + bent(v) + math.sqrt(2.0)

    def helper(self, v):
        return v + 1.0
"""
IMPORTING = """
from .acts import Act, Scale

class Mine(Act):
    def __init__(self):
        self.w = 3.0

    def fn(self, v):
        return v * self.w

def total(xs, f):
    t = 0.0
    for x in xs:
        t += f(x)
    return t
"""


@pytest.mark.parametrize(("cls", "args"), [("Scale", (2.0,)), ("Mine", ())])
def test_classes_of_other_files(cls: str, args: tuple[Any, ...], tmp_path: Path) -> None:
    (tmp_path / "acts.py").write_text(ELSEWHERE)
    case = guarded(IMPORTING, "total", XS, obj(cls, *args), package=tmp_path)
    make = case.space[cls]
    assert agrees(case, XS, make(*args))
    for other in (case.space["Scale"](3.0), case.space["Mine"]()):
        assert agrees(case, XS, other) is isinstance(other, make)
    owner = next(c for c in make.__mro__ if "__call__" in vars(c))
    for patched, name in ((owner, "__call__"), (make, "helper" if cls == "Scale" else "fn")):
        known = getattr(patched, name)
        setattr(patched, name, lambda self, v: 7.0)
        assert not agrees(case, XS, make(*args))
        setattr(patched, name, known)
        assert agrees(case, XS, make(*args))


def test_what_a_class_of_another_file_uses_there(tmp_path: Path) -> None:
    (tmp_path / "acts.py").write_text(ELSEWHERE)
    case = guarded(IMPORTING, "total", XS, obj("Scale", 2.0), package=tmp_path)
    names = case.space["Scale"].__call__.__globals__
    for name, value in (("BASE", 5.0), ("bent", abs), ("math", np)):
        known = names[name]
        names[name] = value
        assert not agrees(case, XS, case.space["Scale"](2.0))
        names[name] = known
    assert agrees(case, XS, case.space["Scale"](2.0))
