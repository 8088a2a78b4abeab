"""Draws from a `numpy.random.RandomState`, whose streams NumPy keeps as they were before Generators.

What is not told apart here draws as a Generator does on the same source of bits.
"""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind
from loopwright.frontend.lower_choice import choice
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_counted import add, sub
from loopwright.frontend.lower_order import in_order
from loopwright.frontend.lower_parts import kept_by
from loopwright.frontend.lower_random import (
    drawn,
    drawn_shape,
    filled,
    integer_bounds,
    integer_dtype,
    whole_numbers,
)
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shuffle import draw_one, permutation, shuffle
from loopwright.frontend.lower_values import (
    Generator,
    Number,
    Tpl,
    Value,
    integer,
    number,
    real,
    test,
)
from loopwright.frontend.streams import METHODS
from loopwright.ir.draws import DrawMethod
from loopwright.ir.nodes import Expr
from loopwright.ir.types import INT, Type

_NORMAL: tuple[DrawMethod, ...] = ("standard_normal", "normal")
_OWN: tuple[DrawMethod, ...] = (*_NORMAL, "standard_exponential", "exponential")
_DRAWN: dict[str, DrawMethod] = {
    "random": "random", "random_sample": "random", "uniform": "uniform", "laplace": "laplace",
    "logistic": "logistic", "triangular": "triangular", "poisson": "poisson", "binomial": "binomial",
    **{name: name for name in _OWN},
}  # fmt: skip


def legacy_draw(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    """`rng.method(...)`. A single integer comes as int unless a dtype is asked for."""
    match method:
        case "rand" | "randn":
            return _by_lengths(cx, rng, "random" if method == "rand" else "standard_normal", node)
        case "randint":
            return _integers(cx, rng, node)
        case "permutation":
            return permutation(cx, rng, node)
        case "shuffle":
            return shuffle(cx, rng, node)
        case "choice":
            return choice(cx, rng, node)
        case _ if method in _DRAWN:
            return drawn(cx, rng, _DRAWN[method], node, one=_one)
        case _:
            assert method not in METHODS["RandomState"]
            decline(node, "LW106", f"draws by `{method}` of a RandomState are not covered")


def _one(cx: Scope, rng: Generator, method: DrawMethod, args: tuple[Expr, ...], t: Type) -> Expr:
    """One number of type `t`."""
    if method == "binomial":  # where nothing is certain, a Generator draws as well
        for arg in args:
            zero = integer(0) if arg.type == INT else real(0.0)
            cx.check(test("gt", arg, zero), "a binomial number that is certain")
    if method not in _OWN:
        return draw_one(cx, rng, method, args, t)
    values: list[Value] = [rng, *([kept_by(rng)] if method in _NORMAL else []), *map(number, args)]
    value = library_call(cx, f"legacy_{method}", values, ast.Pass())
    assert isinstance(value, Number)
    return cast(value.expr, t)


def _by_lengths(cx: Scope, rng: Generator, method: DrawMethod, node: ast.Call) -> Value:
    """A number, or an array whose lengths are the arguments."""
    if node.keywords:
        decline(node, "LW111", "this function takes no keywords: TypeError")
    lengths = in_order(cx, [lambda n=n: cx.eval(n) for n in node.args])  # type: ignore[misc]
    shape = drawn_shape(cx, Tpl(tuple(lengths)), node) if lengths else None
    return filled(cx, rng, method, (), shape, _one)


def _integers(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bound = bind(cx, node, ["low", "high", "size", "dtype"])
    low, high = (cx.hold(e, "end") for e in integer_bounds(cx, bound, node))
    dtype, plain = integer_dtype(bound.get("dtype"), node)
    cx.check(test("lt", low, high), "low is not below high")
    top = cx.hold(sub(sub(high, integer(1)), low), "top")
    # int is the default, and gives one number as int
    kind = (dtype, plain or "dtype" not in bound)
    one = lambda: add(low, draw_one(cx, rng, "interval", (top,), INT))  # noqa: E731
    return whole_numbers(cx, (low, high), bound.get("size"), kind, one, node)
