"""Integer ranges: abstract interpretation over intervals, with widening and one narrowing round.

`analyse(func, ...)` gives for each statement the interval of every integer variable just before it.
Conditions refine both branches. Growth is bounded by `growth.py`: what only ever grows by small
steps cannot leave 2**62 in any run that ends, because no run executes more than 2**52 statements.

Source: P. Cousot and R. Cousot, "Abstract interpretation", POPL 1977.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.analysis import interval as iv
from loopwright.analysis.effects import Storages, storages
from loopwright.analysis.growth import GROWN, STEPS, growing
from loopwright.analysis.interval import FULL, TRUTH, Interval
from loopwright.ir.domain import INT_LIMIT
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    CompareOp,
    Const,
    Dim,
    Draw,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Item,
    Load,
    Logic,
    Return,
    Select,
    Stmt,
    Sym,
    Tup,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import ListOf, Num, Py, Type
from loopwright.ir.walk import assigned, targets, vars_of, walk_stmts

Env = dict[Sym, Interval]
DIM_MAX = 2**47  # no machine addresses more bytes
_ROUNDS = 3  # rounds of a loop before ends that still move are widened
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


def analyse(
    func: Func,
    ints: Mapping[Sym, Interval] | None = None,
    *,
    dim_max: int = DIM_MAX,
) -> Ranges:
    """Ranges of a high or low function; `ints` are the guarded ranges of its int parameters (also of
    elements of list parameters), `PARAM_INTS` where missing. Statement objects must not be shared."""
    ints = ints or {}
    found = storages(func)
    entry: Env = {}
    lists: dict[int, Interval] = {}
    for k, p in enumerate(func.params):
        match p.type:
            case Py("int"):
                entry[p] = ints.get(p, PARAM_INTS)
            case ListOf(Py("int"), _):
                lists[k] = ints.get(p, PARAM_INTS)
            case _:
                bound = of_type(p.type)
                if bound is not None:
                    entry[p] = bound
    result = Ranges(func, found, lists, growing(func, found, ints), dim_max)
    _Walk(result).block(func.body, entry)
    return result


@dataclass
class _Exits:
    """Environments at the breaks and continues of the innermost loop."""

    breaks: list[Env] = field(default_factory=list)
    continues: list[Env] = field(default_factory=list)


class _Walk:
    """One abstract execution. `caps` bounds accumulators by the trip counts of the loops around."""

    def __init__(self, ranges: Ranges) -> None:
        self.r = ranges
        self.exits: list[_Exits] = []
        self.caps: dict[Sym, Interval] = {}

    def block(self, body: tuple[Stmt, ...], env: Env) -> Env | None:
        """The environment after the block; None if its end is not reached."""
        current: Env | None = env
        for stmt in body:
            if current is None:
                return None
            self.r.before[id(stmt)] = current
            current = self.stmt(stmt, current)
        return current

    def bind(self, env: Env, sym: Sym, value: Interval | None) -> Env:
        bound = of_type(sym.type)
        if bound is None:
            return env
        x = bound if value is None else iv.meet(bound, value)
        if sym in self.r.grown:
            x = iv.meet(GROWN, x)
        if sym in self.caps:
            x = iv.meet(self.caps[sym], x)
        return {**env, sym: x}

    def stmt(self, stmt: Stmt, env: Env) -> Env | None:
        match stmt:
            case Assign(sym, value, _):
                return self.bind(env, sym, self.r.at(value, env))
            case Invoke():
                for target in stmt.targets:
                    env = self.bind(env, target, None)
                return env
            case Draw():
                return self.bind(env, stmt.target, None)
            case Check(cond, _, _):
                return self.r.refine(env, cond, True)
            case If(cond, then, orelse, _):
                a = self.block(then, self.r.refine(env, cond, True))
                b = self.block(orelse, self.r.refine(env, cond, False))
                return a if b is None else b if a is None else joined(a, b)
            case For() | While():
                return self.loop(stmt, env)
            case Return():
                return None
            case _:
                return self.jump(stmt, env)

    def jump(self, stmt: Stmt, env: Env) -> Env | None:
        name = type(stmt).__name__
        if name == "Break":
            self.exits[-1].breaks.append(env)
        elif name == "Continue":
            self.exits[-1].continues.append(env)
        elif name != "Fail":
            return env
        return None

    def loop(self, loop: For | While, env: Env) -> Env | None:
        changed = assigned(loop.body)
        own = self.accumulators(loop, env, changed)
        before = env if isinstance(loop, For) else None
        head = dict(env)
        exits = _Exits()
        stable = False
        for turn in range(_ROUNDS + 40):
            exits = _Exits()
            nxt = joined(env, self.round(loop, head, exits) or env)
            raised = self.tighten(loop, own, env, head)
            new = {s: self._next(head, s, x, turn) for s, x in nxt.items()}
            stable = new == head and not raised
            if stable:
                break
            head = new
        if not stable:
            self.caps.update((s, FULL) for s in own)
            head = {s: of_type(s.type) or FULL if s in changed else x for s, x in head.items()}
        for _ in range(2):  # narrowing: one step down from a post-fixpoint is still one
            exits = _Exits()
            head = joined(env, self.round(loop, head, exits) or env)
        exits = _Exits()
        self.round(loop, head, exits)
        for sym in own:
            self.caps.pop(sym, None)
        return self.leave(loop, head, before, exits)

    def _next(self, head: Env, sym: Sym, x: Interval, turn: int) -> Interval:
        old = head.get(sym, x)
        if turn < _ROUNDS or old == iv.join(old, x):
            return iv.join(old, x)
        bound = of_type(sym.type) or FULL
        if sym in self.r.grown:
            bound = iv.meet(GROWN, bound)
        lo = old.lo if x.lo >= old.lo else (0 if x.lo >= 0 else bound.lo)
        hi = old.hi if x.hi <= old.hi else bound.hi
        return Interval(lo, hi)

    def round(self, loop: For | While, head: Env, exits: _Exits) -> Env | None:
        self.r.before[id(loop)] = head if isinstance(loop, While) else self.r.before[id(loop)]
        if isinstance(loop, For):
            start = self.bind(head, loop.sym, self.r.loop_values(loop, self.r.before[id(loop)]))
        else:
            start = self.r.refine(head, loop.cond, True)
        self.exits.append(exits)
        end = self.block(loop.body, start)
        self.exits.pop()
        ends = [e for e in (end, *exits.continues) if e is not None]
        return _join_all(ends)

    def leave(self, loop: For | While, head: Env, before: Env | None, exits: _Exits) -> Env | None:
        if isinstance(loop, While):
            out: Env | None = self.r.refine(head, loop.cond, False)
            if isinstance(loop.cond, Const) and loop.cond.value is True:
                out = None
        else:
            out = head if before is None else joined(head, before)
        if loop.orelse and out is not None:
            out = self.block(loop.orelse, out)
        return _join_all([e for e in (out, *exits.breaks) if e is not None])

    # ------------------------------------------------------------ accumulators

    def accumulators(self, loop: For | While, env: Env, changed: set[Sym]) -> set[Sym]:
        """Int variables whose every change in the loop is `x += e`, `x -= e` or a reset."""
        own = {s for s in changed if s.type == Py("int") and s in env and s not in self.caps}
        own -= {s for s in own if not _accumulates(loop.body, s)}
        for sym in own:
            self.caps[sym] = env[sym]
        return own

    def tighten(self, loop: For | While, own: set[Sym], env: Env, head: Env) -> bool:
        """Raises the caps to what the intervals found in the last round allow; False if they stay."""
        before = {s: self.caps[s] for s in own}
        for sym in own:
            total = _Total(self, sym, env[sym])
            total.block(loop.body, self.r.trips(loop, head if isinstance(loop, While) else env))
            self.caps[sym] = iv.join(self.caps[sym], iv.add(total.base, total.change))
        return before != {s: self.caps[s] for s in own}


@dataclass
class _Total:
    """Adds up what the steps of one accumulator can amount to."""

    walk: _Walk
    sym: Sym
    base: Interval
    change: Interval = field(default_factory=lambda: Interval(0, 0))

    def block(self, body: tuple[Stmt, ...], times: int) -> None:
        r = self.walk.r
        for stmt in body:
            env = r.before.get(id(stmt))
            if env is None:
                continue
            match stmt:
                case Assign(sym, value, _) if sym is self.sym:
                    step = accumulated(value, sym)
                    if step is None:
                        self.base = iv.join(self.base, r.at(value, env))
                        continue
                    op, e = step
                    x = r.at(e, env) if op == "add" else iv.neg(r.at(e, env))
                    grown = Interval(times * min(x.lo, 0), times * max(x.hi, 0))
                    self.change = iv.add(self.change, grown)
                case If(_, then, orelse, _):
                    self.block(then, times)
                    self.block(orelse, times)
                case For() | While():
                    self.block(stmt.body, min(times * r.trips(stmt, env), STEPS))
                    self.block(stmt.orelse, times)


def accumulated(value: Expr, sym: Sym) -> tuple[str, Expr] | None:
    """`("add", e)` for `sym + e` or `e + sym`, `("sub", e)` for `sym - e`, with `e` free of `sym`."""
    match value:
        case Binary(("add" | "sub") as op, Var(s), e, _) if s is sym and not _mentions(e, sym):
            return op, e
        case Binary("add", e, Var(s), _) if s is sym and not _mentions(e, sym):
            return "add", e
        case _:
            return None


def _mentions(expr: Expr, sym: Sym) -> bool:
    return sym in vars_of(expr)


def _accumulates(body: tuple[Stmt, ...], sym: Sym) -> bool:
    steps = 0
    for stmt in walk_stmts(body):
        if sym not in targets(stmt):
            continue
        if not isinstance(stmt, Assign):
            return False
        if accumulated(stmt.value, sym) is not None:
            steps += 1
        elif _mentions(stmt.value, sym):
            return False
    return steps > 0


def _join_all(envs: list[Env]) -> Env | None:
    if not envs:
        return None
    out = envs[0]
    for env in envs[1:]:
        out = joined(out, env)
    return out
