"""State that outlives a call: public globals, attributes of functions and classes, closure cells.

Only what both sides have, with equal values at first, is compared. A name with an underscore in front is the
module's own business, as is a dictionary that the original does not name: it may be a cache.
"""

from __future__ import annotations

import dis
import pickle
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loopwright.verify import codec, snapshot
from loopwright.verify.reachable import Reachable, nested

_PLAIN = (
    int, float, complex, str, bytes, bool, type(None), list, tuple, dict, set, np.ndarray, np.generic,
)  # fmt: skip
_LARGEST = 20_000
"""Bytes of a value that is looked at after each call."""
_GONE = object()
_TOO_MUCH = (RecursionError, TypeError, pickle.PicklingError)
"What pickle raises for data that nests too deep, and for keys of a dictionary that are no data."

Place = tuple[Any, str]
"""A namespace, object or closure cell, and the name there."""


@dataclass(frozen=True)
class State:
    """What of one side is looked at, by paths for people. `alone` are first values, as pictures, of what
    the other side does not have: it counts once it changes."""

    places: Mapping[str, Place]
    alone: Mapping[str, bytes] = field(default_factory=dict)
    errors: bool = False
    "whether what is written to sys.stderr counts"

    def values(self) -> dict[str, Any]:
        """What is looked at, by path."""
        values = {path: _read(place) for path, place in self.places.items()}
        return {path: value for path, value in values.items() if isinstance(value, _PLAIN)}

    def now(self) -> dict[str, Any]:
        """A picture of the values by path; those that are gone are missing."""
        values = self.values()
        found: dict[str, Any] = snapshot.take(values)
        for path, first in self.alone.items():
            if path in found and _picture(values[path]) == first:
                del found[path]
        return found


def states_of(a: Any, b: Any, sides: tuple[Reachable, Reachable]) -> tuple[State, State]:
    """What is compared of the functions `a` and `b`."""
    names = sorted(n for n in _names(sides[0]) | _names(sides[1]) if not n.startswith("_"))
    first, second = (dict(_places(f, s, names)) for f, s in zip((a, b), sides, strict=True))
    stored = _stored(sides[0])
    named = {f"global {name}" for name in _names(sides[0])}
    both: list[str] = []
    alone: dict[str, bytes] = {}
    for path, place in first.items():
        value = _read(place)
        mine = _picture(value)
        if not mine and isinstance(value, _PLAIN):
            continue
        if path in second:
            same = mine == _picture(_read(second[path])) and len(mine) <= _LARGEST
            if same and not (isinstance(value, dict) and path not in named):
                both.append(path)
        elif path in stored and isinstance(value, _PLAIN):
            alone[path] = mine
    errors = any("stderr" in _names(side) for side in sides)
    ours = State({path: first[path] for path in (*both, *alone)}, alone, errors)
    return ours, State({path: second[path] for path in both}, {}, errors)


def _places(function: Any, side: Reachable, names: list[str]) -> Iterator[tuple[str, Place]]:
    """The places with `names` around a side's functions."""
    yield from ((f"attribute {name}", (function, name)) for name in names)
    cells = getattr(function, "__closure__", None) or ()
    free = getattr(getattr(function, "__code__", None), "co_freevars", ())
    for name, cell in zip(free, cells, strict=False):
        if not isinstance(_read((cell, name)), dict):
            yield f"nonlocal {name}", (cell, name)
    for scope in {id(f.__globals__): f.__globals__ for f in side.functions}.values():
        owners = {f.__qualname__.partition(".")[0] for f in side.functions}
        for name in sorted({*names, *owners} & scope.keys()):
            value = scope[name]
            if isinstance(value, type) and value.__module__ == scope.get("__name__"):
                yield from (
                    (f"attribute {name}.{n}", (value, n)) for n in names if n in vars(value)
                )
            elif isinstance(value, _PLAIN) and not name.startswith("_"):
                yield f"global {name}", (scope, name)


def _names(side: Reachable) -> set[str]:
    return {name for code in side.codes for inner in nested(code) for name in inner.co_names}


def _stored(side: Reachable) -> set[str]:
    """The paths of globals that a side's code assigns."""
    return {
        f"global {instruction.argval}"
        for code in side.codes
        for inner in nested(code)
        for instruction in dis.get_instructions(inner)
        if instruction.opname == "STORE_GLOBAL"
    }


def _read(place: Place) -> Any:
    holder, name = place
    if isinstance(holder, types.CellType):
        try:
            return holder.cell_contents
        except ValueError:
            return _GONE
    space = holder if isinstance(holder, dict) else getattr(holder, "__dict__", {})
    return space.get(name, _GONE)


def _picture(value: Any) -> bytes:
    """Bytes that are the same for the same data; none for values that cannot be pictured."""
    try:
        return codec.dumps(snapshot.take(value)) if isinstance(value, _PLAIN) else b""
    except _TOO_MUCH:
        return b""
