"""What the code with probes and the recorder know of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loopwright.ir.domain import Step

COUNTS, ENTER, LEAVE = "__loopwright_n__", "__loopwright_enter__", "__loopwright_leave__"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a live-in is found at a probe: argument number `argument`, or the module global `root`.
    `called`: a function is expected."""

    name: str
    root: str
    argument: int | None
    steps: tuple[Step, ...]
    called: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """One instrumented region."""

    id: str
    digest: str
    sources: tuple[Source, ...]


Plain = tuple[Any, ...]


def plain_probes(probes: Sequence[Probe]) -> Plain:
    """Probes as tuples of strings and numbers, which `probes_of` reads."""
    return tuple(
        (
            probe.id,
            probe.digest,
            tuple((s.name, s.root, s.argument, s.steps, s.called) for s in probe.sources),
        )
        for probe in probes
    )


def probes_of(plain: Plain) -> tuple[Probe, ...]:
    return tuple(
        Probe(id_, digest, tuple(Source(*source) for source in sources))
        for id_, digest, sources in plain
    )
