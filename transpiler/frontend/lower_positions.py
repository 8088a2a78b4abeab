"""`np.unravel_index`: positions in a flattened array as positions along its axes."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import bind, int_operand, shape_of
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Number, Tpl, Value, integer, negated, number, test
from loopwright.ir.nodes import Binary, Cast, Compare, CompareOp, Expr, Reduce
from loopwright.ir.types import B1, I64, INT, Array


def unravel_index(cx: Scope, node: ast.Call) -> Value:
    """Of one number: a tuple of np.int64; of an array of them: a tuple of arrays."""
    bound = bind(cx, node, ["indices", "shape"], required=2)
    shape = [cx.hold(n, "n") for n in shape_of(cx, bound["shape"], node)]
    total: Expr = integer(1)
    for n in shape:
        cx.check(test("gt", n, integer(0)), "an axis without length")
        total = Binary("mul", total, n, INT)
    match bound["indices"]:
        case Number() as one if shape:
            return _of_number(cx, int_operand(cx, one, node), shape, total)
        case Arr(expr, Array("int64", ndim), _) if shape and ndim:
            return _of_array(cx, expr, Array("int64", ndim), shape, total)
        case other:
            decline(node, "LW102", f"np.unravel_index of {describe(other)} is not covered")


def _of_number(cx: Scope, at: Expr, shape: list[Expr], total: Expr) -> Tpl:
    rest = cx.hold(at, "at")
    cx.check(test("ge", rest, integer(0)), "index out of bounds")
    cx.check(test("lt", rest, total), "index out of bounds")
    places: list[Value] = []
    for n in reversed(shape[1:]):
        places.insert(0, number(cx.hold(cast(Binary("mod", rest, n, INT), I64), "place")))
        rest = cx.hold(Binary("floordiv", rest, n, INT), "at")
    return Tpl((number(cast(rest, I64)), *places))


def _of_array(cx: Scope, at: Expr, t: Array, shape: list[Expr], total: Expr) -> Tpl:
    rest = cx.hold(Cast(at, t), "at")
    bounds: list[tuple[CompareOp, Expr]] = [("lt", integer(0)), ("ge", total)]
    for op, bound in bounds:
        outside = Compare(op, rest, cast(bound, I64), Array("bool", t.ndim))
        cx.check(negated(Reduce("any", outside, None, False, B1)), "index out of bounds")
    places: list[Value] = []
    for n in reversed(shape[1:]):
        by = cx.hold(cast(n, I64), "n")
        places.insert(0, wrap(cx.hold(Binary("mod", rest, by, t), "place")))
        rest = cx.hold(Binary("floordiv", rest, by, t), "at")
    return Tpl((wrap(rest), *places))
