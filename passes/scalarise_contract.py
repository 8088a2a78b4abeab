"""`np.einsum` and `@`: kept for the library, or as loops."""

from __future__ import annotations

from typing import Literal, TypeAlias

from loopwright.ir.nodes import Assign, Binary, Cast, Const, Contract, Expr, Load, Pt, Store, Var
from loopwright.ir.operators import MATMUL, canonical
from loopwright.ir.types import Array, Num, kind_of
from loopwright.passes.scalarise_lazy import Index, Lazy, allocate, held, nest, stored
from loopwright.passes.scalarise_pairwise import run_sum
from loopwright.passes.scalarise_scope import Scope

Mode: TypeAlias = Literal["keep", "loops"]


def contracted(scope: Scope, expr: Contract, args: list[Lazy], mode: Mode) -> Lazy | Expr:
    """The value of `expr` on lazy operands: an array, or a number.

    A spec without summation is an element-wise product, added to zero as `np.einsum` does. A product of
    floating matrices and vectors stays a `Contract` of arrays in memory if `mode` is `keep`. Else: sums
    along one letter for at most one output axis are pairwise, all others are accumulated in order of the
    output.
    """
    inputs, _, output = expr.spec.partition("->")
    terms = inputs.split(",")
    lengths: dict[str, Expr] = {}
    for term, x in zip(terms, args, strict=True):
        for letter, length in zip(term, x.shape, strict=True):
            if letter in lengths:
                scope.demand_equal(lengths[letter], length)
            lengths.setdefault(letter, length)
    elem = Num(expr.type.dtype) if isinstance(expr.type, (Num, Array)) else None
    assert elem is not None
    summed = tuple(letter for letter in lengths if letter not in output)
    shape = tuple(lengths[letter] for letter in output)
    if is_library(expr, mode):
        return _kept(scope, expr, args, shape)
    args = [stored(scope, x) if x.cost > 1 else x for x in args]

    def term_at(places: dict[str, Expr]) -> Expr:
        total: Expr | None = None
        for term, x in zip(terms, args, strict=True):
            value = x.at(tuple(places[letter] for letter in term))
            value = value if value.type == elem else Cast(value, elem)
            total = value if total is None else Binary("mul", total, value, elem)
        assert total is not None
        return total

    zero = Const(0j if kind_of(elem.dtype) == "c" else 0.0, elem)
    if not summed:
        order = tuple(range(len(shape)))
        floating = len(args) > 1 and kind_of(elem.dtype) in "fc"

        def product_at(index: Index) -> Expr:
            value = term_at(dict(zip(output, index, strict=True)))
            return Binary("add", zero, value, elem) if floating else value

        found = Lazy(shape, elem, product_at, len(args), order)
        return found if shape else found.at(())
    if len(summed) == 1 and len(output) <= 1 and kind_of(elem.dtype) in "fc":
        n = lengths[summed[0]]

        def cell(where: Index) -> Expr:
            places = dict(zip(output, where, strict=True))
            row = Lazy((n,), elem, lambda i: term_at({**places, summed[0]: i[0]}), len(args), (0,))
            return Binary("add", zero, run_sum(scope, row), elem)

        return _each(scope, shape, elem, cell)
    return _accumulated(scope, (output, summed), lengths, elem, term_at)


def is_library(expr: Contract, mode: Mode) -> bool:
    """True if the product stays a call of the library."""
    if mode != "keep" or canonical(expr.spec) not in MATMUL:
        return False
    return isinstance(expr.type, (Num, Array)) and kind_of(expr.type.dtype) in "fc"


def _kept(scope: Scope, expr: Contract, args: list[Lazy], shape: Index) -> Lazy | Expr:
    operands = [stored(scope, x).storage for x in args]
    assert all(x is not None for x in operands)
    given = tuple(x for x in operands if x is not None)
    value = scope.temp("product", Contract(expr.spec, given, expr.type))
    return held(value.sym, shape) if shape else value


def _each(scope: Scope, shape: Index, elem: Num, cell: object) -> Lazy | Expr:
    assert callable(cell)
    if not shape:
        value: Expr = cell(())
        return value
    result = allocate(scope, shape, elem, "product")

    def store(where: Index) -> None:
        scope.emit(Store(result, tuple(map(Pt, where)), cell(where), scope.span))

    nest(scope, shape, store)
    return held(result, shape)


def _accumulated(
    scope: Scope,
    letters: tuple[str, tuple[str, ...]],
    lengths: dict[str, Expr],
    elem: Num,
    term_at: object,
) -> Lazy | Expr:
    """Loops over the first output letters, the summed ones, and the last output letter."""
    assert callable(term_at)
    output, summed = letters
    zero = Const({"f": 0.0, "c": 0j, "b": False}.get(kind_of(elem.dtype), 0), elem)
    op: Literal["add", "or"] = "or" if elem.dtype == "bool" else "add"
    if not output:
        total = scope.temp("total", zero).sym

        def add(where: Index) -> None:
            value = term_at(dict(zip(summed, where, strict=True)))
            scope.emit(Assign(total, Binary(op, Var(total), value, elem), scope.span))

        nest(scope, [lengths[letter] for letter in summed], add)
        return Var(total)
    shape = tuple(scope.simple("n", lengths[letter]) for letter in output)
    result = allocate(scope, shape, elem, "product")
    walk = (*output[:-1], *summed, output[-1])

    def clear(where: Index) -> None:
        scope.emit(Store(result, tuple(map(Pt, where)), zero, scope.span))

    def update(where: Index) -> None:
        places = dict(zip(walk, where, strict=True))
        at = tuple(Pt(places[letter]) for letter in output)
        value = Binary(op, Load(Var(result), at, elem), term_at(places), elem)
        scope.emit(Store(result, at, value, scope.span))

    nest(scope, shape, clear)
    nest(scope, [lengths[letter] for letter in walk], update)
    return held(result, shape)
