"""Rows that grow, of a list that the function makes: `rows[k].append(x)`.

Joined rows lie one behind the other, and a row that grows moves behind the last one when its room is full,
into room for twice as many elements. How much room a row has is told by its length alone: none without
elements, else the least power of two that is not less, and at least `LEAST_ROOM`. Where rows of a list grow,
`lower_rows.append_row` leaves that room behind each row that it appends. A row that was shorter again has
at least the room that its length tells.

A row that has a name is a copy of it. So it gets one only behind all that lets rows of the list grow: later
in the text, and not in a loop with it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from loopwright.frontend.lower_convert import coerce, list_length
from loopwright.frontend.lower_index import list_position
from loopwright.frontend.lower_join import join_rows, start_over
from loopwright.frontend.lower_list_index import row_count
from loopwright.frontend.lower_listed import arrays_in
from loopwright.frontend.lower_lists import let_hold
from loopwright.frontend.lower_order import eval_all, present
from loopwright.frontend.lower_parts import flatten
from loopwright.frontend.lower_rows import LEAST_ROOM, foreign_rows
from loopwright.frontend.lower_scope import GROWN_BEHIND, Scope, decline
from loopwright.frontend.lower_values import (
    ROW,
    Arr,
    Lst,
    RaggedList,
    Value,
    integer,
    test,
    truth_const,
)
from loopwright.ir.nodes import Append, Binary, Expr, For, If, Load, Logic, Pt, Select, Store, Var
from loopwright.ir.types import BOOL, INT, ListOf, Scalar


def append_to_row(cx: Scope, target: ast.Subscript, node: ast.Call) -> bool:
    """`rows[k].append(x)` for joined rows; False if `target` is no row of such a list."""
    if not isinstance(target.value, ast.Name | ast.Attribute) or isinstance(
        target.slice, ast.Slice
    ):
        return False
    whole = present(cx, cx.eval(target.value))
    if isinstance(whole, Lst):
        if whole.ndim == 2:
            join_rows(cx, whole)
        return False
    if not isinstance(whole, RaggedList) or not whole.made or whole.dtype is not None:
        return False
    items, ends = whole.items, whole.bounds
    assert isinstance(items, Lst)
    if foreign_rows(items):
        decline(node, "LW110", "a row of a list that may come from outside changes its length")
    if not all(isinstance(e, Var) for e in (*items.columns, ends)):
        decline(node, "LW108", "only rows of a list that has a name may change their length")
    at, value = eval_all(cx, (target.slice, node.args[0]))
    if any(True for _ in arrays_in(value)):
        decline(node, "LW102", "a row that gets arrays is not covered")
    let_hold(cx, items.site, value, node)
    _note(cx, items, node)
    place = _place(cx, whole, list_position(cx, at, target.slice))
    _put_behind(cx, whole, place, value)
    return True


def _note(cx: Scope, items: Lst, node: ast.AST) -> None:
    """Rows of the list grow here; lowering starts again if that is new."""
    known = cx.unit.grown_rows.setdefault(cx.unit.sites.find(items.site), {})
    if node not in known:
        known[node] = None
        start_over(cx)


def _place(cx: Scope, rows: RaggedList, at: Expr) -> Expr:
    """Where in `rows.bounds` the two ends of row `at` begin."""
    at, n = cx.hold(at, "at"), cx.hold(row_count(rows), "n")
    behind = Select(test("lt", at, integer(0)), Binary("add", at, n, INT), at, INT)
    place = cx.hold(behind, "at")
    inside = Logic("and", test("le", integer(0), place), test("lt", place, n), BOOL)
    cx.check(inside, "list index out of range")
    return cx.hold(Binary("mul", place, integer(2), INT), "place")


def _put_behind(cx: Scope, rows: RaggedList, place: Expr, value: Value) -> None:
    items, ends = rows.items, rows.bounds
    assert isinstance(items, Lst) and isinstance(ends, Var)
    element = cx.unit.sites.element(items.site)
    assert element is not None
    exprs = [cx.hold(e, "item") for e in flatten(coerce(cx, value, element))]
    columns = [c for c in items.columns if isinstance(c, Var) and isinstance(c.type, ListOf)]
    next_place = Binary("add", place, integer(1), INT)
    start = cx.hold(Load(ends, (Pt(place),), INT), "start")
    end = cx.hold(Load(ends, (Pt(next_place),), INT), "end")
    length = cx.hold(Binary("sub", end, start, INT), "length")
    with cx.block() as moved:
        fresh = cx.hold(list_length(items), "start")
        k = cx.sym(cx.fresh("k"), INT)
        with cx.block() as copied:
            at = Binary("add", start, Var(k), INT)
            for column in columns:
                cx.emit(Append(column.sym, Load(column, (Pt(at),), _elem(column)), cx.span))
        cx.emit(For(k, integer(0), length, integer(1), tuple(copied), (), cx.span))
        none = test("eq", length, integer(0))
        k = cx.sym(cx.fresh("k"), INT)
        with cx.block() as filled:  # the first of them is the element, the rest its room
            for column, expr in zip(columns, exprs, strict=True):
                cx.emit(Append(column.sym, expr, cx.span))
        room = cx.hold(Select(none, integer(LEAST_ROOM), length, INT), "room")
        cx.emit(For(k, integer(0), room, integer(1), tuple(filled), (), cx.span))
        cx.emit(Store(ends.sym, (Pt(place),), fresh, cx.span))
        past = Binary("add", Binary("add", fresh, length, INT), integer(1), INT)
        cx.emit(Store(ends.sym, (Pt(next_place),), past, cx.span))
    with cx.block() as kept:
        for column, expr in zip(columns, exprs, strict=True):
            cx.emit(Store(column.sym, (Pt(end),), expr, cx.span))
        cx.emit(Store(ends.sym, (Pt(next_place),), Binary("add", end, integer(1), INT), cx.span))
    cx.emit(If(_is_full(length), tuple(moved), tuple(kept), cx.span))


def _elem(column: Var) -> Scalar:
    assert isinstance(column.type, ListOf)
    return column.type.elem


def _is_full(length: Expr) -> Expr:
    """Whether a row of that length has no room: without elements, or of a power of two of them."""
    less = Binary("sub", length, integer(1), INT)
    power = test("eq", Binary("and", length, less, INT), integer(0))
    small = Logic(
        "and", test("gt", length, integer(0)), test("lt", length, integer(LEAST_ROOM)), BOOL
    )
    return Select(small, truth_const(False), power, BOOL)


# ---------------------------------------------------------------------- names


def may_get_name(cx: Scope, row: Arr | Lst, node: ast.AST) -> None:
    """Declined if the row may grow while a name that it gets at `node` stands for it.

    In a helper names end with the call; the rows that it hands back get a name in its caller.
    """
    if cx.caller is not None:
        return
    for change in _changes(cx, row):
        if not _is_over(cx, change, node):
            decline(node, "LW108", "a row of a list gets a name, and may grow afterwards")


def may_be_run_over(cx: Scope, row: Value, body: Sequence[ast.stmt], node: ast.AST) -> None:
    """Declined if a loop over the row lets it grow."""
    if isinstance(row, Lst):
        inside = {n for stmt in body for n in ast.walk(stmt)}
        if any(cx.elsewhere or change in inside for change in _changes(cx, row)):
            why = "a row that grows while a loop runs over it is not covered"
            decline(node, "LW101", why, GROWN_BEHIND)


def _changes(cx: Scope, row: Arr | Lst) -> list[ast.AST]:
    """Where rows of the list grow that the row may be one of."""
    lists = [int(str(o.key[1])) for o in row.origins if o.key[0] == ROW]
    return [
        node
        for site, nodes in cx.unit.grown_rows.items()
        if any(cx.unit.sites.find(each) == cx.unit.sites.find(site) for each in lists)
        for node in nodes
    ]


def _is_over(cx: Scope, change: ast.AST, node: ast.AST) -> bool:
    """Whether `change` runs before `node` only."""
    at = (getattr(change, "lineno", 0), getattr(change, "col_offset", 0))
    if at >= (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)):
        return False
    loops = (n for n in ast.walk(cx.unit.site.node) if isinstance(n, ast.For | ast.While))
    for loop in loops:
        inside = set(ast.walk(loop))
        if change in inside and node in inside:
            return False
    return True
