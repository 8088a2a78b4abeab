"""Recorded live-ins as arguments: the objects that a region's reference is called with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from loopwright.frontend.region import LiveIn
from loopwright.ir.domain import split_path
from loopwright.workload.store import RegionRecord
from loopwright.workload.types_of import copy_of


def samples(record: RegionRecord) -> Iterator[Mapping[str, object]]:
    """Every recorded sample, those of the most frequent signature first."""
    for signature in record.signatures:
        yield from signature.samples


def arguments(
    live_ins: Sequence[LiveIn],
    roots: Sequence[str],
    sample: Mapping[str, object],
    owner: type[object] = SimpleNamespace,
) -> tuple[object, ...]:
    """Fresh copies of a sample's values, put together to the objects `roots` that the paths start from.

    Roots with attribute steps become instances of `owner` made without `__init__`, those with key steps
    dicts; intermediate objects are plain namespaces. Raises KeyError if the sample lacks a live-in.
    """
    built: dict[str, object] = {}
    for live_in in live_ins:
        root, steps = split_path(live_in.path)
        value = copy_of(sample[live_in.name])
        if not steps:
            built[root] = value
            continue
        holder = built.setdefault(root, {} if steps[0][0] == "item" else owner.__new__(owner))
        for (kind, key), (following, _) in itertools.pairwise(steps):
            inner: Any = {} if following == "item" else SimpleNamespace()
            known: Any = holder if kind == "item" else vars(holder)
            holder = known.setdefault(key, inner)
        place: Any = holder if steps[-1][0] == "item" else vars(holder)
        place[steps[-1][1]] = value
    return tuple(built[r] if r in built else owner.__new__(owner) for r in roots)
