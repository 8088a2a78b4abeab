"""What to try in place of a region that was declined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from loopwright.diagnostics import Span
from loopwright.frontend.outline import every_region, regions_beside
from loopwright.frontend.region import Region
from loopwright.report.results import RegionResult
from loopwright.signatures import inherited
from loopwright.workload.store import RegionRecord

_OF_LOWERING = ("LW1", "LW3")
_MISSING = ("LW301", "LW305")
"""Refusals of what comes from outside."""
_HOT = 0.5

Part = tuple[Region, RegionRecord | None]
Find = Callable[[Region], RegionRecord | None]


def parts_of(
    region: Region, seen: RegionRecord | None, declined: RegionResult, find: Find | None
) -> list[Part]:
    """What to try in place of a declined region, each part with what a recording tells of it.

    `find` looks a region up in the recording; None if there is none. Of groups that the recording does not
    know, these are the parts that it does.
    """
    listed = {r.id for r in every_region(region.inner)}

    def found(part: Region) -> Iterator[Part]:
        record = find(part) if find is not None else None
        record = record or (seen and inherited(seen, region, part))
        if find is None or record is not None or part.id in listed:
            yield part, record
        else:
            for inner in part.inner:
                yield from found(inner)

    smaller = alternatives(region, declined.code, declined.call or declined.span)
    return [each for part in smaller for each in found(part)]


def telling(whole: RegionResult, parts: Sequence[RegionResult]) -> RegionResult:
    """The refusal of a region whose `parts` were declined, too: the one of a part that has most of the
    region's time, where that came further than the whole: its kernels were compiled, or lowering stopped at
    something else than a type, which stands in the way first."""
    if whole.code is None or not whole.code.startswith(_OF_LOWERING):
        return whole
    hot = _HOT * (whole.share or 0.0)
    parts = [part for part in parts if (part.share or 0.0) >= hot]
    compiled = [
        p for p in parts if "build" in p.seconds and not (p.code or "").startswith(_OF_LOWERING)
    ]
    if compiled:
        return max(compiled, key=lambda p: p.share or 0.0)
    told = [
        part
        for part in parts
        if (part.code or "").startswith(_OF_LOWERING) and part.code not in _MISSING
    ]
    if not told or (whole.code not in _MISSING and whole.share is None):
        return whole
    first = max(told, key=lambda p: p.share or 0.0)
    return replace(
        whole, span=first.span, code=first.code, reason=first.reason, unlocks=first.unlocks
    )


def alternatives(region: Region, code: str | None, at: Span) -> tuple[Region, ...]:
    """Smaller regions, none of which shares a statement with another, in source order.

    Where lowering stopped at one statement of several (`code` and `at` tell), these are the groups beside
    that statement and what is inside of it; otherwise `region.inner`.
    """
    if code is None or not code.startswith(_OF_LOWERING) or at == region.span:
        return region.inner
    # A group that the outline holds already is taken from there: recordings know it by that identity.
    known = {(r.form, r.statements): r for r in every_region(region.inner)}

    def recognised(part: Region) -> Region:
        listed = known.get((part.form, part.statements))
        return listed or replace(part, inner=tuple(map(recognised, part.inner)))

    beside = [recognised(r) for r in regions_beside(region, at)]
    if not beside:
        return region.inner
    inside = [part for each in region.inner for part in _apart(each, beside)]
    return tuple(sorted([*beside, *inside], key=lambda r: (r.span.line, r.span.col)))


def _apart(region: Region, others: Sequence[Region]) -> Iterator[Region]:
    """`region`, or the parts of it, that share nothing with the `others`."""
    if any(_covers(other.span, region.span) for other in others):
        return
    if not any(_touches(other.span, region.span) for other in others):
        yield region
        return
    for inner in region.inner:
        yield from _apart(inner, others)


def _covers(outer: Span, inner: Span) -> bool:
    starts = (outer.line, outer.col) <= (inner.line, inner.col)
    return starts and (inner.end_line, inner.end_col) <= (outer.end_line, outer.end_col)


def _touches(a: Span, b: Span) -> bool:
    return (a.line, a.col) < (b.end_line, b.end_col) and (b.line, b.col) < (a.end_line, a.end_col)
