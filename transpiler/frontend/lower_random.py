"""Draws from a `numpy.random.Generator`: one number at a time, in the order of the program."""

from __future__ import annotations

import ast
from typing import Literal, cast

from loopwright.frontend.lower_args import bind, int_operand
from loopwright.frontend.lower_math import as_float
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Generator, Number, Value, integer, number, real
from loopwright.ir.nodes import Draw, Expr, Var
from loopwright.ir.types import FLOAT, I64

Method = Literal["random", "normal", "standard_normal", "uniform", "integers", "exponential"]
_PARAMETERS: dict[str, tuple[tuple[str, float], ...]] = {
    "random": (),
    "standard_normal": (),
    "normal": (("loc", 0.0), ("scale", 1.0)),
    "uniform": (("low", 0.0), ("high", 1.0)),
    "exponential": (("scale", 1.0),),
}


def draw(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    """`rng.method(...)` without `size`. Integers come as np.int64, the others as float."""
    if method == "integers":
        return _integers(cx, rng, node)
    if method not in _PARAMETERS:
        decline(node, "LW106", f"draws by `{method}` are not covered")
    names = [name for name, _ in _PARAMETERS[method]]
    bound = bind(cx, node, names, required=0)
    args: list[Expr] = []
    for name, default in _PARAMETERS[method]:
        value = bound.get(name)
        args.append(real(default) if value is None else as_float(cx, value, node))
    target = cx.sym(cx.fresh(method), FLOAT)
    return _emit(cx, rng, method, target_args=tuple(args), target=Var(target))


def _integers(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bound = bind(cx, node, ["low", "high"])
    low = int_operand(cx, bound["low"], node)
    if "high" in bound:
        args: tuple[Expr, ...] = (low, int_operand(cx, bound["high"], node))
    else:
        args = (integer(0), low)
    return _emit(cx, rng, "integers", args, Var(cx.sym(cx.fresh("draw"), I64)))


def _emit(
    cx: Scope, rng: Generator, method: str, target_args: tuple[Expr, ...], target: Var
) -> Number:
    cx.emit(Draw(target.sym, rng.sym, cast(Method, method), target_args, cx.span))
    return number(target)
