"""Turn loops into array code, for the NumPy backend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from loopwright.ir.nodes import Program
from loopwright.passes.base import Example, Outcome, Pass, Refusal, Unchanged


@dataclass(frozen=True)
class Vectorise:
    name: ClassVar[str] = "vectorise"
    bitwise: ClassVar[bool] = False
    examples: ClassVar[tuple[Example | Refusal, ...]] = ()

    def run(self, program: Program) -> Outcome:
        return Unchanged()

    def space(self, program: Program) -> Iterator[Pass]:
        yield self
