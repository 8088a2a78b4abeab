"""Statements of low-level IR as text: what is alike in the backends for compiled code.

A `Dialect` writes expressions and the forms in which the backends differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol, assert_never

from loopwright.diagnostics import CannotLower, Declined, Span
from loopwright.emit.layout import block, place, reason
from loopwright.emit.positions import Position, failing, position
from loopwright.ir.nodes import (
    Append,
    Assign,
    Break,
    Check,
    Compare,
    Continue,
    Draw,
    Expr,
    Fail,
    For,
    If,
    Invoke,
    Program,
    Return,
    Stmt,
    Store,
    Unary,
    While,
)
from loopwright.ir.text import Code, Lines, Prec, compare, unary
from loopwright.ir.types import Num, kind_of


class Dialect(Protocol):
    """How one target language writes expressions and the statements that differ."""

    lines: Lines

    def expr(self, e: Expr) -> Code: ...

    def loop(self, stmt: For) -> AbstractContextManager[None]:
        """The header of the loop; inside the context the body is added."""
        ...

    def assign(self, stmt: Assign) -> None: ...

    def store(self, stmt: Store) -> None: ...

    def append(self, stmt: Append) -> None: ...

    def fail(self, stmt: Fail | Check, comment: str) -> None:
        """Leave the function without a result."""
        ...

    def finish(self, values: Sequence[Expr]) -> None:
        """Leave the function with its results."""
        ...

    def invoke(self, stmt: Invoke) -> None: ...

    def draw(self, stmt: Draw) -> None: ...


def decline(code: str, why: str, at: Span, unlocks: str | None = None) -> CannotLower:
    """The exception that carries a refusal to the door of the backend."""
    return CannotLower(Declined(at, code, why, unlocks))


def located(declined: Declined, program: Program) -> Declined:
    """The refusal; where its place is not known, that of the main function."""
    return declined if declined.at.line else replace(declined, at=program.main.span)


def write_block(out: Dialect, body: Iterable[Stmt]) -> None:
    """Add the statements at the present depth."""
    rest = list(body)
    while rest:
        stmt = rest.pop(0)
        found = position(stmt, rest[0] if rest else None)
        if found is None:
            write(out, stmt)
        else:
            rest.pop(0)
            _write_position(out, found)


def _write_position(out: Dialect, found: Position) -> None:
    test = f"if {out.expr(found.outside).text}:"
    out.assign(found.plain)
    with block(out.lines, test):
        out.assign(found.from_the_end)
        with block(out.lines, test, reason(found.check)):
            out.fail(found.check, "")


def write(out: Dialect, stmt: Stmt) -> None:
    """Add one statement."""
    lines = out.lines
    match stmt:
        case Assign():
            out.assign(stmt)
        case Store():
            out.store(stmt)
        case For():
            with out.loop(stmt):
                write_block(out, stmt.body)
            _else(out, stmt.orelse)
        case While(cond, body, orelse, span):
            with block(lines, f"while {out.expr(cond).text}:", place(span)):
                write_block(out, body)
            _else(out, orelse)
        case If():
            _if(out, stmt, "if")
        case Break():
            lines.add("break")
        case Continue():
            lines.add("continue")
        case Return(values, _):
            out.finish(values)
        case Fail():
            out.fail(stmt, reason(stmt))
        case Check(cond, _, _):
            fails = failing(cond)
            test = negated(out, cond) if fails is None else out.expr(fails)
            with block(lines, f"if {test.text}:", reason(stmt)):
                out.fail(stmt, "")
        case Invoke():
            out.invoke(stmt)
        case Draw():
            out.draw(stmt)
        case Append():
            out.append(stmt)
        case _:
            assert_never(stmt)


_OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}


def negated(out: Dialect, cond: Expr) -> Code:
    """The text of `not cond`; a comparison is turned round where no NaN can be involved."""
    match cond:
        case Unary("not", x, _):
            return out.expr(x)
        case Compare(op, a, b, _) if op in ("eq", "ne") or _total(a):
            return compare(_OPPOSITE[op], out.expr(a), out.expr(b))
        case _:
            code = out.expr(cond)
            return unary("not", Code(code.at(Prec.ATOM)))


def _total(x: Expr) -> bool:
    return isinstance(x.type, Num) and kind_of(x.type.dtype) in "biu"


def _if(out: Dialect, stmt: If, word: str) -> None:
    with block(out.lines, f"{word} {out.expr(stmt.cond).text}:"):
        write_block(out, stmt.then)
    match stmt.orelse:
        case (If() as nested,):
            _if(out, nested, "elif")
        case orelse:
            _else(out, orelse)


def _else(out: Dialect, orelse: tuple[Stmt, ...]) -> None:
    if orelse:
        with out.lines.block("else:"):
            write_block(out, orelse)
