"""Low-level IR as Python functions that Numba compiles.

The main function has an explicit signature, so it is compiled when its module is loaded, once for each
machine (the machine code is cached beside the file). Functions that cannot give up return their results
alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, Literal

from loopwright.diagnostics import NOWHERE, CannotLower, Declined
from loopwright.emit.base import KernelSource
from loopwright.emit.body import decline, located, negated, write_block
from loopwright.emit.draws import bounds_of_integers, guard
from loopwright.emit.flow import Floors, fallible, functions, inlined, own_arrays, written
from loopwright.emit.layout import block, place, put, wrapped
from loopwright.emit.names import function_names
from loopwright.emit.numba_draws import OWN_DRAWS, draw_name, draw_text
from loopwright.emit.numba_expr import NumbaExpr, dtype_name
from loopwright.emit.parallel import reduced, reductions, shares
from loopwright.emit.scratch import reuse_scratch
from loopwright.emit.special import lacks_special, numba_names, numba_texts, special_functions
from loopwright.emit.ties import without_ties
from loopwright.emit.unset import maybe_unset
from loopwright.ir.draws import DrawMethod
from loopwright.ir.intrinsics import LINALG
from loopwright.ir.nodes import (
    Append,
    Assign,
    Call,
    Const,
    Contract,
    Draw,
    Expr,
    For,
    Func,
    Invoke,
    Program,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.text import Lines, call, literal, name_symbols
from loopwright.ir.types import Array, DType, Num, Rng, Type, machine_dtype
from loopwright.ir.walk import unused, walk_exprs

PRELUDE = """\
import math

import numpy as np
from numba import njit, prange
from numba.np.random import distributions, generator_core, random_methods
"""
RESERVED = ("njit", "prange", "distributions", "generator_core", "random_methods")


class Numba:
    """Just-in-time compilation through LLVM."""

    name: ClassVar[str] = "numba"
    level: ClassVar[Literal["high", "low"]] = "low"
    prelude: ClassVar[str] = PRELUDE

    def missing(self) -> str | None:
        """What this machine lacks to use the backend, or None."""
        return None if importlib.util.find_spec("numba") else "Numba is not installed"

    def missing_for(self, program: Program) -> str | None:
        """What this machine lacks to run this very program, or None."""
        lacks = self.missing()
        if lacks is None and needs_blas(program) and not importlib.util.find_spec("scipy"):
            return "SciPy is not installed, and Numba calls BLAS through it"
        return lacks or lacks_special(program)

    def emit(self, program: Program, name: str) -> KernelSource | Declined:
        """Text of the kernel `name` and of its helpers `name_...`; LW1xx for what Numba has no equal
        form of, LW510 for what is not installed."""
        lacks = self.missing_for(program)
        if lacks is not None:
            return Declined(program.main.span, "LW510", lacks)
        try:
            return KernelSource(name, _module(reuse_scratch(without_ties(program)), name))
        except CannotLower as refused:
            return located(refused.declined, program)


def needs_blas(program: Program) -> bool:
    """True if a function of the program multiplies matrices or solves equations."""
    return any(
        isinstance(e, Contract) or (isinstance(e, Call) and e.fn in LINALG)
        for func in functions(program)
        for e in walk_exprs(func.body)
    )


def _module(program: Program, name: str) -> str:
    called = function_names(program, name)
    unsafe = fallible(program)
    stores = written(program)
    special = special_functions(program)
    spread = inlined(program)
    texts: list[str] = []
    drawn: set[DrawMethod] = set()
    for func in functions(program):
        main = func is program.main
        writer = _Function(func, called, unsafe, main, name, special)
        texts += writer.write(stores[func.name], func.name in spread)
        drawn |= writer.drawn
    own = [_decorator(None, False) + draw_text(name, m) for m in sorted(drawn & OWN_DRAWS)]
    return "\n\n".join([*numba_texts(special), *own, *texts])


def type_text(t: Type, stored: bool) -> str:
    """Numba's name of a parameter's type; an array that is only read may be read-only.

    Raises CannotLower for a type that is no parameter of low-level IR.
    """
    match t:
        case Rng():
            return "npy_rng"
        case Array(dtype, ndim, _) if stored:
            return f"{_scalar(dtype)}[{', '.join([':'] * (ndim - 1) + ['::1'])}]"
        case Array(dtype, ndim, _):
            return f"Array({_scalar(dtype)}, {ndim}, 'C', True)"
        case Num(dtype):
            return _scalar(dtype)
        case _:
            raise decline("LW103", f"a parameter of type {t} has no compiled form", NOWHERE)


def _scalar(dtype: DType) -> str:
    return "boolean" if dtype == "bool" else dtype


class _Function:
    """Writes one function. It implements `body.Dialect`."""

    def __init__(
        self,
        func: Func,
        called: Mapping[str, str],
        unsafe: frozenset[str],
        main: bool,
        prefix: str,
        special: Sequence[str],
    ) -> None:
        self.func = func
        self.called = called
        self.unsafe = unsafe
        self.main = main
        self.reports = main or func.name in unsafe
        reserved = {f"{name}{tail}" for name in called.values() for tail in ("", "_fails")}
        reserved |= {draw_name(prefix, method) for method in OWN_DRAWS}
        self.names = name_symbols(func, {*reserved, *RESERVED, *numba_names(special)})
        self.taken = set(self.names.values())
        self.expr = NumbaExpr(self.names, Floors(func))
        self.lines = Lines()
        self.own = own_arrays(func)
        self.sums: list[dict[Sym, str]] = []
        self.parallel = False
        self.prefix = prefix
        self.drawn: set[DrawMethod] = set()

    def write(self, stores: Collection[Sym], inline: bool) -> list[str]:
        """Texts of the function and of what it needs."""
        with self.lines.block(self._header()):
            for sym in maybe_unset(self.func):
                put(self.lines, f"{self.names[sym]} = {_dummy(sym.type)}")
            write_block(self, self.func.body)
        signature = [type_text(p.type, p in stores) for p in self.func.params]
        shown = signature if self.main else None
        text = _decorator(shown, self.parallel, self.func.reorders, inline) + str(self.lines)
        return [*self._surrender(), text]

    def _header(self) -> str:
        params = [self.names[p] for p in self.func.params]
        *first, header = wrapped(f"def {self.called[self.func.name]}", params, ":")
        self.lines.add(*first)
        return header

    # --------------------------------------------------------- leaving

    @property
    def _arrays(self) -> bool:
        return any(isinstance(t, Array) for t in self.func.results)

    def _surrender(self) -> list[str]:
        """The function that makes the results of a failure where these hold arrays."""
        if not (self._arrays and self.func.name in self.unsafe):
            return []
        lines = Lines()
        with lines.block(f"def {self.called[self.func.name]}_fails():"):
            lines.add(f"return {', '.join(['False', *map(_dummy, self.func.results)])}")
        return [_decorator(None, False) + str(lines)]

    def append(self, stmt: Append) -> None:
        """Lists have become arrays in low-level IR."""
        raise decline("LW101", "a list that grows has no compiled form", stmt.span)

    def fail(self, stmt: Stmt, comment: str) -> None:
        """Return a false `ok` with results of the right types."""
        if self._arrays:
            put(self.lines, f"return {self.called[self.func.name]}_fails()", comment)
        else:
            shown = ["False", *map(_dummy, self.func.results)]
            put(self.lines, f"return {', '.join(shown)}", comment)

    def finish(self, values: Sequence[Expr]) -> None:
        """Return `ok` and the results."""
        shown = ["True"] if self.reports else []
        for value in values:
            code = self.expr(value)
            if isinstance(value.type, Array) and not self._contiguous(value):
                code = call("np.ascontiguousarray", code)
            shown.append(code.text)
        put(self.lines, f"return {', '.join(shown)}".rstrip())

    def _contiguous(self, value: Expr) -> bool:
        return isinstance(value, Var) and value.sym in self.own

    # ------------------------------------------------------ statements

    @contextmanager
    def loop(self, stmt: For) -> Iterator[None]:
        """A `range` loop, or a `prange` loop whose variable is made a signed number again."""
        bounds = [stmt.lo, stmt.hi, stmt.step]
        shown = [(literal(e.value) if isinstance(e, Const) else self.expr(e)).text for e in bounds]
        if shown[2] == "1":
            shown = shown[1:2] if shown[0] == "0" else shown[:2]
        name = self.names[stmt.sym]
        threads = not self.sums and shares(stmt, self.func, self.unsafe)
        counter = unused(f"{name}_turn", self.taken) if threads else name
        maker = "prange" if threads else "range"
        header = f"for {counter} in {maker}({', '.join(shown)}):"
        with block(self.lines, header, place(stmt.span)):
            if threads:
                self.parallel = True
                self.sums.append(reductions(stmt))
                self.lines.add(f"{name} = np.int64({counter})")
            self.expr.floors.enter(stmt)
            yield
            self.expr.floors.leave(stmt)
            if threads:
                self.sums.pop()

    def assign(self, stmt: Assign) -> None:
        """An assignment, or the in-place operator that tells Numba of a reduction."""
        name = self.names[stmt.sym]
        if self.sums and stmt.sym in self.sums[-1]:
            change = reduced(stmt)
            assert change is not None
            put(self.lines, f"{name} {change[0]} {self.expr(change[1]).text}")
        else:
            put(self.lines, f"{name} = {self.expr(stmt.value).text}")

    def store(self, stmt: Store) -> None:
        """`x[index] = value`."""
        target = self.expr.place(self.names[stmt.x], stmt.index).text
        put(self.lines, f"{target} = {self.expr(stmt.value).text}")

    def invoke(self, stmt: Invoke) -> None:
        """A call of a helper; its failure is passed on."""
        targets = [self.names[t] for t in stmt.targets]
        safe = stmt.func not in self.unsafe
        if not safe:
            ok = unused("ok", self.taken)
            targets.insert(0, ok)
        left = f"{', '.join(targets)} = " if targets else ""
        args = [self.expr(a).text for a in stmt.args]
        put(self.lines, f"{left}{self.called[stmt.func]}({', '.join(args)})", place(stmt.span))
        if not safe:
            with self.lines.block(f"if not {ok}:"):
                self.fail(stmt, "")

    def draw(self, stmt: Draw) -> None:
        """A draw; arguments that NumPy would refuse, or for which Numba draws otherwise, make the
        kernel give up."""
        condition = guard(stmt)
        if condition is not None:
            with block(self.lines, f"if {negated(self, condition).text}:"):
                self.fail(stmt, "")
        self.drawn.add(stmt.method)
        args: Sequence[Expr] = stmt.args
        if stmt.method == "integers":
            args = bounds_of_integers(stmt)
        shown = [self.expr(a).text for a in args]
        rng, target = self.names[stmt.rng], self.names[stmt.target]
        if stmt.method in OWN_DRAWS:
            call_ = f"{draw_name(self.prefix, stmt.method)}({', '.join([rng, *shown])})"
        else:
            call_ = f"{rng}.{stmt.method}({', '.join(shown)})"
        put(self.lines, f"{target} = {call_}")


def _dummy(t: Type) -> str:
    dtype = machine_dtype(t)
    if isinstance(t, Array):
        shape = "0" if t.ndim == 1 else f"({', '.join(['0'] * t.ndim)})"
        return f"np.empty({shape}, {dtype_name(dtype)})"
    if dtype in ("float64", "int64", "bool"):
        return {"float64": "0.0", "int64": "0", "bool": "False"}[dtype]
    return f"{dtype_name(dtype)}(0)"


def _decorator(
    signature: Sequence[str] | None, parallel: bool, reorders: bool = False, inline: bool = False
) -> str:
    """`@njit(...)`, laid out as formatters would."""
    options = ["cache=True", "nogil=True", 'error_model="numpy"', "boundscheck=False"]
    if inline:
        options.append('inline="always"')
    if parallel:
        options.append("parallel=True")
    if reorders:
        options.append('fastmath={"reassoc"}')
    if signature is None:
        lines = wrapped("@njit", options, "")
    else:
        types = f"({signature[0]},)" if len(signature) == 1 else f"({', '.join(signature)})"
        lines = wrapped("@njit", [f'"{types}"', *options], "")
    return "".join(line + "\n" for line in lines)
