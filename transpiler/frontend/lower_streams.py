"""Draws from a stream of random numbers: an object's, or that of a module whose function is called."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_names
from loopwright.frontend.lower_args import bind, int_operand
from loopwright.frontend.lower_legacy import legacy_draw
from loopwright.frontend.lower_names import read_path
from loopwright.frontend.lower_random import generator_draw
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_shuffle import draw_one
from loopwright.frontend.lower_standard import standard_draw
from loopwright.frontend.lower_values import Generator, Value, number
from loopwright.frontend.streams import stream_key
from loopwright.ir.types import FLOAT, INT


def draw(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    """`rng.method(...)`."""
    if cx.library is library_names():
        return _bits(cx, rng, method, node)
    match rng.form:
        case "Generator":
            return generator_draw(cx, rng, method, node)
        case "RandomState":
            return legacy_draw(cx, rng, method, node)
        case "Random":
            return standard_draw(cx, rng, method, node)


def module_draw(cx: Scope, module: str, function: str, node: ast.Call) -> Value:
    """`function` of a module that has a stream of its own."""
    cx.unit.drawn.setdefault(module, set()).add(function)
    rng = read_path(cx, stream_key(module), node)
    assert isinstance(rng, Generator)
    return draw(cx, rng, function, node)


def _bits(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    """What the library's own text draws by: a float in [0, 1), or an integer in [0, top]."""
    if method == "random":
        return number(draw_one(cx, rng, "random", (), FLOAT))
    assert method == "interval"
    top = int_operand(cx, bind(cx, node, ["top"])["top"], node)
    return number(draw_one(cx, rng, "interval", (top,), INT))
