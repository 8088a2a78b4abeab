"""Methods of lists, operators on two lists, and searching in lists."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_alias import which
from loopwright.frontend.lower_compare import compare, truth
from loopwright.frontend.lower_convert import cast, list_length
from loopwright.frontend.lower_deque import plain_deque
from loopwright.frontend.lower_grown import own_copy
from loopwright.frontend.lower_grown_rows import append_to_row
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_list_index import (
    copy_of,
    element_of,
    in_buffer,
    list_element,
    used_part,
)
from loopwright.frontend.lower_listed import (
    as_element,
    empty_column,
    holds_arrays,
    replaces,
    shares,
    slice_of,
)
from loopwright.frontend.lower_lists import (
    append,
    build_list,
    extend,
    foreign,
    growable,
    held,
    let_hold,
    put,
    shared,
)
from loopwright.frontend.lower_order import eval_all, present, spill
from loopwright.frontend.lower_parts import describe, origins_of, refill
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_sorted import sorted_columns
from loopwright.frontend.lower_values import (
    Lst,
    Maybe,
    Number,
    Origin,
    RaggedList,
    Tpl,
    Value,
    integer,
    number,
    test,
    truth_const,
)
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Break,
    Call,
    Const,
    Expr,
    For,
    If,
    Load,
    Pt,
    Select,
    Slc,
    Stmt,
    Store,
    Var,
)
from loopwright.ir.types import BOOL, INT, ListOf, is_scalar, kind_of, machine_dtype

STATEMENTS = frozenset(
    {"append", "appendleft", "extend", "insert", "remove", "reverse", "clear", "sort"}
)


def list_statement(cx: Scope, node: ast.Call) -> bool:
    """A method call that stands as a statement and changes a list; False if it is none."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr not in STATEMENTS:
        return False
    if isinstance(func.value, ast.Subscript) and func.attr == "append" and len(node.args) == 1:
        if append_to_row(cx, func.value, node):
            return True
    base = cx.eval(func.value)
    if isinstance(base, RaggedList) and func.attr == "append" and len(node.args) == 1:
        append(cx, base, cx.eval(node.args[0]), node)
        return True
    if not isinstance(base.value if isinstance(base, Maybe) else base, Lst):
        return False
    base = present(cx, base)
    assert isinstance(base, Lst)
    args = eval_all(cx, node.args)
    match func.attr, args:
        case "append", [value]:
            append(cx, base, value, node)
        case "extend", [value]:
            extend(cx, base, value, node)
        case "appendleft", [value]:
            plain_deque(cx, node)
            insert(cx, base, integer(0), value, node)
        case "insert", [at, value]:
            insert(cx, base, cast(index_number(cx, at, node), INT), value, node)
        case "remove", [value]:
            _remove(cx, base, value, node)
        case "reverse", []:
            step = Slc(None, None, integer(-1))
            turned = tuple(slice_of(c, step) for c in used_part(base))
            replaces(cx, base)
            _replace(cx, func.value, base, turned, node)
        case "clear", []:
            empty = tuple(empty_column(c.type) for c in base.columns)
            _replace(cx, func.value, base, empty, node)
        case "sort", []:
            ordered = sorted_columns(cx, base, node, method=True)
            _replace(cx, func.value, base, ordered, node)
        case _:
            decline(node, "LW102", f"`{func.attr}` of a list is not covered in this form")
    return True


def _replace(
    cx: Scope, target: ast.expr, base: Lst, columns: tuple[Expr, ...], node: ast.AST
) -> None:
    """Change a list as a whole; only for a list that has one name."""
    new = Lst(columns, base.site, base.ndim, base.origins)
    if which(cx, base) is not None:
        store_variable(cx, own_copy(cx, base, node, "is changed as a whole"), new)
        return
    if not isinstance(target, ast.Name) or base.ndim > 1 or foreign(cx, base):
        decline(node, "LW108", "this list may be known by another name")
    name = cx.renamed.get(target.id, target.id)
    keys = {o.key for o in base.origins}
    others = (entry.value for key, entry in cx.live.items() if key != name)
    if shared(cx, target.id) or any(o.key in keys for v in others for o in origins_of(v)):
        decline(node, "LW108", "this list may be known by another name")
    store_variable(cx, name, new)


def list_method(cx: Scope, base: Lst, node: ast.Call, attr: str) -> Value:
    """A method call on a list that gives a value."""
    args = eval_all(cx, node.args)
    match attr, args:
        case "pop", [] | [Number(Const(value=-1), _, _)]:
            return pop_last(cx, base, node)
        case "popleft", []:
            plain_deque(cx, node)
            return _pop_at(cx, base, integer(0), node)
        case "pop", [at]:
            return _pop_at(cx, base, cast(index_number(cx, at, node), INT), node)
        case "copy", [] if base.ndim == 1:
            shares(cx, base)
            origin = Origin(("site", cx.depth, id(node)))
            columns = (
                tuple(copy_of(c) for c in base.columns) if base.length is None else used_part(base)
            )
            return Lst(columns, base.site, 1, frozenset({origin}))
        case "index", [value]:
            found, at_ = position(cx, base, value, node)
            cx.check(found, "the value is not in the list")
            return number(at_)
        case "count", [value]:
            return _count(cx, base, value, node)
        case _:
            decline(node, "LW102", f"`{attr}` of a list is not covered in this form")


# ------------------------------------------------------------- at any position


def insert(cx: Scope, base: Lst, at: Expr, value: Value, node: ast.AST) -> None:
    """`base.insert(at, value)`: the elements behind move up by one."""
    growable(cx, base, node)
    let_hold(cx, base.site, value, node)
    _numbers_only(cx, base, node)
    n = cx.hold(list_length(base), "n")
    if isinstance(at, Const) and isinstance(at.value, int) and at.value >= 0:
        place: Expr = at if at.value == 0 else Call("min2", (at, n), INT)
    else:
        at = cx.hold(at, "at")
        wrapped = Call("max2", (Binary("add", at, n, INT), integer(0)), INT)
        place = Select(test("lt", at, integer(0)), wrapped, Call("min2", (at, n), INT), INT)
    place = cx.hold(place, "at")
    value = spill(cx, value)
    append(cx, base, value, node)
    behind = cx.sym(cx.fresh("k"), INT)
    before = Binary("sub", Var(behind), integer(1), INT)
    moves = _moves(cx, base, Var(behind), before)
    cx.emit(For(behind, n, place, integer(-1), moves, (), cx.span))
    put(cx, base, place, value)


def _numbers_only(cx: Scope, base: Lst, node: ast.AST) -> None:
    if holds_arrays(cx, base):
        decline(node, "LW102", "moving the arrays of a list is not covered")


def _moves(cx: Scope, base: Lst, to: Expr, source: Expr) -> tuple[Stmt, ...]:
    """Element `source` goes to place `to`, in each column."""
    return tuple(
        Store(c.sym, (Pt(to),), Load(c, (Pt(source),), c.type.elem), cx.span)
        for c in base.columns
        if isinstance(c, Var) and isinstance(c.type, ListOf)
    )


def pop_last(cx: Scope, base: Lst, node: ast.AST) -> Value:
    """`base.pop()`."""
    growable(cx, base, node)
    if not isinstance(base.length, Var):
        decline(node, "LW108", "only a list that has a name may shrink")
    cx.at(node)
    cx.check(test("gt", base.length, integer(0)), "pop from an empty list")
    cx.set(base.length.sym, Binary("sub", base.length, integer(1), INT))
    elem = cx.unit.sites.element(base.site)
    if elem is None:
        raise Unreachable("pop from a list that stays empty", cx.at(node))
    replaces(cx, base)
    items: list[Expr] = [element_of(c, base.length) for c in base.columns]
    return spill(cx, as_element(cx, base, refill(elem, items), frozenset()))


def _pop_at(cx: Scope, base: Lst, at: Expr, node: ast.AST) -> Value:
    """`base.pop(at)`: the elements behind move down by one."""
    length = shrinkable(cx, base, node)
    cx.at(node)
    place = cx.hold(in_buffer(cx, base, at), "at")
    item = spill(cx, list_element(cx, base, place, node))
    close_gap(cx, base, length, place, integer(1))
    return item


def _remove(cx: Scope, base: Lst, value: Value, node: ast.AST) -> None:
    """`base.remove(value)`: the first element that is equal is taken out."""
    length = shrinkable(cx, base, node)
    found, at = position(cx, base, value, node)
    cx.at(node)
    cx.check(found, "the value is not in the list")
    close_gap(cx, base, length, at, integer(1))


def shrinkable(cx: Scope, base: Lst, node: ast.AST) -> Var:
    """The length of a list from which elements are taken out anywhere."""
    growable(cx, base, node)
    _numbers_only(cx, base, node)
    if not isinstance(base.length, Var):
        decline(node, "LW108", "only a list that has a name may shrink")
    return base.length


def close_gap(cx: Scope, base: Lst, length: Var, first: Expr, count: Expr) -> None:
    """The elements behind the `count` ones from `first` on move down to there."""
    last = cx.hold(Binary("sub", length, count, INT), "last")
    here = cx.sym(cx.fresh("k"), INT)
    moves = _moves(cx, base, Var(here), Binary("add", Var(here), count, INT))
    cx.emit(For(here, first, last, integer(1), moves, (), cx.span))
    cx.set(length.sym, last)


# ---------------------------------------------------------------- new from old


def concatenated(cx: Scope, a: Lst, b: Lst, node: ast.AST) -> Value:
    """`a + b`: a new list."""

    def fill(new: Callable[[], Lst]) -> None:
        extend(cx, new(), a, node)
        extend(cx, new(), b, node)

    return _joined(cx, fill, node)


def repeated(cx: Scope, a: Lst, times: Value, node: ast.AST) -> Value:
    """`a * times`: a new list."""
    count = cx.hold(cast(index_number(cx, times, node), INT), "n")
    a = held(cx, Lst(used_part(a), a.site, a.ndim, a.origins))

    def fill(new: Callable[[], Lst]) -> None:
        with cx.block() as body:
            extend(cx, new(), a, node)
        k = cx.sym(cx.fresh("k"), INT)
        cx.emit(For(k, integer(0), count, integer(1), tuple(body), (), cx.span))

    return _joined(cx, fill, node)


def _joined(cx: Scope, fill: Callable[[Callable[[], Lst]], None], node: ast.AST) -> Value:
    name = cx.fresh("items")
    store_variable(cx, name, build_list(cx, [], node))

    def new() -> Lst:
        value = cx.live[name].value
        assert isinstance(value, Lst)
        return value

    fill(new)
    return cx.live.pop(name).value


# ------------------------------------------------------------------- searching


def position(cx: Scope, base: Lst, value: Value, node: ast.AST) -> tuple[Expr, Expr]:
    """Whether the list holds an element equal to `value`, and the position of the first."""
    value = _sought(cx, value, node)
    found, at = cx.sym(cx.fresh("found"), BOOL), cx.sym(cx.fresh("at"), INT)
    cx.set(found, truth_const(False))
    cx.set(at, integer(0))
    if cx.unit.sites.element(base.site) is None:
        return Var(found), Var(at)
    k = cx.sym(cx.fresh("k"), INT)
    with cx.block() as body:
        equal = truth(cx, compare(cx, "eq", _element(cx, base, Var(k), node), value, node), node)
        hit = (
            Assign(found, truth_const(True), cx.span),
            Assign(at, Var(k), cx.span),
            Break(cx.span),
        )
        cx.emit(If(equal, hit, (), cx.span))
    cx.emit(For(k, integer(0), list_length(base), integer(1), tuple(body), (), cx.span))
    return Var(found), Var(at)


def _count(cx: Scope, base: Lst, value: Value, node: ast.AST) -> Value:
    value = _sought(cx, value, node)
    total = cx.sym(cx.fresh("count"), INT)
    cx.set(total, integer(0))
    if cx.unit.sites.element(base.site) is None:
        return number(Var(total))
    k = cx.sym(cx.fresh("k"), INT)
    with cx.block() as body:
        equal = truth(cx, compare(cx, "eq", _element(cx, base, Var(k), node), value, node), node)
        more = Assign(total, Binary("add", Var(total), integer(1), INT), cx.span)
        cx.emit(If(equal, (more,), (), cx.span))
    cx.emit(For(k, integer(0), list_length(base), integer(1), tuple(body), (), cx.span))
    return number(Var(total))


def _element(cx: Scope, base: Lst, at: Expr, node: ast.AST) -> Value:
    """An element below the length in use."""
    return list_element(cx, Lst(base.columns, base.site, base.ndim, base.origins), at, node)


def _sought(cx: Scope, value: Value, node: ast.AST) -> Value:
    """The value that elements are compared with. Python looks at identity first, which shows for NaN."""
    value = spill(cx, value)
    parts = list(value.items) if isinstance(value, Tpl) else [value]
    for part in parts:
        if not isinstance(part, Number):
            decline(node, "LW102", f"searching {describe(value)} in a list is not covered")
        t = part.expr.type
        if is_scalar(t) and kind_of(machine_dtype(t)) in "fc":
            cx.check(test("eq", part.expr, part.expr), "searching NaN in a list")
    return value
