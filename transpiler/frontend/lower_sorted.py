"""Sorting lists of numbers: `sorted(x)` and `x.sort()`.

Python's sort is stable and NumPy's is not, which shows only where unequal objects compare equal (-0.0 and
0.0) or nothing compares (NaN); there the kernel gives up.
"""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import bind, constant_of
from loopwright.frontend.lower_index import copy_of
from loopwright.frontend.lower_join import cast
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import integer, negated
from loopwright.ir.nodes import Binary, Call, Cast, Compare, Expr, Load, Reduce, Slc
from loopwright.ir.types import B1, Array, ListOf, kind_of, machine_dtype


def sorted_column(cx: Scope, column: Expr, reverse: bool, node: ast.AST) -> Expr:
    """A new list with the numbers of a list, in order."""
    t = column.type
    assert isinstance(t, ListOf)
    dtype = machine_dtype(t)
    if t.ndim != 1 or kind_of(dtype) == "c":
        decline(node, "LW102", "only lists of real numbers are sorted")
    x = cx.hold(cast(column, Array(dtype, 1)), "x")
    if kind_of(dtype) == "f":
        mask = Array("bool", 1)
        zero = Compare("eq", x, integer(0), mask)
        minus = Binary("and", zero, Call("np.signbit", (x,), mask), mask)
        odd = Binary("or", Call("np.isnan", (x,), mask), minus, mask)
        cx.check(negated(Reduce("any", odd, None, False, B1)), "sorting NaN or -0.0")
    ordered: Expr = Call("np.sort", (x, integer(0)), x.type)
    if reverse:
        ordered = copy_of(Load(ordered, (Slc(None, None, integer(-1)),), Array(dtype, 1, "A")))
    return Cast(ordered, t)


def descending(cx: Scope, node: ast.Call, *, method: bool) -> bool:
    """The argument `reverse` of a call of `sorted` or `sort`; declined if there are others."""
    given = ast.copy_location(
        ast.Call(node.func, node.args if method else node.args[1:], node.keywords), node
    )
    bound = bind(cx, given, ["reverse"], required=0)
    if given.args:
        decline(node, "LW102", "this form of sorting is not covered")
    return "reverse" in bound and bool(constant_of(bound["reverse"], node, "reverse"))
