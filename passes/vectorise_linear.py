"""Integer expressions as linear forms, and what is known of their sign.

A form is a sum of integer multiples of atoms (any expression that is not linear itself) and a constant.
Python ints only: they do not wrap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Call,
    Const,
    Dim,
    Expr,
    For,
    Func,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import INT, ListOf
from loopwright.ir.walk import assigned, targets, vars_of, walk_stmts

_DEPTH = 6
"Loop variables and minima that one proof may replace."


@dataclass(frozen=True, slots=True)
class Linear:
    """sum(factor * atom) + const; no factor is zero."""

    terms: tuple[tuple[Expr, int], ...]
    const: int = 0

    def coefficient(self, sym: Sym) -> int:
        return dict(self.terms).get(Var(sym), 0)

    def without(self, atom: Expr) -> Linear:
        return Linear(tuple(t for t in self.terms if t[0] != atom), self.const)

    def vars(self) -> set[Sym]:
        """Every variable that the form depends on."""
        return {v for atom, _ in self.terms for v in vars_of(atom)}


def add(a: Linear, b: Linear, times: int = 1) -> Linear:
    """a + times * b."""
    factors: dict[Expr, int] = dict(a.terms)
    for atom, factor in b.terms:
        factors[atom] = factors.get(atom, 0) + times * factor
    return Linear(tuple(t for t in factors.items() if t[1]), a.const + times * b.const)


def sub(a: Linear, b: Linear) -> Linear:
    return add(a, b, -1)


def constant(value: int) -> Linear:
    return Linear((), value)


def linear(e: Expr) -> Linear:
    """The form of a Python int expression."""
    match e:
        case Const(int() as value, t) if t == INT:
            return constant(value)
        case Unary("neg", x, t) if t == INT and x.type == INT:
            return add(constant(0), linear(x), -1)
        case Binary(("add" | "sub") as op, a, b, t) if t == INT and a.type == b.type == INT:
            return add(linear(a), linear(b), 1 if op == "add" else -1)
        case Binary("mul", a, b, t) if t == INT and a.type == b.type == INT:
            p, q = linear(a), linear(b)
            if not q.terms:
                return add(constant(0), p, q.const)
            if not p.terms:
                return add(constant(0), q, p.const)
    return Linear(((e, 1),))


def expression(form: Linear) -> Expr:
    """The form as an expression: positive terms first, the constant last."""
    out: Expr | None = None
    for atom, factor in sorted(form.terms, key=lambda t: t[1] < 0):
        size = abs(factor)
        term = atom if size == 1 else Binary("mul", Const(size, INT), atom, INT)
        if out is None:
            out = term if factor > 0 else Unary("neg", term, INT)
        else:
            out = Binary("add" if factor > 0 else "sub", out, term, INT)
    if out is None:
        return Const(form.const, INT)
    if form.const:
        return Binary("add" if form.const > 0 else "sub", out, Const(abs(form.const), INT), INT)
    return out


Limits = Mapping[Expr, tuple[Linear, Linear]]
"""Atoms with their least and greatest value: variables of the loops around, and, with both the same,
variables and lengths whose value is in sight."""


def span_of(loop: For) -> tuple[Linear, Linear] | None:
    """Least and greatest value of the loop variable in the body; None if the step is not known."""
    if not isinstance(loop.step, Const) or loop.lo.type != INT or loop.hi.type != INT:
        return None
    lo, hi = linear(loop.lo), linear(loop.hi)
    match loop.step.value:
        case int() as step if step > 0:
            return lo, add(hi, constant(-1))
        case int() as step if step < 0:
            return add(hi, constant(1)), lo
        case _:
            return None


def expanded(form: Linear, limits: Limits) -> Linear:
    """The form with atoms whose value is in sight replaced by it."""
    for _ in range(4 * _DEPTH):
        atom = next((a for a, _ in form.terms if a in limits and _exact(limits[a])), None)
        if atom is None:
            break
        form = add(form.without(atom), limits[atom][0], dict(form.terms)[atom])
    return form


def _exact(ends: tuple[Linear, Linear]) -> bool:
    return ends[0] == ends[1]


def nonnegative(form: Linear, limits: Limits, facts: Sequence[Linear] = (), depth: int = 0) -> bool:
    """Whether the form is >= 0 in every run. `facts` are forms known to be >= 0."""
    form = expanded(form, limits)
    if form.const >= 0 and all(
        f > 0 and _nonnegative_atom(a, limits, depth) for a, f in form.terms
    ):
        return True
    if depth > _DEPTH:
        return False
    for atom, factor in reversed(form.terms):
        for bound in _bounds(atom, factor, limits):
            smaller = add(form.without(atom), bound, factor)
            if nonnegative(smaller, limits, facts, depth + 1):
                return True
    return any(
        nonnegative(
            sub(form, expanded(fact, limits)), limits, (*facts[:k], *facts[k + 1 :]), depth + 1
        )
        for k, fact in enumerate(facts)
    )


def definitions(func: Func) -> dict[Expr, tuple[Linear, Linear]]:
    """What int variables and lengths are equal to, where they have one value in the whole function."""
    count = Counter(t for s in walk_stmts(func.body) for t in targets(s))
    moving = {
        t for s in walk_stmts(func.body) if isinstance(s, For | While) for t in assigned((s,))
    }
    grows = any(isinstance(s, Append) for s in walk_stmts(func.body))

    def fixed(sym: Sym) -> bool:
        if grows and isinstance(sym.type, ListOf):
            return False
        return count[sym] <= 1 and sym not in moving and (sym in func.params) == (not count[sym])

    found: dict[Expr, tuple[Linear, Linear]] = {}
    for stmt in walk_stmts(func.body):
        if not isinstance(stmt, Assign) or not fixed(stmt.sym):
            continue
        values: list[tuple[Expr, Expr]] = []
        match stmt.value:
            case Alloc(shape, _, _):
                values.extend((Dim(Var(stmt.sym), k, INT), n) for k, n in enumerate(shape))
            case value if value.type == stmt.sym.type == INT:
                values.append((Var(stmt.sym), value))
        for atom, value in values:
            if value.type == INT and all(map(fixed, vars_of(value))):
                form = linear(value)
                if not any(Var(stmt.sym) == a for a, _ in form.terms):
                    found[atom] = (form, form)
    return found


def _nonnegative_atom(atom: Expr, limits: Limits, depth: int) -> bool:
    match atom:
        case Dim():
            return True
        case Call("min2", (a, b), _):
            return all(nonnegative(linear(x), limits, (), depth + 1) for x in (a, b))
        case Call("max2", (a, b), _):
            return any(nonnegative(linear(x), limits, (), depth + 1) for x in (a, b))
        case _:
            return False


def _bounds(atom: Expr, factor: int, limits: Limits) -> tuple[Linear, ...]:
    """Forms that make `factor * atom` no greater when they take the place of the atom."""
    match atom:
        case _ if atom in limits:
            least, greatest = limits[atom]
            return (least if factor > 0 else greatest,)
        case Call("min2", (a, b), _) if factor < 0:
            return linear(a), linear(b)
        case Call("max2", (a, b), _) if factor > 0:
            return linear(a), linear(b)
        case _:
            return ()
