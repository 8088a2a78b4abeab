"""Lowering a whole function: repeated until the types agree; helper functions and their calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from loopwright.diagnostics import NOWHERE, CannotLower
from loopwright.frontend import lower_expr, lower_over, lower_stmt
from loopwright.frontend.lower_alias import not_parted
from loopwright.frontend.lower_along import library_names
from loopwright.frontend.lower_grown import copy_captures
from loopwright.frontend.lower_join import canonical
from loopwright.frontend.lower_list_index import copied_row
from loopwright.frontend.lower_listed import changes
from loopwright.frontend.lower_live import liveness, writes
from loopwright.frontend.lower_names import captured_entry, outside
from loopwright.frontend.lower_noted import note_names
from loopwright.frontend.lower_objects import received
from loopwright.frontend.lower_parts import (
    flatten,
    is_row,
    origins_of,
    refill,
    row_with,
    with_origin,
    with_origins,
)
from loopwright.frontend.lower_recursion import (
    called_again,
    calls_under_way,
    limit_calls,
)
from loopwright.frontend.lower_running import gets_longer
from loopwright.frontend.lower_scope import (
    Active,
    Again,
    Rules,
    Scope,
    Unreachable,
    decline,
    span_of,
)
from loopwright.frontend.lower_signature import (
    outdated,
    parameters,
    signature,
    told_arguments,
    types_key,
)
from loopwright.frontend.lower_store import store_path
from loopwright.frontend.lower_structs import dicts_in
from loopwright.frontend.lower_tidy import tidy
from loopwright.frontend.lower_values import (
    GIVEN,
    NOTHING,
    Arr,
    Closure,
    Entry,
    Hashed,
    Lst,
    Maybe,
    Number,
    Origin,
    RaggedList,
    Row,
    Table,
    Tpl,
    Value,
)
from loopwright.ir.nodes import Assign, Expr, Func, Invoke, Sym, Var
from loopwright.ir.walk import Body, assigned

ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Helper:
    """A function lowered for certain argument types."""

    name: str
    captures: dict[str, Value]
    captures_key: dict[str, object]
    result: Value
    result_key: object
    stores: tuple[str, ...]
    depth: int
    made: dict[str, ast.ClassDef]
    counted: bool


def rules() -> Rules:
    """The translators of expressions, statements and calls."""
    return Rules(
        lower_expr.expr,
        lower_expr.condition,
        lower_stmt.body,
        invoke,
        lower_over.is_generated,
        lower_over.generated,
    )


def prepare(cx: Scope, statements: Sequence[ast.stmt], at_end: Sequence[str] = ()) -> None:
    """Facts about the text that lowering needs."""
    cx.liveness = liveness(statements, at_end)
    note_names(cx, statements)


def settle_function(
    cx: Scope,
    statements: Sequence[ast.stmt],
    begin: Callable[[], None],
    end: Callable[[], None],
    node: ast.AST,
    stale: Callable[[], bool] = lambda: False,
) -> None:
    """Lower the body until nothing more is learnt; the statements are then in `cx.out`.

    `stale` tells that what the caller handed over has changed, so that the caller must start again.
    """
    for _ in range(ROUNDS):
        before = _learnt(cx)
        cx.restart()
        try:
            begin()
            cx.unit.rules.body(cx, statements)
            if cx.env is not None:
                _ended(cx, end)
        except Again as again:
            if (again.scope is None and stale()) or again.scope not in (None, cx):
                raise
            continue
        if before == _learnt(cx):
            return
    decline(node, "LW302", "the types in this function do not settle")


def _learnt(cx: Scope) -> tuple[object, ...]:
    """What the next lowering of the function starts with."""
    return cx.result, cx.unit.sites.version, tuple(cx.captures), tuple(cx.stores), cx.calls


def _ended(cx: Scope, end: Callable[[], None]) -> None:
    """What follows the last statement; the original raises there if it lacks a value."""
    try:
        end()
    except Unreachable as error:
        cx.stop(error.reason)


def invoke(cx: Scope, callee: Closure, given: list[Value], node: ast.AST) -> Value:
    """Call a function of the program with one value for each of its parameters."""
    given = [_passed(cx, v, node, k) for k, v in enumerate(given)]
    try:
        helper = (
            _again(cx, callee, given, node)
            or _cached(cx, callee, given, node)
            or _lower_helper(cx, callee, given, node)
        )
    except CannotLower as error:
        told = replace(error.declined, call=span_of(node))
        raise CannotLower(told, error.needs, error.branch) from None
    outer = {key: _outside(cx, key, node) for key in helper.captures}
    fixed = told_arguments(callee, given)
    args: list[Expr] = []
    for k, value in enumerate(given):
        args += flatten(value) if k not in fixed else ()
    for captured, value in outer.items():
        args += flatten(value) if captured not in cx.unit.told else ()
    if helper.counted:
        args.append(calls_under_way(cx))
    name = cx.fresh("r")
    shape = canonical(cx, name, helper.result)
    targets = tuple(e.sym for e in flatten(shape) if isinstance(e, Var))
    cx.at(node)
    cx.emit(Invoke(targets, helper.name, tuple(args), cx.span))
    actual = dict(zip(helper.captures, outer.values(), strict=True))
    origins: dict[tuple[object, ...], Value] = {
        ("param", helper.depth, k): v for k, v in enumerate(given)
    }
    origins |= {("capture", helper.depth, k): v for k, v in actual.items()}
    for key, value in origins.items():
        if key in cx.unit.changed:
            changes(cx, origins_of(value), node)
        if key in cx.unit.parted:
            cx.unit.parted |= {o.key for o in origins_of(value)}
            not_parted(cx, origins_of(value), node)
        if key in cx.unit.lengthened:
            gets_longer(cx, value)
    result = with_origins(shape, origins, Origin(("call", cx.depth, id(node))))
    stores, result = received(cx, helper.made, helper.stores, result, node)
    assert isinstance(result, Tpl)
    for path, value in zip(stores, result.items[1:], strict=True):
        store_path(cx, path, value, node)
    return result.items[0]


def _again(cx: Scope, callee: Closure, given: list[Value], node: ast.AST) -> Helper | None:
    """The function that is being lowered, if this is a call of itself with arguments of the same types."""
    key = signature(cx, callee, given)
    scope = called_again(
        cx, callee, lambda active: signature(cx, callee, active.given) == key, node
    )
    if scope is None:
        return None
    if scope.result is None:
        raise Unreachable(f"`{callee.name}` has not returned yet", cx.at(node))
    return _helper(cx, scope, counted=True)


def _helper(cx: Scope, inner: Scope, *, counted: bool) -> Helper:
    """The function that is lowered in `inner`, as calls of it see it."""
    assert inner.result is not None
    return Helper(
        inner.name,
        dict(inner.captures),
        {k: types_key(cx, v) for k, v in inner.captures.items()},
        inner.result,
        types_key(cx, inner.result),
        tuple(inner.stores),
        inner.depth,
        dict(inner.made),
        counted,
    )


def _passed(cx: Scope, value: Value, node: ast.AST, k: int) -> Value:
    """An argument as it is handed over: arrays in variables, each of known origin."""
    if isinstance(value, (Arr, Lst)):
        if is_row(value):
            value = copied_row(value)
        if not value.origins:
            value = with_origin(value, Origin(("argument", cx.depth, id(node), k)))
        held = [e if isinstance(e, Var) else cx.hold(e, "arg") for e in flatten(value)]
        return refill(value, held)
    if isinstance(value, Row):
        return row_with(_passed(cx, value.items, node, k))
    if isinstance(value, RaggedList):
        held = [e if isinstance(e, Var) else cx.hold(e, "arg") for e in flatten(value)]
        return refill(value, held)
    if isinstance(value, Tpl):
        return replace(value, items=tuple(_passed(cx, v, node, k) for v in value.items))
    if isinstance(value, Table):
        return Table(Tpl(tuple(_passed(cx, v, node, k) for v in value.parts.items)), value.row)
    if isinstance(value, Hashed):
        slots = value.slots if isinstance(value.slots, Var) else cx.hold(value.slots, "arg")
        return value.with_parts(lambda _, part: _passed(cx, part, node, k), slots)
    if isinstance(value, Maybe):
        return Maybe(_passed(cx, value.value, node, k), value.there)
    return value


def _outside(cx: Scope, key: str, node: ast.AST) -> Value:
    """The present value, at the call, of a variable that the helper captured."""
    value = outside(cx, key, node)
    assert value is not None
    return value


def _cached(cx: Scope, callee: Closure, given: list[Value], node: ast.AST) -> Helper | None:
    found = cx.unit.helpers.get(signature(cx, callee, given), [])
    for helper in found:
        assert isinstance(helper, Helper)
        if helper.result_key != types_key(cx, helper.result):
            continue
        here = {k: _outside(cx, k, node) for k in helper.captures}
        if all(types_key(cx, here[k]) == key for k, key in helper.captures_key.items()):
            return helper
    return None


def _scope_within(
    cx: Scope, callee: Closure, key: tuple[object, ...], statements: list[ast.stmt]
) -> Scope:
    """The scope that the body of a function is lowered in."""
    unit = cx.unit
    outer = None if callee.depth < 0 else unit.scopes[callee.depth]
    inner = Scope(unit, outer, cx, unit.idents.get(key))
    inner.name = callee.name.split(".")[-1].replace("<lambda>", "function")
    unit.idents[key] = inner.depth
    names = parameters(callee.node)
    inner.locals = frozenset(names).union(*(writes(s) for s in statements))
    inner.bound = inner.locals
    if callee.library:
        inner.library = library_names()
    elif callee.names is not None:
        inner.library = callee.names
    inner.fixed = dict(callee.fixed)
    prepare(inner, statements)
    return inner


def _lower_helper(cx: Scope, callee: Closure, given: list[Value], node: ast.AST) -> Helper:
    unit, definition = cx.unit, callee.node
    key, fixed = signature(cx, callee, given), told_arguments(callee, given)
    statements = _statements(definition)
    inner = _scope_within(cx, callee, key, statements)
    entries = {
        name: Entry(value if k in fixed else _parameter(inner, name, value, k))
        for k, (name, value) in enumerate(zip(parameters(definition), given, strict=True))
    }
    values = tuple(e.value for e in entries.values())

    def begin() -> None:
        inner.env = dict(entries)
        for key, value in inner.captures.items():
            entry = captured_entry(inner, key, value)
            inner.env[key] = Entry(with_origin(entry.value, Origin(("capture", inner.depth, key))))
        copy_captures(inner, inner.stores)
        limit_calls(inner, definition)

    def end() -> None:
        lower_stmt.give_back(inner, NOTHING, definition)

    unit.active.append(Active(callee, given, inner))
    try:
        settle_function(
            inner,
            statements,
            begin,
            end,
            definition,
            lambda: any(outdated(cx, v) for v in (*given, *inner.captures.values())),
        )
    except CannotLower as error:
        captures = [(captured_entry(inner, k, v).value, v) for k, v in inner.captures.items()]
        pairs = [*zip(values, given, strict=True), *captures]
        needs = _given_for(error.needs, pairs)
        raise CannotLower(error.declined, needs, error.branch) from None
    finally:
        unit.active.pop()
    if inner.result is None:
        raise Unreachable(f"`{callee.name}` never returns", cx.at(node))
    if any(rec.made & GIVEN for rec in dicts_in(inner.result)):
        decline(definition, "LW108", f"`{callee.name}` hands back a dict that it was given")
    captured = {k: captured_entry(inner, k, v).value for k, v in inner.captures.items()}
    syms = [e.sym for v in (*values, *captured.values()) for e in flatten(v) if isinstance(e, Var)]
    if inner.calls is not None:
        syms.append(inner.calls)
    params, body = own_parameters(syms, tidy(inner.out, inner.markers, set(syms)))
    if inner.calls is None:
        inner.name = unit.unique(inner.name)
    func = Func(
        inner.name,
        params,
        tuple(e.type for e in flatten(inner.result)),
        body,
        span_of(definition),
    )
    unit.functions.append(func)
    if callee.depth < 0 and callee.name not in unit.inlined and not callee.library:
        unit.inlined.append(callee.name)
    helper = _helper(cx, inner, counted=inner.calls is not None)
    unit.helpers.setdefault(key, []).append(helper)
    return helper


def _given_for(needs: object, pairs: Iterable[tuple[Value, Value]]) -> object:
    """The variable that is handed over as `needs`; `pairs` are values inside and outside."""
    for here, there in pairs:
        match here, there:
            case Number(Var(sym)), Number(Var(given)) if sym is needs:
                return given
    return None


def own_parameters(syms: Sequence[Sym], body: Body) -> tuple[tuple[Sym, ...], Body]:
    """The parameters, and the body with those that it assigns as variables of its own."""
    bound = assigned(body)
    params = tuple(Sym(s.name, s.type) if s in bound else s for s in syms)
    moves = tuple(
        Assign(s, Var(p), NOWHERE) for s, p in zip(syms, params, strict=True) if s is not p
    )
    return params, (*moves, *body)


def _statements(node: ast.FunctionDef | ast.Lambda) -> list[ast.stmt]:
    if isinstance(node, ast.Lambda):
        return [ast.copy_location(ast.Return(node.body), node.body)]
    return node.body


def _parameter(inner: Scope, name: str, value: Value, k: int) -> Value:
    return with_origin(canonical(inner, name, value), Origin(("param", inner.depth, k)))
