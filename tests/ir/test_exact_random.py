"""Enclosures of random programs hold the values that exact rational arithmetic gives.

The referee here shares nothing with the enclosures: the program's text runs in CPython on fractions in
place of floats. A run counts for nothing where a float gets in, or something that fractions do not do.
"""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
from arguments import HEADER, OutOfBudget, counted, draw_arguments, parameters
from flint import arb, ctx
from strategies import draw_source

from loopwright.diagnostics import CannotLower
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.exact_math import is_decided
from loopwright.ir.interp import KernelFailed
from loopwright.ir.interp_exact import enclose, rebuild_exact

PROGRAMS = 400


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


def _divide(a: Any, b: Any) -> Any:
    return np.multiply(np.multiply(a, Fraction(1)), np.divide(Fraction(1), np.asarray(b, object)))
