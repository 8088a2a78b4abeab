"""Lists of rows that the function makes: `rows.append([a, b])`, `[x[i] * k for i in ...]`, `[[1], [2, 3]]`.

Such a list is held by its rows joined to one list, and by the first position of each row and the one behind
its last. A row that is appended is copied, so no other name may be left by which it could be changed; rows
are only read, and copied where they get a name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from loopwright.frontend.lower_join import (
    cast,
    columns_of,
    list_length,
    unify,
    widen,
)
from loopwright.frontend.lower_names import (
    dim,
)
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Lst,
    Number,
    Origin,
    RaggedList,
    RowAt,
    RowType,
    Value,
    describe,
    integer,
    origins_of,
    test,
)
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Dim,
    Draw,
    For,
    Invoke,
    Load,
    Logic,
    Pt,
    Stmt,
    Store,
    Unary,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    INT,
    DType,
    ListOf,
    Num,
)
from loopwright.ir.walk import (
    walk_stmts,
)


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
    """Let lists of the site hold such rows, if it is one; lowering starts again if they did not."""
    if not isinstance(row, (Arr, Lst)):
        return
    rank = row.ndim if isinstance(row, Lst) else row.type.ndim
    picked = _picked(cx, row)
    if rank > 1 and picked is None:
        decline(node, "LW103", f"a list whose elements are {describe(row)} is not covered")
    if isinstance(row, Lst):
        kind = RowType(cx.unit.sites.find(row.site), None)
    else:
        base = None if picked is None else picked.base
        kind = RowType(_site_of_arrays(cx, row.type.dtype), row.type.dtype, base)
    reason = widen(cx, site, kind)
    if reason is not None:
        decline(node, "LW302", reason)
    decline(node, "LW103", f"a list whose elements are {describe(row)} is not covered in this form")


def _picked(cx: Scope, row: Value) -> RowAt | None:
    """Which row of an argument it is, if lists are to hold it as that."""
    if cx is not cx.unit.main or cx.copying or not isinstance(row, Arr):
        return None
    return row.row


def _site_of_arrays(cx: Scope, dtype: DType) -> int:
    """The site of lists that hold the elements of arrays."""
    elem = Num(dtype)
    element = Number(Var(cx.unit.blank.sym("element", elem)), (elem,))
    return cx.unit.sites.site(("elements of arrays", dtype), element)


def append_row(
    cx: Scope, base: RaggedList, row: Value, given: ast.expr | None, node: ast.AST
) -> None:
    """`base.append(row)`; `given` is the row as text."""
    items, ends = base.items, base.bounds
    if base.picked:
        _append_picked(cx, base, row, node)
        return
    if not base.made or not isinstance(items, Lst) or _foreign(items):
        decline(node, "LW102", "a list of rows that may come from outside changes its length")
    if not all(isinstance(e, Var) for e in (*items.columns, ends)):
        decline(node, "LW102", "only a list that has a name may change its length")
    _same_kind(cx, base, items, row, node)
    assert isinstance(row, (Arr, Lst)) and isinstance(ends, Var)
    if not cx.copying and not _known_here_only(cx, row, given):
        decline(node, "LW102", "a row that is put into a list may be changed by another name")
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
    cx.emit(For(at, integer(0), cx.hold(count, "n"), integer(1), tuple(body), (), cx.span))
    cx.emit(Append(ends.sym, cx.hold(list_length(items), "end"), cx.span))


def _append_picked(cx: Scope, base: RaggedList, row: Value, node: ast.AST) -> None:
    """Append the number of a row."""
    assert isinstance(base.items, Arr)
    picked = _picked(cx, row)
    if (
        picked is None
        or picked.base.origins != base.items.origins
        or not isinstance(base.bounds, Var)
    ):
        decline(node, "LW302", f"a list of rows of an array would get {describe(row)}")
    cx.at(node)
    at = cx.hold(cast(picked.at, INT), "row")
    n = dim(picked.base, 0)
    inside = Logic("and", test("le", Unary("neg", n, INT), at), test("lt", at, n), BOOL)
    cx.check(inside, "index out of range")
    cx.emit(Append(base.bounds.sym, at, cx.span))


@contextmanager
def copied_at_once(cx: Scope, given: ast.expr, node: ast.AST) -> Iterator[None]:
    """Rows of the comprehension `given` may be views of what nothing changes until they are copied."""
    before, cx.copying = cx.copying, isinstance(given, ast.ListComp)
    try:
        with cx.block() as made:
            yield
    finally:
        copying, cx.copying = cx.copying, before
    if copying and not _writes_nothing(cx, made):
        decline(node, "LW102", "rows are made by code that changes arrays")
    cx.out.extend(made)


def _writes_nothing(cx: Scope, stmts: Sequence[Stmt]) -> bool:
    """Whether the statements change nothing that is not made by them."""
    for stmt in walk_stmts(tuple(stmts)):
        match stmt:
            case Store(x) | Append(x) if x not in cx.hidden:
                return False
            case Draw():
                return False
            case Invoke(_, name):
                func = next(f for f in cx.unit.functions if f.name == name)
                inside = list(walk_stmts(func.body))
                if any(isinstance(s, (Store, Append, Draw, Invoke)) for s in inside):
                    return False
    return True


def _same_kind(cx: Scope, base: RaggedList, items: Lst, row: Value, node: ast.AST) -> None:
    match row:
        case Lst() if row.ndim == 1 and base.dtype is None:
            if unify(cx, items.site, row.site) is not None:
                return
        case Arr() if row.type.ndim == 1 and row.type.dtype == base.dtype:
            return
    decline(node, "LW302", f"a list of rows would get {describe(row)} beside others")


def _foreign(value: Arr | Lst) -> bool:
    """Whether the value may be a part of something else, or come from outside."""
    return any(not o.exact or o.key[0] in ("param", "capture") for o in value.origins)


def _known_here_only(cx: Scope, row: Arr | Lst, given: ast.expr | None) -> bool:
    """Whether no variable that is read later holds the row."""
    if _foreign(row) or (isinstance(row, Lst) and not row.origins):
        return False
    if given is not None and isinstance(given, ast.Name) and given.id in cx.live_after:
        return False
    return not any(
        name in cx.live_after and origins_of(entry.value) & row.origins
        for name, entry in cx.live.items()
    )
