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
    """None for what is returned, two results swapped, 0 for None."""
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
            if not isinstance(last, ast.Return | ast.Raise):
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
    sets, uses = _names(first)
    other_sets, other_uses = _names(second)
    return bool(sets & (other_uses | other_sets) or other_sets & uses)


def _names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """What a statement may change, and what it reads. A method may change its object."""
    changed: set[str] = set()
    read: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(name, ast.Load()):
                read.add(name)
            case ast.Name(name):
                changed.add(name)
            case (
                ast.Subscript(ast.Name(name), _, ast.Store())
                | ast.Attribute(ast.Name(name), _, ast.Store())
                | ast.Call(ast.Attribute(ast.Name(name)))
            ):
                changed.add(name)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        read.add(statement.target.id)
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
