"""What was chosen for a region, and how it is put together again from a record of the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwright.diagnostics import Declined
from loopwright.emit import by_name as backend_named
from loopwright.frontend.region import Lowered
from loopwright.journal import Found, Kernel
from loopwright.kernels import KernelEntry
from loopwright.pipeline import Candidate
from loopwright.report.results import RegionResult


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into the output: the variants behind one dispatch function, tried in order, and the names
    of the recipes that they were made by."""

    lowered: Lowered
    entries: tuple[KernelEntry, ...]
    recipes: tuple[str, ...]
    comment: str

    @property
    def also(self) -> tuple[Lowered, ...]:
        """Lowerings for other types that some of the variants are of."""
        others = {id(e.lowered): e.lowered for e in self.entries}
        return tuple(way for way in others.values() if way is not self.lowered)


@dataclass(frozen=True, slots=True)
class Settled:
    """A verdict. `other`: where there are no kernels for the types of most calls, the one for less frequent
    types, which have some."""

    result: RegionResult
    chosen: Chosen | None = None
    other: Settled | None = None


def kernels_of(chosen: Chosen) -> tuple[Kernel, ...]:
    pairs = zip(chosen.recipes, chosen.entries, strict=True)
    return tuple(Kernel(recipe, e.min_work, e.comment) for recipe, e in pairs)


def chosen_again(
    lowered: Lowered, name: str, known: Found, made: Sequence[Candidate]
) -> Settled | None:
    """The kernels that were chosen before, emitted again; None if one of them is no variant any more."""
    by_name = {candidate.recipe.name: candidate for candidate in made}
    entries: list[KernelEntry] = []
    for kernel in known.kernels:
        candidate = by_name.get(kernel.recipe)
        if candidate is None:
            return None
        entry = KernelEntry(
            lowered=lowered,
            name=name,
            backend=candidate.recipe.backend,
            program=candidate.program,
            source=candidate.source,
            min_work=kernel.min_work,
            comment=kernel.comment,
        )
        entries.append(as_serial(entry, kernel.min_work) if entries else entry)
    recipes = tuple(kernel.recipe for kernel in known.kernels)
    result = replace(known.result, kernel=known.result.kernel and name)
    return Settled(result, Chosen(lowered, tuple(entries), recipes, entries[0].comment))


def as_serial(entry: KernelEntry, min_work: int) -> KernelEntry:
    """The variant under a kernel name of its own; the dispatch function keeps its name."""
    source = backend_named(entry.backend).emit(entry.program, f"{entry.name}__serial")
    assert not isinstance(source, Declined)  # it was emitted before, under another name
    return replace(entry, source=source, min_work=min_work, comment=f"{entry.backend}, serial")
