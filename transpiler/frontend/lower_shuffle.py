"""`permutation` and `shuffle` of `numpy.random`: Fisher-Yates from the end, as NumPy does it."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import array_of, axis_of, bind, int_operand
from loopwright.frontend.lower_build import branch, each, repeat, store, variable
from loopwright.frontend.lower_counted import (
    add,
    sub,
)
from loopwright.frontend.lower_lists import foreign
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Generator,
    Lst,
    Number,
    Value,
    integer,
    test,
)
from loopwright.ir.draws import DrawMethod
from loopwright.ir.nodes import Call, Cast, Dim, Draw, Expr, Fancy, Load, Pt, Slc, Var
from loopwright.ir.types import INT, Array, Num, Type, element, machine_dtype


def draw_one(cx: Scope, rng: Generator, method: DrawMethod, args: tuple[Expr, ...], t: Type) -> Var:
    """One number of type `t`."""
    target = Var(cx.sym(cx.fresh(method), t))
    cx.emit(Draw(target.sym, rng.sym, method, args, cx.span))
    return target


def _parameters(rng: Generator) -> list[str]:
    return ["x", "axis"] if rng.form == "Generator" else ["x"]


def permutation(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    """`rng.permutation(x)`: a new array, of the numbers below `x` or of the rows of `x`."""
    bound = bind(cx, node, _parameters(rng), firm=("axis",))
    value = bound["x"]
    if isinstance(value, Number):
        return Arr(permuted(cx, rng, _count(cx, value, node)), Array("int64", 1), frozenset())
    x = array_of(cx, value, node)
    if axis_of(bound.get("axis"), x.type.ndim, node) not in (None, 0):
        decline(node, "LW106", "a permutation of another axis than the first is not covered")
    if x.type.ndim == 1:
        copy = variable(cx, "permuted", Cast(x.expr, Array(x.type.dtype, 1)))
        _swap_all(cx, rng, (copy,), 1)
        return Arr(copy, Array(x.type.dtype, 1), frozenset())
    held = cx.hold(x.expr, "rows")
    by = permuted(cx, rng, Dim(held, 0, INT))
    t = Array(x.type.dtype, x.type.ndim)
    rows = Load(held, (Fancy(by), *[Slc()] * (t.ndim - 1)), t)
    return Arr(rows, t, frozenset())


def _count(cx: Scope, value: Number, node: ast.Call) -> Expr:
    if len(value.types) != 1 or machine_dtype(value.type) != "int64":
        decline(node, "LW106", f"a permutation of {describe(value)} is not covered")
    return int_operand(cx, value, node)


def permuted(cx: Scope, rng: Generator, count: Expr) -> Var:
    """The numbers below `count` in a new order."""
    t = Array("int64", 1)
    order = variable(cx, "order", Call("np.arange", (integer(0), count, integer(1)), t))
    _swap_all(cx, rng, (order,), 1)
    return order


def shuffle(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    """`rng.shuffle(x)`, in place along the first axis."""
    bound = bind(cx, node, _parameters(rng), firm=("axis",))
    x = bound["x"]
    ndim = x.type.ndim if isinstance(x, Arr) else 1
    if axis_of(bound.get("axis"), ndim, node) not in (None, 0):
        decline(node, "LW106", "shuffling another axis than the first is not covered")
    if isinstance(x, Lst) and foreign(cx, x) and cx.unit.of_rows(x.site):
        decline(node, "LW110", "a row of a list from outside is changed")
    match x:
        case Arr(Var() as array, t, _):
            _swap_all(cx, rng, (array,), t.ndim)
        case Lst(columns, _, 1, _, None) if all(isinstance(c, Var) for c in columns):
            _swap_all(cx, rng, tuple(c for c in columns if isinstance(c, Var)), 1)
        case _:
            decline(node, "LW106", f"shuffling {describe(x)} in this form is not covered")
    return NOTHING


def _swap_all(cx: Scope, rng: Generator, columns: tuple[Var, ...], ndim: int) -> None:
    last = sub(Dim(columns[0], 0, INT), integer(1))

    def swap(i: Var) -> None:
        j = draw_one(cx, rng, "interval", (i,), INT)
        for column in columns:
            _swap(cx, column, i, j, ndim)

    def run() -> None:
        repeat(cx, last, integer(0), swap, step=-1)

    if ndim == 1:
        run()
        return
    # without elements NumPy draws nothing
    some = [test("gt", Dim(columns[0], k, INT), integer(0)) for k in range(1, ndim)]
    for cond in some[1:]:
        cx.check(cond, "an empty array of several axes is shuffled")
    branch(cx, some[0], run)


def _swap(cx: Scope, x: Var, i: Expr, j: Expr, ndim: int) -> None:
    elem = element(x.type)
    shape = [Dim(x, k, INT) for k in range(1, ndim)]

    def one(rest: tuple[Expr, ...]) -> None:
        here, there = (i, *rest), (j, *rest)
        kept = cx.hold(Load(x, tuple(map(Pt, here)), elem))
        store(cx, x, here, Load(x, tuple(map(Pt, there)), elem))
        store(cx, x, there, kept)

    each(cx, shape, one)


def shuffle_ints(cx: Scope, rng: Generator, x: Var, first: Expr) -> None:
    """How `choice` shuffles int64: as `shuffle` down to position `first`, by another method of drawing."""

    def swap(i: Var) -> None:
        j = draw_one(cx, rng, "integers", (add(i, integer(1)),), Num("int64"))
        at = cx.hold(Cast(j, INT))
        _swap(cx, x, i, at, 1)

    repeat(cx, sub(Dim(x, 0, INT), integer(1)), sub(first, integer(1)), swap, step=-1)
