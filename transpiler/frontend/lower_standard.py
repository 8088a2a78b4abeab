"""Draws from a `random.Random`, as CPython 3.11 and later make them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind, int_operand
from loopwright.frontend.lower_counted import add
from loopwright.frontend.lower_iter import is_range
from loopwright.frontend.lower_order import in_order, present
from loopwright.frontend.lower_parts import describe, kept_by
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shuffle import draw_one
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Generator,
    Lst,
    Number,
    String,
    Tpl,
    Value,
    integer,
    number,
    real,
)
from loopwright.frontend.streams import METHODS
from loopwright.ir.types import BOOL, FLOAT, Num, Py, kind_of, machine_dtype


@dataclass(frozen=True, slots=True)
class _Signature:
    """The parameters of a distribution; those of `defaults` may be left out."""

    names: tuple[str, ...]
    defaults: Mapping[str, float]


_REALS = {
    "uniform": _Signature(("a", "b"), {}),
    "gauss": _Signature(("mu", "sigma"), {"mu": 0.0, "sigma": 1.0}),
    "normalvariate": _Signature(("mu", "sigma"), {"mu": 0.0, "sigma": 1.0}),
    "lognormvariate": _Signature(("mu", "sigma"), {}),
    "expovariate": _Signature(("lambd",), {}),
    "paretovariate": _Signature(("alpha",), {}),
    "weibullvariate": _Signature(("alpha", "beta"), {}),
}


def standard_draw(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    """`rng.method(...)`."""
    if method == "random":
        bind(cx, node, [], required=0)
        return number(draw_one(cx, rng, "random", (), FLOAT))
    if method in _REALS:
        return _real(cx, rng, method, node)
    if method in _OTHERS:
        return _OTHERS[method](cx, rng, node)
    assert method not in METHODS["Random"]
    decline(node, "LW106", f"draws by `{method}` of a Random are not covered")


def _real(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    kind = _REALS[method]
    required = len(kind.names) - len(kind.defaults)
    bound = bind(cx, node, kind.names, required=required)
    given = [
        _plain(bound[n], node) if n in bound else number(real(kind.defaults[n])) for n in kind.names
    ]
    spare = [kept_by(rng)] if method == "gauss" else []
    return library_call(cx, f"random_{method}", [rng, *spare, *given], node)


def _plain(value: Value, node: ast.Call) -> Number:
    """A real number."""
    if isinstance(value, Number) and value.tag is None:
        t = value.types[0]
        if isinstance(t, (Py, Num)) and t != Py("none") and kind_of(machine_dtype(t)) in "iuf":
            return value
    decline(node, "LW106", f"{describe(value)} as an argument of a draw is not covered")


def _whole(cx: Scope, value: Value, node: ast.Call) -> Number:
    """An integer, as int."""
    if isinstance(value, Number) and BOOL in value.types:
        decline(node, "LW106", "a bool as an argument of a draw is not covered")
    return number(int_operand(cx, value, node))


def _triangular(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bound = bind(cx, node, ["low", "high", "mode"], required=0)
    ends = [
        _plain(bound[n], node) if n in bound else number(real(default))
        for n, default in (("low", 0.0), ("high", 1.0))
    ]
    if "mode" not in bound:
        return library_call(cx, "random_symmetric", [rng, *ends], node)
    return library_call(cx, "random_triangular", [rng, *ends, _plain(bound["mode"], node)], node)


# -------------------------------------------------------------------- integers


def _getrandbits(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bits = _whole(cx, bind(cx, node, ["k"])["k"], node)
    return library_call(cx, "random_getrandbits", [rng, bits], node)


def _randint(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "b"], required=2)
    low, last = (_whole(cx, bound[n], node) for n in ("a", "b"))
    given = [low, number(add(last.expr, integer(1))), number(integer(1))]
    return library_call(cx, "random_randrange", [rng, *given], node)


def _randrange(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bound = bind(cx, node, ["start", "stop", "step"])
    if "stop" not in bound and "step" in bound:
        decline(node, "LW111", "a step without a stop: TypeError")
    given = {name: _whole(cx, value, node) for name, value in bound.items()}
    if "stop" not in given:
        given = {"start": number(integer(0)), "stop": given["start"]}
    step = given.get("step", number(integer(1)))
    return library_call(cx, "random_randrange", [rng, given["start"], given["stop"], step], node)


# -------------------------------------------------------------------- elements


def _choice(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    if _of_range(cx, node) and len(node.args) == 1 and not node.keywords:
        return library_call(cx, "random_of_range", [rng, *_ranged(cx, node)], node)
    seq = _sequence(cx, bind(cx, node, ["seq"])["seq"], node, arrays=True)
    return library_call(cx, "random_choice", [rng, seq], node)


def _shuffle(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    x = _sequence(cx, bind(cx, node, ["x"])["x"], node, arrays=True)
    if isinstance(x, String):
        decline(node, "LW111", "a string is shuffled: TypeError")
    library_call(cx, "random_shuffle", [rng, x], node)
    return NOTHING


def _sample(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    if _of_range(cx, node) and [k.arg for k in node.keywords] == ["k"][len(node.args) - 1 :]:
        return library_call(cx, "random_sample_of_range", [rng, *_ranged(cx, node)], node)
    bound = bind(cx, node, ["population", "k"], required=2)
    k = _whole(cx, bound["k"], node)
    population = _sequence(cx, bound["population"], node)
    return library_call(cx, "random_sample", [rng, population, k], node)


def _choices(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    if len(node.args) > 2:
        decline(node, "LW111", "`k` must be given by its name: TypeError")
    bound = bind(cx, node, ["population", "weights", "cum_weights", "k"])
    population = _sequence(cx, bound["population"], node, arrays=True)
    k = _whole(cx, bound["k"], node) if "k" in bound else number(integer(1))
    weights = {n: bound[n] for n in ("weights", "cum_weights") if n in bound}
    if len(weights) > 1:
        decline(node, "LW111", "both weights and their sums are given: TypeError")
    for name, value in weights.items():
        given = _sequence(cx, value, node)
        how = "random_weighted" if name == "weights" else "random_cumulative"
        return library_call(cx, how, [rng, population, given, k], node)
    return library_call(cx, "random_choices", [rng, population, k], node)


def _of_range(cx: Scope, node: ast.Call) -> bool:
    """Whether the first argument is `range(...)`."""
    return bool(node.args) and is_range(cx, node.args[0])


def _ranged(cx: Scope, node: ast.Call) -> list[Number]:
    """Start, stop and step of the range that is the first argument, then the other arguments."""
    assert isinstance(node.args[0], ast.Call)
    if node.args[0].keywords or not 1 <= len(node.args[0].args) <= 3:
        decline(node, "LW102", "this form of range is not covered")
    inner = node.args[0].args
    nodes = [*inner, *node.args[1:], *[k.value for k in node.keywords]]
    values = in_order(cx, [lambda n=n: cx.eval(n) for n in nodes])  # type: ignore[misc]
    given = [_whole(cx, value, node) for value in values]
    ends, rest = given[: len(inner)], given[len(inner) :]
    if len(ends) == 1:
        ends.insert(0, number(integer(0)))
    if len(ends) == 2:
        ends.append(number(integer(1)))
    return [*ends, *rest]


def _sequence(cx: Scope, value: Value, node: ast.Call, arrays: bool = False) -> Value:
    """A list, tuple or string, or an array of one axis."""
    match present(cx, value):
        case Lst(_, _, 1) | Tpl() | String() as found:
            return found
        case Arr(_, t, _) as found if arrays and t.ndim == 1:
            return found
        case other:
            decline(node, "LW106", f"a draw of elements of {describe(other)} is not covered")


_OTHERS: dict[str, Callable[[Scope, Generator, ast.Call], Value]] = {
    "triangular": _triangular,
    "getrandbits": _getrandbits,
    "randint": _randint,
    "randrange": _randrange,
    "choice": _choice,
    "shuffle": _shuffle,
    "sample": _sample,
    "choices": _choices,
}
