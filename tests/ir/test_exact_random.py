"""Enclosures of random programs hold the values that exact rational arithmetic gives.

The referee here shares nothing with the enclosures: the program's text runs in CPython on fractions in
place of floats. A run counts for nothing where a float gets in, or something that fractions do not do.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
from arguments import HEADER, counted, draw_arguments, parameters
from flint import arb, ctx
from strategies import draw_source

from loopwright.diagnostics import CannotLower
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.exact_math import is_decided
from loopwright.ir.interp import KernelFailed
from loopwright.ir.interp_exact import enclose, rebuild_exact
from loopwright.ir.nodes import Program

PROGRAMS = 60


class _Rational(ast.NodeTransformer):
    """Floats and true divisions of the text as fractions."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return _call("exactly", node) if isinstance(node.value, float) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node.op:
            case ast.Div():
                return _call("divide", node.left, node.right)
            case ast.Pow():
                return _call("power", node.left, node.right)
            case _:
                return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign([node.target], _call("divide", load, node.value))


def _call(name: str, *args: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def exactly(value: Any) -> Any:
    """Floats as fractions; raises for what is none."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        made = np.empty(value.shape, object)
        made[...] = np.frompyfunc(exactly, 1, 1)(value) if value.size else made
        return made
    if isinstance(value, list):
        return [exactly(item) for item in value]
    return Fraction(float(value)) if isinstance(value, float | np.floating) else value


def tame(value: Any) -> Any:
    """Finite floats that are no short binary fractions, in place of the drawn ones."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        with np.errstate(all="ignore"):
            value[...] = np.where(np.abs(value) < 1e6, value * value.dtype.type(0.3), 0.1)
        return value
    if isinstance(value, list):
        return [tame(item) for item in value]
    return value if not isinstance(value, float) else 0.3 * value if abs(value) < 1e6 else 0.1


def divide(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.divide(np.multiply(np.asarray(a, object), Fraction(1)), np.asarray(b, object))
    whole = (int(x) if isinstance(x, np.integer) else x for x in (a, b))
    return Fraction(next(whole)) / Fraction(next(whole))


def power(a: Any, b: Any) -> Any:
    if isinstance(a, int) and isinstance(b, int) and b < 0:
        return Fraction(a) ** b
    if np.max(np.abs(np.asarray(b, object)), initial=0) > 64:
        raise OverflowError("a number of many digits")
    made = a**b
    if any(isinstance(x, float | complex) for x in np.ravel(np.asarray(made, object))):
        raise TypeError("no rational number")
    return made


class _Numpy(SimpleNamespace):
    """What of NumPy holds its own on arrays of fractions, and the rest as it is."""

    float64 = float32 = object

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def zeros(shape: Any, dtype: Any = object) -> Any:
        return np.full(shape, Fraction(0) if dtype is object else 0, dtype)

    @staticmethod
    def ones(shape: Any, dtype: Any = object) -> Any:
        return np.full(shape, Fraction(1) if dtype is object else 1, dtype)


def rational_outcome(text: str, args: dict[str, Any]) -> Any:
    """What `f` returns on fractions; raises whatever that raises."""
    ticks = iter(range(2000))
    space: dict[str, Any] = {"tick": lambda: next(ticks)}
    tree = ast.fix_missing_locations(_Rational().visit(ast.parse(HEADER + counted(text))))
    exec(compile(tree, "<rational>", "exec"), space)
    space |= {
        "np": _Numpy(), "math": SimpleNamespace(floor=math.floor, ceil=math.ceil), "float": Fraction,
        "exactly": exactly, "divide": divide, "power": power,
    }  # fmt: skip
    with np.errstate(all="ignore"):
        return space["f"](**{name: exactly(value) for name, value in args.items()})


def pairs_of(exact: Any, rational: Any) -> Iterator[tuple[Any, Any]]:
    """Enclosure (or plain number) and rational number for each part of a result."""
    match exact:
        case tuple() | list():
            for p, q in zip(exact, rational, strict=True):
                yield from pairs_of(p, q)
        case np.ndarray():
            assert exact.shape == np.shape(rational)
            yield from zip(np.ravel(exact), np.ravel(rational), strict=True)
        case None:
            assert rational is None
        case _:
            yield exact, rational


def holds(ball: Any, number: Any) -> bool:
    whole = Fraction(number)
    with ctx.workprec(4000):
        return bool((ball * int(whole.denominator)).contains(arb(int(whole.numerator))))


def checked(source: str, program: Program, args: dict[str, Any]) -> int:
    """How many enclosures of one run were compared; asserts that each holds its number."""
    try:
        rational = rational_outcome(source, copy.deepcopy(args))
    except Exception:
        return 0
    given = copy.deepcopy(args)
    found = enclose(program, [given[p.name] for p in program.main.params])
    compared = 0
    for ball, number in pairs_of(rebuild_exact(program, found), rational) if found.sure else ():
        if isinstance(number, float | np.floating):
            continue
        if isinstance(ball, arb):
            if is_decided(ball):
                assert holds(ball, number), f"{source}\n{args}\n{ball} {number}"
                compared += 1
        else:
            assert ball == number, f"{source}\n{args}\n{ball} {number}"
    return compared


def test_enclosures_hold_the_values_of_rational_arithmetic() -> None:
    compared = 0
    for seed in range(PROGRAMS):
        source = draw_source(seed)
        rng = random.Random(seed)
        if "mean" in source:  # of whole numbers it is a float, whatever stands for floats
            continue
        with contextlib.suppress(CannotLower):
            program = lower_function(HEADER + source)
            for _ in range(12):
                drawn = draw_arguments(parameters(source), rng)
                args = {name: tame(value) for name, value in drawn.items()}
                with contextlib.suppress(KernelFailed):
                    compared += checked(source, program, args)
    assert compared > 60
