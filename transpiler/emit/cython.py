"""Low-level IR as Cython in pure Python mode: valid Python, compiled ahead of time by `build`.

Arrays are typed memoryviews (`const` where the kernel only reads), booleans are held as bytes, loops
run without the GIL where nothing in them needs it. Functions that cannot give up return their results
alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import ClassVar, Literal

from loopwright.diagnostics import CannotLower, Declined
from loopwright.emit.base import KernelSource
from loopwright.emit.body import decline, located, negated, write_block
from loopwright.emit.build import toolchain
from loopwright.emit.cython_direct import MODULE as DOOR
from loopwright.emit.cython_direct import direct_text, has_direct
from loopwright.emit.cython_draws import BITS, NAMES, bits_of, draw_call, draw_texts
from loopwright.emit.cython_expr import CythonExpr, needs_gil, stepped
from loopwright.emit.cython_types import element_type, local_type, scalar_type
from loopwright.emit.draws import bounds_of_integers, guard
from loopwright.emit.flow import (
    Floors,
    fallible,
    functions,
    own_arrays,
    read_only,
    written,
)
from loopwright.emit.layout import block, place, put, wrapped
from loopwright.emit.names import function_names
from loopwright.emit.parallel import reduced, reductions, shares
from loopwright.emit.scratch import reuse_scratch
from loopwright.emit.special import CYTHON_HEAD, lacks_special, special_functions
from loopwright.emit.special import RESERVED as SPECIAL_NAMES
from loopwright.emit.stack import stack_arrays
from loopwright.emit.vectors import CYTHON_HEAD as VECTORS_HEAD
from loopwright.emit.vectors import VECTORS, lacks_vectors, uses_vectors
from loopwright.ir.nodes import (
    Append,
    Assign,
    Check,
    Const,
    Draw,
    Expr,
    Fail,
    For,
    Func,
    Invoke,
    Program,
    Return,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.text import Lines, literal, name_symbols
from loopwright.ir.types import Array, Rng, machine_dtype
from loopwright.ir.walk import assigned, exprs_of, subexprs, symbols, unused, walk_stmts

PRELUDE = """\
import cython
import numpy as np
from cython.cimports.libc import math as cm
from cython.parallel import prange
"""

DIRECTIVES = (
    "@cython.boundscheck(False)",
    "@cython.wraparound(False)",
    "@cython.cdivision(True)",
    "@cython.initializedcheck(False)",
)

RESERVED = ("cython", "cm", "prange", DOOR, VECTORS, *NAMES, *SPECIAL_NAMES)


class Cython:
    """Ahead-of-time compilation through C."""

    name: ClassVar[str] = "cython"
    level: ClassVar[Literal["high", "low"]] = "low"
    prelude: ClassVar[str] = PRELUDE

    def missing(self) -> str | None:
        """What this machine lacks to use the backend, or None."""
        if not importlib.util.find_spec("Cython"):
            return "Cython is not installed"
        found = toolchain()
        return found.why if isinstance(found, Declined) else None

    def missing_for(self, program: Program) -> str | None:
        """What this machine lacks to run this very program, or None."""
        return self.missing() or lacks_special(program) or _lacks_vectors(program)

    def emit(self, program: Program, name: str) -> KernelSource | Declined:
        """Text of the kernel `name` and of its helpers `name_...`; LW1xx for what has no equal form in C.

        The text does not depend on the machine: `missing` tells whether it can be built here.
        """
        try:
            return _module(reuse_scratch(program), name)
        except CannotLower as refused:
            return located(refused.declined, program)


def _lacks_vectors(program: Program) -> str | None:
    tools = toolchain()
    if not uses_vectors(program) or isinstance(tools, Declined):
        return None
    return lacks_vectors(tools.compiler)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the functions of one kernel know of each other, by name of the IR function."""

    called: Mapping[str, str]
    unsafe: frozenset[str]
    stores: Mapping[str, frozenset[Sym]]
    pure_c: frozenset[str]
    stacks: Mapping[str, Mapping[Sym, int]]
    supports: dict[str, str]
    prefix: str


def _module(program: Program, name: str) -> KernelSource:
    drawn = [
        s.method for f in functions(program) for s in walk_stmts(f.body) if isinstance(s, Draw)
    ]
    rngs = any(isinstance(p.type, Rng) for f in functions(program) for p in f.params)
    stacks = {f.name: stack_arrays(f) for f in functions(program)}
    shared = _Shared(
        called=function_names(program, name),
        unsafe=fallible(program),
        stores=written(program),
        pure_c=_pure_c(program, stacks),
        stacks=stacks,
        supports={},
        prefix=name,
    )
    writers = [_Function(f, shared, f is program.main) for f in functions(program)]
    texts = [writer.write() for writer in writers]
    draws = draw_texts(name, drawn, rngs)
    head = [CYTHON_HEAD] if special_functions(program) else []
    if uses_vectors(program):
        head.append(VECTORS_HEAD)
    text = "\n\n".join([*head, *draws, *shared.supports.values(), *texts])
    return KernelSource(name, text, writers[-1].direct())


def _pure_c(program: Program, stacks: Mapping[str, Mapping[Sym, int]]) -> frozenset[str]:
    """Helpers that run without Python: they handle and return numbers, and arrays that they are given."""
    found: set[str] = set()
    for func in program.helpers:
        plain = not any(isinstance(t, Array) for t in func.results)
        known, own = {*found, func.name}, stacks[func.name]
        if plain and not any(_python(s, known, own) for s in walk_stmts(func.body)):
            found.add(func.name)
    return frozenset(found)


def _python(stmt: Stmt, pure_c: Collection[str], stack: Collection[Sym]) -> bool:
    """True if the statement itself runs Python code (nested ones not looked at); `stack` are arrays that C
    makes."""
    match stmt:
        case Assign(sym) if sym in stack:
            return False
        case Invoke() if stmt.func not in pure_c:
            return True
        case Store() if stepped(stmt.index):
            return True
    return any(needs_gil(part) for e in exprs_of(stmt) for part in subexprs(e))


class _Function:
    """Writes one function. It implements `body.Dialect`."""

    def __init__(self, func: Func, shared: _Shared, main: bool) -> None:
        self.func = func
        self.shared = shared
        self.main = main
        self.reports = main or func.name in shared.unsafe
        self.in_c = func.name in shared.pure_c
        self.c_result = not main and not any(isinstance(t, Array) for t in func.results)
        self.names = name_symbols(func, {*shared.called.values(), *RESERVED})
        self.taken = set(self.names.values())
        self.ok = unused("ok", self.taken)
        changed = assigned(func.body)
        given = {p for p in func.params if main and p not in changed and self._plain(p)}
        self.objects = own_arrays(func) | given
        self.expr = CythonExpr(
            self.names, Floors(func), self.objects, shared.prefix, shared.supports
        )
        self.lines = Lines()
        self.stack = shared.stacks[func.name]
        self.const = read_only(func, shared.stores[func.name])
        self.sums: list[dict[Sym, str]] = []
        self.depth = 0
        self.released = self.in_c
        self.has_direct = (
            main
            and has_direct(func)
            and not any(_python(s, shared.pure_c, self.stack) for s in walk_stmts(func.body))
        )

    def direct(self) -> str:
        """Text of the short way in; empty if there is none."""
        if not self.has_direct:
            return ""
        params = [(p, self.names[p]) for p in self.func.params]
        numbers = {p: self._type(p) for p, _ in params if not isinstance(p.type, Array)}
        stored = {p for p, _ in params if p not in self.const}
        return direct_text(self.shared.prefix, params, stored, numbers)

    def write(self) -> str:
        """Text of the function."""
        self.lines.add(*self._decorators())
        given = {p: self._given(p) for p in self.func.params}
        params = [f"{name}: {kind}" if kind else name for name, kind in given.values()]
        result = f" -> {self._result()}:" if self.c_result else ":"
        *first, header = wrapped(f"def {self.shared.called[self.func.name]}", params, result)
        self.lines.add(*first)
        with self.lines.block(header):
            self._declare(given)
            write_block(self, self.func.body)
        return str(self.lines)

    # ---------------------------------------------------------- header

    def _decorators(self) -> list[str]:
        if self.main:
            return [*(["@cython.ccall"] if self.has_direct else []), *DIRECTIVES]
        if not self.in_c:
            return ["@cython.cfunc", *DIRECTIVES]
        return ["@cython.cfunc", "@cython.nogil", *DIRECTIVES, "@cython.exceptval(check=False)"]

    def _result(self) -> str:
        """The C type of what a helper returns, unless it returns arrays."""
        types = ["cython.bint"] if self.reports else []
        types += [scalar_type(machine_dtype(t)) for t in self.func.results]
        match types:
            case []:
                return "cython.void"
            case [one]:
                return one
            case _:
                return f"tuple[{', '.join(types)}]"

    def _given(self, param: Sym) -> tuple[str, str]:
        """Name and type of a parameter; arrays of booleans come as such and are viewed as bytes."""
        name = self.names[param]
        if self.main and isinstance(param.type, Rng):
            return unused(f"{name}_object", self.taken), ""
        if self.main and isinstance(param.type, Array) and not self._plain(param):
            return unused(f"{name}_flags", self.taken), ""
        return name, self._type(param)

    @staticmethod
    def _plain(sym: Sym) -> bool:
        return isinstance(sym.type, Array) and sym.type.dtype != "bool"

    def _type(self, sym: Sym) -> str:
        if isinstance(sym.type, Rng):
            return BITS
        if sym in self.stack:
            return f"{element_type(machine_dtype(sym.type))}[{self.stack[sym]}]"
        return local_type(sym.type, sym in self.const)

    def _declare(self, given: Mapping[Sym, tuple[str, str]]) -> None:
        for param, (name, kind) in given.items():
            if not kind:
                bits = isinstance(param.type, Rng)
                view = bits_of(name) if bits else f"{name}.view(np.uint8)"
                put(self.lines, f"{self.names[param]}: {self._type(param)} = {view}")
        for sym in symbols(self.func):
            if sym not in given:
                put(self.lines, f"{self.names[sym]}: {self._type(sym)}")
        if any(
            isinstance(s, Invoke) and s.func in self.shared.unsafe
            for s in walk_stmts(self.func.body)
        ):
            put(self.lines, f"{self.ok}: cython.bint")

    # --------------------------------------------------------- leaving

    def fail(self, stmt: Stmt, comment: str) -> None:
        """Return a false `ok`."""
        nothing = ["0" if self.c_result else "None"] * len(self.func.results)
        self._return(["False", *nothing], comment)

    def finish(self, values: Sequence[Expr]) -> None:
        """Return `ok` and the results."""
        shown = ["True"] if self.reports else []
        self._return([*shown, *map(self._handed, values)])

    def _return(self, parts: Sequence[str], comment: str = "") -> None:
        if len(parts) > 1:
            put(self.lines, f"return ({', '.join(parts)})", comment)
        else:
            put(self.lines, f"return {', '.join(parts)}".rstrip(), comment)

    def _handed(self, value: Expr) -> str:
        """A result; an array goes out as the ndarray behind the memoryview."""
        if not isinstance(value.type, Array):
            return self.expr(value).text
        text = self.expr.whole(value).text
        as_flags = self.main and value.type.dtype == "bool"
        return f"{text}.view(np.bool_)" if as_flags else text

    # ------------------------------------------------------ statements

    @contextmanager
    def loop(self, stmt: For) -> Iterator[None]:
        """A `range` loop, or a `prange` loop; without the GIL if nothing in it needs it."""
        step = stmt.step
        if not (isinstance(step, Const) and step.value):
            raise decline("LW103", "Cython needs a constant step of the loop", stmt.span)
        bounds = [
            literal(e.value) if isinstance(e, Const) else self.expr(e) for e in (stmt.lo, stmt.hi)
        ]
        shown = ", ".join(b.text for b in bounds)
        if step.value != 1:
            shown += f", {step.value}"
        threads = not self.sums and self._shares(stmt)
        with ExitStack() as stack:
            before = self.released
            if not before and self.depth == 0 and (threads or self._free(stmt)):
                stack.enter_context(self.lines.block("with cython.nogil:"))
                self.released = True
            maker = "prange" if threads else "range"
            header = f"for {self.names[stmt.sym]} in {maker}({shown}):"
            stack.enter_context(block(self.lines, header, place(stmt.span)))
            if threads:
                self.sums.append(reductions(stmt))
            self.expr.floors.enter(stmt)
            self.depth += 1
            yield
            self.depth -= 1
            self.expr.floors.leave(stmt)
            if threads:
                self.sums.pop()
            self.released = before

    def _shares(self, stmt: For) -> bool:
        """A loop for threads: Cython allows neither Python nor changes of memoryviews there."""
        if not shares(stmt, self.func, self.shared.unsafe) or not self._free(stmt):
            return False
        return not any(
            isinstance(s, Assign) and isinstance(s.sym.type, Array) for s in walk_stmts(stmt.body)
        )

    def _free(self, loop: For) -> bool:
        """True if the loop neither runs Python nor leaves the function."""
        return not loop.orelse and not any(
            isinstance(s, (Return, Fail, Check))
            or (isinstance(s, Draw) and guard(s) is not None)
            or (isinstance(s, Invoke) and s.func in self.shared.unsafe)
            or _python(s, self.shared.pure_c, self.stack)
            for s in walk_stmts((loop,))
        )

    def assign(self, stmt: Assign) -> None:
        """An assignment, or the in-place operator that tells Cython of a reduction."""
        name = self.names[stmt.sym]
        if stmt.sym in self.stack:
            return  # it is there once it is declared
        if self.sums and stmt.sym in self.sums[-1]:
            change = reduced(stmt)
            assert change is not None
            put(self.lines, f"{name} {change[0]} {self.expr(change[1]).text}")
        else:
            put(self.lines, f"{name} = {self.expr(stmt.value).text}")

    def store(self, stmt: Store) -> None:
        """`x[index] = value`."""
        x = self.names[stmt.x]
        if stepped(stmt.index):
            x = self.expr.whole(Var(stmt.x)).text
        target = self.expr.place(x, stmt.index).text
        put(self.lines, f"{target} = {self.expr(stmt.value).text}")

    def append(self, stmt: Append) -> None:
        """Lists have become arrays in low-level IR."""
        raise decline("LW101", "a list that grows has no compiled form", stmt.span)

    def invoke(self, stmt: Invoke) -> None:
        """A call of a helper; its failure is passed on."""
        targets = [self.names[t] for t in stmt.targets]
        safe = stmt.func not in self.shared.unsafe
        if not safe:
            targets.insert(0, self.ok)
        left = f"{', '.join(targets)} = " if targets else ""
        args = ", ".join(self.expr(a).text for a in stmt.args)
        put(self.lines, f"{left}{self.shared.called[stmt.func]}({args})", place(stmt.span))
        if not safe:
            with self.lines.block(f"if not {self.ok}:"):
                self.fail(stmt, "")

    def draw(self, stmt: Draw) -> None:
        """A draw; arguments that NumPy would refuse make the kernel give up."""
        condition = guard(stmt)
        if condition is not None:
            with block(self.lines, f"if {negated(self, condition).text}:"):
                self.fail(stmt, "")
        args: Sequence[Expr] = stmt.args
        if stmt.method == "integers":
            args = bounds_of_integers(stmt)
        shown = [self.expr(a).text for a in args]
        drawn = draw_call(self.shared.prefix, stmt.method, self.names[stmt.rng], shown)
        put(self.lines, f"{self.names[stmt.target]} = {drawn}")
