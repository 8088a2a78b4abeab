"""Which write each read sees: exact array dataflow.

Source: P. Feautrier, "Dataflow analysis of array and scalar references", IJPP 20 (1991); isl computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import islpy as isl

from loopwright.verify.prove.presburger import over, values
from loopwright.verify.prove.terms import Cell, Model, NotProved, Read, Time, Write


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """`writes`: for each write that some instance of a read sees, the map from the read's instances to
    the write's; `none`: the instances that see no write."""

    writes: tuple[tuple[Write, isl.Map], ...]
    none: isl.Set


class Dataflow:
    """The sources of the reads of one side; those of a cell are computed when first asked for."""

    def __init__(self, ctx: isl.Context, model: Model, assume: isl.Set) -> None:
        self.ctx, self.model, self.assume = ctx, model, assume
        self._found: dict[Cell, dict[str, Sources]] = {}

    def sources(self, read: Read) -> Sources:
        if read.cell not in self._found:
            self._found[read.cell] = self._compute(read.cell)
        return self._found[read.cell][read.name]

    def assigned_first(self) -> None:
        """NotProved unless every number is set before the program looks at it."""
        for read in self.model.reads:
            cell = read.cell
            if read.kept or cell.extents or cell.param is not None:
                continue
            if not self.sources(read).none.is_empty():
                raise NotProved("a variable that may have no value")

    def access(self, of: Read | Write) -> isl.Map:
        """Instances to elements."""
        domain = over(of.domain.intersect(self.assume), of.name, of.space)
        found = values(self.ctx, of.index, of.name, of.space, of.cell.name).intersect_domain(domain)
        if not domain.is_subset(found.domain()):
            raise NotProved("a position that is not defined everywhere")
        return found

    def _compute(self, cell: Cell) -> dict[str, Sources]:
        reads = [r for r in self.model.reads if r.cell is cell]
        writes = {w.name: w for w in self.model.writes if w.cell is cell}
        none = {r.name: self.access(r).domain() for r in reads}
        if not writes:
            return {r.name: Sources((), none[r.name]) for r in reads}
        parties: list[Read | Write] = [*reads, *writes.values()]
        width = max(len(p.time) for p in parties)
        sink, source, schedule = (isl.UnionMap.read_from_str(self.ctx, "{ }") for _ in range(3))
        for party in parties:
            access = isl.UnionMap.from_map(self.access(party))
            schedule = schedule.union(self._schedule(party.name, party.space, party.time, width))
            if isinstance(party, Read):
                sink = sink.union(access)
            else:
                source = source.union(access)
        info = isl.UnionAccessInfo.from_sink(sink).set_must_source(source)
        flow = info.set_schedule_map(schedule).compute_flow()
        found: dict[str, list[tuple[Write, isl.Map]]] = {r.name: [] for r in reads}
        for each in _maps(flow.get_must_dependence()):
            name = each.get_tuple_name(isl.dim_type.out)
            write = writes[each.get_tuple_name(isl.dim_type.in_)]
            found[name].append((write, each.reverse().coalesce()))
        unseen = {r.name: none[r.name].subtract(none[r.name]) for r in reads}
        for each in _maps(flow.get_must_no_source()):
            unseen[each.get_tuple_name(isl.dim_type.in_)] = each.domain().coalesce()
        return {name: Sources(tuple(found[name]), unseen[name]) for name in found}

    def _schedule(self, name: str, space: tuple[str, ...], time: Time, width: int) -> isl.UnionMap:
        at = [str(t) for t in time] + ["0"] * (width - len(time))
        return isl.UnionMap.read_from_str(
            self.ctx, f"{{ {name}[{', '.join(space)}] -> [{', '.join(at)}] }}"
        )


def _maps(found: isl.UnionMap) -> list[isl.Map]:
    out: list[isl.Map] = []
    found.foreach_map(out.append)
    return out
