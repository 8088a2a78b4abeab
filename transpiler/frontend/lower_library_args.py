"""Arguments of the functions of NumPy that are written in Python (see `lower_along`)."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from loopwright.frontend.lower_args import array_of, int_constant, normal_axis
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import as_dtype, fold, wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shape import flat
from loopwright.frontend.lower_values import Arr, Number, Value, real, test
from loopwright.ir.nodes import Call
from loopwright.ir.types import NONE, kind_of, machine_dtype

_SMALL = 2.0**30
"""Differences of integers below are exact in 32 bits."""


def floats(cx: Scope, value: Value, node: ast.AST, *ranks: int) -> Arr:
    """An array argument as float64; declined for other ranks and for what NumPy computes otherwise."""
    x = array_of(cx, value, node)
    if x.type.ndim not in ranks:
        decline(node, "LW102", f"this function of an array with {x.type.ndim} axes is not covered")
    if x.type.dtype != "float64" and x.type.dtype not in ("int64", "int32"):
        decline(node, "LW102", f"this function of {x.type.dtype} is not covered")
    if x.type.dtype == "float64":
        return x
    converted = wrap(as_dtype(x.expr, "float64"))
    assert isinstance(converted, Arr)
    return converted


def small_floats(cx: Scope, value: Value, node: ast.AST, *ranks: int) -> Arr:
    """As `floats`; of integers, differences must be exact in their own dtype and as floats."""
    given = array_of(cx, value, node)
    x = floats(cx, given, node, *ranks)
    if given.type.dtype != "float64":
        held = cx.hold(x.expr, "x")
        largest = fold("max", Call("np.absolute", (held,), held.type), None, False)
        cx.check(test("lt", largest, real(_SMALL)), "integers that are large, or none")
        x = Arr(held, x.type, frozenset())
    return x


def exactly_floats(cx: Scope, value: Value, node: ast.AST, *ranks: int) -> Arr:
    """An array argument that is float64 already."""
    x = array_of(cx, value, node)
    if x.type.dtype != "float64" or x.type.ndim not in ranks:
        decline(node, "LW102", f"this function of {describe(x)} is not covered")
    return x


def plain_number(value: Value, node: ast.AST) -> Number:
    """A real number of one type."""
    if not isinstance(value, Number) or value.tag is not None or value.types == (NONE,):
        decline(node, "LW102", f"this function of {describe(value)} is not covered")
    if kind_of(machine_dtype(value.type)) == "c":
        decline(node, "LW102", "this function of a complex number is not covered")
    return value


def axis_argument(bound: Mapping[str, Value], ndim: int, node: ast.AST) -> int | None:
    if "axis" not in bound:
        return None
    return normal_axis(int_constant(bound["axis"], node, "axis"), ndim, node)


def flattened(cx: Scope, x: Arr, node: ast.AST) -> Arr:
    """The elements along one axis."""
    found = flat(cx, x, False, node)
    assert isinstance(found, Arr)
    return found
