"""Comparison of values, and conditions."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_arith import as_operand, fold, strip_none, table_tag, weakest
from loopwright.frontend.lower_convert import (
    cast,
    is_tag,
    list_length,
    string_length,
    table_length,
    to_carrier,
)
from loopwright.frontend.lower_dtypes import is_object, same_dtype
from loopwright.frontend.lower_order import keep, present, spill
from loopwright.frontend.lower_parts import describe, is_string
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_strings import compare_strings
from loopwright.frontend.lower_types import same_object
from loopwright.frontend.lower_values import (
    NOTHING,
    TAG,
    Arr,
    Hashed,
    Letter,
    Library,
    Lst,
    Maybe,
    Number,
    RaggedList,
    Row,
    String,
    Table,
    Text,
    Tpl,
    Value,
    integer,
    negated,
    number,
    tag_const,
    test,
    truth_const,
)
from loopwright.frontend.typing_rules import (
    carrier,
    compare_type,
    ordered,
    union,
)
from loopwright.ir.nodes import (
    Binary,
    Compare,
    CompareOp,
    Const,
    Dim,
    Expr,
    Load,
    Logic,
    Pt,
)
from loopwright.ir.types import (
    B1,
    BOOL,
    F64,
    FLOAT,
    INT,
    NONE,
    Array,
    Num,
    Py,
    Scalar,
    kind_of,
    machine_dtype,
)


def compare(cx: Scope, op: CompareOp, a: Value, b: Value, node: ast.AST) -> Value:
    """One comparison; tuples are compared item by item, strings when both are constants."""
    if b == NOTHING and isinstance(a, Maybe) and op in ("eq", "ne"):
        return number(cast(is_none(a, op == "eq"), BOOL))
    a, b = present(cx, a), present(cx, b)
    if is_string(a) and is_string(b) and not (isinstance(a, Text) and isinstance(b, Text)):
        return compare_strings(cx, op, a, b, node)
    match a, b:
        case Number(), Number():
            return _compare_numbers(cx, op, a, b, node)
        case Tpl(), Tpl():
            return _compare_tuples(cx, op, a, b, node)
        case (Library(), _) | (_, Library()) if op in ("eq", "ne") and (
            is_object(a) or is_object(b)
        ):
            return number(truth_const(same_dtype(a, b, node) == (op == "eq")))
        case Library(), Library() if (
            op in ("eq", "ne") and (same := same_object(cx, a, b)) is not None
        ):
            return number(truth_const(same == (op == "eq")))
        case Text(), Text() if op in ("eq", "ne"):
            return number(truth_const((a.value == b.value) == (op == "eq")))
        case _ if isinstance(a, Arr) or isinstance(b, Arr):
            a, b = weakest(cx, a, b), weakest(cx, b, a)
            x, y = as_operand(cx, a, node), as_operand(cx, b, node)
            t = compare_type(x.type, y.type)
            assert isinstance(t, Array)
            return Arr(Compare(op, x, y, t), t, frozenset())
        case _ if op in ("eq", "ne") and _are_apart(a, b):
            keep(cx, a)
            keep(cx, b)
            return number(truth_const(op == "ne"))
        case _:
            decline(node, "LW103", f"comparing {describe(a)} with {describe(b)} is not covered")


def _are_apart(a: Value, b: Value) -> bool:
    """Whether the two are of builtin types of which no values are ever equal."""
    kinds = _kind(a), _kind(b)
    return None not in kinds and kinds[0] != kinds[1]


def _kind(value: Value) -> str | None:
    match value:
        case Tpl(fields=()):
            return "tuple"
        case Lst():
            return "list"
        case Number(_, types, _) if all(isinstance(t, Py) for t in types):
            return "number"
        case _:
            return "str" if is_string(value) else None


def _compare_numbers(cx: Scope, op: CompareOp, a: Number, b: Number, node: ast.AST) -> Number:
    if op in ("eq", "ne") and (NONE in a.types or NONE in b.types):
        return _compare_none(cx, op, a, b, node)
    a, b = strip_none(cx, a), strip_none(cx, b)
    types = [compare_type(s, t) for s in a.types for t in b.types]
    if op not in ("eq", "ne") and not all(ordered(t) for t in (*a.types, *b.types)):
        decline(node, "LW304", "complex numbers have no order")
    if a.tag is None and b.tag is None:
        t = types[0]
        y = cast(b.expr, FLOAT) if t == BOOL and b.type == F64 else b.expr
        return number(fold(op, a.expr, y, t) or Compare(op, a.expr, y, t))
    wide = carrier(union(a.types, b.types))
    if wide is None:
        decline(node, "LW304", f"comparing {describe(a)} with {describe(b)} is not covered")
    results = union(tuple(types))  # type: ignore[arg-type]
    x, y = to_carrier(cx, a.expr, wide), to_carrier(cx, b.expr, wide)
    held: Scalar = BOOL if results == (BOOL,) else B1
    table = [[compare_type(s, t) for t in b.types] for s in a.types]
    tag = table_tag(cx, a, b, [list(row) for row in table], results)
    return Number(Compare(op, x, y, held), results, tag)


def _compare_none(cx: Scope, op: CompareOp, a: Number, b: Number, node: ast.AST) -> Number:
    """`x == None`; two values that may both be None are not covered."""
    if a.types == (NONE,):
        a, b = b, a
    if b.types != (NONE,):
        decline(node, "LW103", "comparing numbers that may be None is not covered")
    return number(cast(is_none(a, op == "eq"), BOOL))


def is_none(value: Value, wanted: bool) -> Expr:
    """`value is None` (or `is not`)."""
    if isinstance(value, Maybe):
        return negated(value.there) if wanted else value.there
    if not isinstance(value, Number) or NONE not in value.types:
        return truth_const(not wanted)
    if value.tag is None:
        return truth_const(wanted)
    test = is_tag(value.tag, value.types.index(NONE))
    return test if wanted else negated(test)


def _compare_tuples(cx: Scope, op: CompareOp, left: Tpl, right: Tpl, node: ast.AST) -> Number:
    a, b = spill(cx, left), spill(cx, right)
    assert isinstance(a, Tpl) and isinstance(b, Tpl)
    pairs: list[tuple[Number, Number, Expr]] = []
    for x, y in zip(a.items, b.items, strict=False):
        if not (isinstance(x, Number) and isinstance(y, Number)):
            decline(node, "LW103", "comparing tuples of anything but numbers is not covered")
        apart(cx, x, y, node)
        pairs.append((x, y, truth(cx, _compare_numbers(cx, "eq", x, y, node), node)))
    if op in ("eq", "ne"):
        equal: Expr = truth_const(len(a.items) == len(b.items))
        for _, _, same in pairs if len(a.items) == len(b.items) else []:
            equal = both(equal, same)
        return number(cast(equal if op == "eq" else negated(equal), BOOL))
    lengths = {"lt": int.__lt__, "le": int.__le__, "gt": int.__gt__, "ge": int.__ge__}[op]
    result: Expr = truth_const(lengths(len(a.items), len(b.items)))
    for x, y, same in reversed(pairs):
        differs = both(negated(same), truth(cx, _compare_numbers(cx, op, x, y, node), node))
        same_on = both(same, result)
        result = differs if _is_false(same_on) else Logic("or", differs, same_on, BOOL)
    return number(cast(result, BOOL))


def apart(cx: Scope, x: Number, y: Number, node: ast.AST) -> None:
    """Not one NaN twice: in a tuple an object equals itself, and numbers have no identity here."""
    cx.check(negated(both(_is_nan(cx, x, node), _is_nan(cx, y, node))), "NaN in a tuple")


def _is_false(cond: Expr) -> bool:
    return isinstance(cond, Const) and cond.value is False


def _is_nan(cx: Scope, x: Number, node: ast.AST) -> Expr:
    if not any(t != NONE and kind_of(machine_dtype(t)) in "fc" for t in x.types):
        return truth_const(False)
    if isinstance(x.expr, Const):
        return truth_const(x.expr.value != x.expr.value)
    return truth(cx, _compare_numbers(cx, "ne", x, x, node), node)


def both(a: Expr, b: Expr) -> Expr:
    """`a and b` of two conditions."""
    if isinstance(a, Const):
        return b if a.value else a
    if isinstance(b, Const):
        return a if b.value else b
    return Logic("and", a, b, BOOL)


def truth(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """The truth value as a scalar condition."""
    match value:
        case Number(expr, types, _):
            if types == (NONE,):
                return truth_const(False)
            if NONE in types:
                rest = strip_known_none(value)
                return both(is_none(value, False), truth(cx, rest, node))
            if isinstance(expr, Const):
                return truth_const(bool(expr.value))
            if machine_dtype(expr.type) == "bool":
                return expr
            return test("ne", expr, integer(0))
        case Lst():
            return test("gt", list_length(value), integer(0))
        case Row(listed):
            return truth(cx, listed, node)
        case RaggedList(bounds=bounds):
            return test("gt", Dim(bounds, 0, INT), integer(0))
        case Table():
            return test("gt", table_length(value), integer(0))
        case Hashed():
            return test("gt", list_length(value.keys), integer(0))
        case Tpl(items):
            keep(cx, value)
            return truth_const(bool(items))
        case Maybe(inner, there):
            return both(there, truth(cx, inner, node))
        case Text() | Letter() | String():
            return test("gt", string_length(value), integer(0))
        case Arr(expr, t, _):
            for axis in range(t.ndim):
                cx.check(test("eq", Dim(expr, axis, INT), integer(1)), "an array of one element")
            only = Load(expr, (Pt(integer(0)),) * t.ndim, Num(t.dtype))
            return truth(cx, number(only), node)
        case _:
            decline(node, "LW103", f"the truth value of {describe(value)} is not known")


def strip_known_none(value: Number) -> Number:
    """The number without None among its types, where it is known not to be None."""
    rest = tuple(t for t in value.types if t != NONE)
    assert rest
    if len(rest) == 1 or value.tag is None:
        return Number(value.expr, rest[:1])
    return Number(value.expr, rest, Binary("sub", value.tag, tag_const(1), TAG))
