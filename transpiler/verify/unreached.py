"""Goals that no input reached: which of them a reader is told, and which may hide a difference.

A goal may not, and is said to be excused, if it is shown to be out of reach for the declared types, if it is
an `assert` that held, or if both functions hold the same code there and it reads nothing but what they were
given: the same `raise` on the same condition over the arguments, for instance.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Iterable
from dataclasses import dataclass

from loopwright.verify.coverage import Coverage
from loopwright.verify.goals import Goal, span_of

LISTED = 8


@dataclass(frozen=True, slots=True)
class Missed:
    """`what` no input reached, as `file:line: condition is never true`, without the folder."""

    what: str
    excused: bool


def unreached(coverage: Coverage, impossible: Iterable[int] = ()) -> tuple[Missed, ...]:
    """What to tell about the goals that were missed; what lies behind a missed goal goes without saying.

    `impossible` are the numbers of goals that were shown to be out of reach.
    """
    out: dict[str, bool] = {}
    told = _told(coverage, impossible)
    open_ends = open_goals(coverage, impossible)
    for number in told:
        goal = coverage.goals[number]
        if goal.role == "value":
            continue
        name = f"{goal.file.rpartition('/')[2]}:{goal.line}: {_clause(coverage, number)}"
        out[name] = out.get(name, True) and number not in open_ends
    return tuple(Missed(what, fine) for what, fine in out.items())


def open_goals(coverage: Coverage, impossible: Iterable[int]) -> set[int]:
    """The goals to be told that may hide a difference."""
    told = _told(coverage, impossible)
    twins = _same_code(coverage, told)
    return {n for n in told if n not in twins and coverage.goals[n].role == "branch"}


def _told(coverage: Coverage, impossible: Iterable[int]) -> list[int]:
    left = coverage.missed.difference(impossible)
    return [number for number in sorted(left) if not _implied(coverage, number)]


def _implied(coverage: Coverage, number: int) -> bool:
    """True if a goal before it was missed, too."""
    goal = coverage.goals[number]
    if goal.parent is None:
        return False
    return number - goal.number + goal.parent in coverage.missed


def _clause(coverage: Coverage, number: int) -> str:
    goal = coverage.goals[number]
    if goal.taken is None:
        return goal.what
    other = number + (-1 if goal.taken else 1)
    return f"{goal.text} is never evaluated" if other in coverage.missed else goal.what


# ------------------------------------------------------------- the same code


def _same_code(coverage: Coverage, numbers: list[int]) -> set[int]:
    """Those of the goals whose code is the same in another function, where it was missed as well."""
    groups: dict[str, set[int]] = {}
    for number in numbers:
        goal = coverage.goals[number]
        text = _decided_text(coverage.text_of(goal), goal)
        if text is not None:
            groups.setdefault(text, set()).add(number)
    places = {n: (coverage.goals[n].file, coverage.goals[n].owners[0]) for n in numbers}
    return {
        number
        for group in groups.values()
        if len({places[n] for n in group}) > 1
        for number in group
    }


def _decided_text(source: str, goal: Goal) -> str | None:
    """The statement that a goal belongs to and what it decides, if it reads nothing but arguments,
    builtins and globals of the module."""
    found = _statement(source, goal)
    if found is None:
        return None
    function, statement = found
    parts: list[ast.AST] = [statement]
    if isinstance(statement, ast.If):
        parts = [statement.test, *(statement.orelse if goal.taken is False else statement.body)]
    elif isinstance(statement, ast.For | ast.While | ast.With | ast.Try | ast.Match):
        return None
    assigned = {name for node in ast.walk(function) for name in _changed(node)}
    arguments = [a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)]
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                known = node.id in arguments or hasattr(builtins, node.id)
                if node.id in assigned or not (known or node.id in ("np", "numpy", "math")):
                    return None
    return f"{arguments} {goal.taken}: " + "; ".join(map(ast.unparse, parts))


def _changed(node: ast.AST) -> tuple[str, ...]:
    """The variable that a node assigns to or into."""
    match node:
        case ast.Name(name, ast.Store() | ast.Del()):
            return (name,)
        case ast.Subscript(inner, _, ast.Store() | ast.Del()) | ast.Attribute(
            inner, _, ast.Store() | ast.Del()
        ):
            while isinstance(inner, ast.Subscript | ast.Attribute):
                inner = inner.value
            return (inner.id,) if isinstance(inner, ast.Name) else ()
        case _:
            return ()


def _statement(
    source: str, goal: Goal
) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.stmt] | None:
    """The innermost function and the innermost statement around a goal."""
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    statement: ast.stmt | None = None
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.stmt) and _holds(node, goal):
            statement = node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                function = node
    return None if function is None or statement is None else (function, statement)


def _holds(node: ast.stmt, goal: Goal) -> bool:
    start, end = span_of(node)[:2], span_of(node)[2:]
    return start <= goal.span[:2] and goal.span[2:] <= end


@functools.lru_cache(4)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)
