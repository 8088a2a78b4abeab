"""A function of the user as programs in high IR: the yardstick of `loopwright verify --accuracy faithful`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Lowered, Region
from loopwright.ir.types import Type
from loopwright.signatures import annotated
from loopwright.verify.oracle import Reading
from loopwright.workload.types_of import type_of

LIMIT = 12


def readings_of(
    path: Path, name: str, calls: Sequence[Mapping[str, object]] = ()
) -> tuple[Reading, ...]:
    """The function `name` of the file `path` for the types that `calls` (arguments by parameter name)
    or annotations tell, the likeliest first; empty where it has no translation."""
    module = parse_module(path, path.parent)
    if isinstance(module, Declined):
        return ()
    try:
        region = region_of_function(module, name)
    except KeyError:
        return ()
    if isinstance(region, Declined):
        return ()
    types = [*_types_of(region, calls)]
    found = annotated(region)
    types += [] if isinstance(found, Declined) else [s.types for s in found]
    lowered = [lower(region, each) for each in types[:LIMIT]]
    return tuple(
        Reading(each.program, each.domain) for each in lowered if isinstance(each, Lowered)
    )


def _types_of(region: Region, calls: Sequence[Mapping[str, object]]) -> list[Mapping[str, Type]]:
    seen: list[Mapping[str, Type]] = []
    for call in calls:
        known = {
            live.name: type_of(call[live.path]) for live in region.live_ins if live.path in call
        }
        types = {each: t for each, t in known.items() if t is not None}
        if types not in seen:
            seen.append(types)
    return seen
