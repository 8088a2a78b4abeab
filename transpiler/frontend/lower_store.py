"""Assignment targets: names, tuples, elements, slices, attributes; in-place operators."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from loopwright.frontend.lower_alias import which
from loopwright.frontend.lower_arith import as_operand, binary
from loopwright.frontend.lower_array_index import array_index
from loopwright.frontend.lower_classes import holder_of, is_made, note_store
from loopwright.frontend.lower_convert import cast, coerce
from loopwright.frontend.lower_grown import handed_back, own_copy
from loopwright.frontend.lower_grown_rows import may_get_name
from loopwright.frontend.lower_handed_out import hand_out
from loopwright.frontend.lower_hashes import augmented as hashed_update
from loopwright.frontend.lower_hashes import store as hashed_store
from loopwright.frontend.lower_index import (
    FULL,
    Index,
    at_points,
    index_number,
    load,
    merge,
)
from loopwright.frontend.lower_join import store_variable, template, widen
from loopwright.frontend.lower_list_index import copied_row, in_buffer, list_element
from loopwright.frontend.lower_listed import changes, lists, put_array, replaces
from loopwright.frontend.lower_lists import build_list, extend, foreign
from loopwright.frontend.lower_names import is_prefix, lookup, member, outside
from loopwright.frontend.lower_order import effects, present, spill
from loopwright.frontend.lower_parts import describe, flatten, is_row
from loopwright.frontend.lower_scope import Again, Scope, decline
from loopwright.frontend.lower_slices import slice_writer
from loopwright.frontend.lower_structs import place_of, put
from loopwright.frontend.lower_unpack import shared_out
from loopwright.frontend.lower_values import (
    Arr,
    Hashed,
    Lst,
    Maybe,
    Number,
    Object,
    Origin,
    Rec,
    Text,
    Tpl,
    Value,
    number,
)
from loopwright.frontend.typing_rules import rank_of, same_kind
from loopwright.ir.nodes import BinaryOp, Cast, Const, Expr, IndexItem, Pt, Store, Sym, Var
from loopwright.ir.types import (
    FLOAT,
    NONE,
    Array,
    DType,
    ListOf,
    Py,
    kind_of,
    machine_dtype,
)


def named(cx: Scope, value: Value, node: ast.AST, *place: int) -> Value:
    """A fresh array that gets a name: its storage is known by `node` and its place in a tuple."""
    if isinstance(value, (Arr, Lst)) and is_row(value):
        may_get_name(cx, value, node)
        return copied_row(value)
    if isinstance(value, Arr) and not value.origins:
        origin = Origin(("site", cx.depth, id(node), *place))
        return Arr(value.expr, value.type, frozenset({origin}))
    if isinstance(value, Tpl):
        parts = (named(cx, v, node, *place, k) for k, v in enumerate(value.items))
        return replace(value, items=tuple(parts))
    if isinstance(value, Maybe):
        return Maybe(named(cx, value.value, node, *place), value.there)
    return value


def assign_to(cx: Scope, target: ast.expr, value: Value) -> None:
    """`target = value`."""
    match target:
        case ast.Name(name):
            if name in cx.appended and isinstance(value, Arr) and value.row is not None:
                kept = replace(value.row, at=cx.hold(value.row.at, "row"))
                value = replace(value, row=kept)
            store_variable(cx, cx.renamed.get(name, name), named(cx, value, target))
        case ast.Tuple(elts) | ast.List(elts):
            for part, item in shared_out(cx, elts, value, target):
                assign_to(cx, part, item)
        case ast.Subscript():
            _store_item(cx, target, value)
        case ast.Attribute():
            store_path(cx, _path_of(cx, target), named(cx, value, target), target)
        case _:
            decline(target, "LW101", "this assignment target is not covered")


# ------------------------------------------------------------------ attributes


def _path_of(cx: Scope, target: ast.Attribute) -> str:
    base = cx.eval(target.value)
    if not isinstance(base, Object):
        decline(target, "LW101", f"setting an attribute of {describe(base)} is not covered")
    return f"{base.path}.{target.attr}"


def store_path(cx: Scope, path: str, value: Value, node: ast.AST) -> None:
    """`self.w = value`: the attribute is state that the function hands back."""
    if isinstance(value, Lst) and path not in cx.unit.stores and which(cx, value) == path:
        handed_back(cx, path, value, node)
        return
    if is_made(path):
        note_store(cx, path, node)
        if holder_of(path) in cx.made:
            store_variable(cx, path, value)
            return
    elif path not in cx.unit.stores:
        decline(node, "LW104", f"`{path}` is set, which the region does not hand back")
    if is_prefix(cx, path):
        decline(node, "LW104", f"`{path}` is replaced while parts of it are inputs")
    if cx.caller is not None and path not in cx.stores:
        cx.stores[path] = None
        cx.result = None
        before = outside(cx.caller, path, node)
        if isinstance(before, (Number, Arr, Lst, Tpl)):
            # what a path that does not set it leaves
            cx.captures[path] = before
        raise Again(cx)
    store_variable(cx, path, value)


# -------------------------------------------------------------------- elements


def _store_item(cx: Scope, target: ast.Subscript, value: Value) -> None:
    with cx.block() as made:
        base = present(cx, cx.eval(target.value))
        write = _writer(cx, base, target)
    if effects(cx, made):
        value = spill(cx, value)
    cx.out.extend(made)
    write(value)


def _writer(cx: Scope, base: Value, target: ast.Subscript) -> Callable[[Value], None]:
    """Evaluates the index; the function returned stores a value there."""
    match base:
        case Arr():
            index = array_index(cx, base.type, target.slice)
            return lambda value: store_array(cx, base, index, value, target)
        case Lst():
            if isinstance(target.slice, ast.Slice):
                return slice_writer(cx, base, target.slice, target, store_list)
            at = index_number(cx, cx.eval(target.slice), target.slice)
            return lambda value: store_list(cx, base, at, value, target)
        case Hashed():
            if base.form == "set":
                decline(target, "LW111", "a set takes no items by key")
            place = cx.eval(target.slice)
            return lambda value: hashed_store(cx, base, place, value, target)
        case Rec(_, "dict"):
            entry = place_of(cx, base, target)
            return lambda value: put(cx, base, entry, value, target)
        case Object(path):
            key = cx.eval(target.slice)
            if isinstance(key, Text):
                return lambda value: store_path(cx, f"{path}[{key.value!r}]", value, target)
            decline(target, "LW101", f"assignment into {describe(base)} is not covered")
        case _:
            decline(target, "LW101", f"assignment into {describe(base)} is not covered")


def _storage(
    cx: Scope, base: Expr, items: tuple[IndexItem, ...], node: ast.AST
) -> tuple[Sym, tuple[IndexItem, ...]]:
    """The variable that a store goes to, and the index on it."""
    inner, merged = merge(base, items)
    if not isinstance(inner, Var):
        held = cx.hold(inner, "view")
        assert isinstance(held, Var)
        inner = held
    return inner.sym, merged


def store_array(cx: Scope, base: Arr, index: Index, value: Value, node: ast.AST) -> None:
    """`base[index] = value`."""
    if not base.origins:
        decline(node, "LW101", "assignment into a temporary array is not covered")
    if is_row(base):
        decline(node, "LW110", "a row of a list of rows is changed")
    changes(cx, base.origins, node)
    if isinstance(value, Tpl):
        if hand_out(cx, base, index, value, store_array, node):
            return
        if all(isinstance(item, Number) for item in value.items):
            value = build_list(cx, value.items, node)
    operand = stored_operand(cx, value, base.type.dtype, node)
    if rank_of(operand.type) > index.ndim:
        decline(node, "LW304", "the value has more axes than the place that it is stored to")
    cx.at(node)
    base, index = at_points(base, index)
    sym, items = _storage(cx, base.expr, index.items, node)
    cx.emit(Store(sym, items, operand, cx.span))


def stored_operand(cx: Scope, value: Value, dtype: DType, node: ast.AST) -> Expr:
    """A value about to be stored in an array of that dtype."""
    if isinstance(value, Number):
        if NONE in value.types:
            decline(node, "LW304", "None may be stored in an array")
        if value.tag is not None:
            integral = kind_of(dtype) in "iub"
            is_float = machine_dtype(value.expr.type) == "float64"
            value = number(cast(value.expr, FLOAT) if integral and is_float else value.expr)
    operand = as_operand(cx, value, node)
    if isinstance(operand, Cast) and isinstance(operand.x.type, ListOf):
        if not isinstance(operand.x.type.elem, Py):
            decline(node, "LW304", "NumPy numbers in a list are stored in an array")
        # each element is converted by itself, and may not fit
        operand = cast(operand.x, Array(dtype, operand.x.type.ndim))
    if kind_of(machine_dtype(operand.type)) == "c" and kind_of(dtype) != "c":
        decline(node, "LW304", "a complex value is stored in an array of real numbers")
    return operand


def store_list(cx: Scope, base: Lst, at: Expr, value: Value, node: ast.AST) -> None:
    """`base[at] = value` on a list of numbers (or tuples of numbers)."""
    if base.ndim > 1 or isinstance(value, Lst):
        decline(node, "LW101", "replacing a row of a nested list is not covered")
    if is_row(base):
        decline(node, "LW110", "a row of a list of rows is changed")
    if foreign(cx, base) and cx.unit.of_rows(base.site):
        decline(node, "LW110", "a row of a list from outside is changed")
    widen_elements(cx, base, value, node)
    elem = cx.unit.sites.element(base.site)
    assert elem is not None
    exprs = flatten(coerce(cx, value, elem))
    at = in_buffer(cx, base, at)
    cx.at(node)
    if len(exprs) > 1:
        exprs = tuple(cx.hold(e) for e in exprs)
    replaces(cx, base)
    lists(cx, base, value, node)
    for column, expr in zip(base.columns, exprs, strict=False):
        if isinstance(column.type, Array):
            assert isinstance(column, Var)
            put_array(cx, column.sym, cx.hold(at, "at"), expr, new=False)
            continue
        sym, items = _storage(cx, column, (Pt(at),), node)
        cx.emit(Store(sym, items, expr, cx.span))


def widen_elements(cx: Scope, base: Lst, value: Value, node: ast.AST) -> None:
    """Let the list hold `value` too; one from outside becomes the function's own copy for that."""
    if cx.unit.sites.frozen[cx.unit.sites.find(base.site)] and which(cx, base) is not None:
        element = cx.unit.sites.element(base.site)
        if element is not None and template(cx, value) != element:
            own_copy(cx, base, node, "gets an element of another type")
    widen(cx, base.site, value, node)


# ----------------------------------------------------------- in-place operators


def augmented(
    cx: Scope, target: ast.expr, op: BinaryOp, operand: Callable[[], Value], node: ast.AST
) -> None:
    """`target op= operand()`; the target's parts are evaluated once, before the operand."""

    def combine(a: Value, b: Value) -> Value:
        return binary(cx, op, a, b, node)

    match target:
        case ast.Name(name):
            old = lookup(cx, name, target)
            new = _second(cx, old, operand)

            def put(value: Value) -> None:
                store_variable(cx, cx.renamed.get(name, name), named(cx, value, target))

            _update(cx, new, op, combine, put, target)
        case ast.Attribute():
            base = cx.eval(target.value)
            if not isinstance(base, Object):
                decline(target, "LW101", f"setting an attribute of {describe(base)} is not covered")
            old = member(cx, base, target.attr, target)
            new = _second(cx, old, operand)
            path = f"{base.path}.{target.attr}"
            _update(cx, new, op, combine, lambda v: store_path(cx, path, v, target), target)
        case ast.Subscript():
            _augmented_item(cx, target, op, operand, combine)
        case _:
            decline(target, "LW101", "this assignment target is not covered")


def _second(cx: Scope, old: Value, operand: Callable[[], Value]) -> tuple[Value, Value]:
    with cx.block() as made:
        other = operand()
    if effects(cx, made) and isinstance(old, (Number, Tpl)):
        old = spill(cx, old)
    cx.out.extend(made)
    return old, other


def _update(
    cx: Scope,
    sides: tuple[Value, Value],
    op: BinaryOp,
    combine: Callable[[Value, Value], Value],
    put: Callable[[Value], None],
    node: ast.AST,
) -> None:
    """In place for arrays and for `+=` of lists, a new value for numbers."""
    old, other = present(cx, sides[0]), sides[1]
    if isinstance(old, Arr):
        t = old.type
        _in_place(cx, old, Index((FULL,) * t.ndim, t.ndim), combine(old, other), node)
    elif isinstance(old, Lst) and op == "add":
        extend(cx, old, other, node)
    elif isinstance(old, Lst) and op == "mul":
        decline(node, "LW101", "repeating a list in place is not covered")
    else:
        put(combine(old, other))


def _in_place(cx: Scope, base: Arr, index: Index, value: Value, node: ast.AST) -> None:
    """`base[index] op= ...` with NumPy's casting rule for in-place operators."""
    operand = as_operand(cx, value, node)
    if not same_kind(operand.type, base.type.dtype):
        decline(
            node,
            "LW304",
            f"an in-place operator cannot put {operand.type} into an array of {base.type.dtype}",
        )
    store_array(cx, base, index, value, node)


def _augmented_item(
    cx: Scope,
    target: ast.Subscript,
    op: BinaryOp,
    operand: Callable[[], Value],
    combine: Callable[[Value, Value], Value],
) -> None:
    base = present(cx, cx.eval(target.value))
    if isinstance(base, Arr):
        index = _held_index(cx, array_index(cx, base.type, target.slice))
        old, other = _second(cx, load(base, index, target), operand)
        changed = combine(old, other)
        if index.ndim or index.fancy:
            _in_place(cx, base, index, changed, target)
        else:
            store_array(cx, base, index, changed, target)
    elif isinstance(base, Lst) and not isinstance(target.slice, ast.Slice):
        at = cx.eval(target.slice)
        place = _held(cx, index_number(cx, at, target.slice))
        if base.length is not None:
            place = in_buffer(cx, base, place)
            base = Lst(base.columns, base.site, base.ndim, base.origins)
        old, other = _second(cx, list_element(cx, base, place, target), operand)
        if isinstance(old, Arr):
            decline(target, "LW110", "an array that a list holds is changed")
        store_list(cx, base, place, combine(old, other), target)
    elif isinstance(base, Hashed):
        where = cx.eval(target.slice)
        hashed_update(cx, base, where, lambda old: _second(cx, old, operand), combine, target)
    elif isinstance(base, Rec):
        entry = place_of(cx, base, target)
        old, other = _second(cx, cx.eval(_as_load(target)), operand)
        put(cx, base, entry, combine(old, other), target)
    elif isinstance(base, Object):
        key = cx.eval(target.slice)
        if not isinstance(key, Text):
            decline(target, "LW101", f"assignment into {describe(base)} is not covered")
        new = _second(cx, cx.eval(_as_load(target)), operand)
        path = f"{base.path}[{key.value!r}]"
        _update(cx, new, op, combine, lambda v: store_path(cx, path, v, target), target)
    else:
        decline(target, "LW101", f"assignment into {describe(base)} is not covered")


def _as_load(target: ast.Subscript) -> ast.expr:
    return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)


def _held(cx: Scope, expr: Expr) -> Expr:
    """An index used twice: kept in a variable unless it is a name, a constant or one addition."""
    return expr if isinstance(expr, (Const, Var)) else cx.hold(expr, "at")


def _held_index(cx: Scope, index: Index) -> Index:
    items: list[IndexItem] = []
    for item in index.items:
        items.append(Pt(_held(cx, item.at)) if isinstance(item, Pt) else item)
    return Index(tuple(items), index.ndim, index.ellipsis)
