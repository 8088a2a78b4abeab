"""Which condition of a dispatch function turned an input away, in words.

The function is run once more, and the line that it returned from is noted; the conditions of that line are
then evaluated one by one. Which they are is read in the text of the function itself.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any

MIDWAY = "the kernel gave up midway, at an exception, an overflow or a branch that is left to the original"
_FLAGS = {
    "_WRITEABLE": "is read-only",
    "_CONTIGUOUS": "is not contiguous",
}


def condition(call: Callable[..., object], arguments: Sequence[object]) -> str | None:
    """Why `call` gives None for the arguments; None if that cannot be told."""
    code = getattr(call, "__code__", None)
    if not isinstance(code, CodeType):
        return None
    last = _last_line(call, code, arguments)
    if last is None:
        return None
    line, values = last
    text = textwrap.dedent(inspect.getsource(call))
    at = line - code.co_firstlineno + 1
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.If) and any(stmt.lineno <= at <= _end(stmt) for stmt in node.body):
            return _first_true(node.test, getattr(call, "__globals__", {}), values)
    return None


def _end(stmt: ast.stmt) -> int:
    return stmt.end_lineno or stmt.lineno


def _last_line(
    call: Callable[..., object], code: CodeType, arguments: Sequence[object]
) -> tuple[int, dict[str, Any]] | None:
    """Where the call returned from, and its local variables there."""
    found: list[tuple[int, dict[str, Any]]] = []

    def within(frame: FrameType, event: str, _: object) -> Any:
        if event == "return":
            found.append((frame.f_lineno, dict(frame.f_locals)))
        return within

    def entered(frame: FrameType, _: str, __: object) -> Any:
        return within if frame.f_code is code else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        call(*arguments)
    except Exception:  # the user's code may raise anything; this only looks for words for a report
        return None
    finally:
        sys.settrace(before)
    return found[-1] if found else None


def _first_true(test: ast.expr, names: Mapping[str, Any], values: Mapping[str, Any]) -> str | None:
    for part in _parts(test):
        try:
            holds = bool(_value(part, names, values))
        except Exception:  # objects of the user's may refuse any comparison
            return None
        if holds:
            return _told(part, names, values)
    return None


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for value in test.values:
            yield from _parts(value)
    else:
        yield test


def _value(node: ast.expr, names: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "<guard>", "eval"), dict(names), dict(values))


def _told(part: ast.expr, names: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The condition in words; where there are none for it, as it is written."""

    def shown(node: ast.expr) -> Any:
        return _value(node, names, values)

    match part:
        case ast.Compare(ast.Call(ast.Name("type"), [v]), [ast.IsNot()], [wanted]):
            kind = type(shown(v)).__name__
            return f"`{ast.unparse(v)}` is of type {kind}, not {shown(wanted).__name__}"
        case ast.Compare(ast.Name(v), [ast.Is()], [ast.Constant(None)]):
            return _none(v)
        case ast.Compare(ast.Attribute(v, "ndim"), _, [ast.Constant(wanted)]):
            return f"`{ast.unparse(v)}` has {shown(v).ndim} axes, not {wanted!r}"
        case ast.BoolOp(
            ast.And(), [ast.Compare(ast.Attribute(v, "dtype"), _, [wanted]), ast.UnaryOp()]
        ):
            return f"`{ast.unparse(v)}` is of dtype {shown(v).dtype}, not {shown(wanted)}"
        case ast.UnaryOp(
            ast.Not(), ast.Compare(low, [ast.LtE(), ast.LtE()], [ast.Name() as v, high])
        ):
            return f"`{v.id}` is {shown(v)}, not from {shown(low)} to {shown(high)}"
        case ast.UnaryOp(ast.Not(), ast.BinOp(ast.Name(flags), ast.BitAnd(), ast.Name(flag))):
            return f"`{flags.removeprefix('f_')}` {_FLAGS.get(flag, flag)}"
        case ast.BoolOp(
            ast.And(), [_, ast.UnaryOp(_, ast.Call(ast.Attribute(attr="in_rows"), [v]))]
        ):
            return f"`{ast.unparse(v)}` does not lie in memory row by row"
        case ast.Compare(_, [ast.Lt()], [ast.Constant(int() as least)]):
            return f"a size below {least}, where the original is as fast"
        case ast.Compare(one, [ast.Is()], [two]):
            return f"`{ast.unparse(one)}` and `{ast.unparse(two)}` are one object"
        case ast.BoolOp(
            ast.And(), [*_, ast.Call(ast.Attribute(attr="may_share_memory"), [one, two])]
        ):
            return f"`{ast.unparse(one)}` and `{ast.unparse(two)}` share memory"
        case _:
            return f"`{ast.unparse(part)}`"


def _none(name: str) -> str:
    """Of a local variable of the dispatch function that is None."""
    if name == "result":
        return MIDWAY
    if name == "kernel":
        return "the kernel cannot be loaded"
    given = name.partition("_")[2] or name
    return f"the elements of `{given}` are not of the types that the kernel was made for"
