"""Turning a value into the form that another one has; lengths."""

from __future__ import annotations

from dataclasses import replace

from loopwright.frontend.lower_parts import flatten, rec_with, row_part, row_with, unread
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import (
    NOTHING,
    TAG,
    Arr,
    Begun,
    Env,
    Generator,
    Hashed,
    Letter,
    Lst,
    Maybe,
    Mixed,
    Number,
    RaggedList,
    Rec,
    Row,
    String,
    Table,
    Text,
    Tpl,
    Value,
    integer,
    tag_const,
    test,
    truth_const,
)
from loopwright.frontend.typing_rules import carrier
from loopwright.ir.nodes import (
    Binary,
    Cast,
    Const,
    Dim,
    Expr,
    Logic,
    Select,
    Slc,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    Num,
    Scalar,
    Type,
    machine_dtype,
)
from loopwright.ir.walk import vars_of

EXACT = 2**53
"""Integers up to this magnitude are exact in float64."""


def cast(expr: Expr, t: Type) -> Expr:
    """`expr` as a `t`, folded for constants."""
    if expr.type == t:
        return expr
    if (
        isinstance(expr, Const)
        and expr.value is not None
        and not isinstance(expr.value, (str, complex))
    ):
        if t == FLOAT and abs(expr.value) <= EXACT:
            return Const(float(expr.value), FLOAT)
        if isinstance(t, Num) and t.dtype == "float64" and abs(expr.value) <= EXACT:
            return Const(float(expr.value), t)
        if isinstance(t, Num) and t.dtype == "int64" and isinstance(expr.value, int):
            if -(2**63) <= expr.value < 2**63:
                return Const(int(expr.value), t)
    return Cast(expr, t)


def to_carrier(cx: Scope, expr: Expr, to: Scalar) -> Expr:
    """`expr` in a wider machine type, failing if an int would not be exact."""
    if expr.type == to:
        return expr
    source, target = machine_dtype(expr.type), machine_dtype(to)
    if source in ("int64", "uint32") and target in ("float64", "complex128"):
        if not (
            isinstance(expr, Const) and isinstance(expr.value, int) and abs(expr.value) <= EXACT
        ):
            expr = cx.hold(expr)
            low = test("le", integer(-EXACT), expr)
            high = test("le", expr, integer(EXACT))
            cx.check(Logic("and", low, high, BOOL), "an integer that a float64 cannot hold exactly")
    return cast(expr, to)


def map_tag(tag: Expr | None, old: tuple[Scalar, ...], new: tuple[Scalar, ...]) -> Expr | None:
    """The tag of a value with types `old` among the types `new`."""
    if len(new) == 1:
        return None
    places = [new.index(t) for t in old]
    if tag is None:
        return tag_const(places[0])
    if isinstance(tag, Const) and isinstance(tag.value, int):
        return tag_const(places[tag.value])
    if places == list(range(len(places))):
        return tag
    result: Expr = tag_const(places[-1])
    for i in range(len(places) - 2, -1, -1):
        result = Select(is_tag(tag, i), tag_const(places[i]), result, TAG)
    return result


def is_tag(tag: Expr, at: int) -> Expr:
    if isinstance(tag, Const):
        return truth_const(tag.value == at)
    return test("eq", tag, tag_const(at))


def coerce(cx: Scope, value: Value, target: Value) -> Value:
    """`value` in the machine types of `target`, which is a join of it with something."""
    match value, target:
        case Number(), Number():
            if value.types == target.types:
                return value
            held = carrier(target.types)
            assert held is not None
            if value.types == (NONE,):
                expr: Expr = cast(integer(0), held) if held != BOOL else truth_const(False)
            else:
                expr = to_carrier(cx, value.expr, held)
            return Number(expr, target.types, map_tag(value.tag, value.types, target.types))
        case Arr(), Arr():
            return Arr(value.expr, target.type, value.origins)
        case String(codes), String():
            return String(Arr(codes.expr, target.codes.type, codes.origins))
        case Lst(), Lst():
            if target.length is not None and value.length is None:
                return Lst(value.columns, value.site, value.ndim, value.origins, list_length(value))
            return value
        case Row(), Row():
            return row_with(coerce(cx, value.items, target.items))
        case Tpl(), Tpl():
            pairs = zip(value.items, target.items, strict=True)
            return replace(value, items=tuple(coerce(cx, v, t) for v, t in pairs))
        case Rec(), Rec():
            return rec_with(value, coerce(cx, value.parts, target.parts))
        case _, Maybe(inner, _):
            if value == NOTHING:
                return Maybe(unread(inner), truth_const(False))
            if isinstance(value, Maybe):
                return Maybe(coerce(cx, value.value, inner), value.there)
            return Maybe(coerce(cx, value, inner), truth_const(True))
        case Begun(), Begun():
            array = Arr(value.array.expr, target.array.type, value.array.origins)
            return Begun(array, value.start, value.there)
        case Arr(), Begun(array, start, _):
            later, first = coerce(cx, value, array), unread(start)
            assert isinstance(later, Arr) and isinstance(first, Number)
            return Begun(later, first, truth_const(True))
        case Number(), Begun(array, start, _):
            later, first = unread(array), coerce(cx, value, start)
            assert isinstance(later, Arr) and isinstance(first, Number)
            return Begun(later, first, truth_const(False))
        case _:
            return value


def plain_column(cx: Scope, value: Lst) -> Expr | None:
    """The only column of a list of numbers of one certain type, if the list is that."""
    elem = cx.unit.sites.element(value.site)
    if len(value.columns) == 1 and (elem is None or isinstance(elem, Number)) and elem != NOTHING:
        return value.columns[0]
    return None


def string_length(value: Letter | String | Text) -> Expr:
    """`len` of a string."""
    match value:
        case Letter():
            return integer(1)
        case String(codes):
            return Dim(codes.expr, 0, INT)
        case Text(text):
            return integer(len(text))


def table_length(table: Table) -> Expr:
    """`len(d)`."""
    keys = table.parts.items[:1]
    return list_length(keys[0]) if keys and isinstance(keys[0], Lst) else integer(0)


def list_length(value: Lst) -> Expr:
    part = row_part(value)
    if part is not None and isinstance(part.index[0], Slc):
        lo, hi = part.index[0].lo, part.index[0].hi
        assert lo is not None and hi is not None
        return Binary("sub", hi, lo, INT)
    return value.length if value.length is not None else Dim(value.columns[0], 0, INT)


def assign(cx: Scope, target: Value, value: Value) -> None:
    """Emit what sets the symbols of the canonical value `target` to `value`, all at once."""
    if isinstance(target, Mixed):
        return
    exprs = list(flatten(coerce(cx, value, target)))
    if isinstance(target, Generator):
        return
    pairs = zip(flatten(target), exprs, strict=True)
    moves = [(v.sym, e) for v, e in pairs if isinstance(v, Var) and e != v]
    written = {s for s, _ in moves}
    if any(vars_of(e) & (written - {s}) for s, e in moves):
        moves = [(s, cx.hold(e, s.name)) for s, e in moves]
    for sym, expr in moves:
        cx.set(sym, expr)


def fits(value: Value, target: Value) -> bool:
    """Whether `target` is a join of `value` with something."""
    match value, target:
        case Number(), Number():
            return set(value.types) <= set(target.types)
        case Arr(), Arr():
            return (value.type.dtype, value.type.ndim) == (target.type.dtype, target.type.ndim)
        case Letter(), Letter():
            return True
        case String(), String():
            return fits(value.codes, target.codes)
        case Table(), Table():
            return value.row == target.row and fits(value.parts, target.parts)
        case Lst(), Lst():
            return value.ndim == target.ndim and len(value.columns) == len(target.columns)
        case RaggedList(), RaggedList():
            return value.form == target.form and fits(value.items, target.items)
        case Hashed(), Hashed():
            return value.form == target.form and all(map(fits, value.parts, target.parts))
        case Row(), Row():
            return fits(value.items, target.items)
        case Tpl(), Tpl() if len(value.items) == len(target.items) and (
            value.fields,
            value.listed,
        ) == (target.fields, target.listed):
            return all(fits(v, t) for v, t in zip(value.items, target.items, strict=True))
        case Rec(), Rec():
            return value.form == target.form and fits(value.parts, target.parts)
        case _, Maybe(inner, _):
            if isinstance(value, Maybe):
                return fits(value.value, inner)
            return value == NOTHING or fits(value, inner)
        case Begun(), Begun():
            return fits(value.array, target.array) and fits(value.start, target.start)
        case Arr(), Begun(array, _, _):
            return fits(value, array)
        case Number(), Begun(_, start, _):
            return fits(value, start)
        case Mixed(), _:
            return False
        case _:
            return value == target


def convert(cx: Scope, source: Env, target: Env) -> None:
    """Emit what turns the state `source` into the state `target`."""
    for name, entry in target.items():
        have = source.get(name)
        if have is not None:
            if not fits(have.value, entry.value):
                # the states of a loop are not settled yet, or the variable is unusable from here on
                continue
            assign(cx, entry.value, have.value)
        if entry.flag is not None:
            sym = entry.flag.sym if isinstance(entry.flag, Var) else None
            assert sym is not None
            known = truth_const(False) if have is None else have.flag or truth_const(True)
            cx.set(sym, known)
