"""What the compiler says about one region and about one run; the data behind every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from loopwright.diagnostics import Span

Status = Literal["rewritten", "declined", "failed", "candidate"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`inputs` were compared; on `accepted` of them the kernel itself ran. Of `mutants`, small faults put
    into the kernel, the comparison noticed `killed`."""

    kind: Literal["proved", "tested"]
    inputs: int
    accepted: int
    seconds: float
    note: str = ""
    mutants: int = 0
    killed: int = 0


@dataclass(frozen=True, slots=True)
class Loser:
    """A variant that was not chosen, and why."""

    variant: str
    why: str


@dataclass(frozen=True, slots=True)
class RegionResult:
    """The verdict on one region. `candidate` is said by `explain` only: it can be compiled.

    `speedup` maps a size (elements of the arguments) to the ratio original time / new time, warm calls.
    `first_call` is the time of the first call in seconds, compilation or loading included.
    `share` is the region's part of the recorded run time, if there was one. `seconds` is what the
    compiler took by stage: `lower`, `build` (waiting for the background), `measure`, `verify`. `test` is
    the file that was written to be kept as evidence. `call` is as in `Declined`.
    """

    file: Path
    span: Span
    name: str
    status: Status
    code: str | None = None
    reason: str = ""
    unlocks: str | None = None
    backend: str | None = None
    passes: tuple[str, ...] = ()
    accuracy: str | None = None
    evidence: Evidence | None = None
    speedup: dict[int, float] = field(default_factory=dict)
    first_call: float | None = None
    share: float | None = None
    kernel: str | None = None
    test: str | None = None
    notes: tuple[str, ...] = ()
    losers: tuple[Loser, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    call: Span | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A result with the first and last row of its region, and of the function around it."""

    result: RegionResult
    rows: tuple[int, int]
    function: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that could not be read as Python; the rest of the tree goes on."""

    file: Path
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run over a tree. `sources` holds the text of each file for carets.

    `stages` are seconds of what is no region's: `record` and `write`. `tests` are the files that were not
    looked at because they are tests.
    """

    regions: tuple[RegionResult, ...]
    skipped: tuple[SkippedFile, ...] = ()
    output: Path | None = None
    sources: dict[Path, str] = field(default_factory=dict)
    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    tests: int = 0

    @property
    def rewritten(self) -> tuple[RegionResult, ...]:
        return tuple(r for r in self.regions if r.status == "rewritten")
