"""What is known at one point of a program while it is read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import islpy as isl

from loopwright.ir.nodes import Sym
from loopwright.ir.types import DType, Type, kind_of, machine_dtype
from loopwright.verify.prove.presburger import constant, known_constant
from loopwright.verify.prove.terms import (
    Aff,
    Case,
    Cell,
    Demand,
    Literal_,
    Model,
    NotProved,
    Op,
    Read,
    Term,
    Time,
    Undefined,
    View,
    Write,
)

Known = isl.PwAff | View | Cell | None
"""An int as a form over iterators and parameters; what an array variable shows; the cell that has what was
assigned under the present guards; None: not known here."""

INT_BITS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63}
UINT_BITS = {"uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}


def int_range(dtype: DType) -> tuple[int, int]:
    """Least and greatest value of an integer dtype."""
    if kind_of(dtype) == "u":
        return 0, 2 ** UINT_BITS[dtype] - 1
    return -(2 ** INT_BITS[dtype]), 2 ** INT_BITS[dtype] - 1


@dataclass(slots=True)
class State:
    """`path` holds wherever the statement at hand runs (affine conditions only), `guards` are the other
    conditions around it, `assume` is what may be supposed of the parameters everywhere. `low` code is
    unchecked: negative positions do not wrap. `strict`: indices must be proved to be in bounds, as those
    of low code, which nobody tests, and of the original, which would raise."""

    ctx: isl.Context
    model: Model
    low: bool
    strict: bool
    assume: isl.Set
    path: isl.Set
    prefix: str
    deadline: float
    env: dict[Sym, Known] = field(default_factory=dict)
    cells: dict[Sym, Cell] = field(default_factory=dict)
    guards: tuple[Term, ...] = ()
    loops: tuple[str, ...] = ()
    time: tuple[int | str, ...] = ()
    count: int = 0
    tick: int = 0

    # ------------------------------------------------------------ questions

    def holds(self, condition: isl.Set) -> bool:
        """Whether `condition` is true wherever the statement at hand runs."""
        return bool(self.assume.intersect(self.path).is_subset(condition))

    def require(self, condition: isl.Set, why: str) -> None:
        if not self.holds(condition):
            raise NotProved(why)

    def fits(self, value: isl.PwAff, low: int, high: int) -> bool:
        ends = (constant(self.ctx, low), constant(self.ctx, high))
        return self.holds(value.ge_set(ends[0]).intersect(value.le_set(ends[1])))

    def equal(self, a: isl.PwAff, b: isl.PwAff) -> bool:
        return self.holds(a.eq_set(b))

    def is_one(self, value: isl.PwAff) -> bool:
        return known_constant(value) == 1

    # --------------------------------------------------------------- naming

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{self.prefix}{stem}{self.count}"

    def number(self, value: int) -> isl.PwAff:
        return constant(self.ctx, value)

    def cell_of(self, sym: Sym) -> Cell:
        """The memory of a number that is assigned to."""
        if sym not in self.cells:
            self.cells[sym] = Cell(self.fresh("v"), scalar_dtype(sym.type))
        return self.cells[sym]

    # ------------------------------------------------------------- recording

    def now(self, space: tuple[str, ...], flag: int) -> Time:
        """All that a statement reads is read before it writes."""
        return (*self.time, self.tick, flag, *space[len(self.loops) :])

    def read(
        self,
        cell: Cell,
        index: tuple[isl.PwAff, ...],
        space: tuple[str, ...],
        kept: bool = False,
    ) -> Read:
        name = self.fresh("R")
        found = Read(name, space, self.now(space, 0), self.path, cell, index, kept)
        self.model.reads.append(found)
        return found

    def write(
        self, cell: Cell, index: tuple[isl.PwAff, ...], space: tuple[str, ...], value: Term
    ) -> None:
        name = self.fresh("S")
        self.model.writes.append(
            Write(name, space, self.now(space, 1), self.path, cell, index, value)
        )

    def demand(self, truth: Term, space: tuple[str, ...], why: str) -> None:
        guards = tuple(self.again(g, space) for g in self.guards)
        name = self.fresh("C")
        self.model.demands.append(Demand(name, space, self.path, truth, guards, why))

    def again(self, term: Term, space: tuple[str, ...]) -> Term:
        """A condition found earlier, read anew for the iterators `space`. What it reads does not change
        as long as it holds: it is a cell of its own, or of the same statement."""
        match term:
            case Read():
                return self.read(term.cell, term.index, space)
            case Op(name, dtype, args):
                return Op(name, dtype, tuple(self.again(a, space) for a in args))
            case Case(where, a, b):
                return Case(where, self.again(a, space), self.again(b, space))
            case Aff() | Literal_() | Undefined():
                return term
            case _:
                raise NotProved("a condition that is a reduction")

    @contextmanager
    def where(self, condition: isl.Set) -> Iterator[None]:
        """In the part of the path where `condition` is true."""
        before = self.path
        self.path = before.intersect(condition)
        yield
        self.path = before


def scalar_dtype(t: Type) -> DType:
    try:
        return machine_dtype(t)
    except TypeError as error:
        raise NotProved(f"a value of type {t}") from error
