"""Are indices in bounds: for all runs, under a condition on outer values, or not known?

The set of violations of an access is a Presburger set over the atoms of `scope`. If it is empty the
access is proved. Otherwise the iterators are projected out: the complement is the condition, on numbers
known before a loop, under which no iteration goes astray.

Source: A. Venkat et al., "Loop and data transformations for sparse matrix code", PLDI 2015, for guards
by projection; S. Verdoolaege, isl manual, for the operations.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import islpy as isl

from loopwright.analysis.affine import Affine, Atom, Fact, add
from loopwright.analysis.constraints import (
    Constraint,
    Guard,
    constraints,
    halves,
    rows_text,
    show,
)
from loopwright.analysis.interval import Interval
from loopwright.analysis.scope import Scope
from loopwright.ir.nodes import Dim

_OPERATIONS = 200_000  # isl steps for one question, some 20 ms
_FACTS = 24
_NEAR = 2**20  # known ends closer to zero than this are worth telling isl
_MOST_PIECES = 16
"""Of a set of which facts are intersected one by one; isl takes a tenth of a second for some hundreds."""

Sign = Literal["nonneg", "neg", "any"]


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


@dataclass(slots=True)
class Sets:
    """What isl said before; several walks may share it."""

    ctx: isl.Context = field(default_factory=isl.Context)
    read: dict[str, isl.Set | None] = field(default_factory=dict)
    empty: dict[tuple[str, tuple[str, ...], frozenset[Atom]], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ctx.set_max_operations(_OPERATIONS)


class Bounds:
    """Answers for one walk. Guards that were placed before a loop count as known inside it."""

    def __init__(self, scope: Scope, sets: Sets | None = None) -> None:
        self.scope = scope
        self.sets = sets or Sets()
        self.ctx = self.sets.ctx

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
            elif not here and (placed := self._forwards(position, n)) is not None:
                return Answer("nonneg", False, False, placed)
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
        facts, atoms = self._relevant(fact.atoms)
        key = (fact.text, tuple(f.text for f in facts), atoms)
        empty = self.sets.empty
        if key not in empty:
            empty[key] = self._is_empty(self._region(fact, facts, atoms))
        return empty[key]

    def _is_empty(self, region: isl.Set | None) -> bool:
        try:
            return region is not None and bool(region.is_empty())
        except isl.Error:
            return False

    def _only_for_negative_parameters(self, position: Affine) -> bool:
        outer = [a for a in self._relevant(position.atoms)[1] if a.depth == 0 and a.lo < 0]
        signs = " and ".join(f"{a.name} >= 0" for a in outer)
        if not outer:
            return False
        text = f"({position.text} < 0) and {signs}"
        return self.impossible(Fact(text, position.atoms | frozenset(outer)))

    def _forwards(self, position: Affine, n: Affine) -> Placed | None:
        """A guard for a loop that starts from numbers read before it, such as the ends of a row of a sparse
        matrix: if these are not negative no position is, and none has to be wrapped."""
        loops = self.scope.loops
        iterators = {f.iterator for f in loops}
        if not loops or loops[-1].iterator not in position.atoms:
            return None
        entry = [
            a
            for a in self._relevant(position.atoms)[1] - iterators
            if 0 < a.depth < len(loops) and a.lo < 0 and self.scope.is_current(a)
        ]
        signs = " and ".join(f"{a.name} >= 0" for a in entry)
        outside = Fact(f"({position.text} < 0) and {signs}", position.atoms | frozenset(entry))
        if not entry or not self.impossible(outside):
            return None
        text = f"({position.text} < 0) or ({position.text} >= {n.text})"
        return self.place(Fact(text, position.atoms | n.atoms))

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
        pieces = [" and ".join(map(show, rows)) or "1 = 1" for rows in placed.guard]
        atoms = frozenset(a for rows in placed.guard for row in rows for _, a in row.terms)
        fact = Fact(" or ".join(f"({p})" for p in pieces), atoms)
        self.scope.loops[placed.level].guards.append(fact)

    def _guard(self, violation: Fact, seeds: frozenset[Atom], level: int) -> Placed | None:
        """The condition before one loop, from the facts connected with the violation or `seeds`."""
        facts = self.scope.facts
        involved = violation.atoms | seeds
        facts, connected = self._relevant(involved, facts)
        domain = self._region(Fact("1 = 1", involved), facts, connected)
        whole = self._region(Fact(violation.text, involved), facts, connected)
        atoms = {a.name: a for a in connected}
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
        if runs.is_empty():  # the access is never reached
            return Placed(((),), level, bad.complement().coalesce(), {})
        there = {name: a for name, a in atoms.items() if known_there(name)}
        good = bad.complement().coalesce()
        if good.intersect(runs).is_empty():
            return None
        return self._placed(good, level, there) or self._stricter(bad, level, there)

    def _stricter(self, bad: isl.Set, level: int, atoms: dict[str, Atom]) -> Placed | None:
        """A condition without the remainders (of steps, of halves) in `bad`, which would cost divisions.

        It may turn away a length or two more, but none where all arrays are as long as each other.
        """
        lengths = [a.name for a in atoms.values() if isinstance(a.source, Dim)]
        same = " and ".join(f"{x} = {y}" for x, y in itertools.pairwise(lengths)) or "1 = 1"
        usual = self._set(f"[{', '.join(lengths)}] -> {{ : {same} }}")
        strict = bad.remove_divs().complement().coalesce()
        if usual is None or not bad.complement().intersect(usual).is_subset(strict):
            return None
        return self._placed(strict, level, atoms)

    def _placed(self, good: isl.Set, level: int, atoms: dict[str, Atom]) -> Placed | None:
        context = self._set(self._known_text(atoms.values()))
        if context is None:
            return None
        guard = constraints(good.gist(context).coalesce(), atoms)
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
        pieces = [halves(rows) for rows in guard]

        def inside(rows: list[Constraint]) -> bool:
            found = self._set(rows_text(rows))
            return found is not None and bool(found.intersect(context).is_subset(good))

        for rows in pieces:
            for row in list(rows):
                rest = [r for r in rows if r is not row]
                if inside(rest):
                    rows.remove(row)
        kept: list[list[Constraint]] = []
        for k, rows in enumerate(pieces):
            others = [*kept, *pieces[k + 1 :]]
            whole = self._set(rows_text(rows))
            cover = [c for c in (self._set(rows_text(o)) for o in others) if c is not None]
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

    def _region(self, fact: Fact, facts: Sequence[Fact], atoms: frozenset[Atom]) -> isl.Set | None:
        """Where `fact` and the others hold, or a larger set: a fact that would take it apart into very many
        pieces is left out."""
        names = ", ".join(sorted(a.name for a in atoms))
        limits = [t for a in sorted(atoms, key=lambda a: a.name) for t in _limits(a)]
        plain = [f.text for f in facts if not _is_choice(f)]
        parts = [f"({text})" for text in (fact.text, *plain)]
        found = self._set(f"[{names}] -> {{ : {' and '.join([*parts, *limits])} }}")
        self.ctx.reset_operations()
        for choice in (f for f in facts if _is_choice(f)):
            if found is None:
                return None
            other = self._set(f"[{names}] -> {{ : {choice.text} }}")
            if other is None:
                continue
            try:
                narrower = found.intersect(other)
            except isl.Error:
                return found
            if narrower.n_basic_set() <= _MOST_PIECES:
                found = narrower
        return found

    def _set(self, text: str) -> isl.Set | None:
        read = self.sets.read
        if text not in read:
            self.ctx.reset_operations()
            try:
                read[text] = isl.Set.read_from_str(self.ctx, text)
            except isl.Error:
                read[text] = None
        return read[text]


def _is_choice(fact: Fact) -> bool:
    return " or " in fact.text


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
