"""Constants of a source text, with their neighbours: values and sizes at which behaviour may change."""

from __future__ import annotations

import ast
import contextlib
import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

LARGEST_SIZE = 1_100_000
_LARGEST_PRODUCT = 5000
_FOLD: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.LShift: operator.lshift,
    ast.Pow: operator.pow,
}


@dataclass(frozen=True, slots=True)
class Constants:
    """`sizes` are lengths worth trying; `ints` and `floats` are values; `texts` strings, `patterns` regular
    expressions."""

    ints: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    patterns: tuple[str, ...] = ()


def mine(sources: Iterable[str]) -> Constants:
    """The constants of all texts together; a text that does not parse adds nothing."""
    ints: set[int] = set()
    floats: set[float] = set()
    texts: set[str] = set()
    patterns: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        patterns.update(_patterns(tree))
        for value in _values(tree):
            if isinstance(value, bool):
                continue
            if isinstance(value, int):
                ints.add(value)
            elif isinstance(value, float):
                floats.add(value)
                if value.is_integer() and abs(value) < 2**63:
                    ints.add(int(value))
            elif isinstance(value, str) and len(value) <= 40:
                texts.add(value)
    return Constants(
        tuple(sorted({n for c in ints for n in _int_neighbours(c)} | _products(ints))),
        tuple(dict.fromkeys(f for c in [*sorted(floats), *sorted(ints)] for f in _float_near(c))),
        tuple(sorted(texts)),
        tuple(sorted({n for c in ints | _products(ints) for n in _sizes_near(c)})),
        tuple(sorted(patterns)),
    )


def _patterns(tree: ast.AST) -> Iterable[str]:
    """The regular expressions that functions of `re` are given."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), _), [ast.Constant(str() as pattern), *_]):
                with contextlib.suppress(re.error, OverflowError):
                    re.compile(pattern)
                    yield pattern


def _values(tree: ast.AST) -> Iterable[object]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.BinOp | ast.UnaryOp):
            folded = _fold(node)
            if folded is not None:
                yield folded


def _fold(node: ast.expr) -> int | float | None:
    match node:
        case ast.Constant(value=(int() | float()) as value):
            return value
        case ast.UnaryOp(ast.USub(), operand):
            inner = _fold(operand)
            return None if inner is None else -inner
        case ast.BinOp(left, op, right) if type(op) in _FOLD:
            a, b = _fold(left), _fold(right)
            return None if a is None or b is None else _apply(op, a, b)
        case _:
            return None


def _apply(op: ast.operator, a: int | float, b: int | float) -> int | float | None:
    if abs(a) >= 2**64 or abs(b) > (128 if isinstance(op, ast.Pow | ast.LShift) else 2**64):
        return None
    try:
        folded = _FOLD[type(op)](a, b)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return folded if isinstance(folded, int | float) else None


def _int_neighbours(c: int) -> tuple[int, ...]:
    return (c - 1, c, c + 1, -c)


def _products(ints: set[int]) -> set[int]:
    small = sorted(c for c in ints if 2 <= c <= 64)[:8]
    return {a * b for a in small for b in small if a * b <= _LARGEST_PRODUCT}


def _sizes_near(c: int) -> list[int]:
    near = (c - 1, c, c + 1, 2 * c - 1, 2 * c, 2 * c + 1, 3 * c)
    return [n for n in near if 0 <= n <= LARGEST_SIZE]


def _float_near(c: float) -> list[float]:
    try:
        value = float(c)
    except OverflowError:
        return []
    if not math.isfinite(value):
        return [value]
    return [value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf), -value]
