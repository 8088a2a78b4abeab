"""Conditions on numbers as rows of integer coefficients: from isl, and to it."""

from __future__ import annotations

from dataclasses import dataclass

import islpy as isl

from loopwright.analysis.affine import Atom
from loopwright.analysis.interval import INT64_MAX
from loopwright.ir.nodes import CompareOp

_CONSTRAINTS = 16
_PIECES = 5
_KNOWN = 2**62


@dataclass(frozen=True, slots=True)
class Constraint:
    """sum(coefficient * atom) + constant >= 0, or == 0."""

    terms: tuple[tuple[int, Atom], ...]
    constant: int
    equality: bool


Term = tuple[int, Atom]
Side = tuple[tuple[Term, ...], int]
Guard = tuple[tuple[Constraint, ...], ...]  # any of these conjunctions


def show(row: Constraint) -> str:
    """As isl reads it."""
    terms = " + ".join(f"({factor} * {atom.name})" for factor, atom in row.terms) or "0"
    return f"{terms} + {row.constant} {'=' if row.equality else '>='} 0"


def halves(rows: tuple[Constraint, ...]) -> list[Constraint]:
    """Equalities as two inequalities, of which one may be superfluous."""
    out: list[Constraint] = []
    for row in rows:
        if not row.equality:
            out.append(row)
            continue
        out.append(Constraint(row.terms, row.constant, False))
        out.append(Constraint(tuple((-f, a) for f, a in row.terms), -row.constant, False))
    return out


def rows_text(rows: list[Constraint]) -> str:
    """The set of all atoms for which `rows` hold, as isl reads it."""
    names = sorted({a.name for row in rows for _, a in row.terms})
    return f"[{', '.join(names)}] -> {{ : {' and '.join(map(show, rows)) or '1 = 1'} }}"


def constraints(s: isl.Set, atoms: dict[str, Atom]) -> Guard | None:
    """A set over the parameters as a condition that can be tested: None if that is long, needs an integer
    division, or may pass 64 bits."""
    pieces: list[tuple[Constraint, ...]] = []
    count = 0
    for basic in s.get_basic_sets():
        if basic.dim(isl.dim_type.div):
            return None
        rows: list[Constraint] = []
        for c in basic.get_constraints():
            row = _constraint(c, atoms)
            if row is None:
                return None
            rows.append(row)
        count += len(rows)
        pieces.append(tuple(rows))
    return tuple(pieces) if 0 < len(pieces) <= _PIECES and count <= _CONSTRAINTS else None


def _constraint(c: isl.Constraint, atoms: dict[str, Atom]) -> Constraint | None:
    terms: list[tuple[int, Atom]] = []
    constant = c.get_constant_val().to_python()
    if constant is None:
        return None
    for k in range(c.dim(isl.dim_type.param)):
        factor = c.get_coefficient_val(isl.dim_type.param, k).to_python()
        if factor is None:
            return None
        if factor:
            atom = atoms[str(c.get_dim_name(isl.dim_type.param, k))]
            terms.append((int(factor), atom))
    row = Constraint(tuple(terms), int(constant), c.is_equality())
    return None if sides(row) is None else row


def sides(row: Constraint) -> tuple[Side, Side, CompareOp] | None:
    """The row as a comparison of two sums, or None if one of them may pass 64 bits.

    Negative terms go to the left: `n <= len(x)` rather than `len(x) - n >= 0`. A number that may have all 64
    bits stands by itself, so that nothing is added to it.
    """
    more = tuple((c, a) for c, a in row.terms if c > 0)
    less = tuple((-c, a) for c, a in row.terms if c < 0)
    strict = row.constant == -1 and bool(less) and not row.equality
    constant = 0 if strict else row.constant
    left: Side = less, max(-constant, 0)
    right: Side = more, max(constant, 0)
    if not _fits(left):
        left, right = _alone(left, right)
    elif not _fits(right):
        right, left = _alone(right, left)
    if not _fits(left) or not _fits(right):
        return None
    return left, right, "eq" if row.equality else "lt" if strict else "le"


def _fits(side: Side) -> bool:
    terms, constant = side
    if constant == 0 and [c for c, _ in terms] == [1]:
        return True
    sizes = (abs(c) * max(abs(a.lo), abs(a.hi)) for c, a in terms)
    return abs(constant) + sum(sizes) <= INT64_MAX


def _alone(side: Side, other: Side) -> tuple[Side, Side]:
    """The side's term that may have all bits, and the rest with the other side."""
    terms, constant = side
    wide = tuple((c, a) for c, a in terms if max(abs(a.lo), abs(a.hi)) > _KNOWN)
    rest = tuple((-c, a) for c, a in terms if (c, a) not in wide)
    return (wide, 0), ((*other[0], *rest), other[1] - constant)
