"""What is known while one loop becomes array code, and small builders of array expressions.

The iterations of the loop become the first axis (the *batch* axis) of every value that differs between
them. A loop with step -1 is taken upwards: its iterations were shown to commute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from loopwright.analysis.interval import Interval
from loopwright.analysis.ranges import Ranges
from loopwright.diagnostics import CannotLower, Declined, Span
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Expr,
    For,
    IndexItem,
    Load,
    NewAxis,
    Reduce,
    Slc,
    Stmt,
    Sym,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import B1, BOOL, INT, Array, DType, Num, Py, Type, machine_dtype
from loopwright.ir.walk import vars_of
from loopwright.passes.vectorise_linear import (
    Limits,
    Linear,
    constant,
    expanded,
    expression,
    nonnegative,
    sub,
)

SAFE = 2**62
"""Integer arithmetic below this stays within int64."""
EXACT = 2**53
"""Integers up to this are floats."""


@dataclass
class Frame:
    """`varying` are variables of the body whose value differs between iterations; `twin` gives the array
    variable of each. `out` collects the new statements."""

    loop: For
    lo: Linear
    hi: Linear
    step: int
    loop_step: int
    changed: frozenset[Sym]
    written: Callable[[Expr], bool]
    ranges: Callable[[], Ranges]
    limits: Limits
    listed: Callable[[Sym], Sym | None]
    never_negative_zero: Callable[[Sym], bool]
    facts: list[Linear] = field(default_factory=list)
    varying: set[Sym] = field(default_factory=set)
    twin: dict[Sym, Sym] = field(default_factory=dict)
    out: list[Stmt] = field(default_factory=list)
    stmt: Stmt | None = None
    by_position: bool = False
    "inside code that runs for some iterations only, chosen by their number"
    temporary: int = 0
    "the greatest rank of a value that is computed"

    @property
    def span(self) -> Span:
        return self.loop.span if self.stmt is None else self.stmt.span

    def decline(self, code: str, why: str) -> NoReturn:
        raise CannotLower(Declined(self.span, code, why))

    def differs(self, e: Expr) -> bool:
        """Whether the value of `e` depends on the iteration."""
        return not vars_of(e).isdisjoint(self.varying | {self.loop.sym})

    def interval(self, e: Expr) -> Interval:
        """Of the exact value of an integer expression of the loop's body."""
        ranges = self.ranges()
        env = ranges.before.get(id(self.stmt))
        if env is None:
            self.decline("LW250", "it is not known when this runs")
        found = ranges.exact(e, env)
        return Interval(-(2**80), 2**80) if found is None else found

    def forget(self, syms: Iterable[Sym]) -> None:
        """These variables get new values."""
        changed = set(syms)
        self.facts = [x for x in self.facts if not x.vars() & changed]

    def equal(self, a: Linear, b: Linear) -> bool:
        return expanded(sub(a, b), self.limits) == constant(0)

    # ------------------------------------------------------------ checks

    def require(self, form: Linear, reason: str) -> None:
        """The kernel gives up unless form >= 0."""
        if nonnegative(form, self.limits, self.facts):
            return
        if not form.terms or self.by_position:
            self.decline("LW250", f"{reason} is not certain")
        rest = Linear(form.terms, 0)
        up = [t for t in rest.terms if t[1] > 0]
        down = Linear(tuple((a, -f) for a, f in rest.terms if f < 0))
        left, right = Linear(tuple(up)), down
        if form.const >= 0:
            left = Linear(left.terms, form.const)
        else:
            right = Linear(right.terms, -form.const)
        self.check(Compare("ge", expression(left), expression(right), BOOL), reason)
        self.facts.append(form)

    def check(self, cond: Expr, reason: str, mask: Expr | None = None) -> None:
        """The kernel gives up unless `cond` holds, everywhere (in the mask) if it is an array."""
        if mask is not None:
            n = max(rank(cond.type), rank(mask.type))
            outside = opposite(mask)
            if rank(mask.type):
                outside = spread(outside, rank(mask.type), n - rank(mask.type))
            cond = Binary("or", outside, cond, Array("bool", n, "A") if n else B1)
        self.out.append(Check(everywhere(cond), reason, self.span))

    def finite(self, x: Expr, reason: str, mask: Expr | None = None) -> None:
        t = x.type
        if isinstance(t, (Num, Array)) and t.dtype[0] in "fc":
            self.check(Call("np.isfinite", (x,), like(t, "bool")), reason, mask)

    def name(self, x: Expr, name: str) -> Expr:
        """A variable that holds `x`, whose value does not change any more."""
        if isinstance(x, (Var, Const)):
            return x
        sym = Sym(name, x.type)
        self.out.append(Assign(sym, x, self.span))
        return Var(sym)

    # ------------------------------------------------------------ the loop itself

    def trips(self) -> Expr:
        """The number of iterations, an int >= 0 where lo <= hi."""
        n = sub(self.hi, self.lo)
        if self.step == 1:
            return expression(n)
        from_above = expression(sub(n, constant(1 - self.step)))
        return Call("max2", (Const(0, INT), _floordiv(from_above, self.step)), INT)

    def numbers(self) -> Expr:
        """The values of the loop variable."""
        args = (expression(self.lo), expression(self.hi), Const(self.step, INT))
        return Call("np.arange", args, Array("int64", 1))


def opposite(cond: Expr) -> Expr:
    """The negation of a truth value."""
    match cond:
        case Unary("not", x, t) if x.type == t:
            return x
        case _:
            return Unary("not", cond, cond.type)


def both(a: Expr, b: Expr) -> Expr:
    """Both truth values, of which at least one is an array."""
    n = max(rank(a.type), rank(b.type))
    return Binary("and", a, b, Array("bool", n, "A") if n else B1)


def everywhere(cond: Expr) -> Expr:
    """One truth value: whether the condition holds in all elements."""
    match cond:
        case Reduce("all", x, _, False, Array()):
            return everywhere(x)
    return Reduce("all", cond, None, False, B1) if isinstance(cond.type, Array) else cond


def _floordiv(a: Expr, by: int) -> Expr:
    return Binary("floordiv", a, Const(by, INT), INT)


# ------------------------------------------------------------------- arrays


def rank(t: Type) -> int:
    return t.ndim if isinstance(t, Array) else 0


def like(t: Type, dtype: DType) -> Type:
    """An array of another dtype and the same rank; a number if `t` is one."""
    return Array(dtype, t.ndim, "A") if isinstance(t, Array) else Num(dtype)


def batched(t: Type) -> Array:
    """The type of a value of type `t` for all iterations."""
    return Array(machine_dtype(t), rank(t) + 1, "A")


def spread(x: Expr, at: int, count: int) -> Expr:
    """The array with `count` new axes before axis `at`."""
    if count == 0:
        return x
    assert isinstance(x.type, Array)
    items: list[IndexItem] = [*[Slc()] * at, *[NewAxis()] * count, *[Slc()] * (x.type.ndim - at)]
    return Load(x, tuple(items), Array(x.type.dtype, x.type.ndim + count, "A"))


def moved(x: Expr, source: int, target: int) -> Expr:
    """The array with one axis at another place."""
    if source == target:
        return x
    assert isinstance(x.type, Array)
    axes = [k for k in range(x.type.ndim) if k != source]
    axes.insert(target, source)
    return Transpose(x, tuple(axes), Array(x.type.dtype, x.type.ndim, "A"))


def reversed_axis(x: Expr, axis: int) -> Expr:
    assert isinstance(x.type, Array)
    back = Slc(None, None, Const(-1, INT))
    items = tuple(back if k == axis else Slc() for k in range(x.type.ndim))
    return Load(x, items, Array(x.type.dtype, x.type.ndim, "A"))


def converted(x: Expr, dtype: DType) -> Expr:
    """The array in another dtype; Python numbers stay as they are."""
    if not isinstance(x.type, Array) or x.type.dtype == dtype:
        return x
    return Cast(x, Array(dtype, x.type.ndim, "A"))


def is_py(e: Expr, *kinds: str) -> bool:
    return isinstance(e.type, Py) and e.type.kind in kinds
