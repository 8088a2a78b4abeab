"""Class methods: whose class they get decides what they do, so that the guard looks at that very class."""

from __future__ import annotations

import ast
from abc import ABCMeta
from pathlib import Path
from typing import Any

import pytest

from loopwright.frontend.lower import lower
from loopwright.frontend.outline import outline, region_of_function
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.types import FLOAT, ListOf
from loopwright.kernels_entry import call_roots
from loopwright.verify.roots import load_reference

from .alone import agrees_alone
from .callables_source import XS, made
from .dispatching import Guarded, agrees, declined, guarded

SOURCE = """
from abc import ABC
from functools import lru_cache

GAIN = 2.0

class Unit:
    rate = 3.0
    count = 4
    big = 1e999
    table = [1.0, 2.0]

    def __init__(self):
        self.w = 1.5

    @classmethod
    def scale(cls, v):
        return v * cls.rate

    @classmethod
    def shifted(cls, v, by=1.0, *, times=2.0):
        return cls.scale(v) * times + by + cls.twice(cls.count)

    @classmethod
    def by_global(cls, v):
        return v * GAIN

    @classmethod
    def factorial(cls, k):
        return 1 if k <= 0 else k * cls.factorial(k - 1)

    @classmethod
    def fill(cls, values, v):
        values[0] = v * cls.rate
        return values[0]

    @classmethod
    def within(cls, v):
        def inner(w):
            return w * cls.rate
        return inner(v) + sum([cls.scale(u) for u in (v, v)])

    @classmethod
    def handed(cls, v):
        return of_class(cls, v)

    @classmethod
    def at_most(cls, v):
        return v if v < cls.big else 0.0

    @classmethod
    def of_object(cls, one, v):
        return cls.moved(one, v)

    @classmethod
    def bound_anew(cls, v):
        cls = Unit
        return v * cls.rate

    @staticmethod
    def twice(v):
        return 2 * v

    def moved(self, v):
        return v + self.w

    @classmethod
    def total(cls, xs):
        t = 0.0
        for x in xs:
            t += cls.scale(x) + cls.shifted(x, times=x) + cls.twice(x) + cls.rate
        return t

    @classmethod
    def listed(cls, xs):
        return [cls.scale(x) for x in xs if x > 0]

    @classmethod
    def held(cls, xs):
        rate, f = cls.rate, cls.scale
        t = rate
        for x in xs:
            t += f(x)
        return t

    @classmethod
    def shadowed(cls, xs):
        return sum([cls * 2.0 for cls in xs]) + cls.rate

    @classmethod
    def ordered(cls, xs):
        return sorted(xs, key=cls.scale)

    @classmethod
    def bound_first(cls, xs):
        cls = Fast
        t = 0.0
        for x in xs:
            t += cls.scale(x)
        return t

    @classmethod
    def divided(cls, xs):
        t = 0.0
        for x in xs:
            xs[0] = t
            t += 1.0 / cls.scale(x)
        return t

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.scale(x)
        return t

    def named(self, xs):
        t = 0.0
        for x in xs:
            t += Unit.scale(x) + Fast.scale(x) * self.w
        return t

    def setting(self, xs):
        t = 0.0
        for x in xs:
            self.w = x
            t += self.shifted(x) + self.w
        return t

class Fast(Unit):
    rate = 5.0

    @classmethod
    def more(cls, v):
        return cls.scale(v) + cls.count

class Model(ABC):
    rate = 2

    @classmethod
    def scale(cls, v):
        return v * cls.rate

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.scale(x) + Model.scale(x)
        return t

class Outer:
    class Inner:
        rate = 2.0

        @classmethod
        def scale(cls, v):
            return v * cls.rate

        @classmethod
        def total(cls, xs):
            t = 0.0
            for x in xs:
                t += cls.scale(x)
            return t

class Holder:
    def __init__(self, unit: Unit):
        self.unit = unit

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.unit.scale(x)
        return t

def of_class(cls, v):
    return v * cls.rate

def by_name(xs):
    t = 0.0
    for x in xs:
        t += Unit.scale(x) + Fast.scale(x) + Fast.more(x) + Unit.factorial(3)
    return t

def of_made(xs):
    t = 0.0
    for x in xs:
        one = Fast()
        one.rate = x
        t += one.more(x) + one.rate + one.scale(x)
    return t

def both(xs, one: Unit, two: Fast):
    t = 0.0
    for x in xs:
        t += one.scale(x) - two.scale(x) + two.more(x)
    return t

def one_call(xs, unit: Unit):
    t = 0.0
    for x in xs:
        t += CALL
    return t
"""


def unit(space: Any) -> Any:
    return space["Unit"]()


def fast(space: Any) -> Any:
    return space["Fast"]()


def cls(space: Any) -> Any:
    return space["Unit"]


CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "through `self`": ("Unit.run", (unit, XS)),
    "through the class by name": ("Unit.named", (unit, XS)),
    "an attribute of the object is set": ("Unit.setting", (unit, XS)),
    "through an attribute": ("Holder.run", (lambda s: s["Holder"](s["Unit"]()), XS)),
    "in a function": ("by_name", (XS,)),
    "of objects made in the loop": ("of_made", (XS,)),
    "of two objects": ("both", (XS, unit, fast)),
    "in a class method": ("Unit.total", (cls, XS)),
    "in a comprehension": ("Unit.listed", (cls, XS)),
    "held by a variable": ("Unit.held", (cls, XS)),
    "a variable of a comprehension called `cls`": ("Unit.shadowed", (cls, XS)),
    "as a key": ("Unit.ordered", (cls, XS)),
    "`cls` is another class from the start": ("Unit.bound_first", (cls, XS)),
    "a class with abstract methods": ("Model.run", (lambda s: s["Model"](), XS)),
    "a class in a class": ("Outer.Inner.total", (lambda s: s["Outer"].Inner, XS)),
}  # fmt: skip
CALLS = [
    "scale(x)", "shifted(x)", "shifted(x, 3.0, times=x)", "shifted(v=x, by=2)", "by_global(x)",
    "factorial(5)", "fill(xs, x)", "within(x)", "handed(x)", "at_most(x)", "bound_anew(x)",
]  # fmt: skip


def called(text: str, source: str = SOURCE) -> Guarded:
    return guarded(source.replace("CALL", text), "one_call", XS, unit)


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_kernel_runs_and_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    assert agrees(case, *made(case.space, args))


@pytest.mark.parametrize("call", [*CALLS, "of_object(unit, x)"])
def test_calls_through_an_object(call: str) -> None:
    case = called(f"unit.{call}")
    assert agrees(case, list(XS), case.space["Unit"]())


@pytest.mark.parametrize("call", CALLS)
def test_calls_through_a_class(call: str) -> None:
    case = called(f"Fast.{call}")
    assert agrees(case, list(XS), case.space["Unit"]())


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_stand_alone_text_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    assert agrees_alone(guarded(SOURCE, name, *args), args)


def another(space: Any, base: str, body: str) -> Any:
    """A class of the module that derives from `base`."""
    exec(f"class Another({base}):\n    {body}", space)
    return space["Another"]


SAME = {
    "nothing": "pass",
    "what is not used": "rateable = 1.0",
    "methods that are not used": "def other(self): return 1.0",
    "the same number": "rate = 3.0",
}
OTHER = {
    "another number": "rate = 4.0",
    "a number of another type": "rate = 3",
    "a property": "rate = property(lambda self: 3.0)",
    "another class method": "scale = classmethod(lambda cls, v: 7.0)",
    "a plain method": "def scale(self, v): return 7.0",
    "a static method": "scale = staticmethod(lambda v: 7.0)",
    "a builtin": "scale = abs",
    "the function as a plain one": "scale = Unit.__dict__['scale'].__func__",
    "that of an object of another class": "scale = Fast.scale",
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_classes_that_derive_and_change_nothing_of_it(body: str) -> None:
    through_self, in_class = guarded(SOURCE, "Unit.run", unit, XS), held_case()
    assert agrees(through_self, another(through_self.space, "Unit", body)(), XS)
    assert agrees(in_class, another(in_class.space, "Unit", body), XS)


def held_case() -> Guarded:
    return guarded(SOURCE, "Unit.held", cls, XS)


@pytest.mark.parametrize("body", OTHER.values(), ids=OTHER)
def test_classes_that_derive_and_change_it_run_the_original(body: str) -> None:
    through_self, in_class = guarded(SOURCE, "Unit.run", unit, XS), held_case()
    assert not agrees(through_self, another(through_self.space, "Unit", body)(), XS)
    assert not agrees(in_class, another(in_class.space, "Unit", body), XS)
    assert agrees(in_class, in_class.space["Unit"], XS)
    assert not agrees(in_class, in_class.space["Fast"], XS)


def test_another_class_first_in_the_order_of_bases() -> None:
    case = guarded(SOURCE, "Unit.run", unit, XS)
    exec("class First:\n    rate = 9.0\nclass Both(First, Unit):\n    pass", case.space)
    assert not agrees(case, case.space["Both"](), XS)
    exec("class Last(Unit, First):\n    pass", case.space)
    assert agrees(case, case.space["Last"](), XS)


PATCHES: dict[str, Any] = {
    "another number": ("rate", 4.0),
    "a number of a class that derives from it": ("rate", type("Float", (float,), {})(3.0)),
    "an int": ("rate", 3),
    "another class method": ("scale", classmethod(lambda cls, v: 7.0)),
    "a static method": ("scale", staticmethod(lambda v: 7.0)),
    "a plain method": ("scale", lambda *args: 7.0),
    "a builtin": ("scale", abs),
}
PATCHED = ["Unit.run", "Unit.total", "by_name", "both", "Unit.held"]


@pytest.mark.parametrize("name", PATCHED)
@pytest.mark.parametrize(("attr", "value"), PATCHES.values(), ids=PATCHES)
def test_a_class_that_is_patched(name: str, attr: str, value: Any) -> None:
    args = {"by_name": (XS,), "both": (XS, unit, fast), "Unit.run": (unit, XS)}.get(name, (cls, XS))
    case = guarded(SOURCE, name, *args)
    owner = case.space["Unit"]
    known = vars(owner)[attr]
    setattr(owner, attr, value)
    assert not agrees(case, *made(case.space, args))
    setattr(owner, attr, known)
    assert agrees(case, *made(case.space, args))


@pytest.mark.parametrize("name", ["Unit.run", "Unit.held", "by_name"])
@pytest.mark.parametrize("kind", [staticmethod, lambda function: function])
def test_the_very_function_bound_in_another_way(name: str, kind: Any) -> None:
    args = {"by_name": (XS,), "Unit.run": (unit, XS)}.get(name, (cls, XS))
    case = guarded(SOURCE, name, *args)
    owner = case.space["Unit"]
    owner.scale = kind(vars(owner)["scale"].__func__)
    assert not agrees(case, *made(case.space, args))


def test_a_static_method_of_made_objects_that_is_a_plain_one_now() -> None:
    source = SOURCE.replace("CALL", "Unit().twice(x)")
    case = guarded(source, "one_call", XS, unit)
    assert agrees(case, XS, case.space["Unit"]())
    case.space["Unit"].twice = vars(case.space["Unit"])["twice"].__func__
    assert not agrees(case, XS, case.space["Unit"]())


def test_an_attribute_of_the_object_hides_the_method_but_not_the_number() -> None:
    case = guarded(SOURCE, "Unit.run", unit, XS)
    one = case.space["Unit"]()
    one.rate = 100.0
    assert agrees(case, one, XS)
    one.scale = abs
    assert not agrees(case, one, XS)


def test_a_method_that_is_gone() -> None:
    case = guarded(SOURCE, "Unit.run", unit, XS)
    del case.space["Unit"].scale
    assert not agrees(case, case.space["Unit"](), XS)


def test_a_class_of_another_name_under_the_name() -> None:
    case = guarded(SOURCE, "by_name", XS)
    known = case.space["Unit"]
    case.space["Unit"] = case.space["Fast"]
    assert not agrees(case, XS)
    case.space["Unit"] = known
    assert agrees(case, XS)


def test_what_is_no_class_is_not_taken_for_one() -> None:
    case = held_case()
    for other in (None, 3.0, case.space["Unit"](), abs, int):
        assert not agrees(case, other, XS)


@pytest.mark.parametrize("name", ["Unit.run", "Unit.held"])
def test_a_class_of_classes_that_takes_part(name: str) -> None:
    case = guarded(SOURCE, name, unit if name == "Unit.run" else cls, XS)

    class Computed(type):
        rate = property(lambda cls: 100.0)

    class Reading(type):
        def __getattribute__(cls, attr: str) -> Any:
            return 100.0 if attr == "rate" else type.__getattribute__(cls, attr)

    class Empty(type):
        pass

    for kind, runs in ((Computed, False), (Reading, False), (Empty, False), (ABCMeta, True)):
        derived = kind("Derived", (case.space["Unit"],), {})
        given = derived() if name == "Unit.run" else derived
        assert agrees(case, given, XS) is runs


def test_a_number_under_a_name_that_every_class_has() -> None:
    source = SOURCE.replace("return v * cls.rate", "return v * cls.__flags__")
    case = called("unit.scale(x)", source.replace("rate = 3.0", "__flags__ = 3"))
    assert not agrees(case, XS, case.space["Unit"]())


def test_an_object_that_reads_its_attributes_in_its_own_way() -> None:
    case = guarded(SOURCE, "Unit.run", unit, XS)

    class Reading(case.space["Unit"]):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            return abs if name == "scale" else object.__getattribute__(self, name)

    assert not agrees(case, Reading(), XS)


def test_an_exception_leaves_what_the_original_leaves() -> None:
    case = guarded(SOURCE, "Unit.divided", cls, list(XS))
    assert agrees(case, case.space["Unit"], [1.0, 2.0, 3.0])
    assert not agrees(case, case.space["Unit"], [1.0, 2.0, 0.0, 3.0])
    assert agrees(case, case.space["Unit"], [])


NOT_COVERED = {
    "objects of a class that is only known at run time": ("cls()", "LW102"),
    "a number of the class is set": ("cls.setting_rate(x)", "LW101"),
    "what is no number": ("cls.table[0]", "LW103"),
    "a method that is not there": ("cls.missing(x)", "LW103"),
    "a property of objects": ("cls.computed", "LW103"),
    "another decorator beside it": ("cls.cached(x)", "LW103"),
    "no parameter for the class": ("cls.of_any(x)", "LW102"),
    "the class among the arguments": ("cls.scale(cls=x)", "LW111"),
    "too many arguments": ("cls.scale(x, x)", "LW111"),
    "a private number": ("cls.__hidden", "LW103"),
    "a private method": ("cls.__kept(x)", "LW103"),
    "a private method of an object": ("Unit().__kept(x)", "LW103"),
    "which class it is": ("(x if cls is Unit else -x)", "LW103"),
}
MORE = """
    @classmethod
    def setting_rate(cls, v):
        cls.rate = v
        return v

    @classmethod
    def adding(cls, v):
        cls.rate += v
        return v

    @property
    def computed(self):
        return self.w

    @classmethod
    @lru_cache
    def cached(cls, v):
        return v

    __hidden = 1.0

    @classmethod
    def __kept(cls, v):
        return v

    @classmethod
    def of_any(*args):
        return args[1]

    @classmethod
    def one(cls, xs):
        t = 0.0
        for x in xs:
            t += EXPR
        return t

class Fast(Unit):
"""


@pytest.mark.parametrize(("text", "code"), NOT_COVERED.values(), ids=NOT_COVERED)
def test_what_is_not_covered_is_declined(text: str, code: str) -> None:
    source = SOURCE.replace("\nclass Fast(Unit):\n", MORE.replace("EXPR", text))
    assert declined(source, "Unit.one", cls, XS).code == code


@pytest.mark.parametrize("text", ["rate = x", "rate += x", "rate, y = x, x"])
def test_numbers_of_the_class_that_the_loop_sets_are_declined(text: str) -> None:
    source = f"""
class C:
    rate = 1.0
    @classmethod
    def total(cls, xs):
        t = 0.0
        for x in xs:
            cls.{text}
            t += cls.rate
        return t
"""
    assert declined(source, "C.total", lambda s: s["C"], XS).code == "LW101"


def test_a_class_that_the_loop_exchanges_is_declined() -> None:
    source = SOURCE.replace("cls = Fast\n        t = 0.0", "t = 0.0").replace(
        "t += cls.scale(x)\n        return t\n\n    @classmethod\n    def divided",
        "t += cls.scale(x)\n            cls = Fast\n        return t\n\n    @classmethod\n    def divided",
    )
    assert declined(source, "Unit.bound_first", cls, XS).code == "LW301"


def test_classes_that_a_function_makes_are_declined() -> None:
    source = """
def make(k):
    class Local:
        @classmethod
        def scale(cls, v):
            return v * 2.0
        @classmethod
        def total(cls, xs):
            t = 0.0
            for x in xs:
                t += cls.scale(x)
            return t
        def run(self, xs):
            t = 0.0
            for x in xs:
                t += self.scale(x)
            return t
    return Local
"""
    local = "make.<locals>.Local"
    assert declined(source, f"{local}.total", lambda s: s["make"](2.0), XS).code == "LW301"
    found = declined(source, f"{local}.run", lambda s: s["make"](2.0)(), XS)
    assert found.code == "LW103"
    assert "that a function makes" in found.why


def test_a_function_within_a_class_method_sees_its_class() -> None:
    source = """
class C:
    rate = 2.0
    @classmethod
    def scale(cls, v):
        return v * cls.rate
    @classmethod
    def make(cls):
        def total(xs):
            t = 0.0
            for x in xs:
                t += cls.scale(x) + cls.rate
            return t
        return total
"""
    module = Module(Path("user.py"), "user", source, ast.parse(source))
    region = region_of_function(module, "C.make.<locals>.total")
    assert isinstance(region, Region)
    lowered = lower(region, {"xs": ListOf(FLOAT)})
    assert isinstance(lowered, Lowered)
    assert call_roots(lowered).all == ("xs", "cls")
    assert load_reference(lowered.reference).entry(XS) == 2.0 * (sum(XS) + len(XS))  # type: ignore[operator]


def test_a_body_that_calls_class_methods_is_a_region() -> None:
    module = Module(Path("user.py"), "user", SOURCE, ast.parse(SOURCE))
    bodies = {region.qualname for region in outline(module) if region.form == "body"}
    assert {"Unit.total", "Unit.run", "Unit.named", "by_name", "Outer.Inner.total"} <= bodies


def test_class_methods_of_a_class_of_another_file_are_declined(tmp_path: Path) -> None:
    (tmp_path / "units.py").write_text(
        "class Base:\n    rate = 2.0\n    @classmethod\n    def scale(cls, v):\n        return v * cls.rate\n"
    )
    source = """
from .units import Base

class Mine(Base):
    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.scale(x)
        return t

    def named(self, xs):
        t = 0.0
        for x in xs:
            t += Mine.scale(x)
        return t
"""
    for name in ("Mine.run", "Mine.named"):
        with pytest.raises(AssertionError, match="another file"):
            guarded(source, name, lambda s: s["Mine"](), XS, package=tmp_path)
