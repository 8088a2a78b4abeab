"""The lines of a dispatch function that lend streams of random numbers to a kernel and take them back."""

from __future__ import annotations

from itertools import combinations

from loopwright.frontend.streams import FORMS, stream_key
from loopwright.ir.types import Rng
from loopwright.kernels_door import Door

_TESTS = {"RandomState": "is_legacy", "Random": "is_standard"}


def stream_tests(door: Door) -> list[str]:
    """Conditions to decline; adds the lines that fetch the streams of modules."""
    modules: list[str] = []
    for hidden in door.hidden:
        if hidden.module and not hidden.spare:
            local = door.streams[hidden.stream] = door.unique(hidden.name)
            given = ", ".join(f'"{text}"' for text in (hidden.module, *hidden.functions))
            door.lines.append(f"{local} = streams.of_module({given})")
            modules.append(local)
    for k in _numbers(door):
        door.streams[door.params[k].name] = door.value[k]
    tests = [f"{local} is None" for local in modules]
    return tests + [f"{a} is {b}" for a, b in combinations(door.streams.values(), 2)]


def type_test(door: Door, k: int, t: Rng) -> str:
    """The condition under which parameter `k` is no stream of the type."""
    v = door.value[k]
    if t.form == "Generator":
        return f"type({v}) is not np.random.Generator"
    return f"not streams.{_TESTS[t.form]}({v})"


def lend_streams(door: Door) -> list[str]:
    """Add the lines that open the streams; returns those that leave them as they were."""
    spares = {hidden.stream for hidden in door.hidden if hidden.spare}
    opened: dict[str, str] = {}
    for name, local in door.streams.items():
        kind = "Standard"
        if _form(door, name) == "RandomState":
            kind = "Legacy" if name in spares else "Bits"
        opened[name] = door.unique(f"c_{local}")
        door.lines.append(f"{opened[name]} = streams.{kind}({local})")
    for k in _numbers(door):
        door.machine[k] = f"{opened[door.params[k].name]}.bits"
    for hidden in door.hidden:
        door.machine.append(f"{opened[hidden.stream]}.{'spare' if hidden.spare else 'bits'}")
    door.lent = list(opened.values())
    return [f"{each}.undo()" for each in door.lent]


def _numbers(door: Door) -> list[int]:
    """The parameters that are streams but no Generators."""
    return [k for k in door.numbers(Rng) if door.params[k].type != Rng()]


def _form(door: Door, name: str) -> str:
    for param in door.params:
        if param.name == name and isinstance(param.type, Rng):
            return param.type.form
    return FORMS[name.removeprefix(stream_key(""))]
