"""Subscripts: reading elements, views and copies; the index items of a store."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from loopwright.frontend.lower_arith import as_operand, choose
from loopwright.frontend.lower_join import cast
from loopwright.frontend.lower_listed import as_element, leading, shares, slice_of
from loopwright.frontend.lower_names import is_prefix, read_path, views
from loopwright.frontend.lower_order import eval_all, keep, spill
from loopwright.frontend.lower_parts import describe, flatten, refill, row_part, row_with
from loopwright.frontend.lower_rows import to_columns
from loopwright.frontend.lower_scope import Scope, Unreachable, decline, span_of
from loopwright.frontend.lower_values import (
    NOTHING,
    ROW,
    Arr,
    Letter,
    Lst,
    Mixed,
    Number,
    Object,
    Origin,
    RaggedList,
    Row,
    RowAt,
    String,
    Text,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.ir.nodes import (
    Binary,
    Cast,
    Const,
    Dim,
    Expr,
    Fancy,
    IndexItem,
    Load,
    Logic,
    NewAxis,
    Pt,
    Select,
    Slc,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    INT,
    Array,
    ListOf,
    Num,
    Py,
    element,
    is_scalar,
    kind_of,
    machine_dtype,
)

FULL = Slc()


@dataclass(frozen=True, slots=True)
class Index:
    """An evaluated subscript: the items, each axis covered, and the rank of what it selects."""

    items: tuple[IndexItem, ...]
    ndim: int
    ellipsis: bool = False

    @property
    def fancy(self) -> bool:
        return any(isinstance(i, Fancy) for i in self.items)


def subscript(cx: Scope, base: Value, node: ast.Subscript) -> Value:
    """`base[index]` as a value, for the value of the base."""
    match base:
        case Arr():
            index = array_index(cx, base.type, node.slice)
            part = row_part(base)
            if part is not None and len(index.items) == 1 and isinstance(index.items[0], Pt):
                return number(_in_row(cx, part, index.items[0].at))
            if node in cx.operands:  # arithmetic makes a number of an array without axes
                index = replace(index, ellipsis=False)
            return load(base, index, node)
        case String(codes):
            return string_part(subscript(cx, codes, node), node)
        case Lst():
            return _list_item(cx, base, node)
        case RaggedList():
            if isinstance(node.slice, ast.Slice):
                return _some_rows(cx, base, node)
            return row_of(cx, base, list_position(cx, cx.eval(node.slice), node.slice))
        case Row(items):
            found = _list_item(cx, items, node)
            return row_with(found) if isinstance(node.slice, ast.Slice) else found
        case Tpl():
            return _tuple_item(cx, base, node)
        case Object(path):
            return _object_item(cx, path, node)
        case _:
            decline(node, "LW103", f"indexing {describe(base)} is not covered")


# ---------------------------------------------------------------------- arrays


def array_index(cx: Scope, t: Array, node: ast.expr) -> Index:
    """The index items of `x[node]` for an array of type `t`."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    if not isinstance(node, ast.Tuple | ast.Slice) and not _is_ellipsis(node):
        value = cx.eval(node)
        if isinstance(value, Tpl):
            return complete([_item(cx, v, node) for v in value.items], t, node)
        return complete([_item(cx, value, node)], t, node)
    return complete(_items(cx, parts), t, node)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _items(cx: Scope, parts: list[ast.expr]) -> list[IndexItem | None]:
    """Each part of a subscript; None stands for an ellipsis."""
    inner: list[ast.expr] = []
    for part in parts:
        if isinstance(part, ast.Slice):
            inner += [b for b in (part.lower, part.upper, part.step) if b is not None]
        elif not _is_ellipsis(part):
            inner.append(part)
    values = iter(eval_all(cx, inner))
    found: list[IndexItem | None] = []
    for part in parts:
        if isinstance(part, ast.Slice):
            bounds = [
                None if b is None else _bound(cx, next(values), b)
                for b in (part.lower, part.upper, part.step)
            ]
            found.append(Slc(*bounds))
        elif _is_ellipsis(part):
            found.append(None)
        else:
            found.append(_item(cx, next(values), part))
    return found


def _bound(cx: Scope, value: Value, node: ast.expr) -> Expr | None:
    if value == NOTHING:
        return None
    return index_number(cx, value, node)


def index_number(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """An integer that may index."""
    if isinstance(value, Number) and value.tag is not None and is_scalar(value.expr.type):
        if all(machine_dtype(t) != "bool" and _integral(t) for t in value.types):
            return value.expr
    expr = as_operand(cx, value, node)
    if not is_scalar(expr.type) or kind_of(machine_dtype(expr.type)) not in "iu":
        decline(node, "LW304", f"an index of type {expr.type} is not covered")
    return expr


def list_position(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """An integer that may index a list; True and False are 1 and 0."""
    if isinstance(value, Number) and value.types == (BOOL,):
        return cast(value.expr, INT)
    return index_number(cx, value, node)


def _integral(t: object) -> bool:
    return (isinstance(t, type(INT)) and t == INT) or (
        isinstance(t, Num) and kind_of(t.dtype) in "iu"
    )


def _item(cx: Scope, value: Value, node: ast.expr) -> IndexItem:
    if value == NOTHING:
        return NewAxis()
    if isinstance(value, (Arr, Lst)):
        by = as_operand(cx, value, node)
        if kind_of(machine_dtype(by.type)) not in "iub":
            decline(node, "LW304", f"an index of type {by.type} raises IndexError")
        return Fancy(by)
    return Pt(index_number(cx, value, node))


def complete(found: list[IndexItem | None], t: Array, node: ast.AST) -> Index:
    """Expand the ellipsis and the missing axes, and count the rank of the result."""
    used = sum(_axes_used(i) for i in found)
    missing = t.ndim - used
    if missing < 0:
        raise Unreachable("too many indices", span_of(node))
    if found.count(None) > 1:
        decline(node, "LW103", "two ellipses in one index")
    ellipsis = None in found
    if not ellipsis:
        found = [*found, None]
    at = found.index(None)
    items = tuple(i for i in (*found[:at], *[FULL] * missing, *found[at + 1 :]) if i is not None)
    kept = sum(isinstance(i, (Slc, NewAxis)) for i in items)
    fancy = [i.by.type for i in items if isinstance(i, Fancy)]
    masks = [m for m in fancy if machine_dtype(m) == "bool"]
    if masks and (len(fancy) > 1 or not _beside_points(items)):
        decline(node, "LW103", "a boolean mask together with other indices is not covered")
    ranks = [1 if machine_dtype(f) == "bool" else f.ndim for f in fancy]  # type: ignore[union-attr]
    return Index(items, kept + max(ranks, default=0), ellipsis)


def _axes_used(item: IndexItem | None) -> int:
    if item is None or isinstance(item, NewAxis):
        return 0
    if isinstance(item, Fancy) and machine_dtype(item.by.type) == "bool":
        assert isinstance(item.by.type, Array)
        return item.by.type.ndim
    return 1


def _beside_points(items: tuple[IndexItem, ...]) -> bool:
    """Whether nothing stands between the mask and the points, which it selects at, then."""
    chosen = [k for k, item in enumerate(items) if isinstance(item, (Pt, Fancy))]
    return chosen[-1] - chosen[0] == len(chosen) - 1


def at_points(base: Arr, index: Index) -> tuple[Arr, Index]:
    """The part of `base` at the points beside a mask, and the index without them."""
    by = [i.by for i in index.items if isinstance(i, Fancy)]
    if not any(isinstance(i, Pt) for i in index.items) or not any(
        machine_dtype(b.type) == "bool" for b in by
    ):
        return base, index
    axes: list[IndexItem] = []
    for item in index.items:
        axes += [item] if isinstance(item, Pt) else [FULL] * _axes_used(item)
    view = Array(base.type.dtype, sum(item == FULL for item in axes), "A")
    if _contiguous(base.type, tuple(axes)):
        view = Array(view.dtype, view.ndim)
    part = Arr(_point(base.expr, tuple(axes), view), view, views(base))
    return part, replace(index, items=tuple(i for i in index.items if not isinstance(i, Pt)))


def load(base: Arr, index: Index, node: ast.AST) -> Value:
    """`base[index]`: an element, a view, or (with an index array) a copy."""
    base, index = at_points(base, index)
    t = base.type
    if index.ndim == 0 and not index.fancy:
        if index.ellipsis:
            decline(
                node, "LW103", "an ellipsis that stands for no axis makes an array without axes"
            )
        return number(_point(base.expr, index.items, Num(t.dtype)))
    if index.fancy:
        return Arr(
            Load(base.expr, index.items, Array(t.dtype, index.ndim)),
            Array(t.dtype, index.ndim),
            frozenset(),
        )
    view = Array(t.dtype, index.ndim, "C" if _contiguous(t, index.items) else "A")
    expr = _point(base.expr, index.items, view)
    return Arr(expr, view, views(base), _row_at(base, index))


def _row_at(base: Arr, index: Index) -> RowAt | None:
    """Which row of an argument the index chooses."""
    first, *rest = index.items
    argument = [o for o in base.origins if o.exact and o.key[0] == "param" and len(o.key) == 2]
    if len(argument) != 1 or len(base.origins) != 1 or not isinstance(base.expr, Var):
        return None
    if not isinstance(first, Pt) or any(item != FULL for item in rest):
        return None
    return RowAt(base, first.at)


def _contiguous(t: Array, items: tuple[IndexItem, ...]) -> bool:
    """Leading points, then at most one slice of step 1, then whole axes: C order is kept."""
    rest = [i for i in items if not isinstance(i, NewAxis)]
    while rest and isinstance(rest[0], Pt):
        rest.pop(0)
    if rest and isinstance(rest[0], Slc) and rest[0].step in (None, Const(1, INT)):
        rest.pop(0)
    return t.layout == "C" and all(i == FULL for i in rest)


def _point(base: Expr, items: tuple[IndexItem, ...], t: Array | Num | Py | ListOf) -> Load:
    """A Load, merged with that of a row: `x[i][j]` is `x[i, j]`."""
    inner, merged = merge(base, items)
    return Load(inner, merged, t)


def merge(base: Expr, items: tuple[IndexItem, ...]) -> tuple[Expr, tuple[IndexItem, ...]]:
    """The index of `base[items]` on the array below, where `base` is leading points of it."""
    if isinstance(base, Load):
        lead = [i for i in base.index if isinstance(i, Pt)]
        rest = base.index[len(lead) :]
        if lead and all(i == FULL for i in rest):
            return merge(base.x, (*lead, *items))
    return base, items


# ----------------------------------------------------------------------- lists


def _list_item(cx: Scope, base: Lst, node: ast.Subscript) -> Value:
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
        return refill(elem, [_in_row(cx, part, at) for part in parts])
    at = in_buffer(cx, base, at)
    items: tuple[IndexItem, ...] = (Pt(at), *[FULL] * (base.ndim - 1))
    if base.ndim > 1:
        rows = []
        for column in base.columns:
            assert isinstance(column.type, ListOf)
            rows.append(_point(column, items, ListOf(column.type.elem, base.ndim - 1)))
        return Lst(tuple(rows), base.site, base.ndim - 1, views_of(base))
    found = refill(elem, [element_of(c, at) for c in base.columns])
    return as_element(cx, base, found, views_of(base))


def element_of(column: Expr, at: Expr) -> Load:
    """Element `at` of a column."""
    t = column.type
    part = Array(t.dtype, t.ndim - 1) if isinstance(t, Array) else element(t)
    return _point(column, leading(column, Pt(at)), part)


def string_part(part: Value, node: ast.AST) -> Value:
    """What an index or a slice of the code points of a string stands for."""
    match part:
        case Number(expr, (_,), None):
            return Letter(cast(expr, INT))
        case Arr(_, t, _) if t.ndim == 1:
            return String(part)
        case _:
            decline(node, "LW103", "this index of a string is not covered")


def _some_rows(cx: Scope, base: RaggedList, node: ast.Subscript) -> Value:
    """A slice of a list of rows: another list, of the same rows."""
    if base.made and not base.picked:
        if base.dtype is not None:
            to_columns(cx, base)
        decline(node, "LW103", "a slice of a list of rows is not covered")
    assert isinstance(node.slice, ast.Slice)
    (item,) = _items(cx, [node.slice])
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
        number_ = cx.hold(_point(base.bounds, (Pt(at),), INT), "row")
        ndim = base.items.type.ndim
        index = Index((Pt(number_), *[FULL] * (ndim - 1)), ndim - 1)
        return load(base.items, index, ast.Pass())
    if base.made:
        at = at if isinstance(at, Const) else cx.hold(at, "at")
        ends: list[Expr] = [
            cx.hold(_point(base.bounds, (Pt(_twice(at, k)),), INT), "end") for k in (0, 1)
        ]
    else:
        ends = [_point(base.bounds, (Pt(at), Pt(integer(k))), INT) for k in (0, 1)]
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
            row = Arr(Load(expr, part, t), t, views(base.items))
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


def _in_row(cx: Scope, part: Load, at: Expr) -> Expr:
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
    (item,) = _items(cx, [part])
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


# ------------------------------------------------------------- tuples, objects


def constant_index(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as n):
            return int(n)
        case ast.UnaryOp(ast.USub(), ast.Constant(value=int() as n)):
            return -int(n)
        case _:
            return None


def _tuple_item(cx: Scope, base: Tpl, node: ast.Subscript) -> Value:
    if isinstance(node.slice, ast.Slice):
        bounds = [
            None if b is None else constant_index(b)
            for b in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        given = (node.slice.lower, node.slice.upper, node.slice.step)
        if any(b is None and g is not None for b, g in zip(bounds, given, strict=True)):
            decline(node, "LW103", "a tuple is sliced at constant positions only")
        keep(cx, base)
        return Tpl(base.items[slice(*bounds)])
    value = cx.eval(node.slice)
    if isinstance(value, Number) and isinstance(value.expr, Const):
        at = value.expr.value
        keep(cx, base)
        if isinstance(at, int) and -len(base.items) <= at < len(base.items):
            item = base.items[at]
            if isinstance(item, Mixed):
                decline(node, "LW302", item.reason)
            return item
        raise Unreachable("tuple index out of range", cx.at(node))
    if not base.items:
        raise Unreachable("tuple index out of range", cx.at(node))
    return _chosen_item(cx, base, index_number(cx, value, node.slice), node)


def _chosen_item(cx: Scope, base: Tpl, index: Expr, node: ast.AST) -> Value:
    """The item at a position that is known at run time only."""
    base, n = spill_tuple(cx, base), len(base.items)
    at = cx.hold(cast(index, INT), "at")
    cx.check(test("ge", at, integer(-n)), "tuple index out of range")
    cx.check(test("lt", at, integer(n)), "tuple index out of range")

    def from_(k: int) -> Value:
        if k == n - 1:
            return base.items[k]
        here = Logic("or", test("eq", at, integer(k)), test("eq", at, integer(k - n)), BOOL)
        return choose(cx, here, lambda: base.items[k], lambda: from_(k + 1), node)

    return from_(0)


def spill_tuple(cx: Scope, base: Tpl) -> Tpl:
    """The tuple with its items in variables, for use more than once."""
    held = spill(cx, base)
    assert isinstance(held, Tpl)
    return held


def _object_item(cx: Scope, path: str, node: ast.Subscript) -> Value:
    key_value = cx.eval(node.slice)
    match key_value:
        case Text(key):
            name = f"{path}[{key!r}]"
        case Number(Const(value=int() as n), _, _):
            name = f"{path}[{n!r}]"
        case _:
            decline(node, "LW103", f"`{path}` is indexed by constant keys only")
    found = read_path(cx, name, node)
    if found is not None:
        return found
    if is_prefix(cx, name):
        return Object(name)
    decline(node, "LW301", f"the type of `{name}` is not known")
