"""Which lines of the code under test ran. `sys.monitoring` from Python 3.12, `sys.settrace` before."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

Line = tuple[str, int]
_TOOL = 4


class Coverage:
    """Collects lines of the given functions (and of functions nested in them).

    `executable` holds all lines that could run; `reached` those that did.
    """

    def __init__(self, codes: list[types.CodeType]) -> None:
        self.codes = [c for code in codes for c in _nested(code)]
        self.executable: set[Line] = {
            (code.co_filename, line)
            for code in self.codes
            for _, _, line in code.co_lines()
            if line is not None and line != code.co_firstlineno
        }
        self.reached: set[Line] = set()
        self.now: set[Line] = set()

    @contextlib.contextmanager
    def watch(self) -> Iterator[set[Line]]:
        """Yields the set of lines that run inside, filled as they run."""
        self.now = set()
        if sys.version_info >= (3, 12):
            with self._monitoring():
                yield self.now
        else:
            before = sys.gettrace()
            sys.settrace(self._tracer())
            try:
                yield self.now
            finally:
                sys.settrace(before)

    def keep(self, lines: set[Line]) -> bool:
        """Count `lines` as reached; True if one is new."""
        new = (lines & self.executable) - self.reached
        self.reached |= new
        return bool(new)

    @property
    def missed(self) -> tuple[Line, ...]:
        return tuple(sorted(self.executable - self.reached))

    def _tracer(self) -> Callable[..., Any]:
        wanted = set(self.codes)
        now = self.now

        def local(frame: types.FrameType, event: str, arg: object) -> Any:
            if event == "line":
                now.add((frame.f_code.co_filename, frame.f_lineno))
            return local

        def outer(frame: types.FrameType, event: str, arg: object) -> Any:
            return local if frame.f_code in wanted else None

        return outer

    @contextlib.contextmanager
    def _monitoring(self) -> Iterator[None]:
        monitoring: Any = getattr(sys, "monitoring")  # noqa: B009
        now = self.now

        def on_line(code: types.CodeType, line: int) -> Any:
            now.add((code.co_filename, line))
            return monitoring.DISABLE

        monitoring.use_tool_id(_TOOL, "loopwright")
        try:
            monitoring.register_callback(_TOOL, monitoring.events.LINE, on_line)
            for code in self.codes:
                monitoring.set_local_events(_TOOL, code, monitoring.events.LINE)
            monitoring.restart_events()
            yield
        finally:
            for code in self.codes:
                monitoring.set_local_events(_TOOL, code, 0)
            monitoring.free_tool_id(_TOOL)


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _nested(constant)


def reachable_codes(function: Any) -> list[types.CodeType]:
    """The code of `function` and of the functions of its module that it names, directly or not."""
    found: dict[int, types.CodeType] = {}
    todo = [function]
    while todo:
        current = todo.pop()
        current = getattr(current, "py_func", current)
        code = getattr(current, "__code__", None)
        if code is None or id(code) in found:
            continue
        found[id(code)] = code
        scope = current.__globals__
        for each in _nested(code):
            for name in each.co_names:
                value = scope.get(name)
                if isinstance(value, types.FunctionType) and value.__globals__ is scope:
                    todo.append(value)
                elif isinstance(value, type) and value.__module__ == scope.get("__name__"):
                    todo.extend(
                        v for v in vars(value).values() if isinstance(v, types.FunctionType)
                    )
    return list(found.values())
