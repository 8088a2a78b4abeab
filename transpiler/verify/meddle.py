"""What a caller may do between calls: write into results and arguments, change public globals."""

from __future__ import annotations

import ast
import types
from collections import deque
from typing import Any

import numpy as np

from loopwright.verify.modules import function_of
from loopwright.verify.stock import Make

_CHANGING = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "setdefault",
        "sort",
        "update",
    }
)
"Methods that change the container that they belong to."
_DEEPEST = 20
"Containers within each other that are changed."
_CONTAINERS = (list, tuple, set, frozenset)
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def scribble(value: Any) -> None:
    """Change every mutable part of `value`, the same way on equal values."""
    match value:
        case np.ndarray():
            _scribble_array(value)
        case list():
            for item in value:
                scribble(item)
            if value and isinstance(value[0], int | float | str):
                value[0] = value[-1]
                value.append(value[0])
            value.reverse()
        case deque():
            value.rotate(1)
        case tuple():
            for item in value:
                scribble(item)
        case dict():
            for item in value.values():
                scribble(item)
            if value:
                value.pop(next(iter(value)))
        case set():
            if value:
                value.discard(min(value, key=repr))


def _scribble_array(value: Any) -> None:
    if not value.flags.writeable or value.dtype.kind not in "fciub" or not value.size:
        return
    with np.errstate(all="ignore"):
        if value.dtype.kind == "b":
            np.logical_not(value, out=value)
        else:
            value += np.asarray(3, dtype=value.dtype)


def change(value: Any, seed: int, depth: int = 0) -> Any:
    """Another value for a public global; arrays change in place, other containers become new ones. Functions
    and the like stay, wherever they are."""
    match value:
        case _ if depth > _DEEPEST:
            return value
        case np.ndarray():
            _scribble_array(value)
            return value
        case bool():
            return not value
        case int():
            return value + 1 + seed % 3
        case float() | complex():
            return value * 1.5 + 0.25
        case str():
            return value[1:] + "ax"[seed % 2]
        case list() | tuple() | set() | frozenset() if type(value) in _CONTAINERS:
            return type(value)(change(item, seed, depth + 1) for item in value)
        case dict() if type(value) is dict:
            return {key: change(item, seed, depth + 1) for key, item in value.items()}
        case _:
            return value


def own_state(source: str) -> set[str]:
    """The names of containers that functions of a module change by themselves, as memo tables are."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a file of Cython
        return set()
    scopes = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    found = set()
    for node in (inner for scope in scopes for inner in ast.walk(scope)):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                if method in _CHANGING:
                    found.add(name)
    return found


def make(values: dict[str, Any], module: types.ModuleType) -> dict[str, Any]:
    """`values` with every `Make` replaced by an instance of the module's own class."""
    return {name: _made(value, module) for name, value in values.items()}


def _made(value: Any, module: types.ModuleType) -> Any:
    match value:
        case Make(name, fields, form):
            cls = function_of(module, name)
            if form == "enum":
                return cls[fields[""]]
            values = {key: _made(item, module) for key, item in fields.items()}
            return cls(**values) if form == "class" else _with_attributes(cls, values)
        case list() if any(isinstance(item, Make | list | dict) for item in value):
            value[:] = [_made(item, module) for item in value]
            return value
        case tuple() if any(isinstance(item, Make | list | dict | tuple) for item in value):
            return tuple(_made(item, module) for item in value)
        case dict():
            for key, item in value.items():
                value[key] = _made(item, module)
            return value
        case _:
            return value


def _with_attributes(cls: Any, values: dict[str, Any]) -> Any:
    """An instance whose attributes are set past its constructor, as a recording saw them."""
    made = cls.__new__(cls)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made
