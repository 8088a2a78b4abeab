"""Refusals: the code, the reason and what would unlock it speak of the same thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined, code_row
from loopwright.frontend.lower_source import region_of_source
from loopwright.ir.types import FLOAT, Array, ListOf
from loopwright.signatures import Signature, lower_region

from .lowering import refusal

X = np.array([1.0, 2.0])
REFUSALS: dict[str, tuple[str, tuple[Any, ...], str, str, str]] = {
    "an array that a list holds": (
        "r = [x * 1, x * 2]\nr[0][1] = 5.0\nreturn np.array(r)",
        (X,),
        "LW110",
        "an array that a list holds is changed",
        "put a copy into the list",
    ),
    "an array of the caller in a list": (
        "return [x]",
        (X,),
        "LW110",
        "a list is returned whose elements other variables may hold",
        "return one",
    ),
    "a view of an argument": (
        "return x[1:]",
        (X,),
        "LW110",
        "an array that may share memory with an argument is returned",
        "return one",
    ),
    "an item of a set": (
        "s = set()\nfor v in x:\n    s.add(np.float32(v))\nreturn len(s)",
        (X,),
        "LW103",
        "np.float32 as an item of a set is not covered",
        "use ints",
    ),
    "a key of a dict": (
        "d = {}\nfor v in x:\n    d[np.float32(v)] = 1\nreturn len(d)",
        (X,),
        "LW103",
        "np.float32 as the key of a dict is not covered",
        "use ints",
    ),
    "a list with two names": (
        "y = x\ny.append(1.0)\nreturn len(x)",
        ([1.0],),
        "LW108",
        "`x` changes its length, and has a second name",
        "give it one name",
    ),
    "a list assigned anew": (
        "x.append(1.0)\nx = [2.0]\nreturn x",
        ([1.0],),
        "LW108",
        "`x` changes its length, and is also assigned anew",
        "not assigned anew",
    ),
    "a list sorted by another name": (
        "y = x\nx.sort()\nreturn len(y)",
        ([1.0],),
        "LW108",
        "`x` is changed as a whole, and has a second name",
        "give it one name",
    ),
    "an axis too many": (
        "return np.sum(x, axis=3)",
        (X,),
        "LW111",
        "there is no axis 3: AxisError",
        "correct it",
    ),
    "no parameter of that name": (
        "def g(a):\n    return a\nreturn g(b=x)",
        (X,),
        "LW111",
        "`g` has no such parameter",
        "correct it",
    ),
    "a set in its order": (
        "s = {1, 2}\nt = 0\nfor v in s:\n    t = t * 2 + v\nreturn t",
        (X,),
        "LW101",
        "a loop over a set has an order that is not known here",
        "sorted",
    ),
    "a set that is returned in its order": (
        "s = {1, 2}\nt = set()\nfor v in s:\n    t.add(v)\nreturn t",
        (X,),
        "LW107",
        "a set is returned whose order is not known here",
        "sort it",
    ),
    "kinds of results": (
        "if x[0] > 1:\n    return x[0]\nreturn [x[0]]",
        (X,),
        "LW302",
        "the function returns values of different kinds",
        "one type on all paths",
    ),
}


@pytest.mark.parametrize(
    ("body", "args", "code", "why", "unlocks"), REFUSALS.values(), ids=REFUSALS
)
def test_code_reason_and_cure_fit(
    body: str, args: tuple[Any, ...], code: str, why: str, unlocks: str
) -> None:
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    found = refusal(f"\ndef f(x):\n{indented}", *args)
    assert (found.code, found.why) == (code, why)
    assert unlocks in (found.unlocks or code_row(code).unlocks)


# -------------------------------------------------------- values from outside

SCALED = """
def f(model, x):
    n = len(x)
    out = [0.0] * n
    for i in range(n):
        out[i] = x[i] * model.factors[i]
    return out
"""


def test_a_missing_type_is_told_where_the_value_is_read() -> None:
    region = region_of_source(SCALED)
    found = lower_region(region, [Signature({"x": ListOf(FLOAT)})])
    assert isinstance(found, Declined)
    assert (found.code, found.why) == ("LW301", "the type of `model.factors` is not known")
    row = SCALED.splitlines()[found.at.line - 1]
    assert row[found.at.col : found.at.end_col] == "model.factors"


@pytest.mark.parametrize(
    ("seen", "unlocks"),
    [
        ("list of list of dict", "hand over its numbers"),
        ("type", "write the class or dtype itself"),
        ("Float32DType", "write the class or dtype itself"),
        ("list of float or int", "all floats, or all ints"),
    ],
)
def test_a_type_that_a_recording_saw_is_not_called_unknown(seen: str, unlocks: str) -> None:
    region = region_of_source("def f(x, y):\n    n = len(x)\n    return np.full(n, 1.0, dtype=y)\n")
    found = lower_region(region, [Signature({"x": Array("float64", 1)}, unknown={"y": seen})])
    assert isinstance(found, Declined)
    assert (found.code, found.at.line) == ("LW305", 3)
    assert found.why == f"`y` is of type {seen}, which kernels do not take"
    assert unlocks in (found.unlocks or code_row("LW305").unlocks)


def test_a_tuple_with_too_many_items_is_a_type_that_is_not_taken() -> None:
    found = refusal("\ndef f(t):\n    return t[0] + 1.0\n", tuple([1.0] * 99))
    assert found.code == "LW305" and found.why.startswith("`t` is a tuple of more than")
