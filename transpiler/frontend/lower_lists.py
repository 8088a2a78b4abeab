"""Lists: displays, repetition, append, extend, pop, reverse.

A list is held by columns, one for each machine number of an element, so a list of pairs is two
columns. A list that `pop` shrinks keeps its buffers and a length beside them. `lower_rows` tells how lists
are held whose elements are lists or arrays.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from loopwright.frontend.lower_alias import live_in
from loopwright.frontend.lower_convert import cast, coerce, list_length
from loopwright.frontend.lower_grown import own_copy
from loopwright.frontend.lower_index import FULL, index_number
from loopwright.frontend.lower_join import columns_of, join_rows, widen
from loopwright.frontend.lower_list_index import copy_of, list_element, used_part
from loopwright.frontend.lower_listed import (
    append_array,
    arrays_in,
    borrow_twice,
    empty_column,
    lists,
    put_array,
    shares,
)
from loopwright.frontend.lower_names import views
from loopwright.frontend.lower_order import eval_all, eval_spread, spill
from loopwright.frontend.lower_parts import describe, flatten
from loopwright.frontend.lower_rows import append_row, let_hold_rows, made_rows
from loopwright.frontend.lower_running import gets_longer
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Letter,
    Lst,
    Number,
    Origin,
    RaggedList,
    RowType,
    Tpl,
    Value,
    integer,
    is_made_dict,
    test,
)
from loopwright.frontend.typing_rules import rank_of
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Binary,
    Dim,
    Expr,
    For,
    If,
    Load,
    NewAxis,
    Pt,
    Store,
    Var,
)
from loopwright.ir.types import INT, Array, ListOf

CHANGING = frozenset(
    {"append", "appendleft", "pop", "popleft", "extend", "insert", "remove", "clear"}
)
SHRINKING_QUEUES = frozenset({"heappop"})
QUEUES = SHRINKING_QUEUES | {"heappush", "insort", "insort_left", "insort_right"}
"""Functions that change the length of the list that is their first argument."""


def resized(name: str, body: Sequence[ast.stmt]) -> bool:
    """Whether the statements may change the length of the list called `name` (a name or a path)."""
    return any(_resizes(name, n) for s in body for n in ast.walk(s))


def _resizes(name: str, node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value, attr) if attr in CHANGING:
            return ast.unparse(value) == name
        case ast.AugAssign(target):
            return ast.unparse(target) == name
        case ast.Delete(targets):
            return any(
                isinstance(t, ast.Subscript) and ast.unparse(t.value) == name for t in targets
            )
        case ast.Call(func, [given, *_]) if _last(func) in QUEUES:
            return ast.unparse(given) == name
        case _:
            return False


def shrunk(node: ast.AST) -> list[str]:
    """The lists (names or paths) that a call or a `del` makes shorter."""
    match node:
        case ast.Call(ast.Attribute(base, "pop" | "popleft" | "remove")):
            found = [base]
        case ast.Call(func, [base, *_]) if _last(func) in SHRINKING_QUEUES:
            found = [base]
        case ast.Delete(targets):
            found = [t.value for t in targets if isinstance(t, ast.Subscript)]
        case _:
            found = []
    return [ast.unparse(base) for base in found if isinstance(base, (ast.Name, ast.Attribute))]


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def new_site(cx: Scope, node: ast.AST) -> int:
    return cx.unit.sites.site(("list", cx.depth, id(node)))


def fresh_list(cx: Scope, node: ast.AST, shape: tuple[Expr, ...], fill: Value | None) -> Lst:
    """A new list allocated at `node`; its elements are `fill`, or are stored later."""
    site = new_site(cx, node)
    ndim = len(shape)
    if fill is not None:
        let_hold(cx, site, fill, node)
        if is_made_dict(fill):
            decline(node, "LW103", "a list that holds one dict several times is not covered")
    elem = cx.unit.sites.element(site)
    types = columns_of(cx, site, ndim)
    if elem is not None and any(True for _ in arrays_in(elem)):
        if fill is not None:
            decline(node, "LW103", "a list that holds one array several times is not covered")
        if ndim > 1:
            decline(node, "LW103", "a list of lists of arrays is not covered")
    fills: Sequence[Expr | None] = [None] * len(types)
    if fill is not None and elem is not None:
        fills = flatten(coerce(cx, fill, elem)) or fills
    columns = tuple(
        Alloc((*shape, *[integer(0)] * (rank_of(t) - ndim)), f, t)
        for f, t in zip(fills, types, strict=True)
    )
    origin = Origin(("site", cx.depth, id(node)))
    return Lst(columns, cx.unit.sites.find(site), ndim, frozenset({origin}))


def empty_list(cx: Scope, key: tuple[object, ...]) -> Lst:
    """A new list without elements, of the allocation site `key`."""
    site = cx.unit.sites.site(key)
    columns = tuple(map(empty_column, columns_of(cx, site, 1)))
    return Lst(columns, site, 1, frozenset({Origin(key)}))


def is_plain(value: Value) -> bool:
    """Whether the value is a number, a character, an array, or a tuple of such values."""
    if isinstance(value, Tpl):
        return not value.fields and all(map(is_plain, value.items))
    return isinstance(value, (Letter, Number, Arr))


def is_element(value: Value) -> bool:
    """Whether lists hold such values: plain ones, and dicts of plain numbers that the function makes."""
    return is_plain(value) or (is_made_dict(value) and all(map(is_plain, value.parts.items)))


def let_hold(cx: Scope, site: int, value: Value, node: ast.AST) -> None:
    """Let lists of the site hold such elements."""
    let_hold_rows(cx, site, value, node)
    if not (flatten(value) or value == NOTHING) or not is_element(value):
        decline(node, "LW103", f"a list whose elements are {describe(value)} is not covered")
    widen(cx, site, value, node)


def held(cx: Scope, value: Lst) -> Lst:
    """The list with its columns in variables."""
    return Lst(
        tuple(c if isinstance(c, Var) else cx.hold(c, "items") for c in value.columns),
        value.site,
        value.ndim,
        value.origins,
        value.length,
    )


def build_list(cx: Scope, values: Sequence[Value], node: ast.AST) -> Lst | RaggedList:
    """A list of the given items."""
    site = new_site(cx, node)
    rows = made_rows(cx, node, site)
    if rows is not None:
        if isinstance(rows.items, Lst):
            borrow_twice(cx, rows.items, values)
        for value in values:
            append_row(cx, rows, value, node)
        return rows
    for value in values:
        let_hold(cx, site, value, node)
    result = fresh_list(cx, node, (integer(len(values)),), None)
    if not values:
        return result
    result = held(cx, result)
    lists(cx, result, Tpl(tuple(values)), node)
    for i, value in enumerate(values):
        put(cx, result, integer(i), value, new=True)
    return result


def put(cx: Scope, target: Lst, at: Expr, value: Value, *, new: bool = False) -> None:
    """Store an element into columns that are variables; a `new` list gets its elements in order."""
    elem = cx.unit.sites.element(target.site)
    assert elem is not None
    exprs = flatten(coerce(cx, value, elem))
    for column, expr in zip(target.columns, exprs, strict=False):
        assert isinstance(column, Var)
        if isinstance(column.type, Array):
            put_array(cx, column.sym, at, expr, new=new)
        else:
            cx.emit(Store(column.sym, (Pt(at),), expr, cx.span))


def list_display(cx: Scope, elts: Sequence[ast.expr], node: ast.AST) -> Value:
    """`[a, b, c]`; rows of one length make a table, as long as none of them grows."""
    rows = [each.elts for each in elts if isinstance(each, ast.List)]
    plain = all(
        row and not any(isinstance(e, (ast.List, ast.Starred)) for e in row) for row in rows
    )
    if not rows or len(rows) < len(elts) or len({*map(len, rows)}) > 1 or not plain:
        return build_list(cx, eval_spread(cx, elts), node)
    values = eval_all(cx, [e for row in rows for e in row])
    width = len(rows[0])
    table = _table_display(cx, values, width, node)
    if table is not None:
        return table
    parts = [values[k : k + width] for k in range(0, len(values), width)]
    made = [build_list(cx, part, each) for part, each in zip(parts, elts, strict=True)]
    return build_list(cx, made, node)


def _table_display(cx: Scope, values: Sequence[Value], width: int, node: ast.AST) -> Lst | None:
    """The numbers in rows of that length; None if they are no numbers, or the rows are joined."""
    site = new_site(cx, node)
    joined = cx.unit.sites.within(site, cx.unit.ragged)
    if joined or isinstance(cx.unit.sites.element(site), RowType):
        return None
    if not all(isinstance(v, Number) for v in values):
        return None
    for value in values:
        let_hold(cx, site, value, node)
    shape = (integer(len(values) // width), integer(width))
    result = held(cx, fresh_list(cx, node, shape, None))
    elem = cx.unit.sites.element(result.site)
    assert elem is not None
    for k, value in enumerate(values):
        place = (Pt(integer(k // width)), Pt(integer(k % width)))
        for column, expr in zip(result.columns, flatten(coerce(cx, value, elem)), strict=True):
            assert isinstance(column, Var)
            cx.emit(Store(column.sym, place, expr, cx.span))
    return result


def repeat_list(cx: Scope, left: ast.expr, right: ast.expr, node: ast.expr) -> Value | None:
    """`[x] * n` or `n * [x]`; None if neither operand is a list display."""
    if isinstance(right, ast.List) and not isinstance(left, ast.List):
        left, right = right, left
    if not isinstance(left, ast.List):
        return None
    if len(left.elts) != 1:
        return None
    fill, times = eval_all(cx, (left.elts[0], right))
    n = index_number(cx, times, right)
    if isinstance(fill, Arr) and cx is cx.unit.main and _stays(cx, fill):
        return _one_array(cx, fill, cast(n, INT))
    return fresh_list(cx, node, (cast(n, INT),), fill)


def _stays(cx: Scope, array: Arr) -> bool:
    """Whether the array is an argument whose name never means another one."""
    return isinstance(array.expr, Var) and array.expr.sym in cx.unit.constant


def _one_array(cx: Scope, array: Arr, n: Expr) -> RaggedList:
    """A list that holds an array `n` times: rows of it with a new axis in front, all of the number 0."""
    t = Array(array.type.dtype, array.type.ndim + 1)
    rows = Load(array.expr, (NewAxis(), *[FULL] * array.type.ndim), t)
    numbers = cx.hold(Alloc((n,), integer(0), ListOf(INT)), "numbers")
    return RaggedList(Arr(rows, t, views(array)), numbers)


# -------------------------------------------------------------------- growing


def foreign(cx: Scope, base: Lst) -> bool:
    """Whether the list may come from outside the function."""
    return not base.origins or any(
        o.key[0] == "param" or not o.exact or live_in(cx, o) is not None for o in base.origins
    )


def shared(cx: Scope, name: str) -> bool:
    """Whether the list called `name` may have a second name."""
    return name in cx.aliased


def growable(cx: Scope, base: Lst, node: ast.AST) -> None:
    if foreign(cx, base):
        own_copy(cx, base, node)
    if base.ndim > 1 or not all(isinstance(c, Var) for c in base.columns):
        decline(node, "LW108", "only a list that has a name may change its length")


def append(cx: Scope, base: Lst | RaggedList, value: Value, node: ast.AST) -> None:
    """`base.append(value)`."""
    if isinstance(base, RaggedList):
        append_row(cx, base, value, node)
        gets_longer(cx, base)
        return
    join_rows(cx, base)
    growable(cx, base, node)
    let_hold(cx, base.site, value, node)
    lists(cx, base, value, node)
    elem = cx.unit.sites.element(base.site)
    assert elem is not None
    cx.at(node)
    exprs = flatten(coerce(cx, value, elem))
    if len(exprs) > 1:
        exprs = tuple(cx.hold(e) for e in exprs)
    for column, expr in zip(base.columns, exprs, strict=False):
        assert isinstance(column, Var)
        if isinstance(column.type, Array):
            append_array(cx, column.sym, list_length(base), expr)
            continue
        grow = Append(column.sym, expr, cx.span)
        if base.length is None:
            cx.emit(grow)
        else:
            free = test("lt", base.length, Dim(column, 0, INT))
            reuse = Store(column.sym, (Pt(base.length),), expr, cx.span)
            cx.emit(If(free, (reuse,), (grow,), cx.span))
    if base.length is not None:
        assert isinstance(base.length, Var)
        cx.set(base.length.sym, Binary("add", base.length, integer(1), INT))
    gets_longer(cx, base)


def extend(cx: Scope, base: Lst, other: Value, node: ast.AST) -> None:
    """`base.extend(other)` and `base += other`, element by element."""
    if isinstance(other, Tpl):
        for item in [spill(cx, i) for i in other.items]:
            append(cx, base, item, node)
        return
    if not isinstance(other, Lst):
        decline(node, "LW102", f"extending a list by {describe(other)} is not covered")
    growable(cx, base, node)
    other = held(cx, other)
    sym = cx.sym(cx.fresh("i"), INT)
    count = cx.hold(list_length(other), "n")
    with cx.block() as body:
        try:
            append(cx, base, list_element(cx, other, Var(sym), node), node)
        except Unreachable:
            return
    cx.emit(For(sym, integer(0), count, integer(1), tuple(body), (), cx.span))


def to_list(cx: Scope, value: Value, node: ast.AST) -> Value | None:
    """`list(value)` of a list or a tuple; None for anything else."""
    match value:
        case Lst(_, site, 1, _, _):
            shares(cx, value)
            origin = Origin(("site", cx.depth, id(node)))
            columns = (
                used_part(value)
                if value.length is not None
                else tuple(copy_of(c) for c in value.columns)
            )
            return Lst(columns, site, 1, frozenset({origin}))
        case Tpl(items):
            return build_list(cx, items, node)
        case _:
            return None
