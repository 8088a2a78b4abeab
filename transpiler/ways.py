"""A region for the types of several signatures: each through `compile`, all behind one dispatch function.

The first signature that works gives the verdict. What the others give is told in its notes: their kernels are
tried after its own, where they come back in the same form.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loopwright import compile as one
from loopwright.choice import Chosen, Settled
from loopwright.compile import Place, failed
from loopwright.config import Options
from loopwright.diagnostics import Declined
from loopwright.frontend.region import Lowered, Region
from loopwright.ir.nodes import Nothing, Pack
from loopwright.journal import Journal
from loopwright.pipeline import Plan
from loopwright.report.results import RegionResult
from loopwright.signatures import MOST_WAYS, Signature, as_declined, lower_region
from loopwright.trial import Builders

Verdict = tuple[RegionResult, Chosen | None]


@dataclass(frozen=True, slots=True)
class Started:
    """A region for which variants are being built: for each signature those, or a verdict; and the lowerings.

    `name` is the dispatch function's.
    """

    name: str
    ways: tuple[tuple[Lowered, one.Started | Settled], ...]

    def cancel(self) -> None:
        """Stop what is not built yet; returns when nothing writes to the scratch folder any more."""
        for _, way in self.ways:
            if isinstance(way, one.Started):
                way.cancel()


def start(
    region: Region,
    signatures: Sequence[Signature],
    options: Options,
    place: Place,
    *,
    plan: Plan,
    builders: Builders,
    journal: Journal | None = None,
) -> Started | Settled:
    """Lower `region` for the signatures that work and begin to build its variants.

    A refusal is the verdict at once, as is what `journal` has of it. A defect of the compiler (any
    exception) is the status `failed`.
    """
    blank = RegionResult(region.module.path, region.span, region.qualname, "declined")
    begun = time.monotonic()
    try:
        most = 1 if options.style == "inline" else MOST_WAYS
        found = lower_region(region, signatures, most)
    except Exception as error:
        return Settled(failed(blank, error))
    if isinstance(found, Declined):
        return Settled(as_declined(blank, found))
    lowering = {"lower": time.monotonic() - begun}
    ways: list[tuple[Lowered, one.Started | Settled]] = []
    for number, (lowered, signature) in enumerate(found, 1):
        its, fresh = place, replace(blank, seconds=lowering)
        if number > 1:
            fresh = blank
            its = Place(place.scratch / f"way{number}", place.module, f"{place.name}__{number}")
            its.scratch.mkdir()
        begun_one = one.start(
            lowered, signature, fresh, options, its, plan=plan, builders=builders, journal=journal
        )
        ways.append((lowered, begun_one))
    started = Started(place.name, tuple(ways))
    if any(isinstance(way, one.Started) for _, way in ways):
        return started
    result, chosen = finish(started)
    return Settled(result, chosen)


def finish(
    started: Started, *, deadline: float | None = None, measured: Callable[[], None] = lambda: None
) -> Verdict:
    """The verdict. `measured` is called when the machine need not be quiet any more.

    A defect of the compiler (any exception but a full disk) becomes the status `failed`.
    """
    waiting = [k for k, (_, way) in enumerate(started.ways) if isinstance(way, one.Started)]
    verdicts: list[tuple[Lowered, Verdict]] = []
    for k, (lowered, way) in enumerate(started.ways):
        if isinstance(way, Settled):
            verdicts.append((lowered, (way.result, way.chosen)))
        else:
            quiet = k != waiting[-1]
            done = one.finish(
                way, deadline=deadline, measured=(lambda: None) if quiet else measured
            )
            verdicts.append((lowered, done))
    return _together(started.name, verdicts)


def compile_region(
    region: Region,
    signatures: Sequence[Signature],
    options: Options,
    place: Place,
    *,
    plan: Plan,
    builders: Builders,
) -> Verdict:
    """`start` and `finish` for one region by itself."""
    begun = start(region, signatures, options, place, plan=plan, builders=builders)
    return (begun.result, begun.chosen) if isinstance(begun, Settled) else finish(begun)


def _together(name: str, verdicts: Sequence[tuple[Lowered, Verdict]]) -> Verdict:
    """The verdict of the first way that has kernels, with those of the others behind its own."""
    at = next((k for k, (_, (_, chosen)) in enumerate(verdicts) if chosen is not None), 0)
    main, (result, chosen) = verdicts[at]
    entries = [] if chosen is None else [replace(e, name=name) for e in chosen.entries]
    recipes = [] if chosen is None else [*chosen.recipes]
    notes = [*result.notes]
    for lowered, (other, more) in (pair for k, pair in enumerate(verdicts) if k != at):
        shown = _difference(lowered, main)
        if more is None:
            notes.append(f"for {shown}: {other.code} {other.reason}")
        elif _form(lowered) != _form(main):
            notes.append(f"for {shown}: its kernel comes back in another form")
        else:
            entries += [replace(e, name=name) for e in more.entries]
            recipes += more.recipes
            notes.append(f"for {shown}, too: {more.comment}")
    result = replace(result, notes=tuple(notes), seconds=_sum([r for _, (r, _) in verdicts]))
    if chosen is None:
        return result, None
    kernel = None if result.kernel is None else name
    chosen = Chosen(chosen.lowered, tuple(entries), tuple(recipes), chosen.comment)
    return replace(result, kernel=kernel), chosen


def _form(lowered: Lowered) -> tuple[bool, bool]:
    """What the lines at the call make of a result: whether there is one, and whether a value is returned."""
    values, stores = lowered.program.rebuild, lowered.region.stores
    packed = isinstance(values, Pack) and len(values.items) == len(stores) + 1
    return isinstance(values, Nothing), not stores or packed


def _difference(lowered: Lowered, main: Lowered) -> str:
    """What the one takes that the other does not, in words."""
    mine, theirs = _facts(lowered), _facts(main)
    told = [f"`{path}` {fact}" for path, fact in mine.items() if theirs.get(path) != fact]
    return ", ".join(told) or "other types"


def _facts(lowered: Lowered) -> Mapping[str, str]:
    facts = {
        param.path: f"of type {param.type}" if param.only is None else f"equal to {param.only!r}"
        for param in lowered.domain.params
        if not param.bounds
    }
    return facts | {use.path: f"that is `{use.function.name}`" for use in lowered.callables}


def _sum(results: Sequence[RegionResult]) -> Mapping[str, float]:
    stages = dict.fromkeys(stage for result in results for stage in result.seconds)
    return {stage: sum(r.seconds.get(stage, 0.0) for r in results) for stage in stages}
