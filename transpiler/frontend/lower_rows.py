"""Lists whose elements are lists or arrays: how they are held, and joined rows.

A list that the function makes is held

- by the numbers of its rows, if they are rows of one array that is an argument of the region: views of it;
- by its rows joined, `rows.append([a, b])`, if its elements are lists, of any lengths; but as a table with
  an axis for each level where a comprehension shows that the lengths are one, as in `[[0] * n for _ in x]`,
  unless the list grows;
- by its rows joined, too, if its elements are arrays of one axis and one dtype, of any lengths, as long as
  joined rows will do: the list gets all its elements as it is made or by `append`, they are read, joined by
  `np.concatenate`, or the list is returned;
- in columns (`lower_listed`), an array with an axis more, which needs arrays of one shape: where an array is
  made of a list of arrays, or a part taken of it, or the function cannot be lowered with joined rows; and in
  any case if the arrays have more axes, or stand in tuples.

Joined rows are one list, beside the first position of each row and the one behind its last. A row that is
appended is copied. Lists must have no other name then by which they could be changed; what may become of
arrays is told in `lower_listed`. Rows are read, and copied where they get a name; how they grow is told in
`lower_grown_rows`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from loopwright.frontend.lower_convert import cast, list_length
from loopwright.frontend.lower_join import columns_of, start_over, template, unify, widen
from loopwright.frontend.lower_listed import holds_arrays, holds_dicts, lists, out_of_use
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Again, ArrayForm, Scope, Unit, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Lst,
    Number,
    Origin,
    RaggedList,
    RowAt,
    RowType,
    Value,
    integer,
    test,
)
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Dim,
    Expr,
    Fancy,
    For,
    Invoke,
    Load,
    Logic,
    Pt,
    Reshape,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import BOOL, INT, Array, DType, ListOf, Num
from loopwright.ir.walk import walk_stmts

LEAST_ROOM = 4
"""Elements that a row has room for once it grows (`lower_grown_rows`)."""


def made_rows(cx: Scope, node: ast.AST, site: int) -> RaggedList | None:
    """A new list without elements, allocated at `node`, in variables; None if its elements are no rows."""
    kind = cx.unit.sites.element(site)
    if not isinstance(kind, RowType):
        return None
    if kind.base is not None:
        numbers = cx.hold(Alloc((integer(0),), None, ListOf(INT)), "rows")
        return RaggedList(kind.base, numbers, kind.dtype)
    types = columns_of(cx, kind.site, 1)
    columns = tuple(cx.hold(Alloc((integer(0),), None, t), "rows") for t in types)
    ends = cx.hold(Alloc((integer(0),), None, ListOf(INT)), "ends")
    origins = frozenset({Origin(("site", cx.depth, id(node)))})
    return RaggedList(Lst(columns, cx.unit.sites.find(kind.site), 1, origins), ends, kind.dtype)


def let_hold_rows(cx: Scope, site: int, row: Value, node: ast.AST) -> None:
    """Let lists of the site hold such rows, if they are to be joined; lowering starts again if new."""
    match row:
        case Lst() if holds_arrays(cx, row) or holds_dicts(cx, row):
            kind_ = "arrays" if holds_arrays(cx, row) else "dicts"
            decline(node, "LW103", f"a list whose elements are lists of {kind_} is not covered")
        case Lst(ndim=1):
            kind = RowType(cx.unit.sites.find(row.site), None)
        case Arr(_, Array(dtype)) if (picked := _picked(cx, row, node)) is not None:
            kind = RowType(_site_of_arrays(cx, dtype, site), dtype, picked.base)
        case Arr(_, Array(dtype, 1)) if not _has_columns(cx, site):
            kind = RowType(_site_of_arrays(cx, dtype, site), dtype)
        case Lst():
            decline(node, "LW103", f"a list whose elements are {describe(row)} is not covered")
        case _:
            return
    widen(cx, site, kind, node)
    decline(node, "LW103", f"a list whose elements are {describe(row)} is not covered in this form")


def _has_columns(cx: Scope, site: int) -> bool:
    return cx.unit.arrays_by == "columns" or isinstance(cx.unit.sites.element(site), Arr)


def _picked(cx: Scope, row: Value, node: ast.AST) -> RowAt | None:
    """Which row of an argument it is, if lists are to hold it as that."""
    if cx is not cx.unit.main or cx.unit.arrays_by != "numbers" or node in cx.at_once:
        return None
    picked = row.row if isinstance(row, Arr) else None
    if picked is None or not isinstance(picked.base.expr, Var):
        return None
    return picked if picked.base.expr.sym in cx.unit.constant else None


def _site_of_arrays(cx: Scope, dtype: DType, site: int) -> int:
    """The site of the joined elements of the arrays in lists of the site `site`."""
    elem = Num(dtype)
    element = Number(Var(cx.unit.blank.sym("element", elem)), (elem,))
    return cx.unit.sites.site(("elements of arrays", dtype, site), element)


def next_form(unit: Unit) -> ArrayForm | None:
    """How lists of arrays may be held where a program cannot be lowered as it is."""
    kinds = [k for k in unit.sites.elements if isinstance(k, RowType) and k.dtype is not None]
    if not kinds:
        return None
    return "columns" if all(kind.base is None for kind in kinds) else "rows"


def to_columns(cx: Scope, value: RaggedList) -> NoReturn:
    """Hold the lists of arrays that `value` may be in columns; lowering starts again."""
    assert isinstance(value.items, Lst) and value.dtype is not None
    t = Array(value.dtype, 1)
    sites = cx.unit.sites
    for site, kind in enumerate(sites.elements):
        if isinstance(kind, RowType) and sites.find(kind.site) == sites.find(value.items.site):
            sites.elements[site] = template(cx, Arr(NOTHING.expr, t, frozenset()))
    start_over(cx)


def append_row(cx: Scope, base: RaggedList, row: Value, node: ast.AST) -> None:
    """`base.append(row)`."""
    items, ends = base.items, base.bounds
    if base.picked:
        _append_picked(cx, base, row, node)
        return
    if not base.made or not isinstance(items, Lst) or foreign_rows(items):
        decline(node, "LW110", "a list of rows that may come from outside changes its length")
    if not all(isinstance(e, Var) for e in (*items.columns, ends)):
        decline(node, "LW108", "only a list that has a name may change its length")
    _same_kind(cx, base, items, row, node)
    assert isinstance(row, (Arr, Lst)) and isinstance(ends, Var)
    if isinstance(row, Arr):
        lists(cx, items, row, node)
    elif node not in cx.at_once and not _known_here_only(cx, row):
        decline(node, "LW110", "a row that is put into a list may be changed by another name")
    cx.at(node)
    cx.emit(Append(ends.sym, cx.hold(list_length(items), "start"), cx.span))
    at = cx.sym(cx.fresh("k"), INT)
    sources = row.columns if isinstance(row, Lst) else (row.expr,)
    held = [e if isinstance(e, Var) else cx.hold(e, "row") for e in sources]
    count = list_length(row) if isinstance(row, Lst) else Dim(held[0], 0, INT)
    with cx.block() as body:
        for column, source in zip(items.columns, held, strict=True):
            assert isinstance(column, Var) and isinstance(column.type, ListOf)
            cx.emit(Append(column.sym, Load(source, (Pt(Var(at)),), column.type.elem), cx.span))
    count = cx.hold(count, "n")
    cx.emit(For(at, integer(0), count, integer(1), tuple(body), (), cx.span))
    cx.emit(Append(ends.sym, cx.hold(list_length(items), "end"), cx.span))
    if cx.unit.sites.within(items.site, set(cx.unit.grown_rows)):
        _leave_room(cx, items, count)


def _leave_room(cx: Scope, items: Lst, count: Expr) -> None:
    """Room behind the last row, of `count` elements, to grow (`lower_grown_rows`): its last element again."""
    if count == integer(0):
        return
    room = cx.sym(cx.fresh("room"), INT)
    cx.set(room, integer(LEAST_ROOM))
    double = Assign(room, Binary("mul", integer(2), Var(room), INT), cx.span)
    cx.emit(While(test("lt", Var(room), count), (double,), (), cx.span))
    some = test("gt", count, integer(0))
    more = cx.hold(Select(some, Binary("sub", Var(room), count, INT), integer(0), INT), "more")
    k = cx.sym(cx.fresh("k"), INT)
    with cx.block() as body:
        last = Binary("sub", list_length(items), integer(1), INT)
        for column in items.columns:
            assert isinstance(column, Var) and isinstance(column.type, ListOf)
            cx.emit(Append(column.sym, Load(column, (Pt(last),), column.type.elem), cx.span))
    cx.emit(For(k, integer(0), more, integer(1), tuple(body), (), cx.span))


def _append_picked(cx: Scope, base: RaggedList, row: Value, node: ast.AST) -> None:
    """Append the number of a row."""
    assert isinstance(base.items, Arr)
    picked = _picked(cx, row, node)
    if (
        picked is None
        or picked.base.origins != base.items.origins
        or not isinstance(base.bounds, Var)
    ):
        decline(node, "LW302", f"a list of rows of an array would get {describe(row)}")
    cx.at(node)
    at = cx.hold(cast(picked.at, INT), "row")
    n = Dim(picked.base.expr, 0, INT)
    inside = Logic("and", test("le", Unary("neg", n, INT), at), test("lt", at, n), BOOL)
    cx.check(inside, "index out of range")
    cx.emit(Append(base.bounds.sym, at, cx.span))


def chosen(cx: Scope, rows: RaggedList) -> Expr:
    """An array of those rows of an argument that a list holds."""
    assert isinstance(rows.items, Arr)
    cx.check(test("gt", Dim(rows.bounds, 0, INT), integer(0)), "an array of an empty list")
    numbers = cast(rows.bounds, Array("int64", 1))
    t = Array(rows.items.type.dtype, rows.items.type.ndim)
    return Load(rows.items.expr, (Fancy(numbers), *[Slc()] * (t.ndim - 1)), t)


@contextmanager
def copied_at_once(cx: Scope, nodes: Iterable[ast.expr]) -> Iterator[None]:
    """Comprehensions among the nodes are seen only by a function that makes an array of them. What is in
    their lists may be part of arrays that are changed elsewhere, but not meanwhile."""
    made_at_once = {n for n in nodes if isinstance(n, ast.ListComp)} - cx.watched
    if not made_at_once:
        yield
        return
    cx.at_once |= made_at_once
    with cx.block() as made:
        yield
    if not _writes_nothing(cx, made):
        cx.watched |= made_at_once
        raise Again(cx)
    cx.out.extend(made)


def _writes_nothing(cx: Scope, stmts: Sequence[Stmt]) -> bool:
    """Whether the statements change nothing that is not made by them."""
    inside = list(walk_stmts(tuple(stmts)))
    own = _allocated(inside)
    for stmt in inside:
        match stmt:
            case Store(x) | Append(x) if x not in own:
                return False
            case Invoke(_, name):
                func = next(f for f in cx.unit.functions if f.name == name)
                if not _writes_nothing(cx, func.body):
                    return False
    return True


def _allocated(stmts: Iterable[Stmt]) -> set[Sym]:
    """The variables that hold nothing but storage which the statements allocate."""
    given: dict[Sym, list[Expr | None]] = {}
    for stmt in stmts:
        match stmt:
            case Assign(x, value):
                given.setdefault(x, []).append(value)
            case Invoke(targets):
                for x in targets:
                    given.setdefault(x, []).append(None)
    own, more = set(given), True
    while more:
        less = {x for x in own if all(_is_new(value, own) for value in given[x])}
        own, more = less, less != own
    return own


def _is_new(value: Expr | None, own: set[Sym]) -> bool:
    return isinstance(value, Alloc) or (isinstance(value, Var) and value.sym in own)


def _same_kind(cx: Scope, base: RaggedList, items: Lst, row: Value, node: ast.AST) -> None:
    match row:
        case Lst() if row.ndim == 1 and base.dtype is None:
            if unify(cx, items.site, row.site) is not None:
                return
        case Arr() if row.type.ndim == 1 and row.type.dtype == base.dtype:
            return
    decline(node, "LW302", f"a list of rows would get {describe(row)} beside others")


def foreign_rows(value: Arr | Lst) -> bool:
    """Whether the value may be a part of something else, or come from outside."""
    return any(not o.exact or o.key[0] in ("param", "capture") for o in value.origins)


def _known_here_only(cx: Scope, row: Lst) -> bool:
    """Whether nothing that is read later holds the row."""
    return (
        bool(row.origins) and not foreign_rows(row) and out_of_use(cx, {o.key for o in row.origins})
    )


def of_one_length(cx: Scope, value: RaggedList) -> Expr:
    """The arrays of a list from outside as one array with an axis more; the kernel gives up if they differ in
    length, if there are none, or if they are not all of those that are joined, in their order."""
    assert isinstance(value.items, Arr)
    t = value.items.type
    count = cx.hold(Dim(value.bounds, 0, INT), "n")
    cx.check(test("gt", count, integer(0)), "an array of an empty list")

    first = cx.hold(Load(value.bounds, (Pt(integer(0)), Pt(integer(1))), INT), "length")
    at = cx.sym(cx.fresh("k"), INT)
    ends = [Load(value.bounds, (Pt(Var(at)), Pt(integer(k))), INT) for k in (0, 1)]
    with cx.block() as body:
        turns: list[Expr] = [Var(at), Binary("add", Var(at), integer(1), INT)]
        for end, turn in zip(ends, turns, strict=True):
            there = Binary("mul", turn, first, INT)
            cx.check(test("eq", end, there), "an array of arrays of several lengths")
    cx.emit(For(at, integer(0), count, integer(1), tuple(body), (), cx.span))
    whole = Binary("mul", count, first, INT)
    cx.check(test("eq", whole, Dim(value.items.expr, 0, INT)), "an array of some of several arrays")
    rest = tuple(cx.hold(Dim(value.items.expr, k, INT), "m") for k in range(1, t.ndim))
    return Reshape(value.items.expr, (count, first, *rest), Array(t.dtype, t.ndim + 1))
