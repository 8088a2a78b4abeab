"""What a pass is.

A pass is a frozen dataclass whose fields are its typed options. It turns a legal `Program` into an
equivalent legal `Program`, or says why it does not apply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from loopwright.diagnostics import Declined
from loopwright.ir.nodes import Program


@dataclass(frozen=True, slots=True)
class Applied:
    """`notes` say in a few words what was done, for the report."""

    program: Program
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The pass found nothing to do. `declined` holds one note for each candidate that it refused."""

    declined: tuple[Declined, ...] = ()


Outcome = Applied | Unchanged


@dataclass(frozen=True, slots=True)
class Example:
    """`before`: a Python function with annotations; `after`: the printed IR once the pass has run."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`before` is left alone, and a note carries `code`."""

    before: str
    code: str


@runtime_checkable
class Pass(Protocol):
    """`bitwise` is True if results keep every bit."""

    name: ClassVar[str]
    bitwise: ClassVar[bool]
    examples: ClassVar[tuple[Example | Refusal, ...]]

    def run(self, program: Program) -> Outcome: ...

    def space(self, program: Program) -> Iterator[Pass]:
        """The options that a tuner may try for this program, most promising first."""
        ...
