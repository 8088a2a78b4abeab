"""The functions that a call may run: of its own module, and of modules beside it."""

from __future__ import annotations

import dis
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Reachable:
    """`functions` in the order found, the given one first; `compiled` are the dispatchers of Numba
    among them: the namespace and name that hold each, and the dispatcher."""

    functions: list[types.FunctionType] = field(default_factory=list)
    compiled: list[tuple[dict[str, Any], str, Any]] = field(default_factory=list)

    @property
    def codes(self) -> list[types.CodeType]:
        return [function.__code__ for function in self.functions]

    @property
    def imports(self) -> bool:
        """Whether any of them imports something when it is called."""
        return any(
            instruction.opname == "IMPORT_NAME"
            for code in self.codes
            for inner in nested(code)
            for instruction in dis.get_instructions(inner)
        )


def reachable(function: Any) -> Reachable:
    """`function` and those that it names, directly or not."""
    found = Reachable()
    seen: set[int] = set()
    plain = _plain(function)
    todo = [] if plain is None else [plain]
    root = "" if plain is None else str(Path(plain.__code__.co_filename).parent)
    if _is_compiled(function) and plain is not None:
        scope = plain.__globals__
        found.compiled += [(scope, name, function) for name in scope if scope[name] is function]
    while todo:
        current = todo.pop()
        if id(current.__code__) in seen:
            continue
        seen.add(id(current.__code__))
        found.functions.append(current)
        for scope, name, value in _named(current):
            near = [inner for inner in _behind(value) if _is_near(inner, current, root)]
            todo += near
            if near and _is_compiled(value):
                found.compiled.append((scope, name, value))
            if isinstance(value, type) and _is_own(value, scope, current, root):
                todo += [inner for v in list(vars(value).values()) for inner in _behind(v)]
    return found


def _behind(value: Any) -> list[types.FunctionType]:
    """The Python functions that a value stands for: a property has up to three."""
    parts = (value.fget, value.fset, value.fdel) if isinstance(value, property) else (value,)
    return [plain for part in parts if (plain := _plain(part)) is not None]


def _named(function: types.FunctionType) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """What the names in `function` mean: globals, attributes of modules, methods of its own class."""
    scope = function.__globals__
    names = {name for code in nested(function.__code__) for name in code.co_names}
    for cell in function.__closure__ or ():
        try:
            yield scope, function.__name__, cell.cell_contents
        except ValueError:
            continue
    owner = scope.get(function.__qualname__.partition(".")[0])
    spaces = [scope]
    if isinstance(owner, type):
        spaces.append(dict(vars(owner)))
    spaces += [vars(m) for n in names if isinstance(m := scope.get(n), types.ModuleType)
               and "site-packages" not in (getattr(m, "__file__", None) or "site-packages")]  # fmt: skip
    for space in spaces:
        for name in sorted(names & space.keys()):
            yield space, name, space[name]


def _plain(value: Any) -> types.FunctionType | None:
    """The Python function behind a dispatcher, a cache, a bound or static method, or another wrapper."""
    for _ in range(5):
        if isinstance(value, types.FunctionType) and not hasattr(value, "__wrapped__"):
            return value
        for name in ("py_func", "__wrapped__", "__func__", "func"):
            inner = getattr(value, name, None)
            if isinstance(inner, types.FunctionType):
                value = inner
                break
        else:
            return value if isinstance(value, types.FunctionType) else None
    return None


def _is_compiled(value: Any) -> bool:
    return isinstance(getattr(value, "py_func", None), types.FunctionType)


def _is_near(inner: types.FunctionType, outer: types.FunctionType, root: str) -> bool:
    """True for functions of the same module and of files beside it, libraries left out."""
    if inner.__globals__ is outer.__globals__:
        return True
    file = inner.__code__.co_filename
    return file.startswith(root + "/") and "site-packages" not in file


def _is_own(cls: type, scope: dict[str, Any], outer: types.FunctionType, root: str) -> bool:
    """True for classes that the module of `scope` defines, if it is the function's or stands beside it."""
    file = str(scope.get("__file__") or "")
    beside = file.startswith(root + "/") and "site-packages" not in file
    near = scope is outer.__globals__ or beside
    return near and cls.__module__ == scope.get("__name__")


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and those inside of it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)
