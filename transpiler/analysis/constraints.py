"""Conditions on numbers as rows of integer coefficients: from isl, and to it."""

from __future__ import annotations

from dataclasses import dataclass

import islpy as isl

from loopwright.analysis.affine import Atom
from loopwright.analysis.interval import INT64_MAX

_CONSTRAINTS = 16
_PIECES = 5


@dataclass(frozen=True, slots=True)
class Constraint:
    """sum(coefficient * atom) + constant >= 0, or == 0."""

    terms: tuple[tuple[int, Atom], ...]
    constant: int
    equality: bool


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
    constant = int(c.get_constant_val().to_python())
    size = abs(constant)
    for k in range(c.dim(isl.dim_type.param)):
        factor = int(c.get_coefficient_val(isl.dim_type.param, k).to_python())
        if factor:
            atom = atoms[str(c.get_dim_name(isl.dim_type.param, k))]
            terms.append((factor, atom))
            size += abs(factor) * max(abs(atom.lo), abs(atom.hi))
    return Constraint(tuple(terms), constant, c.is_equality()) if size <= INT64_MAX else None
