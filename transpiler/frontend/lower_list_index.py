"""Elements, rows and slices of lists."""

from __future__ import annotations

import ast
from dataclasses import replace

from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_index import (
    FULL,
    Index,
    index_items,
    list_position,
    load,
    point,
)
from loopwright.frontend.lower_listed import as_element, leading, shares, slice_of
from loopwright.frontend.lower_names import views
from loopwright.frontend.lower_parts import flatten, refill, row_part
from loopwright.frontend.lower_rows import to_columns
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_values import (
    ROW,
    Arr,
    Letter,
    Lst,
    Number,
    Origin,
    RaggedList,
    String,
    Value,
    integer,
    test,
)
from loopwright.ir.nodes import (
    Binary,
    Cast,
    Const,
    Dim,
    Expr,
    IndexItem,
    Load,
    Logic,
    Pt,
    Select,
    Slc,
)
from loopwright.ir.types import (
    BOOL,
    INT,
    Array,
    ListOf,
    element,
)


def list_item(cx: Scope, base: Lst, node: ast.Subscript) -> Value:
    if isinstance(node.slice, ast.Slice):
        return list_slice(cx, base, node.slice, node)
    at = list_position(cx, cx.eval(node.slice), node.slice)
    return list_element(cx, base, at, node)


def in_buffer(cx: Scope, base: Lst, at: Expr) -> Expr:
    """The position `at`, made non-negative and checked against the length in use."""
    if base.length is None:
        return at
    if isinstance(at, Const) and isinstance(at.value, int):
        if at.value < 0:
            at = Binary("sub", base.length, integer(-at.value), INT)
            at = cx.hold(at)
            cx.check(test("ge", at, integer(0)), "list index out of range")
        else:
            cx.check(test("lt", at, base.length), "list index out of range")
        return at
    at = cx.hold(at)
    inside = Logic("and", test("le", integer(0), at), test("lt", at, base.length), BOOL)
    cx.check(inside, "list index negative or out of range")
    return at


def list_element(cx: Scope, base: Lst, at: Expr, node: ast.AST) -> Value:
    """`base[at]`: an element, or a row of a nested list."""
    elem = cx.unit.sites.element(base.site)
    if elem is None:
        raise Unreachable("an element of a list that stays empty", cx.at(node))
    if row_part(base) is not None:
        parts = [c for c in base.columns if isinstance(c, Load)]
        return refill(elem, [in_row(cx, part, at) for part in parts])
    at = in_buffer(cx, base, at)
    items: tuple[IndexItem, ...] = (Pt(at), *[FULL] * (base.ndim - 1))
    if base.ndim > 1:
        rows = []
        for column in base.columns:
            assert isinstance(column.type, ListOf)
            rows.append(point(column, items, ListOf(column.type.elem, base.ndim - 1)))
        return Lst(tuple(rows), base.site, base.ndim - 1, views_of(base))
    found = refill(elem, [element_of(c, at) for c in base.columns])
    return as_element(cx, base, found, views_of(base))


def element_of(column: Expr, at: Expr) -> Load:
    """Element `at` of a column."""
    t = column.type
    part = Array(t.dtype, t.ndim - 1) if isinstance(t, Array) else element(t)
    return point(column, leading(column, Pt(at)), part)


def string_part(part: Value, node: ast.AST) -> Value:
    """What an index or a slice of the code points of a string stands for."""
    match part:
        case Number(expr, (_,), None):
            return Letter(cast(expr, INT))
        case Arr(_, t, _) if t.ndim == 1:
            return String(part)
        case _:
            decline(node, "LW103", "this index of a string is not covered")


def some_rows(cx: Scope, base: RaggedList, node: ast.Subscript) -> Value:
    """A slice of a list of rows: another list, of the same rows."""
    if base.made and not base.picked:
        if base.dtype is not None:
            to_columns(cx, base)
        decline(node, "LW103", "a slice of a list of rows is not covered")
    assert isinstance(node.slice, ast.Slice)
    (item,) = index_items(cx, [node.slice])
    assert isinstance(item, Slc)
    if base.picked:
        return replace(base, bounds=copy_of(Load(base.bounds, (item,), base.bounds.type)))
    bounds = copy_of(Load(base.bounds, (item, FULL), base.bounds.type))
    if isinstance(base.items, Arr):
        inner: Arr | Lst = replace(base.items, origins=views(base.items))
    else:
        inner = replace(base.items, origins=views_of(base.items))
    return replace(base, items=inner, bounds=bounds)


def row_of(cx: Scope, base: RaggedList, at: Expr) -> Value:
    """Row number `at`: a view of the joined rows. Like the list, its bounds wrap and may be out of range.

    Of a list that the function makes it may not be written to, and is copied where it gets a name, for
    the joined rows move when they grow.
    """
    if base.picked:
        assert isinstance(base.items, Arr)
        number_ = cx.hold(point(base.bounds, (Pt(at),), INT), "row")
        ndim = base.items.type.ndim
        index = Index((Pt(number_), *[FULL] * (ndim - 1)), ndim - 1)
        return load(base.items, index, ast.Pass())
    if base.made:
        at = at if isinstance(at, Const) else cx.hold(at, "at")
        ends: list[Expr] = [
            cx.hold(point(base.bounds, (Pt(_twice(at, k)),), INT), "end") for k in (0, 1)
        ]
    else:
        ends = [point(base.bounds, (Pt(at), Pt(integer(k))), INT) for k in (0, 1)]
    part = (Slc(*ends),)
    if base.made and isinstance(base.items, Lst):
        origins = frozenset({Origin((ROW, base.items.site), False)})
        if base.dtype is None:
            loads = tuple(Load(c, part, c.type) for c in base.items.columns)
            return Lst(loads, base.items.site, 1, origins)
        (column,) = base.items.columns
        t = Array(base.dtype, 1)
        return Arr(Cast(Load(column, part, column.type), t), t, origins)
    match base.items:
        case Arr(expr, t, _):
            row = Arr(Load(expr, (*part, *[FULL] * (t.ndim - 1)), t), t, views(base.items))
            return String(row) if base.text else row
        case Lst(columns, site, _, _, _):
            loads = tuple(Load(c, part, c.type) for c in columns)
            return Lst(loads, site, 1, views_of(base.items))


def _twice(at: Expr, more: int) -> Expr:
    """`2 * at + more`."""
    if isinstance(at, Const) and isinstance(at.value, int):
        return integer(2 * at.value + more)
    double = Binary("mul", cast(at, INT), integer(2), INT)
    return double if more == 0 else Binary("add", double, integer(more), INT)


def row_count(value: RaggedList) -> Expr:
    """The number of rows."""
    ends = Dim(value.bounds, 0, INT)
    return Binary("floordiv", ends, integer(2), INT) if value.made and not value.picked else ends


def in_row(cx: Scope, part: Load, at: Expr) -> Expr:
    """Element `at` of a row, straight from the joined rows."""
    (ends,) = part.index
    assert isinstance(ends, Slc) and ends.lo is not None and ends.hi is not None
    if isinstance(at, Const) and isinstance(at.value, int):
        near, by = (ends.lo, at.value) if at.value >= 0 else (ends.hi, at.value)
        place = cx.hold(Binary("add", near, integer(by), INT), "at")
    else:
        at = cx.hold(cast(at, INT), "at")
        behind, before = (Binary("add", end, at, INT) for end in (ends.lo, ends.hi))
        place = cx.hold(Select(test("lt", at, integer(0)), before, behind, INT), "at")
    inside = Logic("and", test("le", ends.lo, place), test("lt", place, ends.hi), BOOL)
    cx.check(inside, "index out of range")
    return Load(part.x, (Pt(place),), element(part.type))


def copied_row(value: Arr | Lst) -> Arr | Lst:
    """A copy of a row, which stays as it is when the list grows."""
    exprs: list[Expr] = [copy_of(e) for e in flatten(value)]
    made = refill(value, exprs)
    assert isinstance(made, (Arr, Lst))
    return made


def views_of(base: Lst) -> frozenset[Origin]:
    return frozenset(Origin(o.key, False) for o in base.origins)


def list_slice(cx: Scope, base: Lst, part: ast.Slice, node: ast.AST) -> Value:
    """A slice of a list: a new list."""
    (item,) = index_items(cx, [part])
    assert isinstance(item, Slc)
    columns = used_part(base)
    if base.ndim > 1:
        decline(node, "LW103", "a slice of a nested list shares its rows")
    copies = tuple(slice_of(c, item) for c in columns)
    shares(cx, base)
    origin = Origin(("site", cx.depth, id(node)))
    return Lst(copies, base.site, base.ndim, frozenset({origin}))


def used_part(base: Lst) -> tuple[Expr, ...]:
    """The columns cut to the length in use."""
    if base.length is None:
        return base.columns
    cut = Slc(None, base.length)
    return tuple(slice_of(c, cut) for c in base.columns)


def copy_of(expr: Expr) -> Expr:
    return Cast(expr, expr.type)


def whole(base: Lst) -> Lst:
    """The list as one whose columns are all in use."""
    if base.length is None:
        return base
    return Lst(used_part(base), base.site, base.ndim, base.origins)
