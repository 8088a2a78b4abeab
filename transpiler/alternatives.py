"""What to try in place of a region that was declined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loopwright.diagnostics import Span
from loopwright.frontend.outline import every_region, regions_beside
from loopwright.frontend.region import Region

_OF_LOWERING = ("LW1", "LW3")


def alternatives(region: Region, code: str | None, at: Span) -> tuple[Region, ...]:
    """Smaller regions, none of which shares a statement with another, in source order.

    Where lowering stopped at one statement of several (`code` and `at` tell), these are the groups beside
    that statement and what is inside of it; otherwise `region.inner`.
    """
    if code is None or not code.startswith(_OF_LOWERING) or at == region.span:
        return region.inner
    # A group that the outline holds already is taken from there: recordings know it by that identity.
    known = {(r.form, r.statements): r for r in every_region(region.inner)}
    beside = [known.get((r.form, r.statements), r) for r in regions_beside(region, at)]
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
