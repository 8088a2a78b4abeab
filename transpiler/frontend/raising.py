"""Code that compiled code leaves to the original: it gives up where such a block begins.

Blocks that end in `raise` whatever happens before, branches that tell somebody something (that print, log,
warn or write), and the handlers of a `try`: where an exception arises, compiled code has given up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from loopwright.frontend.contexts import as_filter
from loopwright.frontend.names import children

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Pass, ast.Assert)
_TELLING = frozenset(
    """print pprint echo secho warn warning debug info error critical exception log write writelines flush
    save savefig show display dump set_description set_postfix set_postfix_str""".split()  # noqa: SIM905
)
"""What is called for nothing but its effect on something outside of the program."""
_TABLES = frozenset(("DataFrame", "Series"))
"""Classes of tables, and attributes that they have and arrays do not."""
_OF_TABLES = frozenset(
    ("columns", "iloc", "loc", "to_numpy", "toarray", "todense", "tocsr", "values")
)
_SUSPENDS = (ast.Yield, ast.YieldFrom, ast.Await)


def always_raises(statements: Sequence[ast.stmt]) -> bool:
    """True if control cannot leave the block but by an exception.

    What the block does before the exception need not be compiled: the kernel gives up with nothing
    changed, and the original does it. A statement that suspends the function or may leave the block in
    another way makes the answer False.
    """
    if not statements:
        return False
    *before, last = statements
    if _suspends(statements):
        return False
    if not all(isinstance(s, _SIMPLE) for s in before):
        return False
    match last:
        case ast.Raise():
            return True
        case ast.If(_, body, orelse):
            return always_raises(body) and always_raises(orelse)
        case _:
            return False


def _suspends(statements: Sequence[ast.stmt]) -> bool:
    return any(isinstance(n, _SUSPENDS) for s in statements for n in ast.walk(s))


def gives_up(branch: Sequence[ast.stmt]) -> bool:
    """True for a branch of an `if` that compiled code leaves to the original, which then starts anew."""
    return always_raises(branch) or (any(map(_tells, branch)) and not _suspends(branch))


def is_of_table(test: ast.expr) -> bool:
    """True for a test whether something is a table of pandas, which compiled code never has.

    Nothing but the name is asked: where it means something else, the original does what stands behind.
    """
    match test:
        case ast.Call(ast.Name("isinstance"), [_, ast.Tuple(elts)], []):
            return bool(elts) and all(_tail(elt) in _TABLES for elt in elts)
        case ast.Call(ast.Name("isinstance"), [_, cls], []):
            return _tail(cls) in _TABLES
        case ast.Call(ast.Name("hasattr"), [_, ast.Constant(name)], []):
            return name in _OF_TABLES
        case ast.BoolOp(ast.Or(), values):
            return all(map(is_of_table, values))
        case _:
            return False


def _tail(node: ast.expr) -> str:
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@lru_cache(maxsize=4096)
def branches_left(stmt: ast.If) -> tuple[bool, bool]:
    """Whether compiled code leaves the two branches to the original."""
    return is_of_table(stmt.test) or gives_up(stmt.body), gives_up(stmt.orelse)


def _tells(stmt: ast.stmt) -> bool:
    match stmt:
        case ast.Expr(ast.Call(ast.Name(name) | ast.Attribute(attr=name))):
            return name in _TELLING
        case _:
            return False


@lru_cache(maxsize=16384)
def left_out(node: ast.AST) -> frozenset[ast.AST]:
    """The nodes in `node` that only the original evaluates."""
    found: set[ast.AST] = set()
    todo = [node]
    while todo:
        part = todo.pop()
        left = list(_left_in(part))
        for root in left:
            found.update(ast.walk(root))
        todo += [child for child in children(part) if child not in left]
    return frozenset(found)


def _left_in(part: ast.AST) -> Iterator[ast.AST]:
    """What of the children of a node only the original evaluates."""
    match part:
        case ast.If(_, body, orelse):
            for branch, left in zip((body, orelse), branches_left(part), strict=True):
                if left:
                    yield from branch
        case ast.IfExp(test, body, _) if is_of_table(test):
            yield body
        case ast.Try(handlers=handlers):
            yield from handlers
        case ast.With(body=body):
            yield from filter(as_filter, body)
        case ast.Raise():
            yield from children(part)
        case ast.Assert(_, ast.expr() as message):
            yield message
        case _:
            pass
