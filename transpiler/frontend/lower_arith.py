"""Arithmetic on values, those of uncertain type included.

A number of uncertain type is computed on its carrier where every possible type gives the same bits;
otherwise the operation branches on the tag.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from loopwright.frontend.lower_convert import (
    assign,
    cast,
    coerce,
    convert,
    is_tag,
    plain_column,
    to_carrier,
)
from loopwright.frontend.lower_join import canonical, join_envs, join_values
from loopwright.frontend.lower_joint_dtype import column_dtype
from loopwright.frontend.lower_listed import stacked
from loopwright.frontend.lower_order import present
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_rows import chosen, of_one_length, to_columns
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_values import (
    TAG,
    Arr,
    Lst,
    Maybe,
    Mixed,
    Number,
    Origin,
    RaggedList,
    Row,
    Tpl,
    Value,
    integer,
    negated,
    number,
    tag_const,
    test,
)
from loopwright.frontend.typing_rules import (
    binary_type,
    carrier,
    unary_type,
    union,
)
from loopwright.ir.nodes import Binary, BinaryOp, Const, Dim, Expr, If, Select, Unary, UnaryOp
from loopwright.ir.types import (
    COMPLEX,
    F64,
    FLOAT,
    INT,
    NONE,
    Array,
    DType,
    Num,
    Py,
    Scalar,
    Type,
    machine_dtype,
)

_FOLD: dict[str, Callable[[Any, Any], object]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip
_REALS = {FLOAT, F64}


def strip_none(cx: Scope, value: Number) -> Number:
    """The number, failing where it is None (the original raises TypeError)."""
    if NONE not in value.types:
        return value
    rest = tuple(t for t in value.types if t != NONE)
    if not rest or value.tag is None:
        raise Unreachable("None where a number is needed", cx.span)
    at = value.types.index(NONE)
    cx.check(negated(is_tag(value.tag, at)), "None where a number is needed")
    if len(rest) == 1:
        return Number(value.expr, rest)
    # None comes first in the order of types, so the other positions move down by one
    return Number(value.expr, rest, Binary("sub", value.tag, tag_const(1), TAG))


# ------------------------------------------------------------------- branching


def choose(
    cx: Scope, cond: Expr, left: Callable[[], Value], right: Callable[[], Value], node: ast.AST
) -> Value:
    """`left() if cond else right()`; only the chosen side has effects."""
    if isinstance(cond, Const):
        return left() if cond.value else right()
    start = dict(cx.live)
    with cx.block() as then:
        a = _side(cx, left)
    env_a, cx.env = cx.env, dict(start)
    with cx.block() as orelse:
        b = _side(cx, right)
    env_b = cx.env
    if a is None and b is None:
        cx.emit(If(cond, tuple(then), tuple(orelse), cx.span))
        raise Unreachable("both alternatives fail", cx.span)
    a = None if a is None else _told_apart(cx, a, node, "then")
    b = None if b is None else _told_apart(cx, b, node, "else")
    if not then and not orelse and isinstance(a, Number) and isinstance(b, Number):
        direct = _select(cx, cond, a, b)
        if direct is not None:
            return direct
    name = cx.fresh("t")
    known = [canonical(cx, name, v) for v in (a, b) if v is not None]
    joined = known[0] if len(known) == 1 else join_values(cx, name, known[0], known[1])
    if isinstance(joined, Mixed):
        decline(node, "LW302", joined.reason.replace(f"`{name}`", "this"))
    merged = join_envs(cx, [env_a, env_b], lambda _: True)
    assert merged is not None
    for block, env, value in ((then, env_a, a), (orelse, env_b, b)):
        if env is not None and value is not None:
            outer, cx.out = cx.out, block
            assign(cx, joined, value)
            convert(cx, env, merged)
            cx.out = outer
    cx.env = merged
    cx.emit(If(cond, tuple(then), tuple(orelse), cx.span))
    return joined


def _told_apart(cx: Scope, value: Value, node: ast.AST, *place: str | int) -> Value:
    """A fresh array on one side is not the array on the other."""
    match value:
        case Arr(_, _, origins) if not origins:
            made = Origin(("site", cx.depth, id(node), *place))
            return replace(value, origins=frozenset({made}))
        case Tpl(items):
            parts = (_told_apart(cx, v, node, *place, k) for k, v in enumerate(items))
            return replace(value, items=tuple(parts))
        case Maybe(inner, _):
            return replace(value, value=_told_apart(cx, inner, node, *place))
        case _:
            return value


def _side(cx: Scope, side: Callable[[], Value]) -> Value | None:
    try:
        return side()
    except Unreachable as error:
        cx.stop(error.reason)
        return None


def _select(cx: Scope, cond: Expr, a: Number, b: Number) -> Number | None:
    """The choice as an expression; None if a conversion needs a check on one side only."""
    types = union(a.types, b.types)
    held = carrier(types)
    if held is None or types == (NONE,):
        return a if types == (NONE,) else None
    target = Number(Const(0, held), types)
    with cx.block() as made:
        x, y = coerce(cx, a, target), coerce(cx, b, target)
    if made:
        return None
    assert isinstance(x, Number) and isinstance(y, Number)
    if x.tag is None or y.tag is None:
        return Number(Select(cond, x.expr, y.expr, held), types)
    cond = cx.hold(cond)
    return Number(Select(cond, x.expr, y.expr, held), types, Select(cond, x.tag, y.tag, TAG))


def switch(
    cx: Scope, values: tuple[Number, ...], f: Callable[[tuple[Number, ...]], Value], node: ast.AST
) -> Value:
    """`f` on values of certain type: branches on the tags of those that are not."""
    for k, value in enumerate(values):
        if value.tag is None:
            continue
        tag = cx.hold(value.tag, "tag")
        expr = cx.hold(value.expr)

        def rest(i: int, k: int = k, value: Number = value, expr: Expr = expr) -> Value:
            one = Number(cast(expr, value.types[i]), (value.types[i],))
            return switch(cx, (*values[:k], one, *values[k + 1 :]), f, node)

        def chain(i: int, tag: Expr = tag, value: Number = value) -> Value:
            if i == len(value.types) - 1:
                return rest(i)
            return choose(cx, is_tag(tag, i), lambda: rest(i), lambda: chain(i + 1), node)

        return chain(0)
    return f(values)


# ------------------------------------------------------------------ arithmetic


def as_operand(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """A value of certain type as an operand of NumPy."""
    value = present(cx, value)
    match value:
        case Row(items):
            return as_operand(cx, items, node)
        case Number():
            value = strip_none(cx, value)
            if value.tag is not None:
                decline(node, "LW302", f"an operand is {describe(value)}, depending on the path")
            return value.expr
        case Arr(expr, _, _):
            return expr
        case RaggedList() if value.picked:
            return chosen(cx, value)
        case RaggedList() if value.dtype is not None:
            to_columns(cx, value)
        case RaggedList(items=Arr()) if not value.made and not value.text:
            return of_one_length(cx, value)
        case Lst() if isinstance(value.columns[0].type, Array):
            return stacked(cx, value, node)
        case Lst(_, _, ndim, _, None):
            found = _dtype_of(cx, value, node)
            column = value.columns[0]
            if found != "float64" or ndim > 1:
                # an empty list makes a float64 array with one axis, whatever its elements would be
                cx.check(test("gt", Dim(column, 0, INT), integer(0)), "an array of an empty list")
            return cast(column, Array(found, ndim))
        case _:
            decline(node, "LW103", f"{describe(value)} is not a number or an array")


def _dtype_of(cx: Scope, value: Lst, node: ast.AST) -> DType:
    """The dtype of an array of the elements; the kernel gives up where that depends on what they are."""
    column, elem = plain_column(cx, value), cx.unit.sites.element(value.site)
    if column is not None:
        return machine_dtype(column.type)
    if not isinstance(elem, Number):
        decline(node, "LW102", "a list of what is no number where an array is needed")
    return column_dtype(cx, [elem], value, None, node)


def binary(cx: Scope, op: BinaryOp, a: Value, b: Value, node: ast.AST) -> Value:
    """`a op b` on numbers and arrays; tuples are joined by `+`."""
    a, b = present(cx, a), present(cx, b)
    if isinstance(a, Number) and isinstance(b, Number):
        a, b = strip_none(cx, a), strip_none(cx, b)
        return _numbers(cx, op, a, b, node)
    if isinstance(a, Tpl) and isinstance(b, Tpl) and op == "add":
        return Tpl((*a.items, *b.items))
    if not (isinstance(a, Arr) or isinstance(b, Arr) or _scalar_makes_array(op, a, b)):
        decline(node, "LW103", f"this operator on {describe(a)} and {describe(b)} is not covered")
    a, b = weakest(cx, a, b), weakest(cx, b, a)
    x, y = as_operand(cx, a, node), as_operand(cx, b, node)
    t = binary_type(op, x.type, y.type)
    if not isinstance(t, Array):
        decline(node, "LW304", f"NumPy has no such operation on {x.type} and {y.type}")
    return Arr(Binary(op, x, y, t), t, frozenset())


def _scalar_makes_array(op: BinaryOp, a: Value, b: Value) -> bool:
    """Whether a NumPy scalar makes an array of the list that is the other operand. By `*` it does not: that
    repeats the list, or raises."""
    lists = isinstance(a, Lst) != isinstance(b, Lst)
    numbers = [v for v in (a, b) if isinstance(v, Number)]
    scalar = any(isinstance(t, Num) for v in numbers for t in v.types)
    return lists and scalar and op != "mul" and all(len(v.types) == 1 for v in numbers)


def weakest(cx: Scope, value: Value, other: Value) -> Value:
    """A number of uncertain type that promotes alike with `other` whichever it is, as one type."""
    if not isinstance(value, Number) or not isinstance(other, Arr):
        return value
    value = strip_none(cx, value)
    if value.tag is None:
        return value
    results = {binary_type("add", t, other.type) for t in value.types}
    if len(results) == 1 and None not in results:
        return Number(value.expr, (value.expr.type,))  # type: ignore[arg-type]
    return value


def _numbers(cx: Scope, op: BinaryOp, a: Number, b: Number, node: ast.AST) -> Value:
    if a.tag is None and b.tag is None:
        return single(cx, op, a, b, node)
    table = [[binary_type(op, s, t) for t in b.types] for s in a.types]
    types = [t for row in table for t in row]
    if all(isinstance(t, (Py, Num)) for t in types):
        results = union(tuple(types))  # type: ignore[arg-type]
        mixed = all(isinstance(s, Num) or isinstance(t, Num) for s in a.types for t in b.types)
        (first, *more) = results
        if not more and mixed and isinstance(first, Num):
            return Number(Binary(op, cast(a.expr, first), cast(b.expr, first), first), results)
        if set(results) <= _REALS and op in ("add", "sub", "mul", "truediv"):
            held = carrier(results)
            assert held is not None
            work = FLOAT if op == "truediv" else held
            x, y = to_carrier(cx, a.expr, work), to_carrier(cx, b.expr, work)
            expr = cast(Binary(op, x, y, work), held)
            return Number(expr, results, table_tag(cx, a, b, table, results))
    return switch(cx, (a, b), lambda v: single(cx, op, v[0], v[1], node), node)


def table_tag(
    cx: Scope, a: Number, b: Number, table: list[list[Type | None]], results: tuple[Scalar, ...]
) -> Expr | None:
    """The tag of a result whose type is given by a table over the types of the operands."""
    if len(results) == 1:
        return None
    places = [tuple(results.index(t) for t in row) for row in table]
    if b.tag is None or all(len(set(row)) == 1 for row in places):
        return _lookup(a.tag, tuple(row[0] for row in places))
    if a.tag is None or len(set(places)) == 1:
        return _lookup(b.tag, places[0])
    x, y = cx.hold(a.tag, "tag"), cx.hold(b.tag, "tag")
    result = _lookup(y, places[-1])
    for i in range(len(places) - 2, -1, -1):
        result = Select(is_tag(x, i), _lookup(y, places[i]), result, TAG)
    return result


def _lookup(tag: Expr | None, places: tuple[int, ...]) -> Expr:
    """The entry of a table of tags."""
    if tag is None or len(set(places)) == 1:
        return tag_const(places[0])
    if places == tuple(range(len(places))):
        return tag
    result: Expr = tag_const(places[-1])
    for i in range(len(places) - 2, -1, -1):
        result = Select(is_tag(tag, i), tag_const(places[i]), result, TAG)
    return result


def fold(op: str, a: Expr, b: Expr, t: Type) -> Const | None:
    """The constant result of an exact operation on two Python constants."""
    if isinstance(a, Const) and isinstance(b, Const) and op in _FOLD:
        if isinstance(a.type, Py) and isinstance(b.type, Py):
            value = _FOLD[op](a.value, b.value)
            assert isinstance(value, (bool, int, float, complex))
            return Const(value, t)
    return None


def single(cx: Scope, op: BinaryOp, a: Number, b: Number, node: ast.AST) -> Number:
    """`a op b` on numbers of certain type."""
    t = binary_type(op, a.type, b.type)
    if t is None:
        decline(node, "LW304", f"`{a.type}` and `{b.type}` have no such operation")
    x, y = a.expr, cast(b.expr, FLOAT) if t == COMPLEX and b.type == F64 else b.expr
    if op == "pow" and t == INT:
        if isinstance(y, Const):
            assert isinstance(y.value, int)
            if y.value < 0:
                return number(Binary("pow", cast(x, FLOAT), Const(float(y.value), FLOAT), FLOAT))
        else:
            y = cx.hold(y)
            cx.check(test("ge", y, integer(0)), "an int to a negative power is a float")
    folded = fold(op, x, y, t)
    return number(folded or Binary(op, x, y, t))


def unary(cx: Scope, op: UnaryOp, value: Value, node: ast.AST) -> Value:
    """`-x`, `+x`, `~x`."""
    value = present(cx, value)
    if isinstance(value, Arr):
        t = unary_type(op, value.type)
        if not isinstance(t, Array):
            decline(node, "LW304", f"NumPy has no such operation on {value.type}")
        return Arr(Unary(op, value.expr, t), t, frozenset())
    if not isinstance(value, Number):
        decline(node, "LW103", f"this operator on {describe(value)} is not covered")

    def one(v: tuple[Number, ...]) -> Value:
        t = unary_type(op, v[0].type)
        if t is None:
            decline(node, "LW304", f"`{v[0].type}` has no such operation")
        x = v[0].expr
        if isinstance(x, Const) and isinstance(x.type, Py) and op == "neg":
            assert isinstance(x.value, (int, float, complex))
            return number(Const(-x.value, t))
        if op == "pos" and t == x.type:
            return v[0]
        return number(Unary(op, x, t))

    value = strip_none(cx, value)
    if value.tag is not None and set(value.types) <= _REALS and op != "invert":
        return Number(Unary(op, value.expr, value.expr.type), value.types, value.tag)
    return switch(cx, (value,), one, node)
