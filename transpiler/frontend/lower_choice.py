"""`choice` of `numpy.random`: NumPy's ways to draw positions, and what they select.

A RandomState draws each position otherwise than a Generator, and takes the head of a whole permutation
where a Generator draws only what it needs.
"""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import array_of, axis_of, bind, flag_of, int_operand, shape_of
from loopwright.frontend.lower_build import (
    blank,
    branch,
    each,
    loop_while,
    repeat,
    store,
    variable,
)
from loopwright.frontend.lower_counted import (
    add,
    sub,
)
from loopwright.frontend.lower_create import arange
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shuffle import draw_one, permuted, shuffle_ints
from loopwright.frontend.lower_values import (
    Arr,
    Generator,
    Library,
    Number,
    Tpl,
    Value,
    integer,
    number,
    real,
    test,
)
from loopwright.ir.nodes import Alloc, Binary, Call, Cast, Dim, Expr, Fancy, Load, Pt, Slc, Var
from loopwright.ir.types import BOOL, F64, FLOAT, I64, INT, Array, Num, machine_dtype

_INTS = Array("int64", 1)
_REALS = Array("float64", 1)
_SLACK = 7e-9
"""How far a sum of probabilities may be from 1: half of what NumPy admits, since it adds them otherwise."""


def choice(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    """`rng.choice(a, size, replace, p, axis, shuffle)` along the first axis; a RandomState lacks the last
    two parameters."""
    legacy = rng.form == "RandomState"
    names = ["a", "size", "replace", "p", *["axis", "shuffle"] * (not legacy)]
    bound = _bound(cx, names, node)
    population, count = _population(cx, bound["a"], node)
    if legacy and population is not None and population.type.ndim != 1:
        decline(node, "LW111", "a choice from an array of several axes: ValueError")
    if axis_of(bound.get("axis"), population.type.ndim if population else 1, node) not in (None, 0):
        decline(node, "LW106", "a choice along another axis than the first is not covered")
    size = bound.get("size")
    shape = None if size is None else _shape(cx, size, node)
    replace = "replace" not in bound or flag_of(bound["replace"], node, "replace")
    shuffled = "shuffle" not in bound or flag_of(bound["shuffle"], node, "shuffle")
    cx.check(test("gt", count, integer(0)), "a choice from nothing")
    p = _probabilities(cx, bound["p"], count, node) if "p" in bound else None
    if shape is None and legacy and not replace and p is None:
        first = Load(permuted(cx, rng, count), (Pt(integer(0)),), I64)
        return _taken(population, cx.hold(Cast(first, INT)))
    if shape is None:
        return _taken(population, _one(cx, rng, count, p))
    if replace:
        return _selected(cx, population, _with_replacement(cx, rng, count, shape, p))
    if len(shape) != 1:
        decline(node, "LW106", "a choice without replacement in several axes is not covered")
    cx.check(test("le", shape[0], count), "a larger sample than population")
    if p is not None:
        return _selected(cx, population, _weighted(cx, rng, count, shape[0], p))
    if legacy:
        return _selected(cx, population, _head(cx, permuted(cx, rng, count), shape[0]))
    return _selected(cx, population, _distinct(cx, rng, count, shape[0], shuffled))


def _bound(cx: Scope, names: list[str], node: ast.Call) -> dict[str, Value]:
    """The arguments; a range is an array of its numbers, as it is for NumPy."""
    match node.args:
        case [ast.Call(ast.Name("range") as name, [_] | [_, _], []) as numbers, *others] if cx.eval(
            name
        ) == Library("builtins.range"):
            rest = ast.copy_location(ast.Call(node.func, others, node.keywords), node)
            return bind(cx, rest, names, first=arange(cx, numbers), firm=("axis",))
        case _:
            return bind(cx, node, names, firm=("axis",))


def _population(cx: Scope, a: Value, node: ast.Call) -> tuple[Arr | None, Expr]:
    """The array chosen from, None for a range; and how many there are."""
    if isinstance(a, Number):
        if len(a.types) != 1 or machine_dtype(a.type) != "int64":
            decline(node, "LW106", f"a choice from {describe(a)} is not covered")
        return None, cx.hold(int_operand(cx, a, node), "count")
    x = array_of(cx, a, node)
    held = cx.hold(x.expr, "population")
    return Arr(held, x.type, x.origins), cx.hold(Dim(held, 0, INT), "count")


def _shape(cx: Scope, size: Value, node: ast.Call) -> tuple[Expr, ...]:
    if not isinstance(size, (Number, Tpl)) or size == Tpl(()):
        decline(node, "LW106", "this size of a choice is not covered")
    return tuple(cx.hold(e, "size") for e in shape_of(cx, size, node))


def _probabilities(cx: Scope, p: Value, count: Expr, node: ast.Call) -> Var:
    """A float64 copy of the probabilities, tested as NumPy does."""
    given = array_of(cx, p, node)
    if given.type.dtype != "float64" or given.type.ndim != 1:
        decline(node, "LW106", f"probabilities of type {given.type} are not covered")
    copy = variable(cx, "p", Cast(given.expr, _REALS))
    cx.check(test("eq", Dim(copy, 0, INT), count), "a and p must have same size")
    total = variable(cx, "total", real(0.0))

    def weigh(i: Var) -> None:
        value = cx.hold(_real(copy, i))
        cx.check(test("ge", value, real(0.0)), "probabilities are not non-negative")
        cx.set(total.sym, Binary("add", total, value, FLOAT))

    repeat(cx, integer(0), count, weigh)
    off = Call("abs", (Binary("sub", total, real(1.0), FLOAT),), FLOAT)
    cx.check(test("lt", off, real(_SLACK)), "probabilities do not sum to 1")
    return copy


def _real(x: Expr, at: Expr) -> Expr:
    return Cast(Load(x, (Pt(at),), F64), FLOAT)


# ------------------------------------------------------------ what is selected


def _taken(population: Arr | None, at: Expr) -> Value:
    """One element, or one row (a copy)."""
    if population is None:
        return number(at)
    t = population.type
    if t.ndim == 1:
        return number(Load(population.expr, (Pt(at),), Num(t.dtype)))
    rest = Array(t.dtype, t.ndim - 1)
    row = Load(population.expr, (Pt(at), *[Slc()] * rest.ndim), rest)
    return Arr(Cast(row, rest), rest, frozenset())


def _selected(cx: Scope, population: Arr | None, at: Var) -> Value:
    t = at.type
    assert isinstance(t, Array)
    if population is None:
        return Arr(at, t, frozenset())
    kind = Array(population.type.dtype, t.ndim + population.type.ndim - 1)
    rest = [Slc()] * (population.type.ndim - 1)
    return Arr(Load(population.expr, (Fancy(at), *rest), kind), kind, frozenset())


# --------------------------------------------------------- how it is selected


def _one(cx: Scope, rng: Generator, count: Expr, p: Var | None) -> Expr:
    """One position: with and without replacement NumPy draws alike."""
    if p is not None:
        found = _search(
            cx, _cumulative(cx, p, count), count, draw_one(cx, rng, "random", (), FLOAT)
        )
        return cx.hold(found)
    return cx.hold(_below(cx, rng, count))


def _below(cx: Scope, rng: Generator, count: Expr) -> Expr:
    """One position among `count`, of which there are some."""
    if rng.form == "RandomState":
        return draw_one(cx, rng, "interval", (sub(count, integer(1)),), INT)
    return Cast(draw_one(cx, rng, "integers", (count,), I64), INT)


def _head(cx: Scope, order: Var, size: Expr) -> Var:
    """The first `size` positions of an order."""
    made = blank(cx, "chosen", (size,), _INTS)
    repeat(cx, integer(0), size, lambda i: store(cx, made, (i,), Load(order, (Pt(i),), I64)))
    return made


def _with_replacement(
    cx: Scope, rng: Generator, count: Expr, shape: tuple[Expr, ...], p: Var | None
) -> Var:
    made = blank(cx, "chosen", shape, Array("int64", len(shape)))
    cdf = None if p is None else _cumulative(cx, p, count)

    def one(at: tuple[Expr, ...]) -> None:
        if cdf is None:
            store(cx, made, at, Cast(_below(cx, rng, count), I64))
        else:
            found = _search(cx, cdf, count, draw_one(cx, rng, "random", (), FLOAT))
            store(cx, made, at, Cast(found, I64))

    each(cx, shape, one)
    return made


def _cumulative(cx: Scope, p: Var, count: Expr) -> Var:
    """Running sums from left to right, divided by the last."""
    cdf = blank(cx, "cdf", (count,), _REALS)
    total = variable(cx, "total", real(0.0))

    def accumulate(i: Var) -> None:
        cx.set(total.sym, Binary("add", total, _real(p, i), FLOAT))
        store(cx, cdf, (i,), Cast(total, F64))

    repeat(cx, integer(0), count, accumulate)
    cx.check(test("gt", total, real(0.0)), "no probability is left")

    def normalise(i: Var) -> None:
        store(cx, cdf, (i,), Cast(Binary("truediv", _real(cdf, i), total, FLOAT), F64))

    repeat(cx, integer(0), count, normalise)
    return cdf


def _search(cx: Scope, cdf: Var, count: Expr, value: Expr) -> Var:
    """How many entries of `cdf` are at most `value`, by bisection (`searchsorted` from the right)."""
    low, high = variable(cx, "low", integer(0), INT), variable(cx, "high", count)

    def halve() -> None:
        middle = cx.hold(Binary("floordiv", Binary("add", low, high, INT), integer(2), INT))
        branch(
            cx,
            test("lt", value, _real(cdf, middle)),
            lambda: cx.set(high.sym, middle),
            lambda: cx.set(low.sym, add(middle, integer(1))),
        )

    loop_while(cx, test("lt", low, high), halve)
    return low


def _distinct(cx: Scope, rng: Generator, count: Expr, size: Expr, shuffled: bool) -> Var:
    """Without replacement: the tail of a shuffled range where the sample is a large part of a large
    population, else Floyd's algorithm with a table of what is taken (CACM 30(9), 1987)."""
    made = blank(cx, "chosen", (size,), _INTS)
    part = Binary("floordiv", count, integer(50 if shuffled else 20), INT)
    large = cx.hold(test("gt", count, integer(10000)))
    many = cx.hold(test("gt", size, part))

    def tail() -> None:
        span = Call("np.arange", (integer(0), count, integer(1)), _INTS)
        whole = variable(cx, "whole", span)
        first = Call("max2", (sub(count, size), integer(1)), INT)
        shuffle_ints(cx, rng, whole, cx.hold(first))
        start = cx.hold(sub(count, size))
        repeat(
            cx,
            integer(0),
            size,
            lambda i: store(cx, made, (i,), Load(whole, (Pt(add(start, i)),), I64)),
        )

    def floyd() -> None:
        _floyd(cx, rng, count, size, made)
        if shuffled:
            shuffle_ints(cx, rng, made, integer(1))

    branch(cx, large, lambda: branch(cx, many, tail, floyd), floyd)
    return made


def _floyd(cx: Scope, rng: Generator, count: Expr, size: Expr, made: Var) -> None:
    length = variable(cx, "length", integer(8), INT)
    double = Binary("mul", length, integer(2), INT)
    need = cx.hold(Binary("mul", size, integer(2), INT))
    loop_while(cx, test("lt", length, need), lambda: cx.set(length.sym, double))
    slots = variable(cx, "slots", Alloc((length,), integer(-1), _INTS))
    first = cx.hold(sub(count, size))

    def one(j: Var) -> None:
        drawn = draw_one(cx, rng, "integers", (add(j, integer(1)),), I64)
        value = variable(cx, "value", Cast(drawn, INT))
        slot = _slot(cx, slots, value)

        def instead() -> None:
            cx.set(value.sym, j)
            cx.set(slot.sym, _slot(cx, slots, j))

        branch(cx, test("ge", _int(slots, slot), integer(0)), instead)
        store(cx, slots, (slot,), Cast(value, I64))
        store(cx, made, (sub(j, first),), Cast(value, I64))

    repeat(cx, first, count, one, hint="j")


def _int(x: Expr, at: Expr) -> Expr:
    return Cast(Load(x, (Pt(at),), I64), INT)


def _slot(cx: Scope, slots: Var, value: Expr) -> Var:
    """Where `value` stands in the table, or the free place for it."""
    mask = sub(Dim(slots, 0, INT), integer(1))
    slot = variable(cx, "slot", Binary("and", value, mask, INT))
    other = _both(test("ge", _int(slots, slot), integer(0)), test("ne", _int(slots, slot), value))
    step = Binary("and", add(slot, integer(1)), mask, INT)
    loop_while(cx, other, lambda: cx.set(slot.sym, step))
    return slot


def _both(a: Expr, b: Expr) -> Expr:
    return Binary("and", a, b, BOOL)


def _weighted(cx: Scope, rng: Generator, count: Expr, size: Expr, p: Var) -> Var:
    """Without replacement by weight: rounds of draws, each from what the rounds before have left."""
    made = blank(cx, "chosen", (size,), _INTS)
    positive = variable(cx, "positive", integer(0), INT)

    def tally(i: Var) -> None:
        more = lambda: cx.set(positive.sym, add(positive, integer(1)))  # noqa: E731
        branch(cx, test("gt", _real(p, i), real(0.0)), more)

    repeat(cx, integer(0), count, tally)
    cx.check(test("ge", positive, size), "fewer non-zero entries in p than size")
    found = variable(cx, "found", integer(0), INT)
    loop_while(cx, test("lt", found, size), lambda: _round(cx, rng, count, size, p, made, found))
    return made


def _round(
    cx: Scope, rng: Generator, count: Expr, size: Expr, p: Var, made: Var, found: Var
) -> None:
    before = cx.hold(found)
    repeat(cx, integer(0), before, lambda i: store(cx, p, (_int(made, i),), real(0.0)))
    cdf = _cumulative(cx, p, count)
    taken = variable(cx, "taken", Alloc((count,), integer(0), _INTS))

    def one(_: Var) -> None:
        at = _search(cx, cdf, count, draw_one(cx, rng, "random", (), FLOAT))

        def keep() -> None:
            store(cx, taken, (at,), integer(1))
            store(cx, made, (found,), Cast(at, I64))
            cx.set(found.sym, add(found, integer(1)))

        branch(cx, test("eq", _int(taken, at), integer(0)), keep)

    repeat(cx, before, size, one)
