"""What a run has settled, kept until it is through, so that a run that was stopped goes on from there.

A region's verdict is kept under everything that it rests on: the region's text and types, the options, the
sizes that were recorded, the versions of the compilers, the machine. It is dropped when the run ends by
itself, so that every new run measures anew.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from loopwright.cache import Kept, unfinished
from loopwright.config import Options
from loopwright.diagnostics import Span
from loopwright.frontend.region import Lowered
from loopwright.ir.sizes import size_of
from loopwright.report.results import Evidence, Loser, RegionResult

_LASTING = frozenset({"LW401", "LW403", "LW404", "LW501", "LW504"})
"""Refusals that do not rest on how much time there was."""

_NOTE = "settled before the run was stopped"
_COMPILERS = ("numpy", "numba", "Cython", "scipy")


@dataclass(frozen=True, slots=True)
class Kernel:
    """How one of the chosen kernels came about: the recipe's name, the break-even size, its comment."""

    recipe: str
    min_work: int
    comment: str


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict, and the kernels in the order in which they are tried."""

    result: RegionResult
    kernels: tuple[Kernel, ...]


class Journal:
    """The verdicts of one run: `sources`, `target` (any text that tells where it goes) and `options`."""

    def __init__(self, sources: Sequence[Path], target: str, options: Options) -> None:
        places = [str(source.absolute()) for source in sources]
        self._kept = unfinished(repr((places, target, options, _machine())))

    def of(self, lowered: Lowered, samples: Sequence[Mapping[str, object]], plan: object) -> Record:
        """The place for the verdict on a region; `samples` are recorded inputs, of which the sizes count."""
        region, reference = lowered.region, lowered.reference
        sizes = sorted({size_of(lowered.domain, sample) for sample in samples})
        shape = (region.qualname, region.form, region.live_outs, region.stores)
        text = (reference.source, reference.entry, reference.roots)
        key = repr((shape, text, lowered.domain, lowered.callables, sizes, plan))
        return Record(self._kept, key.encode(), region.span.line)

    def clear(self) -> None:
        """The run is through."""
        self._kept.clear()


@dataclass(frozen=True, slots=True)
class Record:
    """The place of one verdict, on a region that begins in row `line`."""

    kept: Kept
    key: bytes
    line: int

    def find(self, blank: RegionResult) -> Found | None:
        """What was put here, if anything; `blank` is how the result is to begin."""
        data = self.kept.get(self.key)
        try:
            return None if data is None else _found(data, blank)
        except (KeyError, TypeError, ValueError):
            return None

    def put(self, result: RegionResult, kernels: Sequence[Kernel]) -> None:
        """Keep a verdict that would be the same another time."""
        if result.status == "rewritten" or result.code in _LASTING:
            self.kept.put(self.key, _plain(Found(result, tuple(kernels)), self.line))


def _machine() -> tuple[str, ...]:
    return (
        platform.machine(),
        platform.processor(),
        str(os.cpu_count()),
        *map(_version, _COMPILERS),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


_FIELDS = (
    "status", "code", "reason", "unlocks", "backend", "passes", "accuracy", "speedup", "first_call",
    "kernel", "notes",
)  # fmt: skip


def _plain(found: Found, line: int) -> dict[str, Any]:
    result = found.result
    data = {name: getattr(result, name) for name in _FIELDS}
    data["speedup"] = list(result.speedup.items())
    data["evidence"] = None if result.evidence is None else asdict(result.evidence)
    data["losers"] = [asdict(loser) for loser in result.losers]
    data["at"] = asdict(result.span)
    data["line"] = line
    data["kernels"] = [asdict(kernel) for kernel in found.kernels]
    return data


def _found(data: dict[str, Any], blank: RegionResult) -> Found:
    fields = {name: data[name] for name in _FIELDS}
    evidence = data["evidence"]
    at, rows = Span(**data["at"]), blank.span.line - data["line"]
    result = replace(
        blank,
        **{**fields, "passes": tuple(fields["passes"]), "notes": (*fields["notes"], _NOTE)},
    )
    result = replace(
        result,
        span=replace(at, line=at.line + rows, end_line=at.end_line + rows),
        speedup={int(size): ratio for size, ratio in data["speedup"]},
        evidence=None if evidence is None else Evidence(**evidence),
        losers=tuple(Loser(**loser) for loser in data["losers"]),
    )
    return Found(result, tuple(Kernel(**kernel) for kernel in data["kernels"]))
