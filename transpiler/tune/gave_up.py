"""Why a kernel gives up midway: the interpreter runs its program and tells which check failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loopwright.ir.domain import Domain
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import Program
from loopwright.ir.rows import codes_of, joined_rows
from loopwright.ir.sizes import size_of
from loopwright.ir.types import Chars, Ragged, Type
from loopwright.tune.turned_away import MIDWAY
from loopwright.workers import WorkerFailed, Workers

_PATIENCE = 10.0
"""Seconds that the words are worth: the interpreter is a hundred times slower than the original."""
_BEFOREHAND = 3.0
"""Seconds that it is worth not to build kernels in vain."""


def with_check(
    why: Mapping[str, str],
    programs: Mapping[str, Program],
    domain: Domain,
    leaves: Mapping[str, object],
    *,
    workers: Workers,
) -> dict[str, str]:
    """Why variants are out, by label; of those that gave up midway with the check that failed and its line.

    `leaves` are the input that they declined, by parameter name. The variants make the same checks, so that
    one of their `programs` is run; the words stay what they are if that takes too long.
    """
    midway = [label for label, text in why.items() if text.endswith(MIDWAY)]
    if not midway:
        return dict(why)
    asked = programs[midway[0]], domain, leaves
    check = workers.ask(_check, asked, time_limit=_PATIENCE)
    if check is None or isinstance(check, WorkerFailed):
        return dict(why)
    told = {label: why[label].removesuffix(MIDWAY) + check for label in midway}
    return {**why, **told}


def gives_up_on(
    program: Program, domain: Domain, samples: Sequence[Mapping[str, object]], *, workers: Workers
) -> bool:
    """Whether kernels of the program would give up midway on the smallest of the samples, which are by
    parameter name; False where that takes too long to tell."""
    smallest = min(samples, key=lambda leaves: size_of(domain, leaves))
    check = workers.ask(_check, (program, domain, smallest), time_limit=_BEFOREHAND)
    return isinstance(check, str)


def _check(asked: tuple[Program, Domain, Mapping[str, object]]) -> str | None:
    program, domain, leaves = asked
    if len(program.main.params) != len(domain.params):
        return None  # it draws from a stream
    try:
        run(program, [_machine(leaves[p.name], p.type) for p in domain.params])
    except KernelFailed as failure:
        at = f" in line {failure.span.line}" if failure.span.line else ""
        return f"the kernel gave up midway{at}: {failure.reason}"
    return None


def _machine(value: Any, t: Type) -> object:
    match t:
        case Chars():
            return codes_of(value)
        case Ragged():
            return joined_rows(t, value)
        case _:
            return value
