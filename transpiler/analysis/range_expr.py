"""Integer ranges of expressions, and what conditions tell about variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.analysis import interval as iv
from loopwright.analysis.effects import Storages
from loopwright.analysis.growth import GROWN, STEPS
from loopwright.analysis.interval import FULL, TRUTH, Interval
from loopwright.ir.domain import INT_LIMIT
from loopwright.ir.nodes import (
    Binary,
    Call,
    Cast,
    Compare,
    CompareOp,
    Const,
    Dim,
    Expr,
    For,
    Func,
    Item,
    Load,
    Logic,
    Select,
    Sym,
    Tup,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import Num, Py, Type

Env = dict[Sym, Interval]
DIM_MAX = 2**47  # no machine addresses more bytes
PARAM_INTS = Interval(-INT_LIMIT, INT_LIMIT)

_ARITHMETIC = {
    "add": iv.add, "sub": iv.sub, "mul": iv.mul, "floordiv": iv.floordiv, "mod": iv.mod,
    "pow": iv.power, "and": iv.bit_and, "or": iv.bit_or, "xor": iv.bit_or,
    "lshift": iv.lshift, "rshift": iv.rshift, "minimum": iv.minimum, "maximum": iv.maximum,
}  # fmt: skip
_NEGATED: dict[CompareOp, CompareOp] = {
    "lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq",
}  # fmt: skip
_MIRRORED: dict[CompareOp, CompareOp] = {
    "lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne",
}  # fmt: skip


def of_type(t: Type) -> Interval | None:
    """Every value that a kernel may hold in a number of type `t`; None if it is no integer."""
    match t:
        case Py("int"):
            return FULL
        case Py("bool"):
            return TRUTH
        case Num(dtype):
            return iv.of_dtype(dtype)
        case _:
            return None


@dataclass(frozen=True, eq=False)
class Ranges:
    """`before[id(stmt)]` holds on entry to the statement; for a `While`, each time its condition is
    about to be evaluated. A statement that is missing cannot be reached. `dim_max` bounds the lengths of
    parameters, twice that those of other arrays."""

    func: Func
    storages: Storages
    list_ints: Mapping[int, Interval]
    grown: frozenset[object]
    dim_max: int
    before: dict[int, Env] = field(default_factory=dict)

    def at(self, expr: Expr, env: Mapping[Sym, Interval]) -> Interval:
        """The interval of an integer (or boolean) expression whose variables are as in `env`."""
        bound = of_type(expr.type)
        if bound is None:
            return FULL
        exact = self.exact(expr, env)
        if exact is None:
            return bound
        if isinstance(expr.type, Py):
            return iv.meet(bound, exact)
        return exact if iv.within(exact, bound) else bound

    def exact(self, expr: Expr, env: Mapping[Sym, Interval]) -> Interval | None:
        """The interval of the mathematical result from operands that int64 (or their own fixed width)
        holds; None if nothing is known."""
        match expr:
            case Const(bool() | int() as value, _):
                return Interval(int(value), int(value))
            case Var(sym):
                return env.get(sym)
            case Binary(op, a, b, _) if op in _ARITHMETIC and _integers(a, b):
                return _ARITHMETIC[op](self.at(a, env), self.at(b, env))
            case Unary("neg", x, _) if _integers(x):
                return iv.neg(self.at(x, env))
            case Unary("invert", x, t) if _integers(x) and t != Num("bool"):
                return iv.sub(Interval(-1, -1), self.at(x, env))
            case Unary("pos", x, _) if _integers(x):
                return self.at(x, env)
            case Cast(x, _) if _integers(x) and expr.type not in (Py("bool"), Num("bool")):
                return self.at(x, env)
            case Select(cond, a, b, _):
                left = self.at(a, self.refine(env, cond, True))
                return iv.join(left, self.at(b, self.refine(env, cond, False)))
            case Dim(x, _, _):
                made = not isinstance(x, Var) or x.sym not in self.func.params
                return Interval(0, self.dim_max * (2 if made else 1))
            case Load(x, _, Py("int")):
                return self._element(x)
            case Call(fn, args, _):
                return self._call(fn, args, env)
            case Item(Tup(items, _), at, _):
                return self.at(items[at], env)
            case _:
                return None

    def _call(
        self, fn: str, args: tuple[Expr, ...], env: Mapping[Sym, Interval]
    ) -> Interval | None:
        if not args or not _integers(*args):
            return None
        found = [self.at(a, env) for a in args]
        match fn, found:
            case (("abs" | "np.absolute"), [x]):
                return iv.absolute(x)
            case (("round" | "math.floor" | "math.ceil" | "math.trunc"), [x, *_]):
                return x
            case "min2", [a, b]:
                return iv.minimum(a, b)
            case "max2", [a, b]:
                return iv.maximum(a, b)
            case (("math.gcd" | "np.gcd"), [a, b]):
                return Interval(0, max(iv.magnitude(a), iv.magnitude(b)))
            case "math.isqrt", [x]:
                return Interval(0, max(x.hi, 0))
            case "np.where", [_, a, b]:
                return iv.join(a, b)
            case "np.clip", [x, lo, hi]:
                return iv.minimum(iv.maximum(x, lo), hi)
            case _:
                return None

    def _element(self, x: Expr) -> Interval:
        """Of an element of a list of ints: as guarded unless the function changes it."""
        roots = self.storages.of(x)
        slow = GROWN if roots and roots <= self.grown else FULL
        found = [self.list_ints.get(r.param) if r.param is not None else None for r in roots]
        if not found or None in found or roots & self.storages.written:
            return slow
        joined = found[0]
        for other in found[1:]:
            joined = iv.join(joined, other) if joined and other else slow
        return joined or slow

    def refine(self, env: Mapping[Sym, Interval], cond: Expr, truth: bool) -> Env:
        """`env` where `cond` is known to have come out as `truth`."""
        match cond:
            case Unary("not", x, _):
                return self.refine(env, x, not truth)
            case Logic(op, a, b, _) if (op == "and") == truth:
                return self.refine(self.refine(env, a, truth), b, truth)
            case Logic(_, a, b, _):
                left = self.refine(env, a, truth)
                return joined(left, self.refine(self.refine(env, a, not truth), b, truth))
            case Compare(op, a, b, _) if _integers(a, b):
                found = op if truth else _NEGATED[op]
                new = dict(env)
                self._narrow(new, a, found, self.at(b, env))
                self._narrow(new, b, _MIRRORED[found], self.at(a, env))
                return new
            case _:
                return dict(env)

    def _narrow(self, env: Env, x: Expr, op: CompareOp, y: Interval) -> None:
        match x:
            case Cast(inner, Py("int")) if _integers(inner):
                x = inner
            case Binary("add", inner, Const(int(c), _), Py("int")):
                self._narrow(env, inner, op, iv.sub(y, Interval(c, c)))
                return
            case Binary("sub", inner, Const(int(c), _), Py("int")):
                self._narrow(env, inner, op, iv.add(y, Interval(c, c)))
                return
        if not isinstance(x, Var):
            return
        old = self.at(x, env)
        match op:
            case "lt":
                bound = Interval(min(old.lo, y.hi - 1), y.hi - 1)
            case "le":
                bound = Interval(min(old.lo, y.hi), y.hi)
            case "gt":
                bound = Interval(y.lo + 1, max(old.hi, y.lo + 1))
            case "ge":
                bound = Interval(y.lo, max(old.hi, y.lo))
            case "eq":
                bound = y
            case "ne":
                if y.lo == y.hi == old.lo < old.hi:
                    bound = Interval(old.lo + 1, old.hi)
                elif y.lo == y.hi == old.hi > old.lo:
                    bound = Interval(old.lo, old.hi - 1)
                else:
                    return
        env[x.sym] = iv.meet(old, bound)

    def loop_values(self, loop: For, env: Mapping[Sym, Interval]) -> Interval:
        """Values of the loop variable inside the body."""
        lo, hi, step = (self.at(e, env) for e in (loop.lo, loop.hi, loop.step))
        if step.lo > 0:
            return Interval(lo.lo, max(lo.lo, hi.hi - 1))
        if step.hi < 0:
            return Interval(min(lo.hi, hi.lo + 1), lo.hi)
        return iv.join(lo, hi)

    def trips(self, loop: For | While, env: Mapping[Sym, Interval]) -> int:
        """A bound of the number of iterations."""
        if isinstance(loop, While):
            return STEPS
        lo, hi, step = (self.at(e, env) for e in (loop.lo, loop.hi, loop.step))
        if step.lo > 0:
            span = hi.hi - lo.lo
        elif step.hi < 0:
            span = lo.hi - hi.lo
        else:
            span = max(hi.hi - lo.lo, lo.hi - hi.lo)
        return min(max(span, 0), STEPS)


def _integers(*exprs: Expr) -> bool:
    return all(of_type(e.type) is not None for e in exprs)


def joined(a: Mapping[Sym, Interval], b: Mapping[Sym, Interval]) -> Env:
    """Variables known on both paths; one that a path leaves unset has the other's value there."""
    new = dict(a)
    for sym, x in b.items():
        new[sym] = iv.join(new[sym], x) if sym in new else x
    return new
