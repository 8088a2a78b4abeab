"""Every way to exchange a function that was compiled along: the original must run."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from loopwright.kernels_entry import call_roots

from .callables_source import SOURCE, XS, unit
from .dispatching import agrees, guarded, plain


def a_lambda(space: dict[str, Any], obj: Any) -> None:
    obj.act = lambda v: v + 100.0


def another_method(space: dict[str, Any], obj: Any) -> None:
    obj.act = obj.leaky


def a_method_of_another_object(space: dict[str, Any], obj: Any) -> None:
    obj.act = space["Unit"]().relu


def an_overriding_method(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        def relu(self, v: float) -> float:
            return 7.0

    obj.__class__ = Sub
    obj.act = obj.relu


def a_partial(space: dict[str, Any], obj: Any) -> None:
    obj.act = functools.partial(space["Unit"].relu, obj)


def a_callable_object(space: dict[str, Any], obj: Any) -> None:
    class Act:
        def __call__(self, v: float) -> float:
            return v + 1.0

    obj.act = Act()


def a_property(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        @property
        def act(self) -> Any:
            return lambda v: 3.0

    del obj.act
    obj.__class__ = Sub


def found_by_getattr(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            return lambda v: 3.0

    del obj.act
    obj.__class__ = Sub


def every_read_observed(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            if name == "act":
                return lambda v: 3.0
            return super().__getattribute__(name)

    obj.__class__ = Sub


def no_attribute(space: dict[str, Any], obj: Any) -> None:
    del obj.act


def other_code(space: dict[str, Any], obj: Any) -> None:
    space["Unit"].relu.__code__ = (lambda self, v: v - 9.0).__code__


def another_function(space: dict[str, Any], obj: Any) -> None:
    obj.loss = space["identity"]


def one_of_another_module(space: dict[str, Any], obj: Any) -> None:
    elsewhere: dict[str, Any] = {"OFFSET": 50.0}
    exec("def shifted(v):\n    return v + OFFSET\n", elsewhere)
    obj.loss = elsewhere["shifted"]


MEDDLING: dict[str, Callable[[dict[str, Any], Any], None]] = {
    f.__name__.replace("_", " "): f
    for f in (
        a_lambda,
        another_method,
        a_method_of_another_object,
        an_overriding_method,
        a_partial,
        a_callable_object,
        a_property,
        found_by_getattr,
        every_read_observed,
        no_attribute,
        other_code,
        another_function,
        one_of_another_module,
    )
}


@pytest.mark.parametrize("meddle", MEDDLING.values(), ids=MEDDLING)
def test_another_function_runs_the_original(meddle: Callable[[dict[str, Any], Any], None]) -> None:
    case = guarded(SOURCE, "Unit.run", unit(), XS)
    one, two = unit()(case.space), unit()(case.space)
    assert agrees(case, one, XS)
    for each in (one, two):
        meddle(case.space, each)
    roots = call_roots(case.lowered).all
    taken = case.kernel(*(dict(self=one, xs=XS, **case.space)[r] for r in roots))
    assert taken is None
    assert plain(vars(one)["w"]) == plain(vars(two)["w"])


def another_class(space: dict[str, Any], obj: Any) -> None:
    class Other(space["Gain"]):  # type: ignore[misc]
        def __call__(self, v: float) -> float:
            return 3.0

    obj.gain.__class__ = Other


def a_method_of_the_instance(space: dict[str, Any], obj: Any) -> None:
    obj.gain.scaled = lambda v: 4.0


def a_function_instead(space: dict[str, Any], obj: Any) -> None:
    obj.gain = space["identity"]


def patched(space: dict[str, Any], obj: Any) -> None:
    space["Gain"].__call__ = lambda self, v: 5.0


@pytest.mark.parametrize(
    "meddle", [another_class, a_method_of_the_instance, a_function_instead, patched]
)
def test_another_object_that_is_called_runs_the_original(
    meddle: Callable[[dict[str, Any], Any], None],
) -> None:
    case = guarded(SOURCE, "Stack.run", lambda s: s["Stack"](s["Gain"](2.0)), XS)
    obj = case.space["Stack"](case.space["Gain"](2.0))
    assert agrees(case, obj, XS)
    meddle(case.space, obj)
    assert not agrees(case, obj, XS)


def test_a_call_of_an_instance_looks_at_its_class_alone() -> None:
    case = guarded(SOURCE, "Bare.run", lambda s: s["Bare"](), XS)
    obj = case.space["Bare"]()
    obj.plus.__dict__["__call__"] = lambda v: 7.0
    ran, got = case.fast(obj, XS)
    assert got == case.original(obj, XS) == sum(XS) + len(XS)


def test_a_method_that_the_class_has_got_anew_is_not_the_one_that_the_object_holds() -> None:
    case = guarded(SOURCE, "Unit.run", unit(), XS)
    obj = unit()(case.space)
    case.space["Unit"].relu = lambda self, v: 9.0
    assert agrees(case, obj, XS)


def test_a_function_that_is_only_compared_with_must_be_what_it_was() -> None:
    case = guarded(SOURCE, "told_apart", XS, lambda s: s["doubled"])
    assert agrees(case, XS, case.space["doubled"])
    case.space["identity"] = case.space["doubled"]
    ran, got = case.fast(XS, case.space["doubled"])
    assert (ran, got) == (False, 100.0 * len(XS))
