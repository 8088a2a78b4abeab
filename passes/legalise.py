"""From Python's meaning to the machine's: high IR to low IR.

Legality: each operation becomes the machine operation that gives the same value whenever Python gives
one, preceded by a `Check` of whatever Python would raise for and of whatever 64 bits cannot hold. Checks
are left out where they are proved: integer ranges by abstract interpretation (`analysis.ranges`), indices
by Presburger sets (`analysis.bounds`). An index check that depends only on values known before a loop
stands before the loop; the others stand at the access. Array expressions are the business of
`scalarise`; those that are left over are refused, products (`Contract`) and sorting aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.analysis.bounds import Sets
from loopwright.analysis.facts import facts
from loopwright.analysis.interval import FULL, Interval, join, widen
from loopwright.analysis.range_expr import DIM_MAX, PARAM_INTS
from loopwright.analysis.ranges import analyse
from loopwright.diagnostics import CannotLower
from loopwright.ir.nodes import Check, Dim, Fail, Func, Program, Stmt, Sym, Var
from loopwright.ir.types import I64, Array, ListOf
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.legalise_build import Build, compare, integer, low_type
from loopwright.passes.legalise_ends import with_named_ends
from loopwright.passes.legalise_stmt import block

SHORT = 2**31
"""Arrays with more elements along one axis run the original code, where that saves tests of ranges."""

Ints = Mapping[Sym, Interval]


@dataclass(frozen=True, slots=True)
class Legalise:
    """`int_ranges`: (name, least, greatest) of int parameters that the guard holds to another range
    than -2**31 .. 2**31 (also of the elements of lists of ints)."""

    int_ranges: tuple[tuple[str, int, int], ...] = ()

    name: ClassVar[str] = "legalise"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def scale(x: Annotated[NDArray[np.float64], "n"], n: int) -> None:
    for i in range(1, n):
        x[i] = x[i - 1] * x[-1]
""",
            """\
def scale(n: np.int64, x: float64[:]) -> None:
    if not (n <= 1 or n <= x.shape[0]):
        raise Fail("index out of range")
    for i in range(1, n):
        x[i] = x[i - 1] * x[x.shape[0] - 1]
    return
""",
        ),
        Example(
            """\
def mean(total: int, count: int) -> float:
    return total / count
""",
            """\
def mean(total: np.int64, count: np.int64) -> np.float64:
    t = np.float64(count)
    if not (t != 0.0):
        raise Fail("division by zero")
    return np.float64(total) / t
""",
        ),
        Refusal(
            """\
def shift(x: Annotated[NDArray[np.float64], "n"]) -> None:
    x[:] = x + 1.0
""",
            "LW307",
        ),
        Refusal(
            """\
def cents(x: float) -> float:
    return round(x, 2)
""",
            "LW308",
        ),
    )

    def run(self, program: Program) -> Outcome:
        if program.main.level == "low":
            return Unchanged()
        named = {name: Interval(lo, hi) for name, lo, hi in self.int_ranges}
        ints = {p: named.get(p.name, PARAM_INTS) for p in program.main.params}
        try:
            sets = Sets()
            lowered, checks = _program(program, ints, DIM_MAX, sets)
            if checks:
                shorter, fewer = _program(program, ints, SHORT, sets)
                if fewer < checks:
                    lowered = shorter
        except CannotLower as refusal:
            return Unchanged((refusal.declined,))
        return Applied(lowered)

    def space(self, program: Program) -> Iterator[Legalise]:
        yield self


def _program(program: Program, ints: Ints, dim_max: int, sets: Sets) -> tuple[Program, int]:
    """The low-level program and the number of its tests of ranges. Callers come before the functions
    that they call, so that the ranges of arguments are known."""
    main = _function(program.main, ints, dim_max, sets)
    checks = main.range_checks
    calls = dict(main.calls)
    helpers: list[Func] = []
    for func in reversed(program.helpers):
        given = _arguments(func, calls.get(func.name, []))
        build = _function(func, given, dim_max, sets)
        while more := _wider(func, given, build.calls.get(func.name, [])):
            given = more
            build = _function(func, given, dim_max, sets)
        checks += build.range_checks
        helpers.append(build.func)
        for name, passed in build.calls.items():
            calls[name] = [*calls.get(name, []), *passed]
    return replace(program, main=main.func, helpers=tuple(reversed(helpers))), checks


def _arguments(func: Func, calls: list[tuple[Interval, ...]]) -> Ints:
    """What the calls pass for each int; lists may hold anything."""
    found: dict[Sym, Interval] = {}
    for k, p in enumerate(func.params):
        given = [c[k] for c in calls]
        whole = given[0] if given and not isinstance(p.type, ListOf) else FULL
        for x in given[1:]:
            whole = join(whole, x)
        found[p] = whole
    return found


def _wider(func: Func, ints: Ints, calls: list[tuple[Interval, ...]]) -> Ints | None:
    """The ranges for a function that calls itself with others than `ints`; None if it does not.

    An end that moves goes to the limit at once, so that a few rounds do.
    """
    passed = _arguments(func, calls) if calls else {}
    found = {p: widen(x, passed.get(p, x)) for p, x in ints.items()}
    return None if found == ints else found


def _function(func: Func, ints: Ints, dim_max: int, sets: Sets) -> Build:
    """`func` legalised: the `Build` holds the low-level function and what was learnt on the way."""
    func = with_named_ends(facts(func).func)
    ranges = analyse(func, ints, dim_max=dim_max)
    b = Build(func, ranges, func.span, sets=sets)
    params = tuple(b.sym(p) for p in func.params)
    b.env = ranges.before[id(func.body[0])]
    b.scope.declare(func.params)
    body = block(b, func.body) or [Fail("unreachable", func.span)]
    if dim_max < DIM_MAX:
        body = [*_short(func, b, dim_max), *body]
    results = tuple(low_type(t, func.span) for t in func.results)
    b.func = Func(func.name, params, results, tuple(body), func.span, "low", func.reorders)
    return b


def _short(func: Func, b: Build, dim_max: int) -> list[Stmt]:
    """Checks that the lengths of the parameters stay below the bound that was assumed."""
    out: list[Stmt] = []
    for p in func.params:
        if isinstance(p.type, (Array, ListOf)):
            for axis in range(p.type.ndim):
                n = Dim(Var(b.sym(p)), axis, I64)
                out.append(
                    Check(compare("le", n, integer(dim_max)), "length of an array", func.span)
                )
    return out
