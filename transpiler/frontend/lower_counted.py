"""What runs from a counter: the bounds, and the item for each value of the counter."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from loopwright.frontend.lower_convert import list_length
from loopwright.frontend.lower_index import FULL, Index, load
from loopwright.frontend.lower_list_index import list_element, row_count, row_of, string_part
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Lst, RaggedList, Row, String, Value, integer, test
from loopwright.ir.nodes import Binary, Const, Dim, Expr, Pt
from loopwright.ir.types import INT

ZERO, ONE = integer(0), integer(1)


@dataclass(frozen=True, slots=True)
class Source:
    """Counter values `range(lo, hi, step)` and the item for each of them.

    `plain`: the item is the counter. `enumerates`: the item is a tuple that begins with it. `dynamic`
    gives the present length of a list that changes meanwhile; the counter then runs from 0. `lazy`: getting
    an item may fail, since a generator computes it. `over` are the lists whose length tells the end. `nest`:
    the same items by a loop in a loop, namely the outer counters and what runs for each of them.
    """

    lo: Expr
    hi: Expr
    step: Expr
    item: Callable[[Expr], Value]
    plain: bool = False
    enumerates: bool = False
    dynamic: Callable[[], Expr] | None = None
    lazy: bool = False
    over: tuple[Lst | RaggedList, ...] = ()
    nest: tuple[Source, Callable[[Expr], Source]] | None = None


def add(a: Expr, b: Expr) -> Expr:
    """`a + b` of ints, folded."""
    if isinstance(a, Const) and isinstance(b, Const):
        return integer(int(a.value) + int(b.value))  # type: ignore[arg-type]
    if a == ZERO:
        return b
    if isinstance(b, Const) and isinstance(b.value, int):
        if b.value < 0:
            return Binary("sub", a, integer(-b.value), INT)
        return a if b.value == 0 else Binary("add", a, b, INT)
    return Binary("add", a, b, INT)


def sub(a: Expr, b: Expr) -> Expr:
    """`a - b` of ints, folded."""
    if isinstance(b, Const) and isinstance(b.value, int):
        return add(a, integer(-b.value))
    return Binary("sub", a, b, INT)


def sequence(cx: Scope, value: Value, node: ast.expr) -> Source:
    """The elements of an array or list, in order."""
    match value:
        case Row(items):
            return sequence(cx, items, node)
        case Arr(expr, t, _):
            rest = (FULL,) * (t.ndim - 1)
            return Source(
                ZERO,
                Dim(expr, 0, INT),
                ONE,
                lambda at: load(value, Index((Pt(at), *rest), t.ndim - 1), node),
            )
        case String(codes):
            letters = sequence(cx, codes, node)
            return replace(letters, item=lambda at: string_part(letters.item(at), node))
        case Lst():
            item: Callable[[Expr], Value] = lambda at: list_element(cx, value, at, node)  # noqa: E731
            return Source(ZERO, list_length(value), ONE, item, over=(value,))
        case RaggedList():
            return Source(
                ZERO, row_count(value), ONE, lambda at: row_of(cx, value, at), over=(value,)
            )
        case _:
            why = f"a loop over {describe(value)} is not covered"
            decline(node, "LW101", why, "run over a range, an array or a list")


def trip_count(cx: Scope, source: Source) -> Expr:
    """Number of iterations, possibly negative for none."""
    if source.step == ONE:
        return sub(source.hi, source.lo)
    if not isinstance(source.step, Const) or not isinstance(source.step.value, int):
        span = sub(source.hi, source.lo)
        # ceil(span / step) for either sign of the step
        return Binary(
            "sub", ZERO, Binary("floordiv", Binary("sub", ZERO, span, INT), source.step, INT), INT
        )
    s = source.step.value
    span = sub(source.hi, source.lo) if s > 0 else sub(source.lo, source.hi)
    return Binary("floordiv", add(span, integer(abs(s) - 1)), integer(abs(s)), INT)


def ordinal(cx: Scope, source: Source, at: Expr) -> Value:
    """The item number `at` of the source."""
    if source.step == ONE:
        return source.item(add(source.lo, at))
    step = source.step
    return source.item(add(source.lo, Binary("mul", at, step, INT)))


def fixed(cx: Scope, source: Source) -> Source:
    """A source whose bounds may be evaluated again inside the loop."""
    lo, hi, step = (
        e if isinstance(e, Const) else cx.hold(e) for e in (source.lo, source.hi, source.step)
    )
    return replace(source, lo=lo, hi=hi, step=step, enumerates=False, dynamic=None, nest=None)


def first_and_rest(cx: Scope, source: Source, what: str) -> tuple[Value, Source]:
    """The first item and the source of the others; `what` has no meaning without a first."""
    whole = fixed(cx, source)
    cx.check(test("gt", trip_count(cx, whole), ZERO), what)
    return whole.item(whole.lo), replace(whole, lo=add(whole.lo, whole.step))
