"""High-level IR as plain Python with NumPy: for programs that have become array code.

The text says what the IR says, operator by operator, so Python and NumPy raise where the program
fails; any exception means that the kernel has given up. Lists come and go as arrays (see `base`) and
are lists inside. `in_place` writes rows without a function around them, for code that replaces the user's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar, Literal

from loopwright.diagnostics import NOWHERE, CannotLower, Declined
from loopwright.emit.base import KernelSource
from loopwright.emit.body import decline, located, write_block
from loopwright.emit.flow import functions
from loopwright.emit.layout import block, place, put, wrapped
from loopwright.emit.names import function_names
from loopwright.emit.special import ARRAY_HEAD, lacks_special, special_functions
from loopwright.emit.special import RESERVED as SPECIAL_NAMES
from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Call,
    Check,
    Const,
    Draw,
    Expr,
    Fail,
    For,
    Func,
    Invoke,
    Program,
    Store,
    Sym,
)
from loopwright.ir.show_expr import show_expr, show_place
from loopwright.ir.text import Code, Lines, literal, name_symbols
from loopwright.ir.types import FLOAT, ListOf, Num, Py, Type, machine_dtype
from loopwright.ir.walk import map_expr, map_exprs, symbols, unused, walk_stmts

PRELUDE = """\
import math

import numpy as np
"""


class Numpy:
    """Array code run by NumPy itself; there is nothing to compile."""

    name: ClassVar[str] = "numpy"
    level: ClassVar[Literal["high", "low"]] = "high"
    prelude: ClassVar[str] = PRELUDE

    def missing(self) -> str | None:
        """Nothing: NumPy is a dependency of the output."""
        return None

    def missing_for(self, program: Program) -> str | None:
        """SciPy, where the program calls it."""
        return lacks_special(program)

    def emit(self, program: Program, name: str) -> KernelSource | Declined:
        """Text of the kernel `name` and of its helpers `name_...`; LW102 for draws that no method makes."""
        called = function_names(program, name)
        try:
            texts = [
                _Function(
                    func,
                    called,
                    func.name == program.main.name,
                    name_symbols(func, (*called.values(), *SPECIAL_NAMES)),
                ).write()
                for func in map(_with_real_powers, functions(program))
            ]
        except CannotLower as refused:
            return located(refused.declined, program)
        head = [ARRAY_HEAD] if special_functions(program) else []
        return KernelSource(name, "\n\n".join([*head, *texts]))


def _with_real_powers(func: Func) -> Func:
    """A negative Python float to a power with digits is complex where it stands as `**`; here it fails."""

    def real(e: Expr) -> Expr:
        match e:
            case Binary("pow", a, b, Py("float")) if b.type == FLOAT and not _is_integral(b):
                return Call("math.pow", (a, b), FLOAT)
            case _:
                return e

    return replace(func, body=map_exprs(func.body, lambda e: map_expr(e, real)))


def _is_integral(e: Expr) -> bool:
    return isinstance(e, Const) and isinstance(e.value, float) and e.value.is_integer()


class _Function:
    """Writes one function. It implements `body.Dialect`."""

    def __init__(
        self, func: Func, called: Mapping[str, str], main: bool, names: Mapping[Sym, str]
    ) -> None:
        self.func = func
        self.called = called
        self.main = main
        self.names = names
        self.lines = Lines()
        taken = set(self.names.values())
        self.lists = {
            p: unused(f"{self.names[p]}_array", taken)
            for p in func.params
            if main and isinstance(p.type, ListOf)
        }
        # a list may also be changed through another name or by a helper
        self.writes_lists = any(
            isinstance(s, (Append, Invoke))
            or (isinstance(s, Store) and isinstance(s.x.type, ListOf))
            for s in walk_stmts(func.body)
        )

    def write(self) -> str:
        """Text of the function."""
        params = [self.lists.get(p, self.names[p]) for p in self.func.params]
        *first, header = wrapped(f"def {self.called[self.func.name]}", params, ":")
        self.lines.add(*first)
        with self.lines.block(header):
            for param, array in self.lists.items():
                self.lines.add(f"{self.names[param]} = {_as_list(array, param.type)}")
            write_block(self, self.func.body)
        return str(self.lines)

    def expr(self, e: Expr) -> Code:
        """Text of an expression."""
        return show_expr(e, self.names)

    def fail(self, stmt: Fail | Check, comment: str) -> None:
        """Any exception will do."""
        put(self.lines, f"raise ArithmeticError({json.dumps(stmt.reason, ensure_ascii=False)})")

    def finish(self, values: Sequence[Expr]) -> None:
        """Write the lists back and return."""
        if self.writes_lists:
            for param, array in self.lists.items():
                self.lines.add(f"{array}[...] = {self.names[param]}")
        shown = ["True"] if self.main else []
        for value in values:
            code = self.expr(value)
            shown.append(_as_array(code, value.type) if self.main else code.text)
        put(self.lines, f"return {', '.join(shown)}".rstrip())

    @contextmanager
    def loop(self, stmt: For) -> Iterator[None]:
        """A `range` loop."""
        bounds = (stmt.lo, stmt.hi, stmt.step)
        shown = [(literal(e.value) if isinstance(e, Const) else self.expr(e)).text for e in bounds]
        if shown[2] == "1":
            shown = shown[1:2] if shown[0] == "0" else shown[:2]
        name = self.names[stmt.sym]
        with block(self.lines, f"for {name} in range({', '.join(shown)}):", place(stmt.span)):
            yield

    def assign(self, stmt: Assign) -> None:
        """An assignment."""
        put(self.lines, f"{self.names[stmt.sym]} = {self.expr(stmt.value).text}", place(stmt.span))

    def store(self, stmt: Store) -> None:
        """`x[index] = value`; a row of a list of lists is overwritten, not exchanged."""
        target = show_place(self.names[stmt.x], stmt.x.type, stmt.index, self.names).text
        rows = isinstance(stmt.x.type, ListOf) and isinstance(stmt.value.type, ListOf)
        value = stmt.value
        code = literal(value.value) if isinstance(value, Const) else self.expr(value)
        put(self.lines, f"{target}{'[:]' if rows else ''} = {code.text}", place(stmt.span))

    def append(self, stmt: Append) -> None:
        """`x.append(value)`."""
        put(self.lines, f"{self.names[stmt.x]}.append({self.expr(stmt.value).text})")

    def invoke(self, stmt: Invoke) -> None:
        """A call of a helper, whose exception is ours."""
        left = f"{', '.join(self.names[t] for t in stmt.targets)} = " if stmt.targets else ""
        args = ", ".join(self.expr(a).text for a in stmt.args)
        put(self.lines, f"{left}{self.called[stmt.func]}({args})", place(stmt.span))

    def draw(self, stmt: Draw) -> None:
        """A draw. A single `interval` is no method of a Generator."""
        if stmt.method == "interval":
            raise decline("LW102", "a shuffle has no form in array code", stmt.span)
        args = ", ".join(self.expr(a).text for a in stmt.args)
        put(self.lines, f"{self.names[stmt.target]} = {self.names[stmt.rng]}.{stmt.method}({args})")


Ending = Callable[[Sequence[str]], Sequence[str]]


def in_place(
    program: Program, params: Sequence[str], taken: Iterable[str], ending: Ending, columns: int
) -> list[str] | Declined:
    """The rows of the main function, to be indented by so many `columns`.

    `params` are the names of its parameters there, `taken` those that no other variable may have; `ending`
    turns the texts of its results into the last rows. LW403 for what rows in the middle of other code
    cannot do: give up, call helpers, work on lists.
    """
    main = program.main
    if program.helpers or special_functions(program):
        return Declined(NOWHERE, "LW403", "the array code needs functions of its own")
    if any(isinstance(sym.type, ListOf) for sym in symbols(main)):
        return Declined(NOWHERE, "LW403", "lists are no arrays")
    names = name_symbols(main, (*taken, *params))
    rows = _Rows(main, {**names, **dict(zip(main.params, params, strict=True))}, ending, columns)
    try:
        write_block(rows, main.body)
    except CannotLower as refused:
        return refused.declined
    return str(rows.lines).splitlines()


class _Rows(_Function):
    def __init__(self, func: Func, names: Mapping[Sym, str], ending: Ending, columns: int) -> None:
        super().__init__(func, {}, True, names)
        self.lines = Lines(columns=columns)
        self.ending = ending

    def fail(self, stmt: Fail | Check, comment: str) -> None:
        raise decline("LW403", f"the array code may give up: {stmt.reason}", stmt.span)

    def finish(self, values: Sequence[Expr]) -> None:
        for row in self.ending([self.expr(value).text for value in values]):
            put(self.lines, row)


def _as_list(array: str, t: Type) -> str:
    """The list (of lists) of type `t` with the elements of an array."""
    match t:
        case ListOf(Num(), 1):
            return f"list({array})"
        case ListOf(Num() as elem, ndim):
            return f"[{_as_list('row', ListOf(elem, ndim - 1))} for row in {array}]"
        case _:
            return f"{array}.tolist()"


def _as_array(code: Code, t: object) -> str:
    """A result as a machine value: lists become arrays."""
    if not isinstance(t, ListOf):
        return code.text
    array = f"np.array({code.text}, dtype=np.{machine_dtype(t)})"
    if t.ndim == 1:
        return array
    return f"{array}.reshape(len({code.text}), len({code.text}[0]) if {code.text} else 0)"
