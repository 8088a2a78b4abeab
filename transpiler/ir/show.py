"""The IR as runnable Python, for people: goldens, `--print-after`, bug reports.

`HEADER + show(program)` defines the functions of the program. A kernel that gives up raises `Fail`.
Annotations write `float64[:, :]` for a C-contiguous matrix, with a third entry for other layouts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from loopwright.ir import text
from loopwright.ir.nodes import (
    Append,
    Assign,
    Break,
    Check,
    Const,
    Continue,
    Draw,
    Expr,
    Fail,
    For,
    Func,
    If,
    Invoke,
    Program,
    Return,
    Stmt,
    Store,
    Sym,
    While,
)
from loopwright.ir.show_expr import Names, show_expr, show_place
from loopwright.ir.text import Lines, Prec, name_symbols
from loopwright.ir.types import Array, ListOf, Type

HEADER = """\
from __future__ import annotations

import math

import numpy as np

from loopwright.ir import machine as lw
from loopwright.ir.machine import KernelFailed as Fail
"""


def show(program: Program) -> str:
    """Text of all functions, callees first."""
    funcs = (*program.helpers, program.main)
    reserved = [f.name for f in funcs]
    return "\n\n".join(_func(f, reserved) for f in funcs)


def show_func(func: Func) -> str:
    """Text of one function."""
    return _func(func, [func.name])


def show_stmts(body: Iterable[Stmt], names: Names | None = None) -> str:
    """Text of a block; symbols without an entry in `names` appear under their own name."""
    lines = Lines()
    _block(lines, body, names or {})
    return str(lines)


def show_type(t: Type) -> str:
    """The type as it stands in annotations."""
    match t:
        case Array(dtype, ndim, layout):
            axes = [":"] * ndim + ([] if layout == "C" else [f'"{layout}"'])
            return f"{dtype}[{', '.join(axes) or '()'}]"
        case ListOf(elem, ndim):
            return "list[" * ndim + show_type(elem) + "]" * ndim
        case _:
            return str(t)


def _func(func: Func, reserved: Iterable[str]) -> str:
    names = name_symbols(func, {*reserved, "lw", "Fail"})
    params = ", ".join(f"{names[p]}: {show_type(p.type)}" for p in func.params)
    results = [show_type(t) for t in func.results]
    result = results[0] if len(results) == 1 else f"tuple[{', '.join(results)}]"
    lines = Lines()
    with lines.block(f"def {func.name}({params}) -> {result if results else 'None'}:"):
        if func.reorders:
            lines.add("# sums in any order")
        _block(lines, func.body, names)
    return str(lines)


def _block(lines: Lines, body: Iterable[Stmt], names: Names) -> None:
    for stmt in body:
        _stmt(lines, stmt, names)


def _stmt(lines: Lines, stmt: Stmt, names: Names) -> None:
    def show(e: Expr) -> str:
        return show_expr(e, names).text

    def name(s: Sym) -> str:
        return names.get(s, s.name)

    match stmt:
        case Assign(sym, value, _):
            lines.add(f"{name(sym)} = {show(value)}")
        case Store(x, index, value, _):
            # a row of a list of lists is overwritten, not exchanged
            whole = isinstance(x.type, ListOf) and isinstance(value.type, ListOf)
            place = show_place(name(x), x.type, index, names).text
            shown = text.literal(value.value).text if isinstance(value, Const) else show(value)
            lines.add(f"{place}{'[:]' if whole else ''} = {shown}")
        case Append(x, value, _):
            lines.add(f"{name(x)}.append({show(value)})")
        case For():
            _for(lines, stmt, names)
        case While(cond, body, orelse, _):
            with lines.block(f"while {show(cond)}:"):
                _block(lines, body, names)
            _else(lines, orelse, names)
        case If():
            _if(lines, stmt, names, "if")
        case Break():
            lines.add("break")
        case Continue():
            lines.add("continue")
        case Return(values, _):
            lines.add(f"return {', '.join(map(show, values))}".rstrip())
        case Fail(reason, _):
            lines.add(f"raise Fail({text.literal(reason).text})")
        case Check(cond, reason, _):
            guard = show_expr(cond, names).at(Prec.ATOM)
            with lines.block(f"if not {guard}:"):
                lines.add(f"raise Fail({text.literal(reason).text})")
        case Invoke(targets, func, args, _):
            left = f"{', '.join(map(name, targets))} = " if targets else ""
            lines.add(f"{left}{func}({', '.join(map(show, args))})")
        case Draw(target, rng, method, args, _):
            lines.add(f"{name(target)} = {name(rng)}.{method}({', '.join(map(show, args))})")
        case _:
            assert_never(stmt)


def _for(lines: Lines, stmt: For, names: Names) -> None:
    def bound(e: Expr) -> str:
        return (text.literal(e.value) if isinstance(e, Const) else show_expr(e, names)).text

    bounds = [bound(stmt.lo), bound(stmt.hi), bound(stmt.step)]
    if bounds[2] == "1":
        bounds.pop()
        if bounds[0] == "0":
            bounds.pop(0)
    mark = "  # parallel" if stmt.parallel else ""
    sym = names.get(stmt.sym, stmt.sym.name)
    with lines.block(f"for {sym} in range({', '.join(bounds)}):{mark}"):
        _block(lines, stmt.body, names)
    _else(lines, stmt.orelse, names)


def _if(lines: Lines, stmt: If, names: Names, word: str) -> None:
    with lines.block(f"{word} {show_expr(stmt.cond, names).text}:"):
        _block(lines, stmt.then, names)
    match stmt.orelse:
        case (If() as nested,):
            _if(lines, nested, names, "elif")
        case _:
            _else(lines, stmt.orelse, names)


def _else(lines: Lines, orelse: tuple[Stmt, ...], names: Names) -> None:
    if orelse:
        with lines.block("else:"):
            _block(lines, orelse, names)
