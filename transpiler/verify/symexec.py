"""Symbolic execution of functions (King, Symbolic Execution and Program Testing, 1976), each statement once.

Paths are merged where they meet. What a loop assigns is unknown but for its kind, in the first round and in
all others, so that one walk through the body stands for every round.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping

import z3

from loopwright.verify.symbols import UNKNOWN, Items, Known, Run, State, Value
from loopwright.verify.symexpr import bind, decide, evaluate
from loopwright.verify.symlib import merged, negation, number_of, one_of
from loopwright.verify.terms import Num, Term

_DEEPEST = 4
_STEPS = 3000

Function = ast.FunctionDef | ast.AsyncFunctionDef


def execute(run: Run, body: list[ast.stmt], state: State) -> State | None:
    """The state after a block; None if its end is out of reach."""
    here: State | None = state
    for node in body:
        if here is None:
            return None
        run.steps += 1
        if run.steps > _STEPS:
            run.complete = False
            return None
        here = _statement(run, node, here)
    return here


def _statement(run: Run, node: ast.stmt, state: State) -> State | None:
    match node:
        case ast.Assign(targets, value):
            given = evaluate(run, value, state)
            for target in targets:
                bind(run, target, given, state)
        case ast.AnnAssign(target, _, ast.expr() as value):
            bind(run, target, evaluate(run, value, state), state)
        case ast.AugAssign(target, op, value):
            _augment(run, target, op, value, state)
        case ast.Expr(value):
            evaluate(run, value, state)
        case ast.Return(value):
            given = Known(None) if value is None else evaluate(run, value, state)
            run.returns[-1].append((state, given))
            return None
        case ast.If(test, then, orelse):
            truth = decide(run, test, state)
            yes = execute(run, then, state.fork(truth))
            no = execute(run, orelse, state.fork(negation(truth)))
            return _joined(run, truth, state, yes, no)
        case ast.Assert(test):
            state.assume(decide(run, test, state))
        case ast.While() | ast.For() | ast.AsyncFor():
            return _loop(run, node, state)
        case ast.Raise() | ast.Break() | ast.Continue():
            return None
        case ast.Pass() | ast.Global() | ast.Nonlocal():
            pass
        case _:
            return _apart(run, node, state)
    return state


def _apart(run: Run, node: ast.stmt, state: State) -> State:
    """Statements whose parts may run or not: what they assign is unknown afterwards."""
    after = _forget(run, node, state, kinds=False)
    after.stale = after.moved = True
    match node:
        case ast.Try() | ast.TryStar():
            execute(run, node.body, state.fork())
            for block in (*(h.body for h in node.handlers), node.orelse, node.finalbody):
                execute(run, block, after.fork())
        case ast.With() | ast.AsyncWith():
            for item in node.items:
                evaluate(run, item.context_expr, state)
            execute(run, node.body, after.fork())
        case ast.Match():
            evaluate(run, node.subject, state)
            for arm in node.cases:
                here = after.fork()
                if arm.guard is not None:
                    here.assume(decide(run, arm.guard, here))
                execute(run, arm.body, here)
    return after


def _augment(run: Run, target: ast.expr, op: ast.operator, value: ast.expr, state: State) -> None:
    if not isinstance(target, ast.Name):
        evaluate(run, value, state)
        bind(run, target, UNKNOWN, state)
        return
    before = state.names.get(target.id, UNKNOWN)
    if not isinstance(before, Num | Known):
        state.stale = state.moved = (
            True  # a list or an array is changed in place, and what shares it
        )
    if isinstance(before, Items):
        evaluate(run, value, state)
        if not before.array:
            state.names[target.id] = UNKNOWN
        return
    load = ast.copy_location(ast.Name(target.id, ast.Load()), target)
    state.names[target.id] = evaluate(
        run, ast.copy_location(ast.BinOp(load, op, value), target), state
    )


def _joined(
    run: Run, truth: Num, before: State, yes: State | None, no: State | None
) -> State | None:
    """The state where two branches meet."""
    if yes is None or no is None:
        return yes or no
    names = {
        name: _same_or_merged(run, truth, yes.names.get(name, UNKNOWN), no.names.get(name, UNKNOWN))
        for name in yes.names.keys() | no.names.keys()
    }
    shared = len(before.path)
    rest = [state.path[shared:] for state in (yes, no)]
    path = before.path
    if any(len(more) > 1 for more in rest):
        path = (*path, z3.Or(*(z3.And(*more) for more in rest)))
    return State(names, path, yes.exact and no.exact, yes.stale or no.stale, yes.moved or no.moved)


def _same_or_merged(run: Run, truth: Num, a: Value, b: Value) -> Value:
    return a if a is b else merged(run, truth, a, b)


# --------------------------------------------------------------------- loops


def _loop(run: Run, node: ast.While | ast.For | ast.AsyncFor, state: State) -> State | None:
    iterable = UNKNOWN if isinstance(node, ast.While) else evaluate(run, node.iter, state)
    recording, run.recording = run.recording, False
    steady, touched = _steady(run, node, iterable, state)
    run.recording = recording
    head = _forget(run, node, state, kinds=True, steady=steady)
    head.stale, head.moved = head.stale or touched, head.moved or touched
    end, truth = _round(run, node, iterable, head)
    escapes = any(isinstance(each, ast.Break) for each in ast.walk(node))
    after = head.fork() if truth is None or escapes else head.fork(negation(truth))
    if end is not None:
        after.stale, after.moved = after.stale or end.stale, after.moved or end.moved
    if escapes:
        after = _forget(run, node, after, kinds=True, steady=steady)
    return execute(run, node.orelse, after) if node.orelse and not escapes else after


def _round(
    run: Run, node: ast.While | ast.For | ast.AsyncFor, iterable: Value, head: State
) -> tuple[State | None, Num | None]:
    """The state after one round, and the loop's condition before it."""
    truth = None
    here = head.fork()
    if isinstance(node, ast.While):
        truth = decide(run, node.test, head)
        here = head.fork(truth)
    else:
        bind(run, node.target, one_of(run, iterable, here), here)
    return execute(run, node.body, here), truth


def _steady(
    run: Run, node: ast.While | ast.For | ast.AsyncFor, iterable: Value, state: State
) -> tuple[set[str], bool]:
    """The variables that are numbers of one kind before each round, if they were before the first;
    whether a round changes objects."""
    names = {name for name in assigned(node) if _kind(run, state.names.get(name, UNKNOWN))}
    head = _forget(run, node, state, kinds=True, steady=names)
    end, _ = _round(run, node, iterable, head)
    if end is None:
        return set(), True
    if any(isinstance(each, ast.Continue) for each in ast.walk(node)):
        return set(), end.stale or end.moved
    kept = {n for n in names
            if _kind(run, end.names.get(n, UNKNOWN)) == _kind(run, state.names[n])}  # fmt: skip
    return kept, end.stale or end.moved


def _forget(
    run: Run, node: ast.stmt, state: State, *, kinds: bool, steady: set[str] | None = None
) -> State:
    """The state with what `node` may assign or change unknown; `kinds`: numbers stay numbers."""
    out = state.fork()
    for name in assigned(node):
        before = state.names.get(name, UNKNOWN)
        kind = _kind(run, before)
        if kinds and kind:
            number = run.theory.fresh(kind, name)  # type: ignore[arg-type]
            sure = number.exact and name in (steady or ())
            out.names[name] = Num(number.kind, number.term, sure)
        else:
            out.names[name] = UNKNOWN
    if any(_changes(each) for each in ast.walk(node)):
        out.stale = out.moved = True
    return out


def _kind(run: Run, value: Value) -> str:
    if isinstance(value, Known) and type(value.value) not in (int, float, bool):
        return ""
    if isinstance(value, Num) and value.wraps:
        return ""
    number = number_of(run, value)
    return "" if number is None else number.kind


def assigned(node: ast.AST) -> set[str]:
    """The variables that a statement may assign."""
    names: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.Name(name, ast.Store() | ast.Del()):
                names.add(name)
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                names.add(name)
            case ast.ExceptHandler(_, str(name)) | ast.MatchAs(_, str(name)):
                names.add(name)
            case ast.MatchStar(str(name)) | ast.MatchMapping(_, _, str(name)):
                names.add(name)
            case ast.Import(aliases) | ast.ImportFrom(_, aliases):
                names |= {(a.asname or a.name).partition(".")[0] for a in aliases}
    return names


def _changes(node: ast.AST) -> bool:
    """True if a node may change an object: it writes into one, or calls what is not known to the reader."""
    match node:
        case ast.Subscript(_, _, ast.Store() | ast.Del()) | ast.Attribute(_, _, ast.Store()):
            return True
        case ast.AugAssign():
            return not isinstance(node.value, ast.Constant)
        case ast.Call(ast.Name(name)):
            return name not in ("len", "range", "abs", "min", "max", "float", "int", "enumerate", "zip",
                                "sum", "isinstance", "bool", "sorted", "reversed", "str")  # fmt: skip
        case ast.Call(ast.Attribute(ast.Name("np" | "math" | "numpy"), _), _, keywords):
            return any(k.arg == "out" for k in keywords)
        case ast.Call():
            return True
        case _:
            return False


# ----------------------------------------------------------------- functions


def enter(
    run: Run, function: types.FunctionType, node: Function, state: State
) -> list[tuple[State, Value]]:
    """Execute a function whose parameters are in `state`; the states at its returns with their values."""
    loose = {
        name
        for each in ast.walk(node)
        if isinstance(each, ast.Global | ast.Nonlocal)
        for name in each.names
    }
    run.scopes.append(function)
    run.loose.append(loose)
    run.returns.append([])
    end = execute(run, node.body, state)
    if end is not None:
        run.returns[-1].append((end, Known(None)))
    run.scopes.pop()
    run.loose.pop()
    return run.returns.pop()


def inline(
    run: Run, nodes: Mapping[types.CodeType, Function], function: types.FunctionType, call: ast.Call,
    state: State,
) -> Value:  # fmt: skip
    """The value of a call of a function whose text is at hand; what it adds to the path is kept."""
    args = [evaluate(run, arg, state) for arg in call.args]
    named = {k.arg: evaluate(run, k.value, state) for k in call.keywords}
    node = nodes.get(function.__code__)
    recursive = any(scope.__code__ is function.__code__ for scope in run.scopes)
    if node is None or recursive or len(run.scopes) > _DEEPEST or _is_lazy(node):
        state.stale = state.moved = True
        return UNKNOWN
    names = _bound(function, node, args, named)
    before = len(state.path)
    inner = State(names, state.path, state.exact, state.stale, state.moved)
    ends = enter(run, function, node, inner)
    if not ends:
        return UNKNOWN
    state.stale = any(end.stale for end, _ in ends)
    state.moved = any(end.moved for end, _ in ends)
    state.exact = all(end.exact for end, _ in ends)
    return _returned(run, state, [(end.path[before:], value) for end, value in ends])


def _returned(run: Run, state: State, ends: list[tuple[tuple[Term, ...], Value]]) -> Value:
    """One value for all returns; the path tells which holds when."""
    numbers = [number_of(run, value) for _, value in ends]
    kinds = {"" if number is None else number.kind for number in numbers}
    if len(ends) == 1:
        state.path = (*state.path, *ends[0][0])
        return ends[0][1]
    if len(kinds) > 1 or "" in kinds:
        state.path = (*state.path, z3.Or(*(z3.And(*path) for path, _ in ends)))
        return UNKNOWN
    sure = [n for n in numbers if n is not None]
    result = run.theory.fresh(sure[0].kind, "result")
    cases = [
        z3.And(*path, result.term == number.term)
        for (path, _), number in zip(ends, sure, strict=True)
    ]
    state.path = (*state.path, z3.Or(*cases))
    exact = result.exact and all(n.exact for n in sure)
    return Num(result.kind, result.term, exact, any(n.wraps for n in sure))


def _bound(
    function: types.FunctionType, node: Function, args: list[Value], named: dict[str | None, Value]
) -> dict[str, Value]:
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    every = [*names, *(a.arg for a in node.args.kwonlyargs)]
    bound: dict[str, Value] = {name: UNKNOWN for name in every}
    defaults = function.__defaults__ or ()
    plain = zip(names[len(names) - len(defaults) :], defaults, strict=True)
    given = [*plain, *(function.__kwdefaults__ or {}).items()]
    bound |= {n: Known(v) for n, v in given if isinstance(v, int | float | str | None)}
    bound |= dict(zip(names, args, strict=False))
    bound |= {name: value for name, value in named.items() if name in bound and name is not None}
    for extra in (node.args.vararg, node.args.kwarg):
        if extra is not None:
            bound[extra.arg] = UNKNOWN
    return bound


def _is_lazy(node: Function) -> bool:
    return isinstance(node, ast.AsyncFunctionDef) or any(
        isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node)
    )
