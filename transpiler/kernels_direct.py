"""The short way into a kernel, for arguments that need no conversion and no copy.

It stands in front of the tests of a dispatch function: what it does not take goes on to these, which tell
why the kernel does not run.
"""

from __future__ import annotations

from collections.abc import Sequence

from loopwright.ir.nodes import For, Nothing, OneOf, Pack, Same, Value
from loopwright.ir.results import parts_of
from loopwright.ir.types import Array, Num, Py
from loopwright.ir.walk import calls_itself, walk_stmts
from loopwright.kernels_door import Door

_REBUILT = (Nothing, OneOf, Pack, Same, Value)
_NUMBERS = ("int", "float", "bool")


def may_go_directly(door: Door) -> bool:
    """Whether there is a short way, and the tests in C are all that arrays need: nothing is kept to be put
    back, drawn, or stored into attributes."""
    entry, domain = door.entry, door.entry.lowered.domain
    program = entry.program
    plain = all(
        isinstance(p.type, (Array, Num)) or (isinstance(p.type, Py) and p.type.kind in _NUMBERS)
        for p in door.params
    )
    return (
        bool(entry.source.direct)
        and plain
        and not (
            domain.groups or domain.hidden or door.region.stores or entry.lowered.program.refills
        )
        and not (door.effects.fails_late or door.effects.draws)
        and all(isinstance(r, _REBUILT) for r in parts_of(entry.lowered.program.rebuild))
        and not any(map(calls_itself, program.helpers))
        and not any(isinstance(s, For) and s.parallel for s in walk_stmts(program.main.body))
    )


def direct_lines(door: Door, tests: Sequence[str], result: str) -> None:
    """Add the lines. `tests` must all be false; `result` is the expression for what comes back, made of
    what the kernel gave (`out`)."""
    entry = door.entry
    way = door.unique("direct")
    others = sum(not isinstance(p.type, Array) for p in door.params)
    given = [*door.value, str(max(entry.min_work - others, 0))]
    fine = "out and out[0]" if entry.program.main.results else "out"
    missing = " or ".join([f"{way} is None", *tests])
    condition = f"not ({missing})" if tests else f"{way} is not None"
    door.lines += [
        f"{way} = _direct_{entry.backend}.{entry.source.name}",
        f"if {condition}:",
        "    try:",
        f"        out = {way}({', '.join(given)})",
        f"        if {fine}:",
        f"            return {result}",
        "    except Exception:",
        "        out = None",
    ]
