"""Numba's functions built a second time, with a test of each index.

The build as it is reads beside an array without a word. In the second one that is an IndexError; it is
compiled when it is called first, by the types of that call.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loopwright.verify.reachable import Reachable

Place = tuple[dict[str, Any], str, Any]
"""A namespace, a name in it, and the dispatcher that it holds."""

STRAY = (
    "index out of bounds in the compiled function; the plain build reads or writes beside the array"
)


def dispatchers(sides: Sequence[Reachable]) -> list[Place]:
    """The functions that Numba compiles for the CPU, and where they are named."""
    numba = sys.modules.get("numba.core.dispatcher")
    if numba is None:
        return []
    return [
        (scope, name, value)
        for side in sides
        for scope, name, value in side.compiled
        if isinstance(value, numba.Dispatcher) and scope.get(name) is value
    ]


class WithTests:
    """The functions of `places` once more, with tests. Nothing is compiled before the first call."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self._made: dict[int, Any] = {}

    @contextlib.contextmanager
    def exchanged(self) -> Iterator[None]:
        """Inside, the names of the plain functions hold those with tests."""
        fresh = not self._made
        for _, _, plain in self.places:
            self._made.setdefault(id(plain), _with_tests(plain))
        with exchanged(self.places, self._made):
            if fresh:
                for _, _, plain in self.places:
                    _same_signatures(plain, self._made[id(plain)])
            yield


def _with_tests(plain: Any) -> Any:
    """A dispatcher of the same function and options whose code tests each index."""
    return type(plain)(
        plain.py_func,
        locals=plain.locals,
        targetoptions={**plain.targetoptions, "boundscheck": True, "parallel": False},
        pipeline_class=plain._compiler.pipeline_class,
    )


def _same_signatures(plain: Any, made: Any) -> None:
    """A function with explicit signatures converts its arguments to those types."""
    if not plain._can_compile and made._can_compile:
        for signature in plain.nopython_signatures:
            made.compile(signature.args)
        made.disable_compile()


@contextlib.contextmanager
def exchanged(places: Sequence[Place], others: Mapping[int, Any]) -> Iterator[None]:
    """Inside, the names of `places` hold what `others` has for their dispatchers, by identity."""
    for scope, name, plain in places:
        scope[name] = others[id(plain)]
    try:
        yield
    finally:
        for scope, name, plain in places:
            scope[name] = plain
