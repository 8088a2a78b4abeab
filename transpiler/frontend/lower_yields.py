"""Loops over what a generator function yields: its statements stand where the loop is, with the body of the
loop in the place of each `yield`.

This is what Python does, one step after another, as long as the generator runs to its end and nothing but
the loop sees it: a `break` of the loop is declined, and a `return` of the generator but at its end. A
`continue` of the body ends the step, so that nothing may follow the `yield` in its loop then.

The global names of a generator of another file get names of their own as well, which stand for what they mean
there.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence

from loopwright.diagnostics import CannotLower
from loopwright.frontend.lower_alias import hashed_in
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_live import reads, writes
from loopwright.frontend.lower_modules import builtin
from loopwright.frontend.lower_noted import note_names
from loopwright.frontend.lower_scope import Scope, decline, told_here
from loopwright.frontend.lower_signature import parameters
from loopwright.frontend.lower_store import named
from loopwright.frontend.lower_values import Closure, Value
from loopwright.frontend.names import declared_elsewhere, walk_scope

_MOST = 4
"""A function with more `yield` would have the body of the loop too often."""
_Each = Callable[[Value], None]


def run_yields(
    cx: Scope, callee: Closure, given: Sequence[Value], at: ast.expr, each: _Each, *, jumps: bool
) -> None:
    """Run a generator function with one value for each parameter; `each` gets what it yields, and `jumps`
    tells whether it may go on with the loop by `continue`. `at` is the call, each text of which has names of
    its own."""
    definition = callee.node
    assert isinstance(definition, ast.FunctionDef)
    why = _obstacle(cx, callee, jumps) or _hidden(cx, callee)
    if why is None and any(True for value in given for _ in hashed_in(value)):
        why = "is given a dict or set that the function makes"
    if why is not None:
        decline(at, "LW103", f"the generator `{callee.name}` {why}")
    statements, names, there = _own_text(cx, callee, at)
    meant = _names_there(callee)
    cx.fixed = {**cx.fixed, **{own: meant[name] for name, own in there.items()}}
    _expect(cx, statements, names, at)
    for k, (name, value) in enumerate(zip(parameters(definition), given, strict=True)):
        store_variable(cx, names[name], named(cx, value, at, k))
    unit = cx.unit
    unit.rely_on(callee)

    outside = cx.elsewhere, cx.jumping
    of_loop: list[CannotLower] = []

    def step(value: Value) -> None:
        # the body of the loop is not part of the generator
        cx.yields.pop()
        unit.yielding.pop()
        try:
            with cx.apart(*outside):
                each(value)
        except CannotLower as refused:
            of_loop.append(refused)
            raise
        finally:
            cx.yields.append(step)
            unit.yielding.append(definition)

    cx.yields.append(step)
    unit.yielding.append(definition)
    try:
        with cx.apart(True, jumps):
            unit.rules.body(cx, statements)
    except CannotLower as refused:
        if callee.names is None or refused in of_loop:
            raise
        raise told_here(refused, at) from None
    finally:
        unit.yielding.pop()
        cx.yields.pop()
    if cx.env is not None:
        mine = set(names.values())
        cx.env = {k: v for k, v in cx.env.items() if k not in mine}


def _obstacle(cx: Scope, callee: Closure, jumps: bool) -> str | None:
    """What of a generator function does not permit that its statements stand elsewhere."""
    definition = callee.node
    assert isinstance(definition, ast.FunctionDef)
    parts = list(walk_scope(definition))
    if definition in cx.unit.yielding:
        return "calls itself"
    if definition.decorator_list:
        return "has a decorator"
    if callee.library or (cx.library is not None and callee.names is None):
        return "is called by a function of another file"
    if 0 <= callee.depth != cx.depth:
        return "is one of a function further outside"
    if declared_elsewhere(definition) or any(isinstance(p, _NESTED) for p in parts):
        return "has functions or names of other scopes"
    if sum(isinstance(p, ast.Yield | ast.YieldFrom) for p in parts) > _MOST:
        return f"has more than {_MOST} `yield`"
    body = _without_end(definition)
    if any(isinstance(p, ast.Return) for s in body for p in ast.walk(s)):
        return "may return before its end"
    return _places(body, jumps=jumps, last=False)


_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _without_end(definition: ast.FunctionDef) -> list[ast.stmt]:
    """The statements without a docstring and a bare `return` at the end."""
    body = definition.body
    if ast.get_docstring(definition, clean=False) is not None:
        body = body[1:]
    match body:
        case [*rest, ast.Return(None)]:
            return rest
        case _:
            return body


def _places(body: Sequence[ast.stmt], *, jumps: bool, last: bool) -> str | None:
    """Why a `yield` is not at a place where a loop body may stand. `last`: behind these statements comes the
    next turn of a loop of the generator."""
    for k, stmt in enumerate(body):
        ends = last and k == len(body) - 1
        match stmt:
            case ast.Expr(ast.Yield(value)):
                if jumps and not ends:
                    return "goes on behind a `yield` that the loop may leave by `continue`"
                why = _inside([value] if value is not None else [])
            case ast.For(target, source, inner, orelse):
                why = _inside([target, source]) or _places(inner, jumps=jumps, last=True)
                why = why or _places(orelse, jumps=jumps, last=ends)
            case ast.While(test, inner, orelse):
                why = _inside([test]) or _places(inner, jumps=jumps, last=True)
                why = why or _places(orelse, jumps=jumps, last=ends)
            case ast.If(test, inner, orelse):
                why = _inside([test]) or _places(inner, jumps=jumps, last=ends)
                why = why or _places(orelse, jumps=jumps, last=ends)
            case _:
                why = _inside([stmt])
        if why is not None:
            return why
    return None


def _inside(nodes: Sequence[ast.AST]) -> str | None:
    if any(isinstance(p, ast.Yield | ast.YieldFrom) for n in nodes for p in ast.walk(n)):
        return "has a `yield` that is no statement of its own"
    return None


def _hidden(cx: Scope, callee: Closure) -> str | None:
    """A global name of the generator function that means something else where it is called."""
    assert isinstance(callee.node, ast.FunctionDef)
    read = _read_outside(callee.node) - _names_there(callee).keys()
    taken = set(cx.renamed)
    if callee.names is not None:
        unknown = sorted(
            name for name in read - _of_comprehensions(callee.node) if builtin(name) is None
        )
        if unknown:
            return f"reads `{unknown[0]}`: neither a number nor a function of its file"
        taken |= read & (cx.unit.module_names.keys() | (cx.library or {}).keys())
    at: Scope | None = None if callee.depth == cx.depth else cx
    while at is not None:
        taken |= at.locals | at.bound | at.fixed.keys() | at.renamed.keys() | (at.env or {}).keys()
        at = at.outer
    hidden = sorted(read & taken)
    return f"reads `{hidden[0]}`, which is another name here" if hidden else None


def _locals(definition: ast.FunctionDef) -> frozenset[str]:
    return frozenset(parameters(definition)).union(*(writes(s) for s in definition.body))


def _read_outside(definition: ast.FunctionDef) -> frozenset[str]:
    """The names that a generator function reads and that are none of its variables."""
    read = frozenset[str]().union(*(reads(s) for s in definition.body))
    return read - _locals(definition)


def _of_comprehensions(definition: ast.FunctionDef) -> frozenset[str]:
    """The variables of comprehensions."""
    return frozenset(
        part.id
        for each in ast.walk(definition)
        if isinstance(each, ast.comprehension)
        for part in ast.walk(each.target)
        if isinstance(part, ast.Name)
    )


def _names_there(callee: Closure) -> dict[str, Value]:
    """What the names mean that a generator function of another file takes from around it."""
    assert isinstance(callee.node, ast.FunctionDef)
    if callee.names is None:
        return {}
    known = {**callee.names, **dict(callee.fixed)}
    return {name: known[name] for name in _read_outside(callee.node) if name in known}


def _own_text(
    cx: Scope, callee: Closure, at: ast.expr
) -> tuple[list[ast.stmt], dict[str, str], dict[str, str]]:
    """The statements with names that no other text has, made once for each call; and these names, of its
    variables and of what another file has around it."""
    definition = callee.node
    assert isinstance(definition, ast.FunctionDef)
    made = cx.unit.generated.get((at, definition))
    if made is None:
        number = len(cx.unit.generated)
        names = {name: f"{name}~{number}" for name in sorted(_locals(definition))}
        there = {name: f"{name}~{number}" for name in _names_there(callee)}
        statements = copy.deepcopy(_without_end(definition))
        for part in (p for s in statements for p in ast.walk(s)):
            if isinstance(part, ast.Name):
                part.id = names.get(part.id) or there.get(part.id, part.id)
        made = cx.unit.generated[at, definition] = (statements, names, there)
    return made


def _expect(cx: Scope, statements: Sequence[ast.stmt], names: dict[str, str], at: ast.expr) -> None:
    """Let the facts about the text hold for the statements too. What is read later is not known in them, so
    that all names of the function are kept."""
    every = cx.bound | frozenset(name for name in cx.live if name.isidentifier())
    mine = frozenset(names.values())
    for part in (p for s in statements for p in ast.walk(s)):
        if isinstance(part, ast.stmt):
            cx.liveness.after[id(part)] = every
        if isinstance(part, ast.For | ast.While):
            cx.liveness.head[id(part)] = every
    cx.locals |= mine
    cx.bound |= mine
    note_names(cx, statements)
    # a list may be known by a name of the generator and one outside
    cx.aliased |= mine | reads(at)
