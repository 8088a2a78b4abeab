"""A region for the types of several signatures: each through `compile`, all behind one dispatch function.

The first signature that works gives the verdict. What the others give is told in its notes: their kernels are
tried after its own, where they come back in the same form. If the first has no kernels the region is
declined, so that its parts are tried; theirs are what to fall back on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loopwright import compile as one
from loopwright.choice import Chosen, Settled
from loopwright.compile import failed
from loopwright.config import Options
from loopwright.diagnostics import Declined
from loopwright.frontend.region import Lowered, Region
from loopwright.journal import Journal
from loopwright.pipeline import Plan
from loopwright.report.results import RegionResult
from loopwright.signatures import MOST_WAYS, Signature, as_declined, lower_region
from loopwright.started import Place
from loopwright.started import Started as Underway
from loopwright.trial import Builders


@dataclass(frozen=True, slots=True)
class Started:
    """A region for which variants are being built: for each signature those, or a verdict; and the lowerings.

    `name` is the dispatch function's.
    """

    name: str
    ways: tuple[tuple[Lowered, Underway | Settled], ...]

    def cancel(self) -> None:
        """Stop what is not built yet; returns when nothing writes to the scratch folder any more."""
        for _, way in self.ways:
            if isinstance(way, Underway):
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
    ways: list[tuple[Lowered, Underway | Settled]] = []
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
    pending = any(isinstance(way, Underway) for _, way in ways)
    return started if pending else finish(started)


def finish(
    started: Started, *, deadline: float | None = None, measured: Callable[[], None] = lambda: None
) -> Settled:
    """The verdict. `measured` is called when the machine need not be quiet any more.

    A defect of the compiler (any exception but a full disk) becomes the status `failed`.
    """
    waiting = [k for k, (_, way) in enumerate(started.ways) if isinstance(way, Underway)]
    verdicts: list[tuple[Lowered, Settled]] = []
    for k, (lowered, way) in enumerate(started.ways):
        if isinstance(way, Settled):
            verdicts.append((lowered, way))
        else:
            then = measured if k == waiting[-1] else lambda: None
            result, chosen = one.finish(way, deadline=deadline, measured=then)
            verdicts.append((lowered, Settled(result, chosen)))
    first = verdicts[0][1]
    if first.chosen is not None:
        return _together(started.name, 0, verdicts)
    other = next((k for k, (_, way) in enumerate(verdicts) if way.chosen is not None), None)
    seconds = _sum([way.result for _, way in verdicts])
    instead = None if other is None else _together(started.name, other, verdicts)
    return Settled(replace(first.result, seconds=seconds), None, instead)


def compile_region(
    region: Region,
    signatures: Sequence[Signature],
    options: Options,
    place: Place,
    *,
    plan: Plan,
    builders: Builders,
) -> tuple[RegionResult, Chosen | None]:
    """`start` and `finish` for one region by itself."""
    begun = start(region, signatures, options, place, plan=plan, builders=builders)
    verdict = begun if isinstance(begun, Settled) else finish(begun)
    best = verdict.other or verdict
    return best.result, best.chosen


def _together(name: str, at: int, verdicts: Sequence[tuple[Lowered, Settled]]) -> Settled:
    """The verdict of the way `at`, which has kernels, with those of the others behind its own."""
    main, first = verdicts[at]
    assert first.chosen is not None
    entries, recipes = [*first.chosen.entries], [*first.chosen.recipes]
    notes = [*first.result.notes]
    for lowered, way in (pair for k, pair in enumerate(verdicts) if k != at):
        shown, more = _difference(lowered, main), way.chosen
        if more is None:
            notes.append(f"for {shown}: {way.result.code} {way.result.reason}")
        elif lowered.delivery != main.delivery:
            notes.append(f"for {shown}: its kernel comes back in another form")
        else:
            entries += more.entries
            recipes += more.recipes
            notes.append(f"for {shown}, too: {more.comment}")
    result = replace(
        first.result,
        notes=tuple(notes),
        seconds=_sum([way.result for _, way in verdicts]),
        kernel=None if first.result.kernel is None else name,
    )
    entries = [replace(entry, name=name) for entry in entries]
    return Settled(
        result,
        Chosen(first.chosen.lowered, tuple(entries), tuple(recipes), first.chosen.comment),
    )


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
