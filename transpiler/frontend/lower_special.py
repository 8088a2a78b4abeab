"""Functions of `scipy.special` on numbers and arrays of float64."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, flag_of, int_operand
from loopwright.frontend.lower_arith import strip_none, switch
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_library_args import axis_argument, exactly_floats
from loopwright.frontend.lower_numpy import positional
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import as_dtype, wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Number, Value, number
from loopwright.frontend.typing_rules import shaped
from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import Call, Expr
from loopwright.ir.types import F64, I64, Array, Py, machine_dtype

_ALIAS = {"digamma": "psi"}
_WIDE = ("float64", "int64", "int32", "uint64", "uint32")
"""Dtypes that the ufuncs compute in double precision; of narrower ones they compute in single."""


def special_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`scipy.special.name(...)`."""
    if name in ("logsumexp", "softmax"):
        return _normaliser(cx, name, node)
    if name == "comb":
        return _combinations(cx, node)
    fn = f"special.{_ALIAS.get(name, name)}"
    if fn not in TABLE:
        decline(node, "LW102", f"`scipy.special.{name}` is not covered")
    values = eval_all(cx, positional(node).args)
    if len(values) != TABLE[fn].arity[0]:
        decline(node, "LW102", f"`scipy.special.{name}` is not covered in this form")
    if all(isinstance(v, Number) for v in values):
        numbers = tuple(strip_none(cx, v) for v in values if isinstance(v, Number))
        return switch(
            cx, numbers, lambda vs: wrap(applied(fn, [_double(v.expr, node) for v in vs])), node
        )
    return wrap(applied(fn, [_operand(cx, v, node) for v in values]))


def applied(fn: str, operands: list[Expr]) -> Expr:
    """The ufunc `fn` of operands that are float64."""
    return Call(fn, tuple(operands), shaped("float64", tuple(o.type for o in operands)))


def _operand(cx: Scope, value: Value, node: ast.AST) -> Expr:
    if isinstance(value, Number):
        value = strip_none(cx, value)
        if len(value.types) == 1:
            return _double(value.expr, node)
        decline(node, "LW102", f"a function of {describe(value)} and an array is not covered")
    return _double(array_of(cx, value, node).expr, node)


def _double(x: Expr, node: ast.AST) -> Expr:
    dtype = machine_dtype(x.type)
    if dtype not in _WIDE or x.type == Py("bool"):
        decline(node, "LW102", f"this function of {x.type} is not covered")
    if isinstance(x.type, Array):
        return as_dtype(x, "float64")
    if x.type == Py("int"):  # which NumPy refuses beyond 64 bits
        x = cast(x, I64)
    return cast(x, F64)


def _combinations(cx: Scope, node: ast.Call) -> Value:
    """`comb(n, k, exact=True)` of integers, an int."""
    if len(node.args) > 2:
        decline(node, "LW111", "comb takes two arguments by position: TypeError")
    bound = bind(cx, node, ["N", "k", "exact", "repetition"], required=2)
    if not flag_of(bound.get("exact"), node, "exact"):
        decline(node, "LW102", "`scipy.special.comb` is covered with `exact=True`")
    if flag_of(bound.get("repetition"), node, "repetition"):
        decline(node, "LW102", "`scipy.special.comb` is covered without repetition")
    ints: list[Value] = [number(int_operand(cx, bound[k], node)) for k in ("N", "k")]
    return library_call(cx, "combinations_exact", ints, node)


def _normaliser(cx: Scope, name: str, node: ast.Call) -> Value:
    """`logsumexp` and `softmax`, along one axis or over all elements."""
    bound = bind(cx, node, ["a" if name == "logsumexp" else "x", "axis"])
    x = exactly_floats(cx, next(iter(bound.values())), node, 1, 2)
    axis = axis_argument(bound, x.type.ndim, node)
    along = "" if axis is None or x.type.ndim == 1 else ("_columns", "_rows")[axis]
    return library_call(cx, f"{name}{along}", [x], node)
