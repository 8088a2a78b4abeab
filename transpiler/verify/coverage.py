"""Which goals of the code under test were reached, and how near inputs came to the others.

While a call is watched, its functions run code with probes; the text is compiled anew now and then, without
probes for goals that were reached, so that hot loops carry them for a short time only. The distance of a
comparison to its other outcome is that of its operands (Korel, Automated Software Test Data Generation,
IEEE TSE 1990).
"""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import math
import types
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from loopwright.verify.goals import Goal, Owner, Span, goals_of
from loopwright.verify.probes import BY_NUMBER, COMPARE, SEEN, TEST, VALUE, probed
from loopwright.verify.reachable import Reachable, nested

_NO_DISTANCE = math.inf


class _Text:
    """One source text, its goals, and the compiled text with probes for those that are wanted.

    `base` is the number of its first goal among all.
    """

    def __init__(self, source: str, file: str, base: int) -> None:
        self.source = source
        self.file = file
        self.base = base
        self.goals = goals_of(ast.parse(source), file)

    def codes(self, wanted: set[int], flags: int) -> dict[Owner, types.CodeType]:
        """The code objects by owner, with probes for the goals `wanted` (numbers among all)."""
        statements: dict[Span, int] = {}
        conditions: dict[Span, int] = {}
        for goal in self.goals:
            number = self.base + goal.number
            if goal.taken is None and number in wanted:
                statements[goal.span] = number
            elif goal.taken is False and (number in wanted or number + 1 in wanted):
                conditions[goal.span] = number
        tree = probed(self.source, statements, conditions)
        whole = compile(tree, self.file, "exec", flags=flags, dont_inherit=True)
        found: dict[Owner, types.CodeType] = {}
        twice: set[Owner] = set()
        for code in nested(whole):
            owner = (code.co_qualname, code.co_firstlineno)
            if owner in found:
                twice.add(owner)
            found[owner] = code
        return {owner: code for owner, code in found.items() if owner not in twice}


class Coverage:
    """The goals of the functions of `sides`. `sources` are texts by file name where no file holds them.

    `near` holds, for the call that is watched, the least distance to each goal that was not reached.
    """

    def __init__(self, sides: Sequence[Reachable], sources: Mapping[str, str]) -> None:
        self.compiled: list[tuple[dict[str, Any], str, Any]] = [
            each for side in sides for each in side.compiled
        ]
        behind = {id(dispatcher.py_func.__code__) for _, _, dispatcher in self.compiled}
        self._texts: dict[str, _Text | None] = {}
        self._functions: list[types.FunctionType] = []
        self._uncompiled: list[types.FunctionType] = []
        self._size = 0
        self.goals: dict[int, Goal] = {}
        for side in sides:
            for function in side.functions:
                place = self._uncompiled if id(function.__code__) in behind else self._functions
                if self._add(function, sources):
                    place.append(function)
        self._seen = bytearray(self._size)
        self.reached: set[int] = set()
        self.near: dict[int, float] = {}
        self._codes: dict[int, types.CodeType] = {}
        self._probed_for: set[int] | None = None
        self._install()

    def _add(self, function: types.FunctionType, sources: Mapping[str, str]) -> bool:
        code = function.__code__
        text = self._text(code.co_filename, sources)
        owner = (code.co_qualname, code.co_firstlineno)
        if text is None or owner not in text.codes(set(), future_flags(code)):
            return False
        self.goals |= {text.base + g.number: g for g in text.goals if owner in g.owners}
        return True

    def _text(self, file: str, sources: Mapping[str, str]) -> _Text | None:
        if file not in self._texts:
            try:
                source = sources[file] if file in sources else Path(file).read_text("utf-8")
                self._texts[file] = text = _Text(source, file, self._size)
                self._size += len(text.goals)
            except (OSError, SyntaxError, ValueError):
                self._texts[file] = None
        return self._texts[file]

    # -------------------------------------------------------------- watching

    @contextlib.contextmanager
    def watch(self, uncompiled: bool = False) -> Iterator[None]:
        """What runs inside is noted, after what was noted before. `uncompiled`: dispatchers of Numba
        are replaced by their Python functions, and those alone are watched."""
        functions = self.functions if uncompiled else self._functions
        if not self._codes:
            self.refresh()
        before = [function.__code__ for function in functions]
        for function in functions:
            function.__code__ = self._codes[id(function)]
        if uncompiled:
            for scope, name, dispatcher in self.compiled:
                if name in scope and scope[name] is dispatcher:
                    scope[name] = dispatcher.py_func
        try:
            yield
        finally:
            if uncompiled:
                for scope, name, dispatcher in self.compiled:
                    if name in scope and scope[name] is dispatcher.py_func:
                        scope[name] = dispatcher
            for function, code in zip(functions, before, strict=True):
                function.__code__ = code

    def begin(self) -> None:
        """Forget what the input before reached."""
        self._seen[:] = bytes(self._size)
        self.near.clear()

    def keep(self) -> bool:
        """Count as reached what was noted since `begin`; True if something is new."""
        now = {number for number in self.missed if self._seen[number]}
        self.reached |= now
        return bool(now)

    @property
    def missed(self) -> set[int]:
        """The numbers of goals that were not reached."""
        return self.goals.keys() - self.reached

    def text_of(self, goal: Goal) -> str:
        """The source text that holds a goal."""
        text = self._texts[goal.file]
        assert text is not None
        return text.source

    def source_of(self, function: types.FunctionType) -> str:
        """The text that a function was compiled from; empty if it is not known."""
        text = self._texts.get(function.__code__.co_filename)
        return "" if text is None else text.source

    @property
    def functions(self) -> list[types.FunctionType]:
        return self._functions + self._uncompiled

    # --------------------------------------------------------------- probes

    def refresh(self) -> None:
        """Take the probes of goals that were reached out of the code."""
        wanted = self.missed
        if wanted == self._probed_for:
            return
        self._probed_for = set(wanted)
        compiled: dict[tuple[str, int], dict[Owner, types.CodeType]] = defaultdict(dict)
        for function in self.functions:
            code = function.__code__
            key = (code.co_filename, future_flags(code))
            text = self._texts[code.co_filename]
            assert text is not None
            if key not in compiled:
                compiled[key] = text.codes(wanted, future_flags(code))
            self._codes[id(function)] = compiled[key][(code.co_qualname, code.co_firstlineno)]

    def _install(self) -> None:
        """Make the functions that probes call known to every module, without a name in any."""
        seen, near = self._seen, self.near

        def test(number: int, value: object) -> bool:
            taken = bool(value)
            seen[number + taken] = 1
            return taken

        def compare(number: int, operation: int, left: Any, right: Any) -> bool:
            taken = bool(BY_NUMBER[operation](left, right))
            seen[number + taken] = 1
            other = number + 1 - taken
            if not seen[other]:
                distance = _distance(left, right)
                if distance < near.get(other, _NO_DISTANCE):
                    near[other] = distance
            return taken

        def value(number: int, given: Any) -> Any:
            with contextlib.suppress(Exception):
                seen[number + bool(given)] = 1
            return given

        for name, probe in ((TEST, test), (COMPARE, compare), (VALUE, value), (SEEN, seen)):
            setattr(builtins, name, probe)


def _distance(left: Any, right: Any) -> float:
    """How far the operands of a comparison are from being equal."""
    try:
        distance = abs(float(left) - float(right))
    except (TypeError, ValueError, OverflowError):
        if isinstance(left, int) and isinstance(right, int):
            return float(min(abs(left - right), 10**300))
        return _NO_DISTANCE
    return distance if distance == distance else _NO_DISTANCE


def future_flags(code: types.CodeType) -> int:
    """The `from __future__` features that the text was compiled with."""
    every = (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
    return code.co_flags & int(sum(every))
