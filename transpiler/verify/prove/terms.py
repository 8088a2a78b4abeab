"""A program as the prover sees it: statements over polyhedral domains that write one element each.

All integers that the program computes with from lengths, int parameters and loop iterators are `isl.PwAff`
over named parameters: `d0_1` is the length of axis 1 of parameter 0, `p2` the int parameter 2, and every
loop iterator has a name of its own, too. Everything else is a term over reads of elements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import islpy as isl

from loopwright.ir.types import DType

LATE = "the time is up"


class NotProved(Exception):
    """The prover has no answer; the text says where it stopped."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Memory: an array, or a number (no extents). `param` is its position if it is passed to the program.

    `home` are the iterators of the loops in which it is made.
    """

    name: str
    dtype: DType
    extents: tuple[isl.PwAff, ...] = ()
    param: int | None = None
    home: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What an array variable shows of a cell: position `p` of the view is, along axis c of the cell, at
    `base[c] + step[c] * p[axis[c]]`, or at `base[c]` where `axis[c]` is None."""

    cell: Cell
    base: tuple[isl.PwAff, ...]
    step: tuple[int, ...]
    axis: tuple[int | None, ...]
    extents: tuple[isl.PwAff, ...]


# ---------------------------------------------------------------------- terms


@dataclass(frozen=True, slots=True, eq=False)
class Aff:
    """An integer."""

    value: isl.PwAff


@dataclass(frozen=True, slots=True, eq=False)
class Literal_:
    """A float or truth value, by its `repr`, so that 0.0 is not -0.0."""

    text: str
    dtype: DType


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """An element, read where the iterators `space` have values in `domain` (a set of parameters).

    `kept`: the program does not look at it; the model does, for what stays where a condition is false.
    """

    name: str
    space: tuple[str, ...]
    time: Time
    domain: isl.Set
    cell: Cell
    index: tuple[isl.PwAff, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """An operation whose result is a function of its arguments alone; `name` tells all that matters."""

    name: str
    dtype: DType
    args: tuple[Term, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`a` where the iterators and parameters are in `where`, else `b`."""

    where: isl.Set
    a: Term
    b: Term


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A reduction by the library of the elements `body` for `iterator` from 0 to `extent`, in order."""

    name: str
    dtype: DType
    iterator: str
    extent: isl.PwAff
    space: tuple[str, ...]
    domain: isl.Set
    body: Term


@dataclass(frozen=True, slots=True, eq=False)
class Undefined:
    """What memory holds that nobody has written."""


Term: TypeAlias = Aff | Literal_ | Read | Op | Case | Fold | Undefined

# ----------------------------------------------------------------- statements

Time: TypeAlias = tuple[int | str, ...]
"""When a statement runs, compared from left to right: numbers, iterators, or `-i` for a falling loop."""


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """`cell[index] = value` for all values of the iterators `space` in `domain`."""

    name: str
    space: tuple[str, ...]
    time: Time
    domain: isl.Set
    cell: Cell
    index: tuple[isl.PwAff, ...]
    value: Term


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A truth value that must hold (original) or that the program has tested (candidate) where all of
    `guards` are true."""

    name: str
    space: tuple[str, ...]
    domain: isl.Set
    truth: Term
    guards: tuple[Term, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Parallel:
    """A loop whose iterations run in any order."""

    iterator: str


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """A term at the instances `name[space]` in `domain` (a set of parameters)."""

    name: str
    space: tuple[str, ...]
    domain: isl.Set
    term: Term

    def at(self, term: Term) -> Position:
        return Position(self.name, self.space, self.domain, term)


@dataclass(slots=True)
class Model:
    """One side. `results` are what it returns, numbers as terms and arrays as views; `ends` are the values
    of the results and then of the array parameters once the program is through; `stored` the parameters
    that it writes to."""

    side: Literal["a", "b"]
    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    parallel: list[Parallel] = field(default_factory=list)
    results: tuple[Term | View, ...] = ()
    params: tuple[View | None, ...] = ()
    stored: set[int] = field(default_factory=set)
    ends: tuple[Position, ...] = ()
