"""Calls of the original that a text makes: a file of examples, an expression, the docstring's examples.

The text runs as it stands; a profiler's hook notes the arguments of each call of the function, by whatever
name it was imported. Runs user code: only in a forked child of a worker.
"""

from __future__ import annotations

import contextlib
import doctest
import enum
import inspect
import io
import os
import runpy
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.verify import codec
from loopwright.verify.examples import kind_of_value
from loopwright.verify.kinds import Kind
from loopwright.verify.stock import Make

MOST_CALLS = 64
_LARGEST = 2**20
"Bytes of the arguments of a call that is kept; types are taken from larger ones too."


@dataclass
class CallsSeen:
    """`kinds` of the arguments of each call by name; `samples` are arguments that can be given again.
    `error` says how the text failed, or ""."""

    kinds: list[dict[str, Kind]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    def add(self, values: Mapping[str, Any]) -> None:
        """Note one call."""
        self.kinds.append({name: kind_of_value(value) for name, value in values.items()})
        try:
            data = codec.dumps({name: portable(value) for name, value in values.items()})
        except Exception:  # a lambda, an open file; `__reduce__` of the user may raise anything
            return
        if len(data) <= _LARGEST:
            self.samples.append(codec.loads(data))


def calls_in_text(text: str, function: Any, scope: Mapping[str, Any]) -> CallsSeen:
    """The calls that statements or one expression make; names are those of `scope`, `np` and `math`."""
    seen = CallsSeen()
    names = _names(scope)
    with _watched(function, seen):
        _attempt(seen, lambda: exec(compile(text, "<examples>", "exec"), names))
    return seen


def calls_in_file(path: Path, function: Any, scope: Mapping[str, Any]) -> CallsSeen:
    """The calls that a Python file makes, and the argument tuples of its list `EXAMPLES`."""
    seen = CallsSeen()
    found: dict[str, Any] = {}

    def run() -> None:
        sys.path.insert(0, str(path.resolve().parent))
        found.update(runpy.run_path(str(path), _names(scope), "__main__"))

    with _watched(function, seen):
        _attempt(seen, run)
    if not seen.error:
        for example in found.get("EXAMPLES", ()):
            seen.add(bound(function, example))
    return seen


def calls_in_docstring(function: Any, scope: Mapping[str, Any]) -> CallsSeen:
    """The calls that the examples (`>>> f(3)`) of the function's docstring make; failures are let pass."""
    seen = CallsSeen()
    text = inspect.getdoc(function) or ""
    names = _names(scope)
    with contextlib.suppress(ValueError), _watched(function, seen):
        for example in doctest.DocTestParser().get_examples(text):
            _attempt(seen, lambda: exec(compile(example.source, "<doctest>", "exec"), names))  # noqa: B023
    seen.error = ""
    return seen


def bound(function: Any, example: Any) -> dict[str, Any]:
    """The arguments of an example by parameter name: a tuple in order, a mapping by name, or the only
    argument itself. Raises TypeError if they do not fit."""
    signature = inspect.signature(function)
    if isinstance(example, Mapping) and set(example) <= set(signature.parameters):
        return dict(example)
    values = example if isinstance(example, tuple | list) else (example,)
    return _by_name(signature.bind(*values))


def _by_name(call: inspect.BoundArguments) -> dict[str, Any]:
    found = dict(call.arguments)
    for name, parameter in call.signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL and name in found:
            found[name] = list(found[name])
    return found


def _attempt(seen: CallsSeen, run: Callable[[], object]) -> None:
    try:
        run()
    except BaseException as error:
        seen.error = f"{type(error).__name__}: {error}"


def _names(scope: Mapping[str, Any]) -> dict[str, Any]:
    import math

    own = {name: value for name, value in scope.items() if not name.startswith("__")}
    return {"np": np, "numpy": np, "math": math, **own}


@contextlib.contextmanager
def _watched(function: Any, seen: CallsSeen) -> Iterator[None]:
    """Note each outermost call of `function` in this thread; what it prints is dropped."""
    plain = inspect.unwrap(getattr(function, "__func__", function))
    code: types.CodeType = plain.__code__
    file = os.path.realpath(code.co_filename)
    defaults = _defaults(plain)
    inside: list[types.FrameType] = []
    met: list[types.FrameType] = []  # a generator's frame is called once for each item

    def hook(frame: types.FrameType, event: str, _: object) -> None:
        if event == "return" and inside and frame is inside[-1]:
            inside.pop()
        if event != "call" or inside or frame.f_code.co_name != code.co_name:
            return
        same = frame.f_code.co_firstlineno == code.co_firstlineno
        if same and os.path.realpath(frame.f_code.co_filename) == file:
            inside.append(frame)
            if len(seen.kinds) < MOST_CALLS and not any(frame is each for each in met):
                met.append(frame)
                seen.add(_arguments(frame, defaults))

    with contextlib.redirect_stdout(io.StringIO()):
        sys.setprofile(hook)
        try:
            yield
        finally:
            sys.setprofile(None)


def _defaults(function: Any) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def _arguments(frame: types.FrameType, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """By name; those that are the default itself are left out."""
    info = inspect.getargvalues(frame)
    values = {name: info.locals[name] for name in info.args}
    names = frame.f_code.co_varnames
    count = frame.f_code.co_argcount
    for name in names[count : count + frame.f_code.co_kwonlyargcount]:
        values[name] = info.locals[name]
    if info.varargs is not None:
        values[info.varargs] = list(info.locals[info.varargs])
    if info.keywords is not None:
        values[info.keywords] = dict(info.locals[info.keywords])
    if frame.f_code.co_name == "<lambda>" or not defaults:
        return values
    return {k: v for k, v in values.items() if k not in defaults or v is not defaults[k]}


def portable(value: Any) -> Any:
    """`value` with each instance of a class of the user as a `Make`, so that each side makes its own."""
    match value:
        case enum.Enum():
            return Make(type(value).__qualname__, {"": value.name}, "enum")
        case tuple() if hasattr(value, "_fields"):
            return Make(
                type(value).__qualname__, {k: portable(getattr(value, k)) for k in value._fields}
            )
        case list() | tuple() if any(_holds(item) for item in value):
            return type(value)(map(portable, value))
        case dict() if any(_holds(item) for item in value.values()):
            return {key: portable(item) for key, item in value.items()}
        case _ if _is_instance(value):
            held = {name: portable(item) for name, item in vars(value).items()}
            return Make(type(value).__qualname__, held, "object")
        case _:
            return value


def _holds(value: Any) -> bool:
    match value:
        case list() | tuple():
            return hasattr(value, "_fields") or any(map(_holds, value))
        case dict():
            return any(map(_holds, value.values()))
        case _:
            return isinstance(value, enum.Enum) or _is_instance(value)


def _is_instance(value: Any) -> bool:
    module = type(value).__module__.partition(".")[0]
    if isinstance(value, np.ndarray | np.generic | type) or callable(value):
        return hasattr(value, "__dataclass_fields__") and not isinstance(value, type)
    return (
        hasattr(value, "__dict__") and module not in sys.stdlib_module_names and module != "numpy"
    )
