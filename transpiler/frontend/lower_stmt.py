"""Statements other than loops."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_at_once import items_at_once
from loopwright.frontend.lower_begun import begun_in, for_both, reads_begun
from loopwright.frontend.lower_convert import coerce, convert
from loopwright.frontend.lower_deleted import delete
from loopwright.frontend.lower_expr import BINARY, condition
from loopwright.frontend.lower_generators import deferred
from loopwright.frontend.lower_handed_out import displayed
from loopwright.frontend.lower_join import canonical, join_envs, join_values, store_variable
from loopwright.frontend.lower_list_index import whole
from loopwright.frontend.lower_list_methods import list_statement
from loopwright.frontend.lower_lists import build_list
from loopwright.frontend.lower_live import reads
from loopwright.frontend.lower_loops import is_live, while_loop
from loopwright.frontend.lower_managed import managed, protected
from loopwright.frontend.lower_names import read_path
from loopwright.frontend.lower_objects import hand_out, objects_in
from loopwright.frontend.lower_order import eval_all, spill
from loopwright.frontend.lower_over import loop_over
from loopwright.frontend.lower_parts import flatten, type_key
from loopwright.frontend.lower_scope import Frame, Scope, Unreachable, decline, span_of
from loopwright.frontend.lower_store import assign_to, augmented, named
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Begun,
    Closure,
    Env,
    Lst,
    Maybe,
    Mixed,
    Number,
    Tpl,
    Value,
)
from loopwright.frontend.names import chain_of, place_text
from loopwright.frontend.raising import always_raises, branches_left
from loopwright.ir.nodes import Break, Const, Continue, Expr, If, Return, Stmt


def body(cx: Scope, statements: Sequence[ast.stmt]) -> None:
    """Lower statements in order; those that control cannot reach are left out."""
    if cx.env is not None and always_raises(statements):
        cx.at(statements[0])
        cx.stop("the original raises here")
        return
    for k, stmt in enumerate(statements):
        if cx.env is None:
            return
        cx.at(stmt)
        held = deferred(cx, stmt, statements[k + 1 :])
        if held is not None:
            cx.bind(*held)
            continue
        rest = statements[k + 1 :]
        try:
            if isinstance(stmt, ast.If) and rest:
                if _branching(cx, stmt, rest):
                    return
            else:
                statement(cx, stmt)
        except Unreachable as error:
            cx.span = error.span
            cx.stop(error.reason)


def _branching(cx: Scope, stmt: ast.If, rest: Sequence[ast.stmt]) -> bool:
    """A branch that statements follow. Where its sides leave values of a variable that do not go together,
    and one is read, each side gets the rest as well; true if this is so."""
    if stmt in cx.unit.split:
        sides = ([*stmt.body, *rest], [*stmt.orelse, *rest])
        _begin(cx, stmt)
        _choose(cx, stmt, sides, rest[-1])
        return True
    before = dict(cx.live)
    statement(cx, stmt)
    _arisen(cx, before, stmt)
    return False


def _arisen(cx: Scope, before: Env, at: ast.If | None) -> None:
    """Values that do not go together, or may be numbers still, and were not there before are of `at`."""
    for name, entry in [] if cx.env is None else list(cx.live.items()):
        if isinstance(entry.value, Mixed | Begun) and entry != before.get(name):
            cx.live[name] = replace(entry, value=replace(entry.value, at=at))


def statement(cx: Scope, stmt: ast.stmt) -> None:
    begun = begun_in(cx, stmt)
    if begun is not None:
        before, held = dict(cx.live), cx.live[begun].value
        for_both(cx, begun, lambda: statement(cx, stmt), lambda *given: _meet(cx, stmt, *given))
        _arisen(cx, before, held.at if isinstance(held, Begun) else None)
        return
    _begin(cx, stmt)
    match stmt:
        case ast.Assign(targets, value):
            _assignment(cx, targets, value, stmt)
        case ast.AnnAssign(target, _, value):
            if value is not None:
                _assignment(cx, [target], value, stmt)
        case ast.AugAssign(target, op, operand):
            if isinstance(op, ast.MatMult):
                decline(stmt, "LW101", "`@=` is not covered")
            cx.operands.add(operand)
            augmented(cx, target, BINARY[type(op)], lambda: cx.eval(operand), stmt)
        case ast.If():
            _choose(cx, stmt, (stmt.body, stmt.orelse), stmt)
        case ast.For():
            loop_over(cx, stmt)
        case ast.While():
            while_loop(cx, stmt, condition)
        case ast.Return(given):
            _return(cx, _returned(cx, given), stmt)
        case ast.Expr(ast.Yield(given)) if cx.yields:
            with cx.copied(stmt):
                cx.yields[-1](NOTHING if given is None else cx.eval(given))
        case ast.Expr(value):
            _expression(cx, value)
        case ast.Delete(targets):
            delete(cx, targets, stmt)
        case ast.Break():
            _jump(cx, stmt)
        case ast.Continue():
            _jump(cx, stmt)
        case ast.Pass():
            pass
        case ast.Raise():
            cx.stop("the original raises here")
        case ast.Assert(test, _):
            cx.check(condition(cx, test), "assertion")
        case ast.Try():
            protected(cx, stmt, body)
        case ast.With():
            managed(cx, stmt, body)
        case ast.FunctionDef(name) if not stmt.decorator_list:
            store_variable(cx, name, Closure(stmt, name, depth=cx.depth))
        case _:
            what = type(stmt).__name__
            decline(stmt, "LW101", f"a statement of kind {what} is not covered")


def _expression(cx: Scope, value: ast.expr) -> None:
    if isinstance(value, ast.Constant):
        return
    if isinstance(value, ast.Call) and list_statement(cx, value):
        return
    result = cx.eval(value)
    for e in flatten(result):
        # only whether it fails matters
        if not isinstance(e, Const):
            cx.hold(e)


def _assignment(cx: Scope, targets: list[ast.expr], node: ast.expr, stmt: ast.stmt) -> None:
    _release(cx, targets, node)
    value = None
    if isinstance(node, (ast.Call, ast.List)) and all(_is_of_array(cx, t) for t in targets):
        cx.elements.add(node)
        value = displayed(cx, node) if len(targets) == 1 else None
    value = value or items_at_once(cx, targets, node) or cx.eval(node)
    if len(targets) > 1:
        value = spill(cx, named(cx, value, stmt))
    cx.at(stmt)
    for target in targets:
        assign_to(cx, target, value)


def _is_of_array(cx: Scope, target: ast.expr) -> bool:
    """Whether an assignment to the target puts the value into an array."""
    match target:
        case ast.Subscript(ast.Name() | ast.Attribute() as base) if chain_of(base) is not None:
            return isinstance(cx.eval(base), Arr)
        case _:
            return False


def _release(cx: Scope, targets: list[ast.expr], node: ast.expr) -> None:
    """A name that is about to be set, and not read before, holds its object no longer."""
    match targets:
        case [ast.Name(name)] if name not in reads(node):
            key = cx.renamed.get(name, name)
            if key in cx.live and objects_in((cx.live[key].value,)):
                del cx.live[key]
        case _:
            pass


def _begin(cx: Scope, stmt: ast.stmt) -> None:
    """Note what is known at the start of a statement."""
    cx.live_after = cx.liveness.after.get(id(stmt), frozenset()) | cx.liveness.always
    if isinstance(stmt, (ast.For, ast.While, ast.If)):
        cx.live_after |= reads(stmt)
    cx.given = set()


def _choose(
    cx: Scope, stmt: ast.If, sides: tuple[Sequence[ast.stmt], Sequence[ast.stmt]], last: ast.stmt
) -> None:
    """The branch with these statements on its sides, of which `last` is the last one of both."""
    cond = _test(cx, stmt)
    left = branches_left(stmt)

    def side(at: int, branch: object = None) -> None:
        with cx.copied((stmt, at)):
            _branch(cx, sides[at], left[at] or branch in cx.unit.leaves)

    def open_side(at: int) -> None:
        # it may run or not, so that what cannot be lowered may be left to the original
        branch = place_text(stmt), at
        try:
            side(at, branch)
        except CannotLower as refused:
            if stmt not in cx.unit.split:
                refused.branch = refused.branch or branch
            raise

    if isinstance(cond, Const):
        side(0 if cond.value else 1)
        return
    _meet(cx, stmt, cond, lambda: open_side(0), lambda: open_side(1), last)


def _test(cx: Scope, stmt: ast.If) -> Expr:
    """The condition; where it reads what may be a number still, it gets a name in a statement of its own."""
    if not reads_begun(cx, stmt.test):
        return condition(cx, stmt.test)
    asked = cx.unit.asked.get(stmt)
    if asked is None:
        name = f"asked#{place_text(stmt)}"
        twice = ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), stmt.test))
        asked = cx.unit.asked[stmt] = ast.Assign([ast.Name(name, ast.Store())], twice)
        for part in (asked, asked.targets[0], twice, twice.operand):
            ast.copy_location(part, stmt)
    (target,) = asked.targets
    assert isinstance(target, ast.Name)
    after = cx.liveness.after.get(id(stmt), frozenset())
    cx.liveness.after[id(asked)] = after | reads(stmt) | {target.id}
    statement(cx, asked)
    cond = cx.hold(condition(cx, ast.copy_location(ast.Name(target.id, ast.Load()), stmt)))
    if cx.env is not None:
        cx.live.pop(target.id, None)
    return cond


def _meet(
    cx: Scope,
    stmt: ast.stmt,
    cond: Expr,
    if_true: Callable[[], None],
    if_false: Callable[[], None],
    last: ast.stmt | None = None,
) -> None:
    """Lower two branches, and join the states behind them, where `last` (else `stmt`) ends."""
    start = dict(cx.live)
    with cx.block() as then:
        if_true()
    env_then, cx.env = cx.env, start
    with cx.block() as orelse:
        if_false()
    env_else = cx.env
    live = cx.liveness.after.get(id(last or stmt), frozenset())
    cx.env = join_envs(cx, [env_then, env_else], lambda n: is_live(cx, n, live))
    if cx.env is not None:
        _to(cx, env_then, cx.env, then)
        _to(cx, env_else, cx.env, orelse)
    cx.at(stmt)
    cx.emit(If(cond, tuple(then), tuple(orelse), cx.span))


def _branch(cx: Scope, statements: Sequence[ast.stmt], left: bool) -> None:
    if cx.env is not None and left:
        cx.at(statements[0])
        cx.stop("what the original does here is left to it")
        return
    body(cx, statements)


def _to(cx: Scope, source: Env | None, target: Env, block: list[Stmt]) -> None:
    """Append to a block what turns its final state into `target`."""
    if source is None:
        return
    outer, cx.out = cx.out, block
    convert(cx, source, target)
    cx.out = outer


def _jump(cx: Scope, stmt: ast.Break | ast.Continue) -> None:
    if not cx.frames:
        decline(stmt, "LW101", "this leaves a loop around the region")
    frame: Frame = cx.frames[-1]
    state = cx.live
    if isinstance(stmt, ast.Break):
        frame.breaks.append(state)
        if frame.exit is not None:
            convert(cx, state, frame.exit)
        cx.emit(Break(cx.span))
    else:
        frame.continues.append(state)
        convert(cx, state, frame.head)
        cx.emit(Continue(cx.span))
    cx.env = None


def _returned(cx: Scope, node: ast.expr | None) -> Value:
    """The value that the function returns. A list of several kinds of values may leave it if nothing else
    has it."""
    match node:
        case None:
            return NOTHING
        case ast.List(elts) if cx is cx.unit.main and not any(
            isinstance(e, (ast.List, ast.Starred)) for e in elts
        ):
            values = eval_all(cx, elts)
            if len({*map(type_key, values)}) > 1 and not all(isinstance(v, Number) for v in values):
                return Tpl(tuple(values), listed=True)
            return build_list(cx, values, node)
        case _:
            return cx.eval(node)


def _return(cx: Scope, value: Value, stmt: ast.stmt) -> None:
    if not cx.returns:
        decline(stmt, "LW101", "a return inside a region that is part of a function")
    value = named(cx, value, stmt)
    give_back(cx, value, stmt)


def give_back(cx: Scope, value: Value, node: ast.AST) -> None:
    """End the function with `value` and, in a helper, the attributes that it set."""
    value = _settled(value)
    stored = []
    for path in cx.stores:
        current = read_path(cx, path, node)
        if current is None:
            why = Declined(span_of(node), "LW104", f"`{path}` may not be set here")
            raise CannotLower(why, path)
        stored.append(_settled(current))
    whole = Tpl((value, *stored))
    if cx.caller is not None:
        hand_out(cx, whole.items)
    shape = canonical(cx, "result#", whole)
    cx.result = shape if cx.result is None else join_values(cx, "result#", cx.result, shape)
    if has_mixed(cx.result):
        decline(node, "LW302", "the function returns values of different kinds")
    cx.at(node)
    exprs = flatten(coerce(cx, whole, cx.result))
    cx.emit(Return(exprs, cx.span))
    cx.env = None


def _settled(value: Value) -> Value:
    """Lists as they are handed out: with columns that are in use as a whole."""
    if isinstance(value, Tpl):
        return replace(value, items=tuple(_settled(v) for v in value.items))
    if isinstance(value, Maybe):
        return Maybe(_settled(value.value), value.there)
    return whole(value) if isinstance(value, Lst) else value


def has_mixed(value: Value) -> bool:
    if isinstance(value, Tpl):
        return any(has_mixed(v) for v in value.items)
    if isinstance(value, Maybe):
        return has_mixed(value.value)
    return isinstance(value, Mixed)
