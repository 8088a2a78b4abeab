"""A source text with probes in it: each notes that a goal was reached, and how close a comparison came.

Only goals that are still wanted have probes, so that code whose goals are reached runs as it was written.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from loopwright.verify.goals import Span, span_of

TEST, COMPARE, VALUE, SEEN = (
    "_loopwright_test", "_loopwright_compare", "_loopwright_value", "_loopwright_seen",
)  # fmt: skip
OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
BY_NUMBER = tuple(OPERATORS.values())
_NUMBER = {cls: number for number, cls in enumerate(OPERATORS)}


def probed(
    source: str, statements: Mapping[Span, int], conditions: Mapping[Span, int]
) -> ast.Module:
    """The text's tree with probes at the given places, each with its number.

    The number of a condition is that of its outcome False; True is the next one.
    """
    tree = ast.parse(source)
    _Prober(statements, conditions).visit(tree)
    return tree


class _Prober(ast.NodeTransformer):
    def __init__(self, statements: Mapping[Span, int], conditions: Mapping[Span, int]) -> None:
        self.statements = statements
        self.conditions = conditions

    def visit(self, node: ast.AST) -> Any:
        visited = super().visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(visited, name, None)
            if isinstance(block, list) and not isinstance(node, ast.Module | ast.ClassDef):
                setattr(visited, name, self._marked(block))
        return visited

    def _marked(self, block: list[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for statement in block:
            number = self.statements.get(span_of(statement))
            if number is not None:
                place = ast.Subscript(_name(SEEN), ast.Constant(number), ast.Store())
                mark = ast.Assign([place], ast.Constant(1))
                out.append(ast.fix_missing_locations(ast.copy_location(mark, statement)))
            out.append(statement)
        return out

    # ---------------------------------------------------------------- tests

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._tested(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._tested(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self._tested(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return self._tested(node)

    def _tested(self, node: ast.If | ast.While | ast.IfExp | ast.Assert) -> ast.AST:
        test = node.test
        node.test = ast.Constant(True)
        self.generic_visit(node)
        node.test = self._test(test)
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        guard, node.guard = node.guard, None
        self.generic_visit(node)
        node.guard = None if guard is None else self._test(guard)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        ifs, node.ifs = node.ifs, []
        self.generic_visit(node)
        node.ifs = [self._test(each) for each in ifs]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        node.values = [*map(self._value, node.values[:-1]), self.visit(node.values[-1])]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return self._value(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node  # places inside of it are not to be relied on before Python 3.12

    def _test(self, node: ast.expr) -> ast.expr:
        """A test whose truth alone is used."""
        if isinstance(node, ast.BoolOp):
            node.values = list(map(self._test, node.values))
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._test(node.operand)
            return node
        number = self.conditions.get(span_of(node))
        visited = self._inside(node)
        if number is None:
            return visited
        match visited:
            case ast.Compare(left, [op], [right]) if type(op) in _NUMBER:
                args = [ast.Constant(_NUMBER[type(op)]), left, right]
                return _call(COMPARE, number, args, node)
            case _:
                return _call(TEST, number, [visited], node)

    def _inside(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Compare):
            self.generic_visit(node)
            return node
        visited: ast.expr = self.visit(node)
        return visited

    def _value(self, node: ast.expr) -> ast.expr:
        """A part of `and` or `or` whose value may be the result."""
        if isinstance(node, ast.BoolOp):
            node.values = list(map(self._value, node.values))
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._test(node.operand)
            return node
        number = self.conditions.get(span_of(node))
        visited = self._inside(node)
        return visited if number is None else _call(VALUE, number, [visited], node)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(name: str, number: int, args: list[ast.expr], at: ast.expr) -> ast.expr:
    call = ast.Call(_name(name), [ast.Constant(number), *args], [])
    return ast.fix_missing_locations(ast.copy_location(call, at))
