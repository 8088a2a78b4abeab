"""Functions whose `prange` Numba runs in parallel, run as Python with their iterations watched."""

from __future__ import annotations

import ast
import contextlib
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from loopwright.verify.checked import Place, exchanged
from loopwright.verify.compare import bitwise, compare
from loopwright.verify.engine import Run
from loopwright.verify.noting import WATCH, has_prange, noted
from loopwright.verify.races import Watch

_REVERSED = "the iterations of the parallel loop, run in reverse order, give another result"


class WatchedLoops:
    """The dispatchers of `places` with notes in their text, as far as that can be had."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self.parallel: list[str] = []
        "names of functions with parallel loops"
        self.watched = False
        "whether all of them were watched at least once"
        self._texts: dict[str, str] = {}
        self._made: dict[int, types.FunctionType] = {}
        for _, name, dispatcher in places:
            if dispatcher.targetoptions.get("parallel"):
                function = dispatcher.py_func
                if has_prange(function, self._text(function), _is_prange(function)):
                    self.parallel.append(name)

    def race(self, play: Callable[[], Run]) -> tuple[Run, str]:
        """What `play` does as Python, and what iterations do to each other in it; "" if nothing."""
        runs: list[Run] = []
        reduces = unknown = False
        for backwards in (False, True):
            watch = Watch(backwards=backwards)
            with self._under(watch):
                run = play()
            if any(step.outcome != "returned" for step in run.steps):
                return run, ""  # as Python the text may do what the compiled function does not
            if watch.found:
                return run, watch.found
            runs.append(run)
            reduces |= watch.reduces
            unknown |= bool(watch.unknown)
        self.watched |= not unknown
        steps = zip(runs[0].steps, runs[1].steps, strict=False)
        if not reduces and any(compare(x, y, bitwise) is not None for x, y in steps):
            return runs[0], _REVERSED
        return runs[0], ""

    @contextlib.contextmanager
    def _under(self, watch: Watch) -> Iterator[None]:
        scopes = {id(scope): scope for scope, _, _ in self.places}
        others = self._functions()
        watch.known = {id(function) for function in others.values()}
        for scope in scopes.values():
            scope[WATCH] = watch
        try:
            with exchanged(self.places, others):
                yield
        finally:
            for scope in scopes.values():
                del scope[WATCH]

    def _functions(self) -> Mapping[int, Any]:
        for _, _, dispatcher in self.places:
            if id(dispatcher) not in self._made:
                function = dispatcher.py_func
                made = noted(function, self._text(function), _is_prange(function))
                self._made[id(dispatcher)] = function if made is None else made
        return self._made

    def _text(self, function: types.FunctionType) -> str:
        file = function.__code__.co_filename
        if file not in self._texts:
            try:
                self._texts[file] = Path(file).read_text("utf-8")
            except OSError:
                self._texts[file] = ""
        return self._texts[file]


def _is_prange(function: types.FunctionType) -> Callable[[ast.expr], bool]:
    """Whether an expression in `function` is Numba's `prange`."""

    def test(node: ast.expr) -> bool:
        from numba import prange

        match node:
            case ast.Name(name):
                return function.__globals__.get(name) is prange
            case ast.Attribute(value=ast.Name(module), attr="prange"):
                return getattr(function.__globals__.get(module), "prange", None) is prange
            case _:
                return False

    return test
