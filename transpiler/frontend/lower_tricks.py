"""What NumPy builds by indexing: `np.r_`, `np.c_`, `np.mgrid` and `np.ogrid`."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, int_operand
from loopwright.frontend.lower_arrange import column_stack
from loopwright.frontend.lower_order import in_order
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shape import at_least, same_dtype
from loopwright.frontend.lower_values import Value, integer, number
from loopwright.ir.nodes import Call
from loopwright.ir.types import Array

TRICKS = frozenset(f"numpy.{name}" for name in ("r_", "c_", "mgrid", "ogrid"))


def trick(cx: Scope, name: str, node: ast.Subscript) -> Value:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name.endswith("grid"):
        if len(parts) != 2 or not all(isinstance(p, ast.Slice) for p in parts):
            decline(node, "LW103", f"`{name}` is covered for two slices")
        bounds: list[Value] = [b for p in parts for b in _bounds(cx, p)]
        return library_call(cx, name.removeprefix("numpy."), bounds, node)
    if any(_is_directive(p, name) for p in parts):
        decline(node, "LW103", f"`{name}` is covered for arrays and numbers")
    values = in_order(cx, [lambda p=p: _part(cx, p) for p in parts])  # type: ignore[misc]
    if name == "numpy.c_":
        return column_stack([array_of(cx, v, node) for v in values], node)
    given = [at_least(cx, v, 1, node) for v in values]
    if any(x.type.ndim != 1 or x.type.dtype not in ("float64", "int64") for x in given):
        decline(node, "LW103", "`np.r_` is covered for numbers and arrays with one axis")
    same = same_dtype(given)
    exprs = (integer(0), *(x.expr for x in same))
    return wrap(Call("np.concatenate", exprs, Array(same[0].type.dtype, 1)))


def _is_directive(part: ast.expr, name: str) -> bool:
    """A slice that makes a column, or the text that tells how to put things together."""
    if isinstance(part, ast.Slice):
        return name == "numpy.c_"
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def _part(cx: Scope, part: ast.expr) -> Value:
    """What one part stands for: a slice is the range of its integers."""
    if not isinstance(part, ast.Slice):
        return cx.eval(part)
    first, last, step = (int_operand(cx, v, part) for v in _bounds(cx, part))
    return wrap(Call("np.arange", (first, last, step), Array("int64", 1)))


def _bounds(cx: Scope, part: ast.expr) -> tuple[Value, Value, Value]:
    """Start, end and step, which are integers."""
    assert isinstance(part, ast.Slice)
    if part.upper is None:
        decline(part, "LW103", "a range without an end")
    first = integer(0) if part.lower is None else int_operand(cx, cx.eval(part.lower), part)
    last = int_operand(cx, cx.eval(part.upper), part)
    step = integer(1) if part.step is None else int_operand(cx, cx.eval(part.step), part)
    return number(first), number(last), number(step)
