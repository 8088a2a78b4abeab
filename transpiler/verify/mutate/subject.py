"""The code that is mutated, run as plain Python: a candidate's functions, else the original's.

Everything here happens in a forked child, so that nothing is put back.
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.engine import Run
from loopwright.verify.reachable import Reachable

_LARGEST = 1000
"Containers of a module with more items than this are taken for tables that nobody changes."
_PLAIN = (int, float, complex, str, bytes, bool, tuple, frozenset, types.NoneType)

Play = Callable[[Case, float, Run], Run]


@dataclass(frozen=True, slots=True)
class Subject:
    """`functions` are mutated; `play` runs the side that they belong to, given the run of the other side.

    `texts` are the sources of their files by name. `original` tells that it is the original's side, as the
    other one has no source; `generated`, that no person wrote the code. `prepare` is called once in each
    process.
    """

    functions: tuple[types.FunctionType, ...]
    texts: dict[str, str]
    play: Play
    original: bool = False
    generated: bool = False
    prepare: Callable[[], None] = lambda: None


def of_side(
    side: Reachable,
    sources: Callable[[types.FunctionType], str],
    play: Play,
    *,
    original: bool = False,
) -> Subject:
    """A loaded side; what Numba compiled runs as the Python that is behind it."""
    texts = {f.__code__.co_filename: text for f in side.functions if (text := sources(f))}
    known = tuple(f for f in side.functions if f.__code__.co_filename in texts)

    def prepare() -> None:
        for scope, name, dispatcher in side.compiled:
            if name in scope and scope[name] is dispatcher:
                scope[name] = dispatcher.py_func

    return Subject(known, texts, play, original, prepare=prepare)


def source_of(function: types.FunctionType) -> str:
    """The text of the file that holds a function; empty if it cannot be read."""
    try:
        return Path(function.__code__.co_filename).read_text("utf-8")
    except (OSError, ValueError):
        return ""


class State:
    """What the modules of some functions hold, to be put back before each call: what one mutant left in
    a cache or a counter is not seen by the next one."""

    def __init__(self, functions: Sequence[types.FunctionType]) -> None:
        scopes = {id(f.__globals__): f.__globals__ for f in functions}
        self._names = [(scope, _plain_names(scope)) for scope in scopes.values()]
        own = [
            value
            for scope in scopes.values()
            for name, value in scope.items()
            if not name.startswith("__")
        ]
        held = list(own)
        for function in functions:
            held += [*(function.__defaults__ or ()), function.__dict__]
        self._held = [(value, _content(value)) for value in held if _is_kept(value)]
        self._caches = [
            value.cache_clear
            for value in own
            if hasattr(value, "cache_clear") and hasattr(value, "__wrapped__")
        ]

    def restore(self) -> None:
        for scope, names in self._names:
            scope.update(names)
        for value, content in self._held:
            _refill(value, content)
        for clear in self._caches:
            clear()


def _plain_names(scope: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in scope.items()
        if isinstance(value, _PLAIN) and not name.startswith("__")
    }


def _is_kept(value: Any) -> bool:
    if type(value) is np.ndarray:
        return bool(value.flags.writeable and value.size <= _LARGEST)
    return type(value) in (dict, list, set, deque) and len(value) <= _LARGEST


def _content(value: Any) -> Any:
    return value.copy()


def _refill(value: Any, content: Any) -> None:
    match value:
        case np.ndarray():
            value[...] = content
        case list():
            value[:] = content
        case deque():
            value.clear()
            value.extend(content)
        case _:
            value.clear()
            value.update(content)
