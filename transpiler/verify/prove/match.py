"""Do two terms have the same value, for all pairs of instances that a relation gives?

A claim is a relation between the instances of a position of the original and of one of the candidate: for
each pair the two terms have one value. To check a claim, reads are replaced by what was written there, and
operations by their arguments, which gives further claims. Each step goes back in time or down a term on at
least one side, so that a set of claims of which each follows from the others holds as a whole: a proof by
induction. Loops are closed by guessing: where a claim comes back with other instances, it is widened to the
affine hull of those seen, and checked for all of it.

Source: S. Verdoolaege, G. Janssens, M. Bruynooghe, "Equivalence checking of static affine programs using
widening to handle recurrences", ACM TOPLAS 34 (2012).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import islpy as isl

from loopwright.verify.prove.flow import Dataflow
from loopwright.verify.prove.presburger import over, values
from loopwright.verify.prove.terms import (
    LATE,
    Aff,
    Case,
    Fold,
    Literal_,
    NotProved,
    Op,
    Position,
    Read,
    Term,
    Undefined,
    Write,
)

_PATIENCE = 8
"""Times that a claim may come back before the search ends."""


def position_of(write: Write) -> Position:
    return Position(write.name, write.space, write.domain, write.value)


Key = tuple[str, int, str, int]


@dataclass(slots=True)
class Claim:
    a: Position
    b: Position
    pairs: isl.Map
    visits: int = 1


class Matcher:
    """`settled`: memory that nobody has set is the same as no other, not even as itself."""

    def __init__(
        self,
        ctx: isl.Context,
        assume: isl.Set,
        a: Dataflow,
        b: Dataflow,
        deadline: float,
        *,
        settled: bool = False,
    ) -> None:
        self.ctx, self.assume, self.a, self.b = ctx, assume, a, b
        self.deadline, self.settled = deadline, settled
        self.claims: dict[Key, Claim] = {}
        self.queue: list[tuple[Position, Position, isl.Map]] = []

    def prove(self, a: Position, b: Position, pairs: isl.Map) -> None:
        """NotProved unless the claim holds. What was claimed on the way to a failure is forgotten."""
        before = {k: Claim(c.a, c.b, c.pairs, c.visits) for k, c in self.claims.items()}
        try:
            self.claim(a, b, pairs)
            while self.queue:
                if time.monotonic() > self.deadline:
                    raise NotProved(LATE)
                self.check(*self.queue.pop())
        except BaseException:
            self.claims = before
            self.queue.clear()
            raise

    def claim(self, a: Position, b: Position, pairs: isl.Map) -> None:
        if pairs.is_empty():
            return
        key = a.name, id(a.term), b.name, id(b.term)
        known = self.claims.get(key)
        if known is None:
            self.claims[key] = Claim(a, b, pairs)
            self.queue.append((a, b, pairs))
            return
        new = pairs.subtract(known.pairs)
        if new.is_empty():
            return
        known.visits += 1
        if known.visits > _PATIENCE:
            raise NotProved("instances that do not follow a pattern")
        wider = self.hull(a, b, known.pairs.union(pairs)).union(pairs)
        new = wider.subtract(known.pairs).coalesce()
        known.pairs = known.pairs.union(new).coalesce()
        self.queue.append((a, b, new))

    def hull(self, a: Position, b: Position, pairs: isl.Map) -> isl.Map:
        hull = isl.Map.from_basic_map(pairs.affine_hull())
        hull = hull.intersect_domain(self.instances(a))
        return hull.intersect_range(self.instances(b))

    def instances(self, p: Position) -> isl.Set:
        return over(p.domain.intersect(self.assume), p.name, p.space)

    # --------------------------------------------------------------- checking

    def check(self, a: Position, b: Position, pairs: isl.Map) -> None:
        if isinstance(a.term, Case):
            where = over(a.term.where, a.name, a.space)
            self.claim(a.at(a.term.a), b, pairs.intersect_domain(where))
            self.claim(a.at(a.term.b), b, pairs.subtract_domain(where))
            return
        if isinstance(b.term, Case):
            where = over(b.term.where, b.name, b.space)
            self.claim(a, b.at(b.term.a), pairs.intersect_range(where))
            self.claim(a, b.at(b.term.b), pairs.subtract_range(where))
            return
        if isinstance(a.term, Read):
            pairs = self.left(a, a.term, b, pairs)
        if isinstance(b.term, Read):
            pairs = self.right(a, b, b.term, pairs)
        if not pairs.is_empty():
            self.same(a, b, pairs)

    def left(self, a: Position, read: Read, b: Position, pairs: isl.Map) -> isl.Map:
        """Claims for the writes that the original reads from; the pairs without one are left."""
        assert read.space == a.space
        found = self.a.sources(read)
        for write, to in found.writes:
            to = to.set_tuple_name(isl.dim_type.in_, a.name)
            self.claim(position_of(write), b, pairs.apply_domain(to))
        return pairs.intersect_domain(found.none.set_tuple_name(a.name))

    def right(self, a: Position, b: Position, read: Read, pairs: isl.Map) -> isl.Map:
        assert read.space == b.space
        found = self.b.sources(read)
        for write, to in found.writes:
            to = to.set_tuple_name(isl.dim_type.in_, b.name)
            self.claim(a, position_of(write), pairs.apply_range(to))
        return pairs.intersect_range(found.none.set_tuple_name(b.name))

    def same(self, a: Position, b: Position, pairs: isl.Map) -> None:
        """Terms that are no reads, or read what was there before the program."""
        if self.settled and any(_is_unset(term) for term in (a.term, b.term)):
            raise NotProved("memory that nobody has set")
        match a.term, b.term:
            case Aff(x), Aff(y):
                self.equal(a, (x,), b, (y,), pairs, "an integer")
            case Literal_(x, t), Literal_(y, u) if (x, t) == (y, u):
                pass
            case Undefined(), Undefined():
                pass
            case Read(), Read():
                self.elements(a, a.term, b, b.term, pairs)
            case Undefined(), Read(cell=cell) if cell.param is None:
                pass
            case Read(cell=cell), Undefined() if cell.param is None:
                pass
            case Op(x, t, p), Op(y, u, q) if (x, t, len(p)) == (y, u, len(q)):
                for left, right in zip(p, q, strict=True):
                    self.claim(a.at(left), b.at(right), pairs)
            case Fold(x, t), Fold(y, u) if (x, t) == (y, u):
                self.fold(a, a.term, b, b.term, pairs)
            case _:
                raise NotProved(f"{_told(a.term)} against {_told(b.term)}")

    def elements(self, a: Position, x: Read, b: Position, y: Read, pairs: isl.Map) -> None:
        if x.cell.param != y.cell.param:
            raise NotProved("elements of two arrays")
        if x.cell.param is not None:
            self.equal(a, x.index, b, y.index, pairs, "a position")

    def fold(self, a: Position, x: Fold, b: Position, y: Fold, pairs: isl.Map) -> None:
        self.equal(a, (x.extent,), b, (y.extent,), pairs, "a length")
        inner = isl.Map.read_from_str(self.ctx, "{ [k] -> [k] }")
        left, right = (Position(f"F{f.iterator}", f.space, f.domain, f.body) for f in (x, y))
        both = pairs.flat_product(inner)
        both = both.set_tuple_name(isl.dim_type.in_, left.name)
        both = both.set_tuple_name(isl.dim_type.out, right.name)
        self.claim(left, right, both.intersect_domain(self.instances(left)))

    def equal(
        self,
        a: Position,
        x: tuple[isl.PwAff, ...],
        b: Position,
        y: tuple[isl.PwAff, ...],
        pairs: isl.Map,
        what: str,
    ) -> None:
        if len(x) != len(y):
            raise NotProved(f"{what} of another rank")
        left = values(self.ctx, x, a.name, a.space, "V")
        right = values(self.ctx, y, b.name, b.space, "V")
        if not pairs.is_subset(left.apply_range(right.reverse())):
            raise NotProved(f"{what} differs")


def _is_unset(term: Term) -> bool:
    return isinstance(term, Undefined) or (isinstance(term, Read) and term.cell.param is None)


def _told(term: Term) -> str:
    match term:
        case Op(name):
            return name
        case Read(cell=cell):
            return "an argument" if cell.param is not None else "undefined memory"
        case Literal_(text):
            return text
        case _:
            return type(term).__name__.lower()
