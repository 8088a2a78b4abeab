"""Names of the functions in an emitted module."""

from __future__ import annotations

from loopwright.emit.flow import functions
from loopwright.ir.nodes import Program
from loopwright.ir.walk import unused


def function_names(program: Program, name: str) -> dict[str, str]:
    """Emitted name of each function: `name` for the main one, `name_helper` for helpers."""
    names = {program.main.name: name}
    taken = {name}
    for func in functions(program)[:-1]:
        plain = "".join(c if c.isalnum() else "_" for c in func.name)
        names[func.name] = unused(f"{name}_{plain}", taken)
        taken.add(names[func.name])
    return names
