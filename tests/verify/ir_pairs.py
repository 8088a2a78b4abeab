"""Pairs of IR programs for the tests of the prover: lowered text, mutants, outcomes when interpreted."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Lowered
from loopwright.ir.check import IllegalIR, check
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import (
    Binary,
    Check,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    If,
    Program,
    Select,
    Stmt,
    Store,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Py, kind_of, machine_dtype
from loopwright.ir.walk import Body, map_bodies, map_expr, map_exprs_of
from loopwright.signatures import annotated, lower_region

HEADER = """\
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
F1 = NDArray[np.float64]
"""
KINDS = {
    "F1": 'Annotated[NDArray[np.float64], "n"]',
    "F2": 'Annotated[NDArray[np.float64], "n m"]',
    "S1": 'Annotated[NDArray[np.float32], "n"]',
    "I1": 'Annotated[NDArray[np.int64], "n"]',
    "B1": 'Annotated[NDArray[np.bool_], "n"]',
}


def lowered(source: str) -> Lowered:
    """The function `f` of `source`, where F1, F2, S1, I1 and B1 stand for arrays."""
    for short, full in KINDS.items():
        source = source.replace(f": {short}", f": {full}")
    return lowered_text(HEADER.replace("F1 = NDArray[np.float64]\n", "") + source)


def lowered_text(source: str) -> Lowered:
    """As `lowered`, of a whole module."""
    module = parse_text(source, Path("drawn.py"), "drawn")
    assert not isinstance(module, Declined)
    region = region_of_function(module, "f")
    if isinstance(region, Declined):
        raise CannotLower(region)
    signatures = annotated(region)
    if isinstance(signatures, Declined):
        raise CannotLower(signatures)
    found = lower_region(region, signatures)
    if isinstance(found, Declined):
        raise CannotLower(found)
    return found[0][0]


# ------------------------------------------------------------------ outcomes

LENGTHS = (0, 1, 2, 3, 4, 5, 8, 9)
_INF = float("inf")
_FLOATS = (0.0, -0.0, -0.0, 1.0, 0.1, -3.5, 1e308, 5e-324, _INF, _INF, -_INF, float("nan"))


def drawn(program: Program, rng: random.Random) -> list[Any]:
    """Arguments for the parameters; lengths are mostly the same."""
    usual = rng.choice(LENGTHS)
    return [_argument(p.type, usual, rng) for p in program.main.params]


def _argument(t: Any, usual: int, rng: random.Random) -> Any:
    match t:
        case Array(dtype, ndim, _):
            shape = tuple(
                usual if rng.random() < 0.75 else rng.choice(LENGTHS) for _ in range(ndim)
            )
            flat = [_number(machine_dtype(t), rng) for _ in range(int(np.prod(shape)))]
            return np.array(flat, dtype).reshape(shape)
        case ListOf(elem, 1):
            return [_number(machine_dtype(elem), rng) for _ in range(usual)]
        case Py("int"):
            return usual + rng.choice((0, 0, 0, -1, 1, 2, -5))
        case Py(_) | Num(_):
            return _number(machine_dtype(t), rng)
        case _:
            raise CannotLower(Declined(None, "LW000", f"no argument of type {t}"))  # type: ignore[arg-type]


def _number(dtype: str, rng: random.Random) -> Any:
    match kind_of(dtype):  # type: ignore[arg-type]
        case "b":
            return rng.random() < 0.5
        case "i" | "u":
            wide = np.iinfo(dtype).max > 2**40 and rng.random() < 0.1
            return rng.choice((2**33 + 1, 2**60 + 1, -(2**55) - 1)) if wide else rng.randint(0, 5)
        case _:
            return rng.choice(_FLOATS) if rng.random() < 0.4 else rng.gauss(0.0, 10.0)


Outcome = tuple[Any, ...] | None
"""Results and arguments as comparable data; None if the program gives up."""


def outcome(program: Program, args: Sequence[Any]) -> Outcome:
    """What the interpreter makes of copies of `args`. AssertionError if the program does what compiled code
    may not."""
    given = [_copy(a) for a in args]
    try:
        results = run(program, given)
    except KernelFailed:
        return None
    return tuple(_picture(x) for x in (*results, *given))


def _copy(value: Any) -> Any:
    return (
        value.copy()
        if isinstance(value, np.ndarray)
        else list(value)
        if isinstance(value, list)
        else value
    )


def _picture(value: Any) -> Any:
    found = np.asarray(value)
    if found.dtype.kind in "fc":
        found = np.where(np.isnan(found), np.array(np.nan, found.dtype), found)
    dtype = found.dtype.name if found.size else ""  # nothing tells that of an empty list
    return dtype, found.shape, found.tobytes()


def disagreement(original: Program, candidate: Program, tries: int, seed: int) -> list[Any] | None:
    """Arguments for which the candidate answers, and not as the original does."""
    rng = random.Random(seed)
    for _ in range(tries):
        args = drawn(original, rng)
        try:
            got = outcome(candidate, args)
        except AssertionError:
            return args
        if got is not None and got != outcome(original, args):
            return args
    return None


# ------------------------------------------------------------------ mutants

_SWAPS = {"add": "sub", "sub": "add", "mul": "add", "truediv": "mul"}
_SHIFTS = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "eq": "ne", "ne": "eq"}


def mutants(program: Program, rng: random.Random, most: int) -> Iterator[Program]:
    """Up to `most` legal programs that differ from `program` in one place."""
    sites = _count(program)
    for _ in range(most):
        at = rng.randrange(sites) if sites else 0
        made = _Mutation(at, rng).program(program)
        if made == program:
            continue
        try:
            check(made)
        except (IllegalIR, AssertionError):
            continue
        yield made


def _count(program: Program) -> int:
    counter = _Mutation(-1, random.Random(0))
    counter.program(program)
    return counter.seen


class _Mutation:
    """Changes the site number `at`, counted along the text: statements and expressions."""

    def __init__(self, at: int, rng: random.Random) -> None:
        self.at, self.rng, self.seen = at, rng, 0
        self.scalars: list[Var] = []

    def program(self, program: Program) -> Program:
        main = program.main
        return replace(program, main=replace(main, body=self.body(main.body)))

    def here(self) -> bool:
        self.seen += 1
        return self.seen - 1 == self.at

    def body(self, body: Body) -> Body:
        out: list[Stmt] = []
        for stmt in body:
            changed = map_exprs_of(map_bodies(stmt, self.body), lambda e: map_expr(e, self.expr))
            if self.here():
                out.extend(self.statement(changed, out))
            else:
                out.append(changed)
        return tuple(out)

    def statement(self, stmt: Stmt, before: list[Stmt]) -> list[Stmt]:
        ways = [[stmt, stmt], []]
        if before:
            ways.append([stmt, before.pop()])
        match stmt:
            case For(lo=lo, hi=hi, step=step, body=body):
                one = Const(1, hi.type)
                ways += [[replace(stmt, parallel=not stmt.parallel)]] * 2
                ways.append([replace(stmt, hi=Binary("sub", hi, one, hi.type))])
                ways.append([replace(stmt, lo=Binary("add", lo, Const(1, lo.type), lo.type))])
                last, first = Binary("sub", hi, one, hi.type), Binary("sub", lo, one, lo.type)
                if step == one:
                    back = replace(stmt, lo=last, hi=first, step=Const(-1, step.type))
                    ways += [[back]] * 3
                if len(body) > 1:
                    ways.append([replace(stmt, body=body[:1]), replace(stmt, body=body[1:])])
            case Store(index=index):
                ways.append([replace(stmt, index=index[::-1])])
            case If(_, then, orelse, _):
                ways.append([replace(stmt, then=orelse, orelse=then)])
            case Check():
                ways.append([])
            case _:
                pass
        return self.rng.choice(ways)

    def expr(self, e: Expr) -> Expr:
        if isinstance(e, Var) and isinstance(e.type, (Num, Py, Array)):
            self.scalars.append(e)
        if not self.here():
            return e
        match e:
            case Const(bool() as value, t):
                return Const(not value, t)
            case Const(int() as value, t):
                return Const(value + self.rng.choice((-1, 1, 2)), t)
            case Const(float() as value, t):
                return Const(self.rng.choice((-value, value + 1.0, 0.0)), t)
            case Binary(op, a, b, t):
                other = _SWAPS.get(op, op)
                return self.rng.choice(
                    (Binary(op, b, a, t), Binary(other, a, b, t), *self._turned(e))
                )
            case Compare(op, a, b, t):
                return Compare(_SHIFTS[op], a, b, t)  # type: ignore[arg-type]
            case Select(c, a, b, t):
                return Select(c, b, a, t)
            case Unary("neg", x, _):
                return x
            case Dim(x, axis, t):
                return Dim(x, 1 - axis, t)
            case Var():
                same = [v for v in self.scalars if v.type == e.type]
                return self.rng.choice(same or [e])
            case _:
                return e

    def _turned(self, e: Binary) -> list[Expr]:
        """(a + b) + c as a + (b + c)."""
        match e:
            case Binary(op, Binary(inner, a, b, _), c, t) if op == inner and op in ("add", "mul"):
                return [Binary(op, a, Binary(op, b, c, t), t)] if a.type == b.type == t else []
            case _:
                return []
