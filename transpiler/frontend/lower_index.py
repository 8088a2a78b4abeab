"""Index expressions of arrays: elements, views and copies; the index items of a store."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwright.frontend.lower_arith import as_operand, strip_none
from loopwright.frontend.lower_convert import cast, is_tag
from loopwright.frontend.lower_names import views
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_scope import Scope, Unreachable, decline, span_of
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Lst,
    Number,
    Rec,
    RowAt,
    Value,
    integer,
    number,
)
from loopwright.ir.nodes import (
    Const,
    Expr,
    Fancy,
    IndexItem,
    Load,
    NewAxis,
    Pt,
    Select,
    Slc,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    INT,
    NONE,
    Array,
    ListOf,
    Num,
    Py,
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


def is_ellipsis(node: ast.expr) -> bool:
    """Whether the node is `...`."""
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def index_items(cx: Scope, parts: list[ast.expr]) -> list[IndexItem | None]:
    """Each part of a subscript; None stands for an ellipsis."""
    inner: list[ast.expr] = []
    for part in parts:
        if isinstance(part, ast.Slice):
            inner += [b for b in (part.lower, part.upper, part.step) if b is not None]
        elif not is_ellipsis(part):
            inner.append(part)
    values = iter(eval_all(cx, inner))
    found: list[IndexItem | None] = []
    for part in parts:
        if isinstance(part, ast.Slice):
            given = [
                NOTHING if b is None else next(values) for b in (part.lower, part.upper, part.step)
            ]
            found.append(_slice(cx, given, part))
        elif is_ellipsis(part):
            found.append(None)
        else:
            found.append(index_item(cx, next(values), part))
    return found


def _slice(cx: Scope, given: Sequence[Value], node: ast.AST) -> Slc:
    """The slice of these bounds and step; a bound may be None on some paths where it goes forward."""
    lo, hi, step = given
    by = None if step == NOTHING else index_number(cx, step, node)
    if by is None or (isinstance(by, Const) and isinstance(by.value, int) and by.value > 0):
        return Slc(_bound(cx, lo, 0, node), _bound(cx, hi, 2**63 - 1, node), by)
    first, last = (None if b == NOTHING else index_number(cx, b, node) for b in (lo, hi))
    return Slc(first, last, by)


def _bound(cx: Scope, value: Value, absent: int, node: ast.AST) -> Expr | None:
    """A bound of a slice; where a number is None it is `absent`."""
    if value == NOTHING:
        return None
    if isinstance(value, Number) and value.tag is not None and NONE in value.types:
        none = is_tag(value.tag, value.types.index(NONE))
        rest = tuple(t for t in value.types if t != NONE)
        if all(_integral(t) for t in rest):
            return cx.hold(Select(none, integer(absent), cast(value.expr, INT), INT), "bound")
    return index_number(cx, value, node)


def index_number(cx: Scope, value: Value, node: ast.AST) -> Expr:
    """An integer that may index; the kernel fails for None, with which Python does something else."""
    if isinstance(value, Number) and len(value.types) > 1:
        value = strip_none(cx, value)
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


def index_item(cx: Scope, value: Value, node: ast.expr) -> IndexItem:
    """What a value stands for in a subscript."""
    if value == NOTHING:
        return NewAxis()
    if isinstance(value, Rec) and value.form == "slice":
        return _slice(cx, value.parts.items, node)
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
        decline(node, "LW111", "two ellipses in one index")
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
    part = Arr(point(base.expr, tuple(axes), view), view, views(base))
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
        return number(point(base.expr, index.items, Num(t.dtype)))
    if index.fancy:
        return Arr(
            Load(base.expr, index.items, Array(t.dtype, index.ndim)),
            Array(t.dtype, index.ndim),
            frozenset(),
        )
    view = Array(t.dtype, index.ndim, "C" if _contiguous(t, index.items) else "A")
    expr = point(base.expr, index.items, view)
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


def point(base: Expr, items: tuple[IndexItem, ...], t: Array | Num | Py | ListOf) -> Load:
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
