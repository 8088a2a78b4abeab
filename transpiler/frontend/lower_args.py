"""Arguments of library calls, matched to the names that the function's documentation gives them."""

from __future__ import annotations

import ast
from collections.abc import Container, Sequence

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_arith import as_operand
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_items import from_items
from loopwright.frontend.lower_order import in_order, present
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_rows import copied_at_once
from loopwright.frontend.lower_scope import Scope, decline, span_of
from loopwright.frontend.lower_values import Arr, Lst, Number, RaggedList, Row, Text, Tpl, Value
from loopwright.ir.nodes import Const, Expr, Var
from loopwright.ir.types import INT

_OPTIONAL = frozenset(
    (
        "axis",
        "dtype",
        "out",
        "a_min",
        "a_max",
        "min",
        "max",
        "weights",
        "ord",
        "kind",
        "high",
        "M",
        "axes",
        "size",
        "p",
    )
)
"""Parameters whose default is None."""
_SHAPES = frozenset(("shape", "size", "reps", "axes"))
"""Parameters that take a list of ints as they take a tuple of them."""


def bind(
    cx: Scope,
    node: ast.Call,
    names: Sequence[str],
    *,
    required: int = 1,
    first: Value | None = None,
    firm: Container[str] = (),
) -> dict[str, Value]:
    """The arguments by parameter name; declined if one is unknown or missing.

    `first` is the value of the first parameter for a method. None is left out for the parameters whose
    default it is; that of those in `firm` is something else, though it is None for most functions.
    """
    names = list(names)
    positional = names[1:] if first is not None else names
    if len(node.args) > len(positional):
        decline(node, "LW102", "too many arguments for what is covered of this function")
    given = [*positional[: len(node.args)], *[k.arg or "" for k in node.keywords]]
    nodes = [*node.args, *[k.value for k in node.keywords]]
    nodes = [as_tuple(n) if g in _SHAPES else n for g, n in zip(given, nodes, strict=True)]
    for k, (name, arg) in enumerate(zip(given, nodes, strict=True)):
        if name in given[:k] or (first is not None and name == names[0]):
            decline(arg, "LW111", f"the argument `{name}` is given twice: TypeError")
        if name not in names:
            decline(arg, "LW102", f"the argument `{name}` of this function is not covered")
    with copied_at_once(cx, nodes):
        values = in_order(cx, [lambda n=n: cx.eval(n) for n in nodes])  # type: ignore[misc]
    bound: dict[str, Value] = {}
    for name, arg, value in zip(given, nodes, values, strict=True):
        if not is_none_value(value):
            bound[name] = value
        elif name not in _OPTIONAL or name in firm:
            decline(arg, "LW102", f"None for the argument `{name}` is not covered")
    if first is not None:
        bound[names[0]] = first
    for name in names[:required]:
        if name not in bound:
            decline(node, "LW102", f"the argument `{name}` is needed here")
    return bound


def as_tuple(node: ast.expr) -> ast.expr:
    """The display of a list that nothing else sees is as good as that of a tuple."""
    if isinstance(node, ast.List):
        return ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)
    return node


def is_none_value(value: Value) -> bool:
    return isinstance(value, Number) and isinstance(value.expr, Const) and value.expr.value is None


def constant_of(value: Value, node: ast.AST, what: str) -> bool | int | float | complex | str:
    """The value of an argument that must be a constant."""
    if isinstance(value, Text):
        return value.value
    if isinstance(value, Number) and isinstance(value.expr, Const) and value.expr.value is not None:
        return value.expr.value
    needs = value.expr.sym if isinstance(value, Number) and isinstance(value.expr, Var) else None
    raise CannotLower(Declined(span_of(node), "LW102", f"{what} must be a constant"), needs)


def int_constant(value: Value, node: ast.AST, what: str) -> int:
    found = constant_of(value, node, what)
    if not isinstance(found, int):
        decline(node, "LW102", f"{what} must be an integer constant")
    return int(found)


def axis_of(value: Value | None, ndim: int, node: ast.AST) -> int | None:
    """A non-negative axis; None if it is not given."""
    if value is None:
        return None
    return normal_axis(int_constant(value, node, "axis"), ndim, node)


def normal_axis(axis: int, ndim: int, node: ast.AST) -> int:
    if not -ndim <= axis < ndim:
        decline(node, "LW111", f"there is no axis {axis}: AxisError")
    return axis % ndim


def flag_of(value: Value | None, node: ast.AST, what: str) -> bool:
    return value is not None and bool(constant_of(value, node, what))


def int_operand(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """An integer argument (a length, a count) as a Python int."""
    return cast(index_number(cx, value, node), INT)


def shape_of(cx: Scope, value: Value, node: ast.AST) -> tuple[Expr, ...]:
    """A shape argument: an integer or a tuple of integers."""
    value = present(cx, value)
    if isinstance(value, Tpl):
        return tuple(int_operand(cx, v, node) for v in value.items)
    return (int_operand(cx, value, node),)


def array_of(cx: Scope, value: Value, node: ast.AST) -> Arr:
    """An argument that NumPy takes as an array: an array, a list or a tuple of numbers (copied)."""
    value = present(cx, value)
    if isinstance(value, Row):
        value = value.items
    if isinstance(value, Arr):
        return value
    if isinstance(value, (Lst, RaggedList)):
        expr = as_operand(cx, value, node)
        return Arr(expr, expr.type, frozenset())  # type: ignore[arg-type]
    if isinstance(value, Tpl) and len({type(v) for v in value.items} | {Number, Arr}) == 2:
        return from_items(cx, [list(value.items)], 1, None, node)
    decline(node, "LW102", f"{describe(value)} where an array is needed")
