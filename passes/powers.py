"""Turns powers with small constant exponents into products.

`x ** 3` calls `pow`, which takes ten times as long as two products. Products of at most eight factors stay
within 4 units in the last place of the exact power, as `pow` does within 1: for `faithful` and weaker.
`x ** 0.5` is a square root.

Legality: near the largest number a product may overflow where `pow` does not, or the other way round, and
the root of minus infinity is another one: a kernel that meets such a number gives up. Only powers that each
run of a statement computes are changed, as what must be looked at is computed in front of it, and none in a
loop that threads share, which may not give up.

Source: D. Knuth, The Art of Computer Programming 2, 4.6.3 (the binary method); N. Higham, Accuracy and
Stability of Numerical Algorithms, 3.1 (the error of a product).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.diagnostics import Span
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Check,
    Compare,
    CompareOp,
    Const,
    Expr,
    For,
    Func,
    Logic,
    Program,
    Select,
    Stmt,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import B1, F32, F64, Num
from loopwright.ir.walk import Body, fresh, map_bodies, map_children, map_exprs_of, symbols
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged

_LARGEST = {F64: 1e307, F32: 1e37}
"""What is above is too near the largest number, which is above ten times that."""


@dataclass(frozen=True, slots=True)
class Powers:
    """`most`: the greatest exponent."""

    most: int = 8

    name: ClassVar[str] = "powers"
    bitwise: ClassVar[bool] = False
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def cubes(x: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        x[i] = x[i] ** np.float64(3.0) + 1.0
""",
            """\
def cubes(x: float64[:]) -> None:
    for i in range(x.shape[0]):
        base = x[i]
        square = base * base
        power = square * base
        if not np.logical_not(np.absolute(power) > 1e+307):
            raise Fail("a power near the largest number")
        x[i] = power + 1.0
    return
""",
        ),
        Example(
            """\
def root(x: np.float64) -> np.float64:
    return x ** np.float64(0.5)
""",
            """\
def root(x: np.float64) -> np.float64:
    if not np.logical_not(x < -1e+307):
        raise Fail("the root of minus infinity")
    return np.sqrt(x + 0.0)
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        writers = [_Writer(f, self.most) for f in (*program.helpers, program.main)]
        *helpers, main = [w.written() for w in writers]
        count = sum(w.count for w in writers)
        if not count:
            return Unchanged()
        note = f"powers became products or roots ({count})"
        return Applied(replace(program, main=main, helpers=tuple(helpers)), (note,))

    def space(self, program: Program) -> Iterator[Powers]:
        yield self


@dataclass
class _Writer:
    """Rewrites one function. `made` stands in front of the present statement, `small` are a power that was
    just found to be far from the largest number, and its base."""

    func: Func
    most: int
    count: int = 0
    made: list[Stmt] = field(default_factory=list)
    small: tuple[Sym, Expr] | None = None

    def __post_init__(self) -> None:
        self.taken = {s.name for s in symbols(self.func)}

    def written(self) -> Func:
        """The function with products."""
        return replace(self.func, body=self.body(self.func.body))

    def body(self, body: Body) -> Body:
        out: list[Stmt] = []
        for stmt in body:
            if self.small is not None and _is_finite(stmt, *self.small):
                continue
            new = self.stmt(stmt)
            self.small = _power(new)
            out += new
        self.small = None
        return tuple(out)

    def stmt(self, stmt: Stmt) -> Sequence[Stmt]:
        self.made = []
        if isinstance(stmt, For) and stmt.parallel:
            return (stmt,)
        if not isinstance(stmt, While):  # its condition is computed again and again
            stmt = map_exprs_of(stmt, lambda e: self.expr(e, stmt.span))
        made = self.made
        return (*made, map_bodies(stmt, self.body))

    def expr(self, e: Expr, span: Span) -> Expr:
        if isinstance(e, (Select, Logic)):
            return e  # what stands in it need not be evaluated
        e = map_children(e, lambda child: self.expr(child, span))
        match e:
            case Binary("pow", x, Const(float() as n, _), Num() as t) if (
                t in _LARGEST and x.type == t
            ):
                if n == 0.5:
                    return self.root(x, t, span)
                if n.is_integer() and 3 <= n <= self.most:
                    return self.product(x, int(n), t, span)
        return e

    def root(self, x: Expr, t: Num, span: Span) -> Expr:
        self.count += 1
        base = self.held("base", x, span)
        self.demand("lt", base, -_LARGEST[t], "the root of minus infinity", span)
        # of a negative zero the power is zero, the root is not
        return Call("np.sqrt", (Binary("add", base, Const(0.0, t), t),), t)

    def product(self, x: Expr, n: int, t: Num, span: Span) -> Expr:
        self.count += 1
        base = self.held("base", x, span)
        out = base
        for bit in f"{n:b}"[1:]:
            out = self.held("square", Binary("mul", out, out, t), span)
            if bit == "1":
                out = Binary("mul", out, base, t)
        out = self.held("power", out, span)
        size = Call("np.absolute", (out,), t)
        self.demand("gt", size, _LARGEST[t], "a power near the largest number", span)
        return out

    def demand(self, op: CompareOp, x: Expr, limit: float, reason: str, span: Span) -> None:
        """Fail where the comparison holds, which it does not for NaN."""
        wrong = Compare(op, x, Const(limit, x.type), B1)
        self.made.append(Check(Unary("not", wrong, B1), reason, span))

    def held(self, name: str, x: Expr, span: Span) -> Expr:
        if isinstance(x, Var):
            return x
        sym: Sym = fresh(name, x.type, self.taken)
        self.taken.add(sym.name)
        self.made.append(Assign(sym, x, span))
        return Var(sym)


def _power(made: Sequence[Stmt]) -> tuple[Sym, Expr] | None:
    """The variable that gets a product, and what that is a power of, if the statements do this at last."""
    match made:
        case (
            *_,
            Assign(power, Binary("mul", _, _)),
            Check(Unary("not", Compare("gt", Call("np.absolute", (Var(tested),)), _))),
            Assign(sym, Var(got)),
        ) if power is tested is got:
            bases = [s.value for s in made[:-3] if isinstance(s, Assign) and s.sym.name == "base"]
            return None if bases else (sym, _base(made))
        case _:
            return None


def _base(made: Sequence[Stmt]) -> Expr:
    """The number that is multiplied with itself first."""
    first = next(s.value for s in made if isinstance(s, Assign))
    assert isinstance(first, Binary)
    return first.a


def _is_finite(stmt: Stmt, power: Sym, base: Expr) -> bool:
    """Whether the statement fails only where the power of a finite base is infinite."""
    match stmt:
        case Check(
            Logic(
                "or", Call("math.isfinite", (Var(sym),)), Unary("not", Call("math.isfinite", (x,)))
            )
        ):
            return sym is power and x == base
        case _:
            return False
