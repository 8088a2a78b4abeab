"""Integer expressions of indices and lengths in a normal form: a sum of terms with constant factors.

Only Python ints take part (they never wrap); anything else is an opaque term. Two expressions with
one normal form have one value wherever both can be evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loopwright.ir.nodes import Binary, Call, Cast, Compare, Const, Dim, Expr, Logic, Unary, Var
from loopwright.ir.types import B1, BOOL, INT, Num, Py, kind_of


@dataclass(frozen=True, slots=True)
class Affine:
    """The sum of `factor * term`, plus `const`; factors are nonzero, terms in order of first use."""

    terms: tuple[tuple[Expr, int], ...]
    const: int


def integer(value: int) -> Const:
    """A Python int constant."""
    return Const(value, INT)


ZERO = integer(0)
ONE = integer(1)


def const_of(expr: Expr) -> int | None:
    """The value of a constant integer, else None."""
    form = affine(expr)
    return form.const if not form.terms else None


def affine(expr: Expr) -> Affine:
    """The normal form of an expression of type `Py("int")` (any other is one opaque term)."""
    match expr:
        case Const(bool(), _):
            return Affine(((expr, 1),), 0)
        case Const(int() as value, Py()):
            return Affine((), value)
        case Binary("add", a, b, Py("int")):
            return _sum(affine(a), affine(b), 1)
        case Binary("sub", a, b, Py("int")):
            return _sum(affine(a), affine(b), -1)
        case Unary("neg", x, Py("int")):
            return _sum(Affine((), 0), affine(x), -1)
        case Binary("mul", a, b, Py("int")):
            left, right = affine(a), affine(b)
            if not left.terms:
                return _scaled(right, left.const)
            if not right.terms:
                return _scaled(left, right.const)
        case _:
            pass
    return Affine(((expr, 1),), 0)


def _sum(a: Affine, b: Affine, sign: int) -> Affine:
    terms = dict(a.terms)
    for term, factor in b.terms:
        terms[term] = terms.get(term, 0) + sign * factor
    return Affine(tuple((t, f) for t, f in terms.items() if f), a.const + sign * b.const)


def _scaled(a: Affine, by: int) -> Affine:
    return Affine(tuple((t, f * by) for t, f in a.terms if by), a.const * by)


def rebuilt(form: Affine) -> Expr:
    """An expression of the form: positive terms first, then negative ones, then the constant."""
    ordered = sorted(form.terms, key=lambda item: item[1] < 0)
    total: Expr | None = None
    for term, factor in ordered:
        part = term if abs(factor) == 1 else Binary("mul", integer(abs(factor)), term, INT)
        if total is None:
            total = part if factor > 0 else Unary("neg", part, INT)
        else:
            total = Binary("add" if factor > 0 else "sub", total, part, INT)
    if total is None:
        return integer(form.const)
    if form.const == 0:
        return total
    return Binary("add" if form.const > 0 else "sub", total, integer(abs(form.const)), INT)


def plus(a: Expr, b: Expr) -> Expr:
    """`a + b`, simplified."""
    return rebuilt(_sum(affine(a), affine(b), 1))


def minus(a: Expr, b: Expr) -> Expr:
    """`a - b`, simplified."""
    return rebuilt(_sum(affine(a), affine(b), -1))


def times(a: Expr, b: Expr) -> Expr:
    """`a * b`, simplified if one is constant."""
    left, right = affine(a), affine(b)
    if not left.terms:
        return rebuilt(_scaled(right, left.const))
    if not right.terms:
        return rebuilt(_scaled(left, right.const))
    return Binary("mul", a, b, INT)


def difference(a: Expr, b: Expr) -> int | None:
    """`a - b` if that is a known constant."""
    form = _sum(affine(a), affine(b), -1)
    return None if form.terms else form.const


def same(a: Expr, b: Expr) -> bool:
    """True if both have one value for sure."""
    return difference(a, b) == 0


def as_int(expr: Expr) -> Expr:
    """An integer scalar as a Python int."""
    return expr if expr.type == INT else Cast(expr, INT)


NonNegative = Callable[[Expr], bool]


def nonnegative(expr: Expr, term: NonNegative) -> bool:
    """True if `expr >= 0` for sure; `term` decides about variables."""
    form = affine(expr)
    if form.terms == ((expr, 1),):
        return _term_nonnegative(expr, term)
    return form.const >= 0 and all(
        factor > 0 and _term_nonnegative(part, term) for part, factor in form.terms
    )


def _term_nonnegative(expr: Expr, term: NonNegative) -> bool:
    match expr:
        case Dim():
            return True
        case Var():
            return term(expr)
        case Call("max2", (a, b), _):
            return nonnegative(a, term) or nonnegative(b, term)
        case Call("min2", (a, b), _) | Binary("mul", a, b, Py("int")):
            return nonnegative(a, term) and nonnegative(b, term)
        case Binary("floordiv", a, b, Py("int")):
            return nonnegative(a, term) and (const_of(b) or 0) > 0
        case Binary("mod", _, b, Py("int")):
            return (const_of(b) or 0) > 0
        case Cast(x, Py("int")) if isinstance(x.type, Num):
            return kind_of(x.type.dtype) in "bu"
        case Cast(Var() as x, Py("int")):
            return term(x)
        case _:
            return False


def clipped(length: Expr, term: NonNegative) -> Expr:
    """`max(length, 0)`, without the maximum where it is not needed."""
    value = const_of(length)
    if value is not None:
        return integer(max(value, 0))
    return length if nonnegative(length, term) else Call("max2", (length, ZERO), INT)


def unclipped(length: Expr) -> Expr:
    """The length without an outer `max(_, 0)`: as a loop bound both mean the same."""
    match length:
        case Call("max2", (inner, Const(0, _)), _):
            return inner
        case _:
            return length


def least(a: Expr, b: Expr) -> Expr:
    """`min(a, b)`, simplified if the difference is known."""
    gap = difference(a, b)
    if gap is not None:
        return a if gap <= 0 else b
    return Call("min2", (a, b), INT)


def product(factors: tuple[Expr, ...]) -> Expr:
    """The product of lengths."""
    total: Expr = ONE
    for factor in factors:
        total = times(total, factor)
    return total


def compare(op: str, a: Expr, b: Expr) -> Expr:
    """A comparison of two ints."""
    match op:
        case "lt" | "le" | "gt" | "ge" | "eq" | "ne":
            return Compare(op, a, b, BOOL)
        case _:
            raise ValueError(op)


def negated(x: Expr) -> Expr:
    """`not x` of a truth value."""
    return Unary("not", x, B1 if isinstance(x.type, Num) else BOOL)


def both(a: Expr, b: Expr) -> Expr:
    """`a and b` of two truth values."""
    return Logic("and", a, b, BOOL)
