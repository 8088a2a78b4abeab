"""Functions of `math`."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind
from loopwright.frontend.lower_arith import as_operand, binary, strip_none
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_fold import reduce_items
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Number, Value, integer, number, real
from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import Binary, Call, Expr
from loopwright.ir.types import BOOL, FLOAT, INT, Num, Py, is_scalar, kind_of, machine_dtype

_TO_INT = {"floor", "ceil", "trunc"}
_TO_BOOL = {"isnan", "isinf", "isfinite"}
_OF_INTS = {
    "isqrt": "integer_root",
    "factorial": "factorial",
    "comb": "combinations",
    "perm": "permutations",
}
"""Functions of ints that are compiled along: a kernel gives up where an int leaves 64 bits."""


def as_float(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """An argument that the function converts by `float()`."""
    if not isinstance(value, Number):
        decline(node, "LW102", f"{describe(value)} where a number is needed")
    value = strip_none(cx, value)
    if not is_scalar(value.expr.type) or kind_of(machine_dtype(value.expr.type)) == "c":
        decline(node, "LW304", f"{describe(value)} where a real number is needed")
    return cast(value.expr, FLOAT)


def math_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`math.name(...)`."""
    fn = f"math.{name}"
    if name == "isclose":
        return _close(cx, node)
    row = TABLE.get(fn)
    if row is None or node.keywords:
        if name == "prod" and len(node.args) == 1 and not node.keywords:
            return reduce_items(
                cx,
                node.args[0],
                number(integer(1)),
                lambda a, b: binary(cx, "mul", a, b, node),
                node,
            )
        if name in ("fsum", "prod", "dist"):
            decline(node, "LW102", f"`math.{name}` is not covered")
        if not (name == "log" and len(node.args) == 2):
            decline(node, "LW102", f"`math.{name}` is not covered in this form")
    values = [v for _, v in sorted(bind(cx, node, ["a", "b"], required=1).items())]
    if name == "gcd" or name in _OF_INTS:
        ints = tuple(cast(index_number(cx, v, node), INT) for v in values)
        _arity(fn, ints, node)
        if name in _OF_INTS:
            return library_call(cx, _OF_INTS[name], [*map(number, ints)], node)
        return number(Call(fn, ints, INT))
    if name in _TO_INT and isinstance(values[0], Number):
        operand = as_operand(cx, values[0], node)
        if name == "trunc" and isinstance(operand.type, Num) and operand.type.dtype != "float64":
            decline(node, "LW304", f"{operand.type} has no `__trunc__`")
        # NumPy's integers have no such methods, and go through `float`
        exact = isinstance(operand.type, Py) or machine_dtype(operand.type) not in (
            "int64",
            "uint64",
        )
        if kind_of(machine_dtype(operand.type)) in "iub" and exact:
            return number(cast(operand, INT))
    args = tuple(as_float(cx, v, node) for v in values)
    if name == "log" and len(args) == 2:
        top, base = (Call(fn, (a,), FLOAT) for a in args)
        return number(Binary("truediv", top, base, FLOAT))
    _arity(fn, args, node)
    result = INT if name in _TO_INT else BOOL if name in _TO_BOOL else FLOAT
    return number(Call(fn, args, result))


def _close(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "b", "rel_tol", "abs_tol"], required=2)
    if len(node.args) > 2:
        decline(node, "LW111", "isclose takes two arguments by position: TypeError")
    bound = {"rel_tol": number(real(1e-9)), "abs_tol": number(real(0.0)), **bound}
    floats = [number(as_float(cx, bound[k], node)) for k in ("a", "b", "rel_tol", "abs_tol")]
    return library_call(cx, "close_numbers", list(floats), node)


def _arity(fn: str, args: tuple[Expr, ...], node: ast.AST) -> None:
    least, most = TABLE[fn].arity
    if not least <= len(args) <= (most or len(args)):
        decline(node, "LW102", f"`{fn}` is not covered with {len(args)} arguments")
