"""`range(...)` as an operand: beside an array NumPy makes an array of it."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_iter import is_range, range_source
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_order import in_order
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Value, integer, test
from loopwright.ir.nodes import Call
from loopwright.ir.types import Array, kind_of


def with_range(cx: Scope, left: ast.expr, right: ast.expr) -> tuple[Value, Value] | None:
    """Both operands, if one is a range; None if both are or none is."""
    ranges = [is_range(cx, node) for node in (left, right)]
    if sum(ranges) != 1:
        return None
    a, b = in_order(
        cx,
        [
            lambda n=node, r=ranged: _array(cx, n) if r else cx.eval(n)  # type: ignore[misc]
            for node, ranged in zip((left, right), ranges, strict=True)
        ],
    )
    made, other = (a, b) if ranges[0] else (b, a)
    if not isinstance(other, Arr):
        decline(right, "LW103", f"an operation of a range and {describe(other)}")
    if kind_of(other.type.dtype) not in "fc":
        assert isinstance(made, Arr)
        # without elements it is an array of floats
        cx.check(test("gt", dim(made, 0), integer(0)), "an empty range and integers")
    return a, b


def _array(cx: Scope, node: ast.expr) -> Arr:
    assert isinstance(node, ast.Call)
    source = range_source(cx, node)
    t = Array("int64", 1)
    made = cx.hold(Call("np.arange", (source.lo, source.hi, source.step), t), "range")
    return Arr(made, t, frozenset())
