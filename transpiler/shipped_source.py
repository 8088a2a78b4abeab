"""The definition of a live function or class, found in the text that it was compiled from."""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import linecache
import types
from collections.abc import Iterator

from loopwright.usage import UsageError

Definition = ast.FunctionDef | ast.Lambda


def definition_of(f: types.FunctionType) -> ast.FunctionDef:
    """The definition, a lambda as a function that returns; a copy. UsageError if there is no source."""
    code = f.__code__
    try:
        lines, _ = inspect.findsource(code)
    except OSError as error:
        raise UsageError(f"the source of {f.__qualname__} cannot be found: {error}") from error
    found = [node for node in _functions("".join(lines)) if _is_code(node, code)]
    alike = {ast.dump(node) for node in found}
    if not found:
        raise UsageError(f"the source of {f.__qualname__} was edited since it was defined")
    if len(alike) > 1:
        line = code.co_firstlineno
        raise UsageError(
            f"line {line} has several such functions: write them on lines of their own"
        )
    node = found[0]
    text = ast.unparse(node.body if isinstance(node, ast.Lambda) else node)
    if isinstance(node, ast.Lambda):
        text = f"def f({ast.unparse(node.args)}):\n    return {text}"
    made = ast.parse(text).body[0]
    assert isinstance(made, ast.FunctionDef)
    return made


def class_node(cls: type) -> ast.ClassDef | None:
    """The definition of a class, found by its module's file or by the code of a method."""
    files = [
        v.__code__.co_filename for v in vars(cls).values() if isinstance(v, types.FunctionType)
    ]
    with contextlib.suppress(TypeError, OSError):
        files.append(inspect.getfile(cls))
    for file in files:
        for node in _classes("".join(linecache.getlines(file))):
            if node.name == cls.__name__:
                return node
    return None


@functools.lru_cache(16)
def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"the source is no plain Python: {error}") from error


def _functions(text: str) -> Iterator[Definition]:
    for node in ast.walk(_parsed(text)):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield node


def _classes(text: str) -> Iterator[ast.ClassDef]:
    for node in ast.walk(_parsed(text)):
        if isinstance(node, ast.ClassDef):
            yield node


def _is_code(node: Definition, code: types.CodeType) -> bool:
    """Whether the code was compiled from the definition: name, first line, and where its parts stand."""
    if isinstance(node, ast.FunctionDef):
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        return node.name == code.co_name and first == code.co_firstlineno
    if code.co_name != "<lambda>" or node.lineno != code.co_firstlineno:
        return False
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    a = node.args
    if tuple(arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)) != names:
        return False
    low, high = (node.body.lineno, node.body.col_offset), (
        node.body.end_lineno or 0, node.body.end_col_offset or 0,
    )  # fmt: skip
    places = [
        ((line, col), (end, end_col))
        for line, end, col, end_col in code.co_positions()
        if None not in (line, end, col, end_col) and (line, col, end_col) != (line, 0, 0)
    ]
    return all(low <= start and end <= high for start, end in places)
