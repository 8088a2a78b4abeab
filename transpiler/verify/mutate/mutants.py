"""All mutants of functions, by the operators of this folder, and their code objects.

Not mutated: docstrings, texts, annotations, decorators, defaults, assertions, what a `raise` says. A change
that compiles to the same code is none, and neither are the operands of a difference in another order where
it is squared.
"""

from __future__ import annotations

import ast
import random
import types
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loopwright.verify.goals import Goal, Owner, Span, first_line, span_of
from loopwright.verify.mutate.edits import Edit, replaced
from loopwright.verify.mutate.expressions import EXPRESSIONS, sign_is_lost, swapped_operands
from loopwright.verify.mutate.statements import STATEMENTS
from loopwright.verify.reachable import nested

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_OPAQUE = (ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.JoinedStr)
_UNSEEN = frozenset(
    {"decorator_list", "args", "returns", "annotation", "type_params", "exc", "cause"}
)
"""Fields that are not mutated; `args` of calls are."""


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """One change of the function `owner` in the text of `file`; `operator` names what made it."""

    operator: str
    file: str
    owner: Owner
    edit: Edit

    @property
    def line(self) -> int:
        return self.edit.at.lineno

    def __str__(self) -> str:
        name = self.file.rpartition("/")[2]
        return f"{name}:{self.line}: {self.edit.what}"


class Source:
    """A text, and the top-level statement that holds each of its functions.

    The tree is one for all mutants: an edit is made, compiled and taken back.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.functions: dict[Owner, tuple[FunctionNode, ast.stmt]] = {}
        tree = ast.parse(text)
        for statement in tree.body:
            for owner, node in _functions(statement, ""):
                self.functions[owner] = (node, statement)

    def mutants(self, owner: Owner) -> list[Mutant]:
        """Every mutant of a function, in the order of its text."""
        found = self.functions.get(owner)
        if found is None:
            return []
        return [Mutant(name, self.file, owner, edit) for name, edit in _edits(found[0])]

    def code(self, owner: Owner, flags: int, edit: Edit | None = None) -> types.CodeType | None:
        """The code of a function, with a change if one is given; None if it does not compile."""
        holder = self.functions[owner][1]
        if edit is None:
            return self._compiled(holder, owner, flags)
        with edit.made():
            return self._compiled(holder, owner, flags)

    def _compiled(self, holder: ast.stmt, owner: Owner, flags: int) -> types.CodeType | None:
        try:
            whole = compile(
                ast.Module([holder], []), self.file, "exec", flags=flags, dont_inherit=True
            )
        except (SyntaxError, ValueError):
            return None
        for code in nested(whole):
            if (code.co_qualname, code.co_firstlineno) == owner:
                return code
        return None


def _functions(node: ast.AST, scope: str) -> Iterator[tuple[Owner, FunctionNode]]:
    """Functions and methods below a statement, without those inside of functions."""
    if isinstance(node, FunctionNode):
        yield (f"{scope}{node.name}", first_line(node)), node
        return
    inner = f"{scope}{node.name}." if isinstance(node, ast.ClassDef) else scope
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler):
            yield from _functions(child, inner)


def _edits(function: FunctionNode) -> Iterator[tuple[str, Edit]]:
    for holder, field, index, node in _sites(function):
        if isinstance(node, ast.expr):
            for rewrite in EXPRESSIONS:
                if rewrite is swapped_operands and sign_is_lost(holder, node):
                    continue
                for new in rewrite(node):
                    yield rewrite.__name__, replaced(holder, field, index, node, new)
        for operator in STATEMENTS:
            for edit in operator(node):
                yield operator.__name__, edit


def _sites(function: FunctionNode) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """The nodes of a function that may be changed, each with the place that holds it."""
    yield ast.Module([function], []), "body", 0, function
    todo: list[ast.AST] = [function]
    while todo:
        holder = todo.pop()
        for field, value in ast.iter_fields(holder):
            if field in _UNSEEN and not isinstance(holder, ast.Call):
                continue
            items = value if isinstance(value, list) else [value]
            for k, node in enumerate(items):
                if not isinstance(node, ast.AST) or isinstance(node, _OPAQUE):
                    continue
                yield holder, field, k if isinstance(value, list) else None, node
                todo.append(node)


# ------------------------------------------------------------------- choosing


@dataclass(frozen=True, slots=True)
class Reach:
    """What inputs reached in a file: its statements, and the conditions that went one way only."""

    statements: frozenset[Span]
    one_way: frozenset[Span]

    def covers(self, function: FunctionNode, edit: Edit) -> bool:
        """Whether a change can show: its statement ran, and no condition that it is part of, or that is
        part of it, went one way only. Of such conditions a reader is told without mutants."""
        at = span_of(edit.at)
        inner: ast.stmt = function
        for node in ast.walk(function):
            if isinstance(node, ast.stmt) and within(at, span_of(node)):
                inner = node
        if inner is not function and span_of(inner) not in self.statements:
            return False
        tests = self.one_way if isinstance(edit.at, ast.expr) else ()
        return not any(within(at, span) or within(span, at) for span in tests)


def reach_of(goals: Iterable[Goal], reached: Iterable[Goal]) -> Reach:
    """What `reached` of the goals of one file say about it."""
    seen = {(goal.span, goal.taken) for goal in reached}
    statements = frozenset(span for span, taken in seen if taken is None)
    one_way = frozenset(
        goal.span
        for goal in goals
        if goal.taken is not None and goal.role == "branch" and (goal.span, goal.taken) not in seen
    )
    return Reach(statements, one_way)


def within(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def spread(mutants: Sequence[Mutant], seed: int) -> list[Mutant]:
    """The mutants in an order of which every beginning is spread over functions, lines and operators."""
    shuffled = list(mutants)
    random.Random(seed).shuffle(shuffled)
    lines: Counter[tuple[str, int]] = Counter()
    operators: Counter[tuple[Owner, str]] = Counter()
    ranked: list[tuple[int, int, int]] = []
    for k, mutant in enumerate(shuffled):
        line, operator = (mutant.file, mutant.line), (mutant.owner, mutant.operator)
        ranked.append((lines[line], operators[operator], k))
        lines[line] += 1
        operators[operator] += 1
    return [shuffled[k] for _, _, k in sorted(ranked)]


def fingerprint(code: types.CodeType) -> object:
    """What a code object does, without where it stands in the text."""
    constants = tuple(
        fingerprint(c) if isinstance(c, types.CodeType) else (type(c), repr(c))
        for c in code.co_consts
    )
    return (
        code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars,
        code.co_flags, code.co_exceptiontable,
    )  # fmt: skip
