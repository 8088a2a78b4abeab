"""Columns of arrays: lists of arrays of one shape, held as one array with an axis more, a copy of the rows;
and what becomes of arrays that lists hold. Which lists are held so is told in `lower_rows`.

Python's list holds the arrays themselves. A copy stands for them as long as nobody changes an array in
place that a list holds, or one that is read from a list: arrays that are changed anywhere in the function
are listed only where nothing refers to them afterwards, and elements are never changed in place. Where the
list itself gets another array for an old one, or gets shorter, elements are copied when they are read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from loopwright.frontend.lower_alias import not_parted
from loopwright.frontend.lower_parts import origins_of
from loopwright.frontend.lower_scope import Again, Scope, decline
from loopwright.frontend.lower_values import (
    GIVEN,
    IN_LIST,
    ROW,
    TAKEN,
    Arr,
    Lst,
    Origin,
    Origins,
    Rec,
    Tpl,
    Value,
    integer,
    is_made_dict,
    test,
)
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Cast,
    Const,
    Dim,
    Expr,
    If,
    IndexItem,
    Load,
    Pt,
    Slc,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import INT, Array, Type

_GIVEN = ("param", "capture", "spare")
_OUTSIDE = (*_GIVEN, ROW)
_ROOM = 8
"""Elements that a list of arrays has room for at first."""


def arrays_in(value: Value) -> Iterator[Arr]:
    """The arrays that a value consists of."""
    match value:
        case Arr():
            yield value
        case Tpl(items):
            for item in items:
                yield from arrays_in(item)
        case _:
            pass


def holds_arrays(cx: Scope, value: Lst) -> bool:
    """Whether the elements of the list are arrays, or have some."""
    element = cx.unit.sites.element(value.site)
    return element is not None and any(True for _ in arrays_in(element))


def holds_dicts(cx: Scope, value: Lst) -> bool:
    """Whether the elements of the list are dicts that the function makes."""
    element = cx.unit.sites.element(value.site)
    return element is not None and is_made_dict(element)


def bare(value: Value) -> Value:
    """An element as a list holds it: of no origin, contiguous."""
    match value:
        case Arr(expr, t, _):
            return Arr(expr, Array(t.dtype, t.ndim), frozenset())
        case Tpl(items):
            return Tpl(tuple(map(bare, items)), value.fields)
        case Rec() if value.made:
            return replace(value, made=IN_LIST)
        case _:
            return value


def empty_column(t: Type) -> Alloc:
    """The column of a list without elements."""
    ndim = t.ndim if isinstance(t, Array) else 1
    return Alloc((integer(0),) * ndim, None, t)


def leading(column: Expr, item: IndexItem) -> tuple[IndexItem, ...]:
    """An index on the elements of a column, each as a whole."""
    rest = column.type.ndim - 1 if isinstance(column.type, Array) else 0
    return (item, *[Slc()] * rest)


def slice_of(column: Expr, part: Slc) -> Expr:
    """A copy of a slice of the elements of a column."""
    t = column.type
    view = Array(t.dtype, t.ndim, "A") if isinstance(t, Array) else t
    return Cast(Load(column, leading(column, part), view), t)


def shares(cx: Scope, base: Lst) -> None:
    """Another list gets arrays or dicts of this one."""
    if holds_arrays(cx, base) or holds_dicts(cx, base):
        _borrows(cx, base)


# ------------------------------------------------------------------------ storing


def put_array(cx: Scope, column: Sym, at: Expr, value: Expr, *, new: bool) -> None:
    """Element `at` of the column is `value`. A `new` column gets the shape of its elements at the first."""
    value = value if isinstance(value, Var) else cx.hold(value, "row")
    assert isinstance(column.type, Array)
    lengths = tuple(Dim(value, k, INT) for k in range(column.type.ndim - 1))
    with cx.block() as first:
        cx.set(column, Alloc((Dim(Var(column), 0, INT), *lengths), None, column.type))
    if new and at == integer(0):
        cx.out.extend(first)
    elif new and not isinstance(at, Const):
        cx.emit(If(test("eq", at, integer(0)), tuple(first), (), cx.span))
    _of_one_shape(cx, column, lengths)
    cx.emit(Store(column, leading(Var(column), Pt(at)), value, cx.span))


def append_array(cx: Scope, column: Sym, length: Expr, value: Expr) -> None:
    """One element more behind `length` others, in a column that grows by doubling."""
    value = value if isinstance(value, Var) else cx.hold(value, "row")
    assert isinstance(column.type, Array)
    lengths = tuple(Dim(value, k, INT) for k in range(column.type.ndim - 1))
    room = Dim(Var(column), 0, INT)
    with cx.block() as first:
        cx.set(column, Alloc((integer(_ROOM), *lengths), None, column.type))
    with cx.block() as later:
        _of_one_shape(cx, column, lengths)
        with cx.block() as more:
            grown = cx.sym(cx.fresh("grown"), column.type)
            doubled = Binary("mul", integer(2), length, INT)
            cx.set(grown, Alloc((doubled, *lengths), None, column.type))
            used = leading(Var(column), Slc(None, length))
            cx.emit(Store(grown, used, Load(Var(column), used, column.type), cx.span))
            cx.set(column, Var(grown))
        cx.emit(If(test("ge", length, room), tuple(more), (), cx.span))
    cx.emit(If(test("eq", length, integer(0)), tuple(first), tuple(later), cx.span))
    cx.emit(Store(column, leading(Var(column), Pt(length)), value, cx.span))


def _of_one_shape(cx: Scope, column: Sym, lengths: tuple[Expr, ...]) -> None:
    for k, length in enumerate(lengths):
        same = test("eq", length, Dim(Var(column), k + 1, INT))
        cx.check(same, "the arrays of a list have one shape")


# ------------------------------------------------------------------------ reading


def stacked(cx: Scope, value: Lst, node: ast.AST) -> Expr:
    """The arrays of a list as one array with an axis more."""
    if len(value.columns) != 1:
        decline(node, "LW102", "an array of tuples that hold arrays is not covered")
    (column,) = value.columns
    length = value.length if value.length is not None else Dim(column, 0, INT)
    cx.check(test("gt", length, integer(0)), "an array of an empty list")
    if value.length is None:
        return column
    used = leading(column, Slc(None, value.length))
    return Cast(Load(column, used, column.type), column.type)


def as_element(cx: Scope, base: Lst, element: Value, origins: Origins) -> Value:
    """An element that was read, with the origins of what it is a part of."""
    match element:
        case Arr(expr, t, _):
            if cx.unit.sites.within(base.site, cx.unit.replaced):
                taken = Origin((TAKEN, base.site), False)
                return Arr(cx.hold(Cast(expr, t), "row"), t, frozenset({taken}))
            return Arr(expr, t, origins)
        case Tpl(items):
            parts = (as_element(cx, base, item, origins) for item in items)
            return Tpl(tuple(parts), element.fields)
        case Rec():
            return replace(element, made=frozenset())
        case _:
            return element


def replaces(cx: Scope, base: Lst) -> None:
    """Arrays of the list give way to others: what is read from it is copied, then."""
    if holds_arrays(cx, base) and base.site not in cx.unit.replaced:
        cx.unit.replaced.add(base.site)
        cx.unit.sites.version += 1
        raise Again


# ------------------------------------------------------------------------ changes


def changes(cx: Scope, origins: Origins, node: ast.AST) -> None:
    """An array of these origins is changed in place."""
    keys = {o.key for o in origins}
    cx.unit.changed |= keys
    if keys & cx.unit.listed:
        decline(node, "LW110", "an array that a list holds is changed")
    not_parted(cx, origins, node)


def lists(cx: Scope, base: Lst, value: Value, node: ast.AST) -> None:
    """The list gets an element: declined if its arrays may change while the list holds them, or if it is a
    dict that may have a second name."""
    dicts = [part for part in _items(value) if is_made_dict(part)]
    keys_ = [o.key for part in dicts for o in origins_of(part)]
    given_ = any(part.made & GIVEN for part in dicts)
    if given_ or len(set(keys_)) < len(keys_) or not out_of_use(cx, set(keys_)):
        decline(node, "LW108", "a dict that a list holds has a second name")
    given = list(arrays_in(value))
    if not given or node in cx.at_once:
        return
    borrow_twice(cx, base, given)
    cx.unit.listed |= {o.key for o in base.origins}
    for array in given:
        keys = {o.key for o in array.origins}
        if is_borrowed(cx, keys):
            _borrows(cx, base)
        if not keys or out_of_use(cx, keys):
            continue
        if any(key[0] in _GIVEN for key in keys) and cx.caller is not None:
            decline(node, "LW110", "a list holds an array that the function was given")
        _borrows(cx, base)
        cx.unit.listed |= keys
        if keys & cx.unit.changed:
            decline(node, "LW110", "an array that a list holds is changed")
    if {o.key for o in base.origins} & cx.unit.changed:
        decline(node, "LW110", "an array that a list holds is changed")


def is_borrowed(cx: Scope, keys: Iterable[tuple[object, ...]]) -> bool:
    """Whether an array of these origins was read from a list whose elements others may hold."""
    unit = cx.unit
    for key in keys:
        sites = {key[1]} if key[0] in (ROW, TAKEN) and isinstance(key[1], int) else set()
        if key in unit.borrowed or any(unit.sites.within(s, unit.borrowing) for s in sites):
            return True
    return False


def _borrows(cx: Scope, base: Lst) -> None:
    cx.unit.borrowing.add(base.site)
    cx.unit.borrowed |= {o.key for o in base.origins}


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Tpl) else (value,)


def borrow_twice(cx: Scope, base: Lst, values: Iterable[Value]) -> None:
    """The list gets the values, of which two may be one."""
    storages = [o.key for value in values for o in origins_of(value)]
    if len(set(storages)) < len(storages):
        _borrows(cx, base)


def out_of_use(cx: Scope, keys: set[tuple[object, ...]]) -> bool:
    """Whether what is put into a list is storage of these keys for the only time, and nothing refers to it
    behind the present statement."""
    if any(key[0] in _OUTSIDE for key in keys):
        return False
    holders = [
        name for name, entry in cx.live.items() if keys & {o.key for o in origins_of(entry.value)}
    ]
    if not holders:
        return True
    if cx.comprehending or keys & cx.given:
        return False
    cx.given |= keys
    return not any(name in cx.live_after or not name.isidentifier() for name in holders)
