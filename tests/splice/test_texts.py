"""Strings that choose what a region does are constants of its kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.frontend.region import Lowered
from loopwright.ir.types import FLOAT, STR, ListOf
from loopwright.signatures import Signature, lower_region
from loopwright.verify.domains import parameters_of_domain
from loopwright.verify.kinds import Exactly, Text

from .dispatching import agrees, declined, guarded, lowering_of

SOURCE = """
import numpy as np

def total(xs, mode):
    if mode not in ["sum", "mean", "norm"]:
        raise ValueError(mode)
    t = 0.0
    for x in xs:
        if mode == "norm":
            t += x * x
        else:
            t += x
    if mode in ("mean", "other"):
        t /= len(xs)
    return t

class Scaler:
    def __init__(self, kind):
        self.kind = kind

    def run(self, x):
        out = np.zeros(len(x))
        for i in range(len(x)):
            out[i] = x[i] * (2.0 if self.kind != "half" else 0.5)
        return out

def square(v):
    return v * v

def halved(v):
    return v / 2

def by_function(xs, mode):
    if mode == "square":
        f = square
    elif mode == "half":
        f = halved
    else:
        f = abs
    t = 0.0
    for x in xs:
        t += f(x)
    return t

def by_one_of_many(xs, mode):
    if mode == "square":
        f = square
    elif mode == "half":
        f = halved
    elif mode == "whole":
        f = int
    elif mode == "same":
        f = float
    elif mode == "size":
        f = abs
    else:
        f = bool
    t = 0.0
    for x in xs:
        t += f(x)
    return t

def joined(xs, mode):
    t = mode
    for x in xs:
        t += mode
    return t

def chosen(xs, rows, flag):
    t = 0
    for x in xs:
        t += rows[x > 0][0] + xs[flag] * rows[0][flag]
    return t
"""
XS = [1.0, -2.0, 0.5]


@pytest.mark.parametrize("mode", ["sum", "mean", "norm"])
def test_the_kernel_is_for_the_string_that_was_seen(mode: str) -> None:
    case = guarded(SOURCE, "total", XS, mode)
    assert agrees(case, XS, mode)
    for other in ("sum", "mean", "norm", "max", "", None, mode.encode()):
        assert agrees(case, XS, other) == (other == mode)


def test_a_string_in_an_attribute() -> None:
    case = guarded(SOURCE, "Scaler.run", lambda s: s["Scaler"]("half"), np.array(XS))
    assert agrees(case, case.space["Scaler"]("half"), np.array(XS))
    assert not agrees(case, case.space["Scaler"]("double"), np.array(XS))


class Odd(str):
    """Equal to everything."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


def test_a_subclass_of_str_runs_the_original() -> None:
    case = guarded(SOURCE, "total", XS, "sum")
    assert not agrees(case, XS, Odd("mean"))


def test_strings_that_are_data_are_declined() -> None:
    assert declined(SOURCE, "joined", XS, "a").code.startswith(("LW1", "LW3"))


def test_another_string_in_another_sample_is_no_constant() -> None:
    """The kernel is then one for any string."""
    _, region, _ = lowering_of(SOURCE, "total", XS, "sum")
    types = {"xs": ListOf(FLOAT), "mode": STR}
    samples = ({"xs": XS, "mode": "sum"}, {"xs": XS, "mode": "mean"})
    ((same, _),) = lower_region(region, [Signature(types, samples=samples[:1])])
    ((mixed, _),) = lower_region(region, [Signature(types, samples=samples)])
    assert isinstance(same, Lowered) and isinstance(mixed, Lowered)
    kinds = {p.name: p.kind for p in parameters_of_domain(same.domain, samples[:1])}
    assert kinds["mode"] == Exactly(("sum",)), "inputs are drawn that the guard takes"
    kinds = {p.name: p.kind for p in parameters_of_domain(mixed.domain, samples)}
    assert isinstance(kinds["mode"], Text)


@pytest.mark.parametrize("flag", [True, False])
def test_truth_values_as_positions_in_lists(flag: bool) -> None:
    args: tuple[Any, ...] = ([3, -4, 5], [[1, 2], [30, 40]], flag)
    case = guarded(SOURCE, "chosen", *args)
    assert agrees(case, *args)


def test_truth_values_as_positions_in_arrays_mean_something_else() -> None:
    found = declined(SOURCE, "chosen", np.array([3, -4]), [[1, 2], [3, 4]], True)
    assert found.code == "LW304"


def test_a_few_functions_that_strings_choose_are_compiled_side_by_side() -> None:
    _, region, _ = lowering_of(SOURCE, "by_function", XS, "square")
    samples = tuple({"xs": XS, "mode": mode} for mode in ("half", "square"))
    ((lowered, _),) = lower_region(
        region, [Signature({"xs": ListOf(FLOAT), "mode": STR}, samples=samples)]
    )
    assert isinstance(lowered, Lowered), lowered
    assert [p.only for p in lowered.domain.params if p.name == "mode"] == [None]


def test_of_several_strings_that_choose_one_of_many_functions_one_is_a_constant() -> None:
    _, region, _ = lowering_of(SOURCE, "by_one_of_many", XS, "square")
    samples = tuple({"xs": XS, "mode": mode} for mode in ("half", "square", "half"))
    signature = Signature({"xs": ListOf(FLOAT), "mode": STR}, samples=samples)
    ((lowered, of),) = lower_region(region, [signature])
    assert isinstance(lowered, Lowered), lowered
    assert [p.only for p in lowered.domain.params if p.name == "mode"] == ["half"]
    assert [sample["mode"] for sample in of.samples] == ["half", "half"]
