"""Generators: an expression that is run over at once, or that a name holds until it is run over.

A name may hold one where that is as good as writing the expression where the name stands: it is read once,
surely and in the same block, and nothing in between has an effect. What a generator runs over is fixed where
it is made; the rest of it is evaluated as it is run over, in Python as here.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from loopwright.frontend.lower_live import reads, writes
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import assign_to
from loopwright.frontend.lower_values import Deferred, Library, Value
from loopwright.frontend.names import chain_of, place_text

_PURE = frozenset("abs bool float int len max min range round sum".split())  # noqa: SIM905
_PLAIN = frozenset(("T", "ndim", "shape", "size"))


@contextmanager
def renaming(cx: Scope, renamed: dict[str, str]) -> Iterator[None]:
    """Names of comprehensions as they were at another place."""
    before, cx.renamed = cx.renamed, renamed
    try:
        yield
    finally:
        cx.renamed = before


@contextmanager
def own_names(cx: Scope, generators: Sequence[ast.comprehension]) -> Iterator[None]:
    """The variables of a comprehension are its own."""
    names = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    before = cx.renamed
    cx.renamed = before | {n: cx.fresh(n) for n in sorted(names)}
    mine = {cx.renamed[n] for n in names}
    cx.comprehending += 1
    try:
        yield
    finally:
        cx.comprehending -= 1
        cx.renamed = before
        if cx.env is not None:
            cx.env = {k: v for k, v in cx.env.items() if k not in mine}


def generator_at(cx: Scope, node: ast.expr) -> Deferred | None:
    """The generator that the node is, or that the name holds."""
    made = node if isinstance(node, ast.GeneratorExp) else mapped(cx, node) or _yielded(cx, node)
    if made is not None:
        return Deferred(made, tuple(cx.renamed.items()))
    if isinstance(node, ast.Name):
        entry = cx.live.get(cx.renamed.get(node.id, node.id))
        if entry is not None and isinstance(entry.value, Deferred):
            return entry.value
    return None


def _yielded(cx: Scope, node: ast.expr) -> ast.GeneratorExp | None:
    """`(item for item in f(x))` for a call `f(x)` of a generator function; None for other nodes."""
    if not isinstance(node, ast.Call) or not cx.unit.rules.is_generated(cx, node):
        return None
    made = cx.unit.got.get(node)
    if made is None:
        name = f"item# {place_text(node)}"
        loop = ast.comprehension(ast.Name(name, ast.Store()), node, [], 0)
        made = cx.unit.got[node] = ast.GeneratorExp(ast.Name(name, ast.Load()), [loop])
        for part in (made, made.elt, loop.target):
            ast.copy_location(part, node)
    assert isinstance(made, ast.GeneratorExp)
    return made


def mapped(cx: Scope, node: ast.expr) -> ast.GeneratorExp | None:
    """`map(f, x)`, `map(f, x, y)` and `filter(f, x)` as generator expressions; None for what is neither."""
    match node:
        case ast.Call(ast.Name("map" | "filter" as name), [function, *given], []) if given:
            pass
        case _:
            return None
    plain = isinstance(function, ast.Lambda) or chain_of(function) is not None
    known = cx.eval(node.func) == Library(f"builtins.{name}")
    if not plain or not known or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    if name == "filter" and len(given) > 1:
        return None
    made = cx.unit.got.get(node)
    if made is None:
        made = cx.unit.got[node] = _generator(function, given, name == "map", node)
    assert isinstance(made, ast.GeneratorExp)
    return made


def _generator(
    function: ast.expr, given: Sequence[ast.expr], whole: bool, node: ast.Call
) -> ast.GeneratorExp:
    names = [f"item#{k} {place_text(node)}" for k in range(len(given))]
    items: list[ast.expr] = [ast.Name(n, ast.Load()) for n in names]
    targets: list[ast.expr] = [ast.Name(n, ast.Store()) for n in names]
    target, source = targets[0], given[0]
    if len(given) > 1:
        target = ast.Tuple(targets, ast.Store())
        source = ast.Call(ast.Name("zip", ast.Load()), list(given), [])
    applied = ast.Call(function, items, [])
    elt, conditions = (applied, []) if whole else (items[0], [applied])
    loop = ast.comprehension(target, source, list[ast.expr](conditions), 0)
    made = ast.GeneratorExp(elt, [loop])
    for part in ast.walk(made):
        if isinstance(part, ast.expr) and not hasattr(part, "lineno"):
            ast.copy_location(part, node)
    return made


@contextmanager
def opened(cx: Scope, node: ast.expr) -> Iterator[ast.expr]:
    """The expression of the generator that a name holds, where it was made; other nodes as they are."""
    made = generator_at(cx, node)
    if made is None:
        yield node
        return
    with renaming(cx, dict(made.renamed)):
        yield made.node


def item_of(cx: Scope, made: Deferred, value: Value) -> Value:
    """The item of a generator with one loop for the item `value` of what it runs over."""
    with renaming(cx, dict(made.renamed)), own_names(cx, made.node.generators):
        assign_to(cx, made.node.generators[0].target, value)
        return cx.eval(made.node.elt)


def one_loop(made: Deferred) -> ast.comprehension:
    """The only loop of a generator whose items must be counted."""
    first, *more = made.node.generators
    if more or first.ifs or first.is_async:
        decline(
            made.node, "LW103", "a generator with several loops or a condition is run over here"
        )
    return first


# ------------------------------------------------------------ held by a name


def deferred(cx: Scope, stmt: ast.stmt, rest: Sequence[ast.stmt]) -> tuple[str, Deferred] | None:
    """The name and the generator that it holds until one of the statements `rest` runs over it."""
    match stmt:
        case ast.Assign([ast.Name(name)], ast.GeneratorExp() as node) if name not in cx.renamed:
            pass
        case _:
            return None
    for later in rest:
        if name in reads(later):
            after = cx.liveness.after.get(id(later), frozenset()) | cx.liveness.always
            once = name not in after and _reads_once(later, name) and _kept_until(cx, node, later)
            return (name, Deferred(node, tuple(cx.renamed.items()))) if once else None
        if not _without_effect(cx, later, reads(node) | {name}):
            return None
    return None


def _kept_until(cx: Scope, node: ast.GeneratorExp, stmt: ast.stmt) -> bool:
    """Whether what the generator runs over stays what it is until the statement gets to it."""
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(stmt)):
        return False
    if not any(isinstance(n, ast.Attribute) for n in ast.walk(node.generators[0].iter)):
        return True
    todo: list[ast.AST] = [stmt.iter if isinstance(stmt, ast.For) else stmt]
    while todo:
        part = todo.pop()
        if isinstance(part, ast.Call) and not _calls_builtin(cx, part):
            return False
        if isinstance(part, (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)):
            todo.append(part.generators[0].iter)
        elif not isinstance(part, ast.Lambda):
            todo += ast.iter_child_nodes(part)
    return True


def _calls_builtin(cx: Scope, call: ast.Call) -> bool:
    match call.func:
        case ast.Name(name) if hasattr(builtins, name):
            return cx.eval(call.func) == Library(f"builtins.{name}")
        case _:
            return False


def _without_effect(cx: Scope, stmt: ast.stmt, kept: frozenset[str]) -> bool:
    """Whether the statement only sets names, and none of `kept`."""
    match stmt:
        case ast.Assign(value=value) if not writes(stmt) & kept:
            targets = [n for t in stmt.targets for n in ast.walk(t)]
        case ast.Expr(ast.Constant()) | ast.Pass():
            return True
        case _:
            return False
    if any(isinstance(n, (ast.Subscript, ast.Attribute)) for n in targets):
        return False
    return all(harmless(cx, n) for n in ast.walk(value))


def harmless(cx: Scope, node: ast.AST) -> bool:
    """Whether a node, its parts left out, is of a kind that has no effect."""
    match node:
        case ast.Call(ast.Name(name)):
            return name in _PURE and _calls_builtin(cx, node)
        case ast.Attribute():
            return node.attr in _PLAIN
        case ast.Call() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
            return False
        case _:
            return True


def _reads_once(stmt: ast.stmt, name: str) -> bool:
    """Whether the statement reads the name at one place, once and surely, and binds it nowhere."""
    found = [n for n in ast.walk(stmt) if isinstance(n, ast.Name) and n.id == name]
    if len(found) != 1:
        return False
    todo: list[ast.expr | None] = []
    match stmt:
        case ast.For(iter=value) | ast.If(test=value):
            todo.append(value)
        case ast.Assign(value=value) | ast.AugAssign(value=value) if not isinstance(
            value, ast.GeneratorExp
        ):
            todo.append(value)
        case ast.AnnAssign(value=given) | ast.Return(given):
            todo.append(given)
        case ast.Expr(value):
            todo.append(value)
    while todo:
        node = todo.pop()
        if node is found[0]:
            return True
        if node is not None:
            todo += _surely(node)
    return False


def _surely(node: ast.expr) -> list[ast.expr]:
    """The parts of an expression that are evaluated once whenever it is."""
    match node:
        case ast.Call(func, args, keywords):
            return [func, *args, *(k.value for k in keywords)]
        case ast.BinOp(left, _, right):
            return [left, right]
        case ast.Tuple(elts) | ast.List(elts):
            return elts
        case ast.UnaryOp(_, operand):
            return [operand]
        case ast.Compare(left, _, comparators):
            return [left, comparators[0]]
        case ast.Subscript(value, part):
            return [value, part]
        case ast.Attribute(value) | ast.Starred(value):
            return [value]
        case ast.IfExp(test):
            return [test]
        case ast.BoolOp(_, values):
            return values[:1]
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            return [node.generators[0].iter]
        case _:
            return []
