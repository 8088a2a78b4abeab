"""Loops. The state at the head and at the exit of a loop is found by lowering the body until it
agrees with itself; only the last lowering is kept."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from loopwright.frontend.lower_convert import convert
from loopwright.frontend.lower_counted import (
    Source,
)
from loopwright.frontend.lower_iter import source_of
from loopwright.frontend.lower_join import join_envs
from loopwright.frontend.lower_live import jumps_out, reads, writes
from loopwright.frontend.lower_running import running
from loopwright.frontend.lower_scope import Frame, Memo, Scope, Unreachable, decline
from loopwright.frontend.lower_values import Env, Number, Value, integer, test, truth_const
from loopwright.ir.nodes import Binary, Break, Const, Expr, For, If, Stmt, Var, While
from loopwright.ir.types import INT

ROUNDS = 24

Live: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""Names live at the head and behind a loop."""
Assign: TypeAlias = Callable[[Scope, ast.expr, Value], None]
Condition: TypeAlias = Callable[[Scope, ast.expr], Expr]


def settle(
    cx: Scope,
    key: object,
    live_head: Callable[[str], bool],
    live_exit: Callable[[str], bool],
    once: Callable[[Frame], Env | None],
    node: ast.AST,
) -> None:
    """Lower a loop with `once` until the states at its head and its exit hold.

    `once` starts in the state `frame.head`, emits the whole loop statement, and returns the state
    where the loop ends normally. On return the state is the one behind the loop.
    """
    entry, counter = dict(cx.live), cx.counter
    memo = cx.memos.setdefault((cx.copy, key), Memo())
    for _ in range(ROUNDS):
        known = [memo.head, entry] if memo.head is not None else [entry]
        head = join_envs(cx, known, live_head)
        assert head is not None
        memo.head = head
        cx.counter = counter
        frame = Frame(head, memo.exit)
        with cx.block() as made:
            convert(cx, entry, head)
            cx.env = dict(head)
            cx.frames.append(frame)
            try:
                normal = once(frame)
            finally:
                cx.frames.pop()
        after = join_envs(cx, [head, *frame.continues], live_head)
        ends = [normal, *frame.breaks]
        out = join_envs(cx, [memo.exit, *ends] if memo.exit is not None else ends, live_exit)
        if after == head and out == memo.exit:
            cx.out.extend(made)
            cx.env = None if out is None else dict(out)
            return
        memo.head, memo.exit = after, out
    decline(node, "LW302", "the types of the variables of this loop do not settle")


def end_of_body(cx: Scope, frame: Frame) -> None:
    """The back edge at the end of the body."""
    if cx.env is not None:
        frame.continues.append(cx.env)
        convert(cx, cx.env, frame.head)


def finish(
    cx: Scope, orelse: Callable[[], None], state: Env | None
) -> tuple[list[Stmt], Env | None]:
    """The statements of the `else` clause with the conversion to the exit state, and its state."""
    cx.env = state
    with cx.block() as made:
        if state is not None:
            outer = cx.frames.pop()
            try:
                orelse()
            finally:
                cx.frames.append(outer)
    return made, cx.env


def leave(cx: Scope, frame: Frame, orelse: list[Stmt], state: Env | None) -> list[Stmt]:
    """What to emit behind the loop for its normal end; with breaks it goes to the else clause."""
    if state is None or frame.exit is None:
        return []
    with cx.block() as made:
        convert(cx, state, frame.exit)
    if frame.breaks:
        orelse.extend(made)
        return []
    return made


# ------------------------------------------------------------------------- for


def for_loop(cx: Scope, stmt: ast.For, assign_to: Assign, source: Source | None = None) -> None:
    """`for target in iter: ... else: ...`, over `source` if it is given."""
    source = source or source_of(cx, stmt.iter, stmt.body)
    live_head = cx.liveness.head.get(id(stmt), frozenset())
    live_after = cx.liveness.after.get(id(stmt), frozenset())

    def run(item: Value) -> None:
        assign_to(cx, stmt.target, item)
        cx.unit.rules.body(cx, stmt.body)

    iterate(
        cx,
        source,
        run,
        lambda: cx.unit.rules.body(cx, stmt.orelse),
        stmt,
        direct=_direct(cx, stmt, source, live_head | live_after),
        live=(live_head, live_after),
        nested=not stmt.orelse and not jumps_out(stmt.body, ast.Break),
    )


def _direct(cx: Scope, stmt: ast.For, source: Source, later: frozenset[str]) -> str | None:
    """The name in the target that can be the counter itself: bound nowhere else in the loop, not read
    behind it."""
    target = stmt.target
    if source.enumerates and isinstance(target, ast.Tuple):
        target = target.elts[0]
    elif not source.plain:
        return None
    if not isinstance(target, ast.Name) or target.id in cx.renamed:
        return None
    name = target.id
    again = any(name in writes(s) for s in stmt.body)
    reread = any(name in reads(s) for s in stmt.orelse)
    twice = sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(stmt.target)) > 1
    if name in later or name in cx.liveness.always or again or reread or twice:
        return None
    return name


def iterate(
    cx: Scope,
    source: Source,
    run: Callable[[Value], None],
    orelse: Callable[[], None],
    node: ast.AST,
    *,
    direct: str | None = None,
    live: Live | None = None,
    nested: bool = False,
) -> None:
    """A loop over a source; `run` gets each item. `nested`: it may be loops within each other, for nothing
    leaves it early."""
    if nested and source.nest is not None:
        _nested(cx, *source.nest, run, node, live)
        return
    if source.dynamic is not None:
        _dynamic(cx, source, run, orelse, node, live)
        return
    name = direct or cx.fresh("i")
    sym = cx.sym(name, INT)

    def once(frame: Frame) -> Env | None:
        with cx.block() as inner:
            _guarded(cx, run, source, Var(sym))
            end_of_body(cx, frame)
        other, state = finish(cx, orelse, dict(frame.head))
        behind = leave(cx, frame, other, state)
        cx.at(node)
        cx.emit(For(sym, source.lo, source.hi, source.step, tuple(inner), tuple(other), cx.span))
        cx.out.extend(behind)
        return state

    with running(cx, source.over, node):
        settle(cx, (id(node), "for", name), *_tests(cx, live), once, node)


def _nested(
    cx: Scope,
    outer: Source,
    within: Callable[[Expr], Source],
    run: Callable[[Value], None],
    node: ast.AST,
    live: Live | None,
) -> None:
    """Loops within each other. Behind an inner one come the head of the outer one and what is behind it."""
    inside = None if live is None else (live[0], live[0] | live[1])

    def row(at: Value) -> None:
        assert isinstance(at, Number)
        iterate(cx, within(at.expr), run, _nothing, node, live=inside, nested=True)

    iterate(cx, outer, row, _nothing, node, live=live)


def _nothing() -> None:
    """No `else` clause."""


def _guarded(cx: Scope, run: Callable[[Value], None], source: Source, at: Expr) -> None:
    try:
        run(source.item(at))
    except Unreachable as error:
        cx.stop(error.reason)


def _tests(cx: Scope, live: Live | None) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """Which variables matter at the head and behind a loop."""
    if live is None:
        return (lambda _: True), (lambda _: True)
    head, after = live
    return (lambda n: is_live(cx, n, head)), (lambda n: is_live(cx, n, after))


def is_live(cx: Scope, name: str, live: frozenset[str]) -> bool:
    """Whether a variable may be read later; those that are not plain names always may."""
    return name in live or not name.isidentifier() or name in cx.liveness.always


def _dynamic(
    cx: Scope,
    source: Source,
    run: Callable[[Value], None],
    orelse: Callable[[], None],
    node: ast.AST,
    live: Live | None,
) -> None:
    """A loop over a list that may grow meanwhile: its length is read in each iteration."""
    assert source.dynamic is not None
    length = source.dynamic
    at = cx.sym(cx.fresh("i"), INT)
    cx.set(at, integer(0))

    def once(frame: Frame) -> Env | None:
        cond = test("lt", Var(at), length())
        with cx.block() as inner:
            here = cx.hold(Var(at), "i")
            cx.set(at, Binary("add", Var(at), integer(1), INT))
            _guarded(cx, run, source, here)
            end_of_body(cx, frame)
        other, state = finish(cx, orelse, dict(frame.head))
        behind = leave(cx, frame, other, state)
        cx.at(node)
        cx.emit(While(cond, tuple(inner), tuple(other), cx.span))
        cx.out.extend(behind)
        return state

    settle(cx, (id(node), "grow"), *_tests(cx, live), once, node)


# ----------------------------------------------------------------------- while


def while_loop(cx: Scope, stmt: ast.While, condition: Condition) -> None:
    """`while test: ... else: ...`."""
    live_head = cx.liveness.head.get(id(stmt), frozenset())
    live_after = cx.liveness.after.get(id(stmt), frozenset())

    def once(frame: Frame) -> Env | None:
        with cx.block() as tested:
            cond = condition(cx, stmt.test)
        ended = dict(cx.live)
        with cx.block() as inner:
            cx.unit.rules.body(cx, stmt.body)
            end_of_body(cx, frame)
        forever = isinstance(cond, Const) and bool(cond.value)
        state = None if forever else ended
        other, state = finish(cx, lambda: cx.unit.rules.body(cx, stmt.orelse), state)
        cx.at(stmt)
        if not tested:
            behind = leave(cx, frame, other, state)
            cx.emit(While(cond, tuple(inner), tuple(other), cx.span))
            cx.out.extend(behind)
            return state
        # a condition with statements of its own is tested inside an endless loop
        if state is not None and frame.exit is not None:
            with cx.block() as behind:
                convert(cx, state, frame.exit)
            other.extend(behind)
        if state is not None:
            other.append(Break(cx.span))
        test = If(cond, (), tuple(other), cx.span)
        cx.emit(While(truth_const(True), (*tested, test, *inner), (), cx.span))
        return state

    settle(
        cx,
        (id(stmt), "while"),
        *_tests(cx, (live_head, live_after)),
        once,
        stmt,
    )
