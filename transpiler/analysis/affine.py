"""Integer expressions as quasi-affine forms over symbolic constants, in the notation of isl.

An *atom* is a number that keeps one value while the code in its scope runs: a loop iterator, a live-in
int, the length of an array axis, or what an int variable holds between two assignments. A form is text
over atoms that isl reads: sums, products by constants, `floor`, `mod`, `min`, `max`.

Source: S. Verdoolaege, "isl: An Integer Set Library for the Polyhedral Model", ICMS 2010.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loopwright.ir.nodes import (
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    Logic,
    Select,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import Num, Py, Type, kind_of

CONST_MAX = 2**40
_TEXT_MAX = 400  # longer forms cost more than they prove
_RELATION = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "!="}


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """`source` computes the number where `depth` loops are around; None if no expression does.
    [`lo`, `hi`] is what is known of its value."""

    name: str
    source: Expr | None
    depth: int
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Affine:
    text: str
    atoms: frozenset[Atom]
    const: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A condition over atoms, as isl text."""

    text: str
    atoms: frozenset[Atom]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the forms of variables and lengths are looked up, and what else is known of expressions.

    `exact(e)` tells that fixed-width integer arithmetic `e` does not wrap. `define(f)` makes an atom
    that satisfies the fact `f(atom)`.
    """

    var: Callable[[Sym], Affine | None]
    dim: Callable[[Expr, int], Affine | None]
    exact: Callable[[Expr], bool]
    define: Callable[[Callable[[Affine], Fact]], Affine]


def constant(value: int) -> Affine:
    return Affine(f"({value})" if value < 0 else str(value), frozenset(), value)


def of_atom(atom: Atom) -> Affine:
    return Affine(atom.name, frozenset({atom}))


def add(a: Affine, b: Affine) -> Affine:
    if a.const is not None and b.const is not None:
        return constant(a.const + b.const)
    if a.const == 0:
        return b
    if b.const == 0:
        return a
    return Affine(f"({a.text} + {b.text})", a.atoms | b.atoms)


def sub(a: Affine, b: Affine) -> Affine:
    if a.const is not None and b.const is not None:
        return constant(a.const - b.const)
    return a if b.const == 0 else Affine(f"({a.text} - {b.text})", a.atoms | b.atoms)


def scale(a: Affine, by: int) -> Affine:
    if a.const is not None:
        return constant(a.const * by)
    return a if by == 1 else Affine(f"({by} * {a.text})", a.atoms)


def extreme(kind: str, a: Affine, b: Affine) -> Affine:
    if a.const is not None and b.const is not None:
        return constant(min(a.const, b.const) if kind == "min" else max(a.const, b.const))
    return Affine(f"{kind}({a.text}, {b.text})", a.atoms | b.atoms)


def is_integer(t: Type) -> bool:
    """Python ints and integer dtypes; not bool."""
    return t == Py("int") or (isinstance(t, Num) and kind_of(t.dtype) in "iu")


def is_boolean(t: Type) -> bool:
    return t in (Py("bool"), Num("bool"))


def affine(expr: Expr, reader: Reader) -> Affine | None:
    """The form of an integer expression, or None if it has none."""
    found = _affine(expr, reader) if is_integer(expr.type) else None
    if found is None or len(found.text) > _TEXT_MAX:
        return None
    return None if found.const is not None and abs(found.const) > CONST_MAX else found


def _affine(expr: Expr, reader: Reader) -> Affine | None:
    match expr:
        case Const(int() as value, _):
            return constant(int(value))
        case Var(sym):
            return reader.var(sym)
        case Dim(x, axis, _):
            return reader.dim(x, axis)
        case Cast(x, _) if is_integer(x.type) and reader.exact(expr):
            return affine(x, reader)
        case Unary(("neg" | "pos") as op, x, _) if reader.exact(expr):
            a = affine(x, reader)
            return None if a is None else scale(a, -1 if op == "neg" else 1)
        case Binary() if is_integer(expr.a.type) and is_integer(expr.b.type):
            return _binary(expr, reader) if reader.exact(expr) else None
        case Call(("min2" | "max2") as fn, (a, b), _):
            return _both(a, b, reader, lambda x, y: extreme(fn[:3], x, y))
        case Call(("abs" | "np.absolute"), (x,), _) if reader.exact(expr):
            form = affine(x, reader)
            return None if form is None else extreme("max", form, scale(form, -1))
        case Select(cond, a, b, _):
            return _select(cond, a, b, reader)
        case _:
            return None


def _both(
    a: Expr, b: Expr, reader: Reader, make: Callable[[Affine, Affine], Affine | None]
) -> Affine | None:
    x, y = affine(a, reader), affine(b, reader)
    return None if x is None or y is None else make(x, y)


def _binary(e: Binary, reader: Reader) -> Affine | None:
    def combine(a: Affine, b: Affine) -> Affine | None:
        match e.op:
            case "add":
                return add(a, b)
            case "sub":
                return sub(a, b)
            case "mul" if a.const is not None or b.const is not None:
                return scale(a, b.const) if b.const is not None else scale(b, a.const or 0)
            case "floordiv" if b.const is not None and b.const > 0:
                if a.const is not None:
                    return constant(a.const // b.const)
                return Affine(f"floor({a.text} / {b.const})", a.atoms)
            case "mod" if b.const is not None and b.const > 0:
                if a.const is not None:
                    return constant(a.const % b.const)
                return Affine(f"({a.text} mod {b.const})", a.atoms)
            case "mod" if b.const is None:
                return reader.define(lambda t: _remainder(t, b))
            case "minimum":
                return extreme("min", a, b)
            case "maximum":
                return extreme("max", a, b)
            case _:
                return None

    return _both(e.a, e.b, reader, combine)


def _remainder(t: Affine, b: Affine) -> Fact:
    """What is known of Python's `a % b`; nothing for b = 0, where it is not evaluated."""
    above = f"(0 <= {t.text} and {t.text} < {b.text})"
    below = f"({b.text} < {t.text} and {t.text} <= 0)"
    return Fact(f"({above} or {below} or {b.text} = 0)", t.atoms | b.atoms)


def _select(cond: Expr, a: Expr, b: Expr, reader: Reader) -> Affine | None:
    when, unless = condition(cond, True, reader), condition(cond, False, reader)
    x, y = affine(a, reader), affine(b, reader)
    if when is None or unless is None or x is None or y is None:
        return None
    atoms = when.atoms | unless.atoms | x.atoms | y.atoms

    def fact(t: Affine) -> Fact:
        chosen = f"({when.text} and {t.text} = {x.text})"
        other = f"({unless.text} and {t.text} = {y.text})"
        return Fact(f"({chosen} or {other})", atoms | t.atoms)

    return reader.define(fact)


def condition(cond: Expr, truth: bool, reader: Reader) -> Fact | None:
    """What follows from `cond` being `truth`; None if nothing does. Never too strong."""
    match cond:
        case Const(bool() as value, _):
            return Fact("1 = 1" if value == truth else "1 = 0", frozenset())
        case Unary("not", x, _):
            return condition(x, not truth, reader)
        case Cast(x, t) if is_boolean(t) and is_boolean(x.type):
            return condition(x, truth, reader)
        case Logic(op, a, b, _) | Binary(("and" | "or") as op, a, b, _) if is_boolean(cond.type):
            left, right = condition(a, truth, reader), condition(b, truth, reader)
            if (op == "and") == truth:
                return both(left, right)
            return None if left is None or right is None else _either(left, right)
        case Compare(op, a, b, _) if is_integer(a.type) and is_integer(b.type):
            p, q = affine(a, reader), affine(b, reader)
            if p is None or q is None:
                return None
            text = f"{p.text} {_RELATION[op]} {q.text}"
            return Fact(f"({text})" if truth else f"(not ({text}))", p.atoms | q.atoms)
        case Var(sym) if is_boolean(sym.type):
            form = reader.var(sym)
            return None if form is None else Fact(f"({form.text} = {int(truth)})", form.atoms)
        case _:
            return None


def both(x: Fact | None, y: Fact | None) -> Fact | None:
    if x is None or y is None:
        return x or y
    return Fact(f"({x.text} and {y.text})", x.atoms | y.atoms)


def _either(x: Fact, y: Fact) -> Fact:
    return Fact(f"({x.text} or {y.text})", x.atoms | y.atoms)
