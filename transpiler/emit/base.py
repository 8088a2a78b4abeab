"""What a backend is, and the calling convention of emitted kernels.

A kernel `name(*params)` takes machine values: for arrays and lists C-contiguous ndarrays of the
parameter's dtype (writable where it stores), for numbers Python numbers or NumPy scalars, for
generators the Generator. It returns `ok` (bool) if the program has no results, else the tuple
`(ok, result0, ...)` with machine values again. If `ok` is False the results mean nothing and array
arguments may have been changed half-way: the dispatch function restores them. It never raises for
a reason of the program's own, except in the NumPy backend, where any exception means "not ok".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from loopwright.diagnostics import Declined
from loopwright.ir.nodes import Program


@dataclass(frozen=True, slots=True)
class KernelSource:
    """Emitted text: module-level functions (and helpers prefixed by `name`), without imports. `direct` is the
    text of one more function, `direct_<name>`, which may be tried with arguments that were not looked at."""

    name: str
    text: str
    direct: str = ""


class Backend(Protocol):
    """`prelude` is the import block that the kernels of one module share."""

    name: ClassVar[str]
    level: ClassVar[Literal["high", "low"]]
    prelude: ClassVar[str]

    def missing(self) -> str | None:
        """What this machine lacks to use the backend, or None."""
        ...

    def missing_for(self, program: Program) -> str | None:
        """What this machine lacks to run this very program (`missing` included), or None."""
        ...

    def emit(self, program: Program, name: str) -> KernelSource | Declined:
        """Text of the kernel; Declined if the program needs what the backend does not have."""
        ...
