"""What is to be timed, and the times: plain data between the process that measures and the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loopwright.ir.domain import Domain


@dataclass(frozen=True, slots=True)
class Timed:
    """A function to time: `function` of `module` in the kernels folder `folder`."""

    label: str
    folder: Path
    module: str
    function: str


@dataclass(frozen=True, slots=True)
class MeasureJob:
    """`inputs` are leaf values by parameter name, ordered from small to large.

    Calls in a row get the same arrays, as they do in a user's loop, unless the code `changes` its arguments:
    then each call gets a copy. `originals` are seconds of the original by size, if they were measured
    before: then it is not run again, and other sizes are left out. `made_up`: nobody has seen the original
    end on such inputs. `recorded` are the sizes of those that were seen. `others` are calls that were seen,
    of the size of the largest input: it is only looked at whether the variants take them.
    """

    source: str
    entry: str
    roots: tuple[str, ...]
    domain: Domain
    timed: tuple[Timed, ...]
    inputs: tuple[Mapping[str, object], ...]
    budget: float
    changes: bool
    originals: Mapping[int, float] = field(default_factory=dict)
    made_up: bool = False
    recorded: frozenset[int] = frozenset()
    others: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class InputTiming:
    """Seconds a warm call at one input; None where the candidate declined the input or raised, infinity
    where it was not run, as it was far behind the others at smaller inputs. `recorded`: such an input was
    seen."""

    size: int
    original: float
    candidates: dict[str, float | None]
    recorded: bool = True


@dataclass(frozen=True, slots=True)
class Measurement:
    """`declined` tells by candidate why it declined the last input that it was given; `choosy` are those
    that declined one of the job's `others`."""

    timings: tuple[InputTiming, ...] = ()
    first_call: dict[str, float] = field(default_factory=dict)
    declined: dict[str, str] = field(default_factory=dict)
    choosy: frozenset[str] = frozenset()
    failure: str | None = None

    def best_seconds(self) -> float:
        """Of the fastest candidate at the largest input; 0 if none ran."""
        seen = self.timings[-1].candidates.values() if self.timings else ()
        return min((seconds for seconds in seen if seconds is not None), default=0.0)
