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
from loopwright.analysis.effects import storages
from loopwright.analysis.growth import GROWN, STEPS, growing
from loopwright.analysis.interval import FULL, Interval
from loopwright.analysis.range_expr import DIM_MAX, PARAM_INTS, Env, Ranges, joined, of_type
from loopwright.ir.accumulate import accumulated
from loopwright.ir.nodes import (
    Assign,
    Check,
    Const,
    Draw,
    For,
    Func,
    If,
    Invoke,
    Return,
    Stmt,
    Sym,
    While,
)
from loopwright.ir.types import ListOf, Py
from loopwright.ir.walk import assigned, targets, used, vars_of, walk_stmts

__all__ = ["DIM_MAX", "PARAM_INTS", "Env", "Ranges", "analyse", "of_type"]

_ROUNDS = 3  # rounds of a loop before ends that still move are widened


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


@dataclass(frozen=True, slots=True)
class _Done:
    """The last analysis of a loop: what it started from, and the environments at its head and after."""

    key: tuple[object, ...]
    head: Env
    out: Env | None


class _Walk:
    """One abstract execution. `caps` bounds accumulators by the trip counts of the loops around."""

    def __init__(self, ranges: Ranges) -> None:
        self.r = ranges
        self.exits: list[_Exits] = []
        self.caps: dict[Sym, Interval] = {}
        self.done: dict[int, _Done] = {}
        self.names: dict[int, tuple[Sym, ...]] = {}

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

    def drawn(self, draw: Draw, env: Env) -> Interval | None:
        """What an integer drawn from a range may be, given that the range is not empty."""
        ends = [self.r.at(a, env) for a in draw.args]
        match draw.method, ends:
            case "interval", [Interval() as top]:
                return Interval(0, max(top.hi, 0))
            case "integers", [Interval() as high]:
                return Interval(0, max(high.hi - 1, 0))
            case "integers", [Interval() as low, Interval() as high]:
                return Interval(low.lo, max(high.hi - 1, low.lo))
            case (("poisson" | "binomial"), _):
                return Interval(0, iv.INT64_MAX)
            case "geometric", _:
                return Interval(1, iv.INT64_MAX)
            case _:
                return None

    def stmt(self, stmt: Stmt, env: Env) -> Env | None:
        match stmt:
            case Assign(sym, value, _):
                return self.bind(env, sym, self.r.at(value, env))
            case Invoke():
                for target in stmt.targets:
                    env = self.bind(env, target, None)
                return env
            case Draw():
                return self.bind(env, stmt.target, self.drawn(stmt, env))
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
        """The environment after the loop. Nothing is computed again where nothing changed since the
        last time: otherwise the cost would be exponential in the depth of the nest."""
        relevant = self.relevant(loop)
        key = tuple((env.get(s), self.caps.get(s)) for s in relevant)
        last = self.done.get(id(loop))
        if last is None or last.key != key or loop.orelse:
            last = self.done[id(loop)] = self.settle(loop, env, key)
        elif isinstance(loop, While):
            self.r.before[id(loop)] = last.head
        if last.out is None:
            return None
        return {**env, **{s: last.out[s] for s in relevant if s in last.out}}

    def relevant(self, loop: For | While) -> tuple[Sym, ...]:
        """The integers that the loop reads or binds."""
        if id(loop) not in self.names:
            found = used((loop,)) | assigned((loop,))
            kept = [s for s in found if of_type(s.type) is not None]
            self.names[id(loop)] = tuple(sorted(kept, key=lambda s: s.name))
        return self.names[id(loop)]

    def settle(self, loop: For | While, env: Env, key: tuple[object, ...]) -> _Done:
        changed = assigned(loop.body)
        own = self.accumulators(loop, env, changed)
        head, exits = dict(env), _Exits()
        for turn in range(_ROUNDS + 40):
            exits = _Exits()
            nxt = joined(env, self.round(loop, head, exits) or env)
            raised = self.tighten(loop, own, env, head)
            new = {s: self._next(head, s, x, turn) for s, x in nxt.items()}
            if new == head and not raised:
                break
            head = new
        else:
            turn = _ROUNDS + 40
            self.caps.update((s, FULL) for s in own)
            head = {s: of_type(s.type) or FULL if s in changed else x for s, x in head.items()}
        if turn > _ROUNDS:  # narrowing: one step down from a post-fixpoint is still one
            for _ in range(2):
                head = joined(env, self.round(loop, head, _Exits()) or env)
            exits = _Exits()
            self.round(loop, head, exits)
        for sym in own:
            self.caps.pop(sym, None)
        return _Done(key, head, self.leave(loop, head, env, exits))

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

    def leave(self, loop: For | While, head: Env, before: Env, exits: _Exits) -> Env | None:
        if isinstance(loop, While):
            out: Env | None = self.r.refine(head, loop.cond, False)
            if isinstance(loop.cond, Const) and loop.cond.value is True:
                out = None
        else:
            out = joined(head, before)
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


def _accumulates(body: tuple[Stmt, ...], sym: Sym) -> bool:
    steps = 0
    for stmt in walk_stmts(body):
        if sym not in targets(stmt):
            continue
        if not isinstance(stmt, Assign):
            return False
        if accumulated(stmt.value, sym) is not None:
            steps += 1
        elif sym in vars_of(stmt.value):
            return False
    return steps > 0


def _join_all(envs: list[Env]) -> Env | None:
    if not envs:
        return None
    out = envs[0]
    for env in envs[1:]:
        out = joined(out, env)
    return out
