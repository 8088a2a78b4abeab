"""Mutation operators on statements: on their parts, and on the blocks that hold them."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence

from loopwright.verify.mutate.edits import Edit, located, replaced, short
from loopwright.verify.mutate.expressions import ARITHMETIC

StatementOperator = Callable[[ast.AST], Iterator[Edit]]
"""Takes any node and yields the edits of its own fields."""

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete)
_LEAVES = (ast.Break, ast.Continue, ast.Return, ast.Raise)


def guard_removed(node: ast.AST) -> Iterator[Edit]:
    """A condition that always holds, and one that never does; a loop that is never entered."""
    match node:
        case ast.If(test) | ast.IfExp(test):
            for taken in (True, False):
                words = f"`{short(test)}` made always {str(taken).lower()}"
                yield Edit(node, "test", None, located(ast.Constant(taken), test), test, words)
        case ast.While(test) if not isinstance(test, ast.Constant):
            words = f"`while {short(test)}` never entered"
            yield Edit(node, "test", None, located(ast.Constant(False), test), test, words)
        case ast.comprehension(_, _, ifs):
            for k, test in enumerate(ifs):
                words = f"filter `{short(test)}` removed"
                yield Edit(node, "ifs", k, located(ast.Constant(True), test), test, words)


def iteration_dropped(node: ast.AST) -> Iterator[Edit]:
    """A loop without its first round, without its last one, with its first one only."""
    match node:
        case ast.For(_, items) | ast.comprehension(_, items):
            if not (isinstance(items, ast.Call) and short(items.func) == "range"):
                one = ast.Constant(1)
                whole = ast.List([ast.Starred(items, ast.Load())], ast.Load())
                for part, which in (
                    (ast.Slice(one, None, None), "first"),
                    (ast.Slice(None, ast.UnaryOp(ast.USub(), one), None), "last"),
                ):
                    rest = located(ast.Subscript(whole, part, ast.Load()), items)
                    words = f"loop over `{short(items)}` without its {which} round"
                    yield Edit(node, "iter", None, rest, items, words)
    match node:
        case ast.For(_, looped, body) | ast.While(looped, body):
            if not isinstance(body[-1], _LEAVES):
                left = located(ast.Break(), body[-1])
                words = f"loop over `{short(looped)}` left after one round"
                yield Edit(node, "body", None, [*body, left], node, words)


def update_changed(node: ast.AST) -> Iterator[Edit]:
    """`-=` for `+=`, and so on."""
    if isinstance(node, ast.AugAssign):
        other = ARITHMETIC[type(node.op)]()
        made = located(ast.AugAssign(node.target, other, node.value), node)
        yield Edit(node, "op", None, other, node, f"`{short(node)}` made `{short(made)}`")


def result_changed(node: ast.AST) -> Iterator[Edit]:
    """None for what is returned, two results swapped, 0 for None; 0 where nothing else may be changed."""
    match node:
        case ast.Return(None | ast.Constant(None)):
            made = located(ast.Constant(0), node)
            yield Edit(node, "value", None, made, node, f"`{short(node)}` made `return 0`")
        case ast.Return(ast.expr() as value):
            yield replaced(node, "value", None, value, ast.Constant(None))
            match value:
                case ast.Tuple([first, second, *rest], ctx):
                    if ast.dump(first) != ast.dump(second):
                        other = ast.Tuple([second, first, *rest], ctx)
                        yield replaced(node, "value", None, value, other)
        case ast.FunctionDef(_, _, body) | ast.AsyncFunctionDef(_, _, body):
            last = body[-1]
            if all(isinstance(each, ast.Pass | ast.Expr) for each in body):
                added = located(ast.Return(ast.Constant(0)), last)
                yield Edit(node, "body", None, [*body, added], last, "`return 0` added at the end")


# ---------------------------------------------------------------------- blocks


def statement_deleted(node: ast.AST) -> Iterator[Edit]:
    """A statement, a `raise`, a jump left out; not the only binding of a name, which nobody overlooks."""
    for field, block in blocks(node):
        for k, statement in enumerate(block):
            if _deletable(statement):
                passed = located(ast.Pass(), statement)
                yield Edit(node, field, k, passed, statement, f"`{short(statement)}` deleted")


def _deletable(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets):
            return not any(isinstance(t, ast.Name | ast.Tuple) for t in targets)
        case ast.Expr(value):
            return not isinstance(value, ast.Constant | ast.Yield)
        case _:
            return isinstance(statement, (ast.AugAssign, ast.Delete, *_LEAVES))


def updates_reordered(node: ast.AST) -> Iterator[Edit]:
    """Two neighbours swapped of which one sets what the other one uses."""
    for field, block in blocks(node):
        for k, (first, second) in enumerate(itertools.pairwise(block)):
            if isinstance(first, _SIMPLE) and isinstance(second, _SIMPLE) and _meet(first, second):
                swapped = [*block[:k], second, first, *block[k + 2 :]]
                words = f"`{short(first)}` put behind `{short(second)}`"
                yield Edit(node, field, None, swapped, first, words)


def update_made_assignment(node: ast.AST) -> Iterator[Edit]:
    """`s = v` for `s += v`."""
    for field, block in blocks(node):
        for k, statement in enumerate(block):
            if isinstance(statement, ast.AugAssign):
                made = located(ast.Assign([statement.target], statement.value), statement)
                words = f"`{short(statement)}` made `{short(made)}`"
                yield Edit(node, field, k, made, statement, words)


def jump_changed(node: ast.AST) -> Iterator[Edit]:
    """`continue` for `break`, and the other way round."""
    for field, block in blocks(node):
        for k, statement in enumerate(block):
            if isinstance(statement, ast.Break | ast.Continue):
                other = ast.Continue() if isinstance(statement, ast.Break) else ast.Break()
                words = f"`{short(statement)}` made `{short(other)}`"
                yield Edit(node, field, k, located(other, statement), statement, words)


def blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The lists of statements that a node holds."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield field, block


def _meet(first: ast.stmt, second: ast.stmt) -> bool:
    sets, uses = _places(first)
    other_sets, other_uses = _places(second)
    return _touch(sets, other_uses | other_sets) or _touch(other_sets, uses)


def _touch(some: set[str], others: set[str]) -> bool:
    """Whether one of the places is, or is part of, one of the others."""
    return any(
        a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.") for a in some for b in others
    )


def _places(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """What a statement may change, and what it reads: names, and attributes of names as `self.w`. A method
    may change its object."""
    changed: set[str] = set()
    read: set[str] = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        match node:
            case ast.Name(_, ctx) | ast.Attribute(ast.Name(), _, ctx):
                place = ast.unparse(node)
                (read if isinstance(ctx, ast.Load) else changed).add(place)
                continue
            case ast.Subscript(ast.Name() | ast.Attribute() as held, _, ast.Store()):
                changed.add(ast.unparse(held))
            case ast.Call(ast.Attribute(ast.Name() | ast.Attribute() as held)):
                changed.add(ast.unparse(held))
            case ast.AugAssign(target):
                read.add(ast.unparse(target))
        todo += ast.iter_child_nodes(node)
    return changed - {"np", "math"}, read


STATEMENTS: Sequence[StatementOperator] = (
    guard_removed,
    iteration_dropped,
    update_changed,
    result_changed,
    statement_deleted,
    updates_reordered,
    update_made_assignment,
    jump_changed,
)
