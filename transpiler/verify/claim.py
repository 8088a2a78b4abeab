"""Two functions of the user as programs, and whether they are proved to do the same for every call.

A proof counts only for all that the types promise: every value of each parameter's kind, in any layout and
sharing memory as it likes. So nothing may raise, and no argument may be written: then it does not matter
what is shared, read-only or seen again by a later call.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loopwright.ir.domain import Domain
from loopwright.ir.nodes import Program
from loopwright.ir.types import Array, ListOf, Num, Py, Type
from loopwright.verify.calls_text import Side
from loopwright.verify.kinds import ArrayKind, Kind, ListKind, NpNumber, Parameter, PyNumber

if TYPE_CHECKING:
    from loopwright.verify.prove.proof import Proof

MODEL = "IEEE 754 operations in the same order, integers exact, no axis longer than 2**47"
"""What a proof rests on."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The original and the candidate over one domain. `positions` are those of the domain's parameters
    among the `arity` arguments of both functions, `lines` where the definitions begin."""

    original: Program
    candidate: Program
    domain: Domain
    positions: tuple[int, ...]
    arity: int
    lines: tuple[int, int]


def proof_of(
    claim: Claim, parameters: Sequence[Parameter], sides: tuple[Side, Side], seconds: float
) -> Proof | str:
    """A proof for all calls with such parameters, or why there is none."""
    for side, line in zip(sides, claim.lines, strict=True):
        if not _is_as_written(side.function, side.path, side.name, line):
            return f"{side.name} is not the function that its text defines"
    if len(parameters) != claim.arity:
        return "another number of parameters"
    if any(p.how != "positional" or p.optional for p in parameters):
        return "parameters that a call may leave out"
    for param, at in zip(claim.domain.params, claim.positions, strict=True):
        if not covers(parameters[at].kind, param.type):
            return f"more is promised of `{param.name}` than {param.type}"
    lengths = lengths_of([parameters[at].kind for at in claim.positions])
    from loopwright.verify.prove.prover import (
        prove_equal,  # isl: only where there is something to prove
    )

    return prove_equal(claim.original, claim.candidate, claim.domain, lengths, seconds=seconds)


def _is_as_written(function: Any, path: Path, name: str, line: int) -> bool:
    """No decorator, no other binding of the name: the object is what the text at `line` defines."""
    return (
        type(function) is types.FunctionType
        and not hasattr(function, "__wrapped__")
        and function.__code__.co_qualname == name
        and function.__code__.co_firstlineno == line
        and Path(function.__code__.co_filename).resolve() == path.resolve()
    )


def lengths_of(kinds: Sequence[Kind]) -> dict[tuple[int, int], str | int]:
    """The declared lengths of axes, as `prove_equal` takes them, of parameters of such kinds."""
    return {
        (k, axis): dim
        for k, kind in enumerate(kinds)
        if isinstance(kind, ArrayKind)
        for axis, dim in enumerate(kind.dims or ())
        if isinstance(dim, int) or (dim is not None and dim.isidentifier())
    }


def covers(kind: Kind, t: Type) -> bool:
    """Whether every value of the kind has the type."""
    match kind, t:
        case ArrayKind(dtype, dims), Array(same, ndim, _):
            return dtype == same and dims is not None and len(dims) == ndim
        case PyNumber("float" | "bool" | "complex" as name), Py(same):
            return name == same
        case NpNumber(dtype), Num(same):
            return dtype == same
        case ListKind(PyNumber("float" | "bool" as name), _, "list"), ListOf(Py(same), 1):
            return name == same
        case _:
            return False
