"""Loops of the candidate whose iterations run in any order: nothing passes from one to another.

Arrays made outside of the loop: no two iterations touch one element if one of them writes it. Numbers and
arrays made inside are private to an iteration: what it reads of them it has written itself, and nothing
after the loop reads them. Only the reads that results depend on count for these: a model reads the old value
wherever a number is set on a condition.
"""

from __future__ import annotations

import islpy as isl

from loopwright.verify.prove.flow import Dataflow
from loopwright.verify.prove.terms import Cell, NotProved, Read, Write


def independent(flow: Dataflow, needed: frozenset[str]) -> None:
    """NotProved unless all loops of the model that are marked parallel are independent. `needed` are the
    names of the reads that results depend on."""
    for loop in flow.model.parallel:
        _Loop(flow, loop.iterator, needed).check()


class _Loop:
    def __init__(self, flow: Dataflow, name: str, needed: frozenset[str]) -> None:
        self.flow, self.name, self.needed = flow, name, needed
        model = flow.model
        self.writes = [w for w in model.writes if name in w.space]
        self.reads = [r for r in model.reads if name in r.space]

    def check(self) -> None:
        if any(self.name in d.space for d in self.flow.model.demands):
            raise NotProved("a test in a parallel loop")
        for cell in {w.cell for w in self.writes}:
            if cell.extents and self.name not in cell.home:
                self.shared(cell)
            else:
                self.private(cell)

    def shared(self, cell: Cell) -> None:
        writes = [w for w in self.writes if w.cell is cell]
        reads = [r for r in self.reads if r.cell is cell]
        for w in writes:
            others: list[Read | Write] = [*writes, *reads]
            for other in others:
                self.apart(w, other)

    def apart(self, w: Write, other: Read | Write) -> None:
        """No pair of instances on one element differs in this loop's iterator."""
        depth = w.space.index(self.name)
        if other.space[: depth + 1] != w.space[: depth + 1]:
            raise NotProved("a parallel loop that is not understood")
        met = self.flow.access(w).apply_range(self.flow.access(other).reverse())
        for k in range(depth):
            met = met.equate(isl.dim_type.in_, k, isl.dim_type.out, k)
        same = met.equate(isl.dim_type.in_, depth, isl.dim_type.out, depth)
        if not met.is_subset(same):
            raise NotProved("iterations of a parallel loop meet")

    def private(self, cell: Cell) -> None:
        for read in self.flow.model.reads:
            if read.cell is not cell or read.name not in self.needed:
                continue
            sources = self.flow.sources(read)
            inside = self.name in read.space
            if inside and not sources.none.is_empty():
                raise NotProved("a private variable that comes from outside")
            for write, to in sources.writes:
                if (self.name in write.space) != inside:
                    raise NotProved("a private variable that leaves its iteration")
                if not inside:
                    continue
                depth = read.space.index(self.name)
                same = to
                for k in range(depth + 1):
                    same = same.equate(isl.dim_type.in_, k, isl.dim_type.out, k)
                if not to.is_subset(same):
                    raise NotProved("a private variable that leaves its iteration")
