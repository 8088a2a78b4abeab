"""Are indices in bounds: for all runs, under a condition on outer values, or not known?

The set of violations of an access is a Presburger set over the atoms of `scope`. If it is empty the
access is proved. Otherwise the iterators are projected out: the complement is the condition, on numbers
known before a loop, under which no iteration goes astray.

Source: A. Venkat et al., "Loop and data transformations for sparse matrix code", PLDI 2015, for guards
by projection; S. Verdoolaege, isl manual, for the operations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import islpy as isl

from loopwright.analysis.affine import Affine, Atom, Fact, add
from loopwright.analysis.interval import INT64_MAX, Interval
from loopwright.analysis.scope import Scope

_OPERATIONS = 200_000  # isl steps for one question, some 20 ms
_FACTS = 24
_NEAR = 2**20  # known ends closer to zero than this are worth telling isl
_PIECES = 5
_CONSTRAINTS = 16

Sign = Literal["nonneg", "neg", "any"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """sum(coefficient * atom) + constant >= 0, or == 0."""

    terms: tuple[tuple[int, Atom], ...]
    constant: int
    equality: bool


Guard = tuple[tuple[Constraint, ...], ...]  # any of these conjunctions


@dataclass(frozen=True, slots=True)
class Placed:
    """`guard` holds before loop number `level` (from outside) only if the access is in bounds.
    `region` is the same as a set, over the atoms by name."""

    guard: Guard
    level: int
    region: isl.Set
    atoms: dict[str, Atom]


@dataclass(frozen=True, slots=True)
class Answer:
    """How to write the index: `sign` tells if the length must be added (`neg`), or must be where the
    index is negative (`any`). `lower` / `upper`: that end needs a check on the spot."""

    sign: Sign
    lower: bool
    upper: bool
    placed: Placed | None = None


class Bounds:
    """Answers for one walk. Guards that were placed before a loop count as known inside it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.ctx = isl.Context()
        self.ctx.set_max_operations(_OPERATIONS)
        self._empty: dict[str, bool] = {}

    def ask(
        self, at: Affine | None, n: Affine | None, known: Interval, *, here: bool = False
    ) -> Answer:
        """About index `at`, known to lie in `known`, into an axis of length `n`.

        `here` asks for checks on the spot: where the index depends on what the loop computes, a guard
        before the loop would have to allow for the worst and fail for nothing.
        """
        sign: Sign = "nonneg" if known.lo >= 0 else "neg" if known.hi < 0 else "any"
        if at is None or n is None:
            return Answer(sign, sign != "nonneg", True)
        position = add(at, n) if sign == "neg" else at
        low = sign != "nonneg" and not self.impossible(Fact(f"{position.text} < 0", position.atoms))
        if sign == "any":
            if not low:
                sign = "nonneg"
            elif not self._only_for_negative_parameters(position):
                least = Fact(f"{add(at, n).text} < 0", at.atoms | n.atoms)
                low = not self.impossible(least)
                return self._finish("any", least if low else None, at, n, here)
            else:
                sign = "nonneg"
        return self._finish(sign, Fact(f"{position.text} < 0", position.atoms) if low else None,
                            position, n, here)  # fmt: skip

    def _finish(
        self, sign: Sign, low: Fact | None, position: Affine, n: Affine, here: bool
    ) -> Answer:
        past = Fact(f"{position.text} >= {n.text}", position.atoms | n.atoms)
        high = None if sign == "neg" or self.impossible(past) else past
        if low is None and high is None:
            return Answer(sign, False, False)
        violations = [f for f in (low, high) if f is not None]
        text = " or ".join(f"({f.text})" for f in violations)
        atoms = frozenset[Atom]().union(*(f.atoms for f in violations))
        placed = None if here else self.place(Fact(text, atoms))
        if placed is not None:
            return Answer(sign, False, False, placed)
        if low is not None and sign == "nonneg":  # a spot check must see the sign itself
            sign = "any"
        return Answer(sign, low is not None, high is not None)

    def impossible(self, fact: Fact) -> bool:
        """Whether no run can satisfy `fact` here."""
        text = self._text(fact)
        if text not in self._empty:
            found = self._set(text)
            try:
                self._empty[text] = found is not None and bool(found.is_empty())
            except isl.Error:
                self._empty[text] = False
        return self._empty[text]

    def _only_for_negative_parameters(self, position: Affine) -> bool:
        outer = [a for a in self._relevant(position.atoms)[1] if a.depth == 0 and a.lo < 0]
        signs = " and ".join(f"{a.name} >= 0" for a in outer)
        if not outer:
            return False
        text = f"({position.text} < 0) and {signs}"
        return self.impossible(Fact(text, position.atoms | frozenset(outer)))

    # ------------------------------------------------------------ guards

    def place(self, violation: Fact) -> Placed | None:
        """The outermost loop before which a condition on current values excludes the violation."""
        loops = self.scope.loops
        first = max((k + 1 for k, f in enumerate(loops) if f.ends_early), default=0)
        for level in range(first, len(loops)):
            inner = frozenset(f.iterator for f in loops[level:] if f.iterator is not None)
            for seeds in (
                inner,
                frozenset[Atom](),
            ):  # without `inner`: too strict if no iteration runs
                try:
                    placed = self._guard(violation, seeds, level)
                except isl.Error:
                    return None
                if placed is not None:
                    return placed
        return None

    def settle(self, placed: Placed) -> None:
        """Lets the guard count as known in the loop that it stands before."""
        pieces = [" and ".join(map(_show, rows)) or "1 = 1" for rows in placed.guard]
        atoms = frozenset(a for rows in placed.guard for row in rows for _, a in row.terms)
        fact = Fact(" or ".join(f"({p})" for p in pieces), atoms)
        self.scope.loops[placed.level].guards.append(fact)

    def _guard(self, violation: Fact, seeds: frozenset[Atom], level: int) -> Placed | None:
        """The condition before one loop, from the facts connected with the violation or `seeds`."""
        facts = self.scope.facts
        involved = violation.atoms | seeds
        whole = self._set(self._text(Fact(violation.text, involved), facts))
        domain = self._set(self._text(Fact("1 = 1", involved), facts))
        atoms = {a.name: a for a in self._relevant(involved, facts)[1]}
        if whole is None or domain is None:
            return None

        def known_there(name: str) -> bool:
            return atoms[name].depth <= level and self.scope.is_current(atoms[name])

        iterators = {f.iterator for f in self.scope.loops[level:]}
        free = {a.name for a in violation.atoms - iterators if not known_there(a.name)}
        kept = {name for name in atoms if known_there(name)} | {a.name for a in iterators if a}

        self.ctx.reset_operations()
        if not all(_is_function(domain, name, kept) for name in free):
            return None  # the guard would have to allow for the worst that the loop may compute
        bad = _project(whole, known_there)
        runs = _project(domain, known_there)
        good = bad.complement().coalesce()
        if runs.is_empty():  # the access is never reached
            return Placed(((),), level, good, {})
        if good.intersect(runs).is_empty():
            return None
        there = {name: a for name, a in atoms.items() if known_there(name)}
        return self._placed(good, level, there)

    def _placed(self, good: isl.Set, level: int, atoms: dict[str, Atom]) -> Placed | None:
        context = self._set(self._known_text(atoms.values()))
        if context is None:
            return None
        guard = _constraints(good.gist(context).coalesce(), atoms)
        if guard is None:
            return None
        return Placed(self._simpler(guard, good, context), level, good, atoms)

    def merge(self, placed: Iterable[Placed]) -> list[Guard]:
        """Guards of one loop, joined where that makes no new alternatives."""
        groups: list[Placed] = []
        for new in placed:
            for k, old in enumerate(groups):
                both = self._together(old, new)
                if both is not None:
                    groups[k] = both
                    break
            else:
                groups.append(new)
        return [p.guard for p in groups]

    def _together(self, p: Placed, q: Placed) -> Placed | None:
        if not p.atoms.keys() & q.atoms.keys():
            return None
        self.ctx.reset_operations()
        try:
            region = p.region.intersect(q.region).coalesce()
            both = self._placed(region, p.level, p.atoms | q.atoms)
        except isl.Error:
            return None
        if both is None or len(both.guard) > max(len(p.guard), len(q.guard)):
            return None
        return both

    def _simpler(self, guard: Guard, good: isl.Set, context: isl.Set) -> Guard:
        """The same region (where `context` holds) with fewer and shorter rows."""
        pieces = [_halves(rows) for rows in guard]

        def inside(rows: list[Constraint]) -> bool:
            found = self._set(_rows_text(rows))
            return found is not None and bool(found.intersect(context).is_subset(good))

        for rows in pieces:
            for row in list(rows):
                rest = [r for r in rows if r is not row]
                if inside(rest):
                    rows.remove(row)
        kept: list[list[Constraint]] = []
        for k, rows in enumerate(pieces):
            others = [*kept, *pieces[k + 1 :]]
            whole = self._set(_rows_text(rows))
            cover = [c for c in (self._set(_rows_text(o)) for o in others) if c is not None]
            if whole is None or not cover or not _covered(whole.intersect(context), cover):
                kept.append(rows)
        return tuple(tuple(rows) for rows in kept)

    def _known_text(self, atoms: Iterable[Atom]) -> str:
        chosen = list(atoms)
        limits = [t for a in chosen for t in _limits(a)]
        names = ", ".join(sorted(a.name for a in chosen))
        return f"[{names}] -> {{ : {' and '.join(limits) or '1 = 1'} }}"

    # ------------------------------------------------------------ sets

    def _relevant(
        self, atoms: frozenset[Atom], facts: list[Fact] | None = None
    ) -> tuple[list[Fact], frozenset[Atom]]:
        """The facts (all that are known, or `facts`) that are connected with `atoms`, and their atoms."""
        chosen: list[Fact] = []
        rest = list(facts) if facts is not None else self.scope.known()
        while True:
            new = [f for f in rest if f.atoms & atoms or not f.atoms]
            if not new:
                return chosen[:_FACTS], atoms
            chosen.extend(new)
            rest = [f for f in rest if f not in new]
            atoms = atoms.union(*(f.atoms for f in new))

    def _text(self, fact: Fact, known: list[Fact] | None = None) -> str:
        facts, atoms = self._relevant(fact.atoms, known)
        names = ", ".join(sorted(a.name for a in atoms))
        parts = [f"({fact.text})", *(f"({f.text})" for f in dict.fromkeys(facts))]
        parts.extend(t for a in sorted(atoms, key=lambda a: a.name) for t in _limits(a))
        return f"[{names}] -> {{ : {' and '.join(parts)} }}"

    def _set(self, text: str) -> isl.Set | None:
        self.ctx.reset_operations()
        try:
            return isl.Set.read_from_str(self.ctx, text)
        except isl.Error:
            return None


def _show(row: Constraint) -> str:
    terms = " + ".join(f"({factor} * {atom.name})" for factor, atom in row.terms) or "0"
    return f"{terms} + {row.constant} {'=' if row.equality else '>='} 0"


def _halves(rows: tuple[Constraint, ...]) -> list[Constraint]:
    """Equalities as two inequalities, of which one may be superfluous."""
    out: list[Constraint] = []
    for row in rows:
        if not row.equality:
            out.append(row)
            continue
        out.append(Constraint(row.terms, row.constant, False))
        out.append(Constraint(tuple((-f, a) for f, a in row.terms), -row.constant, False))
    return out


def _rows_text(rows: list[Constraint]) -> str:
    names = sorted({a.name for row in rows for _, a in row.terms})
    return f"[{', '.join(names)}] -> {{ : {' and '.join(map(_show, rows)) or '1 = 1'} }}"


def _covered(s: isl.Set, cover: list[isl.Set]) -> bool:
    whole = cover[0]
    for c in cover[1:]:
        whole = whole.union(c)
    return bool(s.is_subset(whole))


def _limits(atom: Atom) -> list[str]:
    found = []
    if abs(atom.lo) <= _NEAR:
        found.append(f"{atom.name} >= {atom.lo}")
    if abs(atom.hi) <= _NEAR:
        found.append(f"{atom.name} <= {atom.hi}")
    return found


def _project(s: isl.Set, keep: object) -> isl.Set:
    assert callable(keep)
    for k in reversed(range(s.dim(isl.dim_type.param))):
        if not keep(s.get_dim_name(isl.dim_type.param, k)):
            s = s.project_out(isl.dim_type.param, k, 1)
    return s


def _is_function(s: isl.Set, name: str, kept: set[str]) -> bool:
    """Whether the atoms of `kept` determine the atom `name`."""
    s = _project(s, lambda other: other == name or other in kept)
    at = s.find_dim_by_name(isl.dim_type.param, name)
    values = s.move_dims(isl.dim_type.set, 0, isl.dim_type.param, at, 1)
    return bool(isl.Map.from_range(values).is_single_valued())


def _constraints(s: isl.Set, atoms: dict[str, Atom]) -> Guard | None:
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
