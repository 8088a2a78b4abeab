"""Loops and branches that lowering writes by itself, around statements that it emits.

The variables that they set are hidden ones: a value that is handed out must not read one that a later
turn of the loop sets anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import integer
from loopwright.ir.nodes import Alloc, Expr, For, If, Pt, Store, Sym, Var, While
from loopwright.ir.types import INT, Array, Type


def variable(cx: Scope, hint: str, value: Expr, t: Type | None = None) -> Var:
    """A hidden variable that starts with `value`."""
    var = Var(cx.sym(cx.fresh(hint), t or value.type))
    cx.set(var.sym, value)
    return var


def blank(cx: Scope, hint: str, shape: tuple[Expr, ...], t: Array) -> Var:
    """A new array with undefined elements; fails on a negative length."""
    return variable(cx, hint, Alloc(shape, None, t))


def repeat(
    cx: Scope, lo: Expr, hi: Expr, body: Callable[[Var], None], step: int = 1, hint: str = "i"
) -> None:
    """`for i in range(lo, hi, step): body(i)`."""
    counter: Sym = cx.sym(cx.fresh(hint), INT)
    with cx.block() as inner:
        body(Var(counter))
    cx.emit(For(counter, lo, hi, integer(step), tuple(inner), (), cx.span))


def each(cx: Scope, shape: Sequence[Expr], body: Callable[[tuple[Var, ...]], None]) -> None:
    """`body` for each position of an array of that shape, in C order."""

    def nest(at: tuple[Var, ...]) -> None:
        if len(at) == len(shape):
            body(at)
        else:
            repeat(cx, integer(0), shape[len(at)], lambda i: nest((*at, i)))

    nest(())


def branch(
    cx: Scope, cond: Expr, then: Callable[[], None], orelse: Callable[[], None] | None = None
) -> None:
    """`if cond: then() else: orelse()`."""
    with cx.block() as one:
        then()
    with cx.block() as other:
        if orelse is not None:
            orelse()
    cx.emit(If(cond, tuple(one), tuple(other), cx.span))


def loop_while(cx: Scope, cond: Expr, body: Callable[[], None]) -> None:
    """`while cond: body()`."""
    with cx.block() as inner:
        body()
    cx.emit(While(cond, tuple(inner), (), cx.span))


def store(cx: Scope, x: Var, at: Sequence[Expr], value: Expr) -> None:
    """`x[at] = value`."""
    cx.emit(Store(x.sym, tuple(map(Pt, at)), value, cx.span))
