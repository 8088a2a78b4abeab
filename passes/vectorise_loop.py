"""Array code for one loop: the tests in their order, then the rewriting."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from loopwright.analysis.effects import Storages, Summaries, expr_may_fail, storages
from loopwright.analysis.liveness import flow
from loopwright.analysis.ranges import analyse
from loopwright.diagnostics import CannotLower, Declined
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Break,
    Cast,
    Check,
    Compare,
    Const,
    Expr,
    For,
    Func,
    If,
    Load,
    Return,
    Stmt,
    Store,
    Sym,
    Var,
    While,
)
from loopwright.ir.types import BOOL, INT, Array, ListOf, is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    exprs_of,
    map_bodies,
    stored,
    subexprs,
    targets,
    vars_of,
    walk_stmts,
)
from loopwright.passes.vectorise_frame import Frame, batched
from loopwright.passes.vectorise_legal import Scene, private_arrays, refusal
from loopwright.passes.vectorise_linear import (
    Limits,
    Linear,
    constant,
    definitions,
    expression,
    linear,
    nonnegative,
    span_of,
    sub,
)
from loopwright.passes.vectorise_place import as_array
from loopwright.passes.vectorise_prepare import prepare
from loopwright.passes.vectorise_reduce import Extreme, Flag, Fold, Reduction, Search, Sum, find
from loopwright.passes.vectorise_stmt import Distribution, varying


def _replaced(body: Body, old: Stmt, new: Body) -> Body:
    """`body` with one statement exchanged; blocks that do not hold it stay the same objects."""
    out: list[Stmt] = []
    for stmt in body:
        if stmt is old:
            out.extend(new)
        elif any(old is s for block in bodies(stmt) for s in walk_stmts(block)):
            out.append(map_bodies(stmt, lambda b: _replaced(b, old, new)))
        else:
            out.append(stmt)
    return tuple(out)


class Attempt:
    """Array code for one loop of `func`. `lists` are list parameters with the arrays that hold their
    numbers."""

    def __init__(
        self,
        func: Func,
        loop: For,
        around: tuple[For, ...],
        summaries: Summaries,
        lists: dict[Sym, Sym],
    ) -> None:
        handed = flow(func, loop)
        self.loop = prepare(loop, handed.after | handed.carried)
        self.func = replace(func, body=_replaced(func.body, loop, (self.loop,)))
        self.flow = flow(self.func, self.loop)
        self.summaries, self.lists = summaries, lists
        self.memory: Storages = storages(self.func, summaries)
        self.changed = frozenset(assigned(self.loop.body))
        self.around = around
        self.made: dict[Sym, Sym] = {}

    def decline(self, code: str, why: str, stmt: Stmt | None = None) -> CannotLower:
        return CannotLower(Declined((stmt or self.loop).span, code, why))

    def run(self, reorder: bool, spread: int) -> Func:
        """The function with the loop replaced; raises CannotLower."""
        loop = self.loop
        self.supported()
        handed_on = self.flow.after | self.flow.carried
        changed = self.changed | {loop.sym}
        reductions = find(loop.body, changed, handed_on, self.memory)
        self.only_search_stops(reductions)
        self.scalars(reductions)
        private = private_arrays(loop, self.memory, handed_on, self.func.params)
        scene = Scene(
            self.func, loop, self.memory, self.summaries, changed, private,
            {**definitions(self.func), **_spans(self.around)},
        )  # fmt: skip
        why = refusal(scene, _accumulations(loop.body, reductions))
        if why is not None:
            raise CannotLower(why)
        return self.build(reductions, private, scene.limits, reorder, spread)

    def supported(self) -> None:
        loop, name = self.loop, self.loop.sym.name
        match loop.step:
            case Const(int() as step, t) if t == INT and (step > 0 or step == -1):
                pass
            case _:
                raise self.decline("LW250", f"the step of the loop over `{name}`")
        if loop.lo.type != INT or loop.hi.type != INT:
            raise self.decline("LW250", f"the bounds of the loop over `{name}` are no Python ints")
        if not loop.body and any(map(expr_may_fail, (loop.lo, loop.hi))):
            raise self.decline(
                "LW250", f"the loop over `{name}` does nothing but ask for its bounds"
            )
        if (vars_of(loop.lo) | vars_of(loop.hi)) & (self.changed | {loop.sym}):
            raise self.decline("LW205", f"the loop over `{name}` changes its own bounds")
        if loop.sym in self.flow.after or loop.sym in self.changed:
            raise self.decline("LW205", f"`{name}` is needed after the loop")
        inner = next((s for s in walk_stmts(loop.body) if isinstance(s, While)), None)
        if inner is not None:
            raise self.decline("LW250", "a loop inside runs until a condition holds", inner)

    def only_search_stops(self, reductions: dict[int, Reduction]) -> None:
        stop = next((s for s in walk_stmts(self.loop.body) if isinstance(s, (Break, Return))), None)
        if stop is None:
            return
        *before, last = self.loop.body
        found = reductions.get(id(last))
        single = sum(isinstance(s, (Break, Return)) for s in walk_stmts(self.loop.body)) == 1
        if (
            not isinstance(found, Search)
            or not single
            or not all(isinstance(s, Assign) for s in before)
        ):
            raise self.decline("LW207", f"the loop over `{self.loop.sym.name}` may end early", stop)
        if any(id(s) in reductions for s in before):
            raise self.decline("LW207", f"the loop over `{self.loop.sym.name}` may end early", stop)

    def scalars(self, reductions: dict[int, Reduction]) -> None:
        """Variables belong to one iteration, or are results of reductions."""
        results = {s for r in reductions.values() for s in _results(r)}
        for stmt in walk_stmts(self.loop.body):
            for sym in targets(stmt):
                if sym in results:
                    continue
                if sym in self.flow.carried:
                    why = f"`{sym.name}` takes its value from the iteration before"
                    raise self.decline("LW205", why, stmt)
                if sym in self.flow.after:
                    raise self.decline("LW205", f"`{sym.name}` is needed after the loop", stmt)

    def build(
        self,
        reductions: dict[int, Reduction],
        private: frozenset[Sym],
        limits: Limits,
        reorder: bool,
        spread: int,
    ) -> Func:
        loop = self.loop
        f = self.frame(limits)
        kept = set(reductions)
        f.varying = varying(loop.body, loop.sym, kept, set(private))
        f.twin = {s: Sym(s.name, _twin_type(s)) for s in f.varying if _has_twin(s)}
        if len(f.twin) < len(f.varying):
            raise self.decline("LW250", "a variable that is no number and no array")
        wrap = self.guard(f)
        guards, f.out = f.out, []
        used = {e.sym for s in walk_stmts(loop.body) for x in exprs_of(s) for e in subexprs(x)
                if isinstance(e, Var)} | stored(loop.body)  # fmt: skip
        work = Distribution(f, reductions, reorder, private, used)
        work.block(loop.body, None)
        most = max((_rank(v) for v in _arrays(loop)), default=1)
        if f.temporary > most + spread:
            why = f"temporary arrays of {f.temporary} axes where the loop has arrays of {most}"
            raise self.decline("LW251", why)
        searching = any(isinstance(r, Search) and r.stops for r in reductions.values())
        new = tuple(f.out)
        if wrap is not None:
            if searching and loop.orelse:
                raise self.decline("LW250", "a search that may have nothing to search")
            new = (If(wrap, new, (), loop.span),) if new else ()
        rest = () if searching else loop.orelse
        body = _replaced(self.func.body, loop, (*guards, *new, *rest))
        copies = tuple(
            Assign(copy, as_array(Var(x)), self.func.span) for x, copy in self.made.items()
        )
        self.lists |= self.made
        return replace(self.func, body=(*copies, *body))

    def frame(self, limits: Limits) -> Frame:
        loop = self.loop
        assert isinstance(loop.step, Const) and isinstance(loop.step.value, int)
        lo, hi, step = linear(loop.lo), linear(loop.hi), loop.step.value
        if step < 0:
            lo, hi = sub(hi, constant(-1)), sub(lo, constant(-1))
        written = frozenset().union(*(self.memory.of(x) for x in stored(loop.body)))
        func = self.func
        ranges = cache(lambda: analyse(func))
        return Frame(
            loop=loop,
            lo=lo,
            hi=hi,
            step=abs(step),
            loop_step=step,
            changed=self.changed,
            written=lambda e: bool(self.memory.of(e) & written),
            ranges=ranges,
            limits=limits,
            listed=self.listed,
            never_negative_zero=self.never_negative_zero,
        )

    def guard(self, f: Frame) -> Expr | None:
        """Slices of an empty loop must not reach back from the end: either the bounds are in order, or
        the array code runs on a condition, which is returned."""
        gap = sub(f.hi, f.lo)
        if nonnegative(gap, f.limits):
            return None
        lo, hi = expression(f.lo), expression(f.hi)
        if not gap.vars() & assigned(self.func.body):
            f.out.append(Check(Compare("le", lo, hi, BOOL), "an empty range", self.loop.span))
            f.facts.append(gap)
            return None
        f.facts.append(sub(gap, constant(1)))
        return Compare("lt", lo, hi, BOOL)

    def listed(self, x: Sym) -> Sym | None:
        """The array of a list parameter that the function never changes."""
        if x in self.lists:
            return self.lists[x]
        if x in self.made:
            return self.made[x]
        assert isinstance(x.type, ListOf)
        if x not in self.func.params or self.memory.of(x) & self.memory.written:
            return None
        if not is_scalar(x.type.elem):
            return None
        self.made[x] = Sym(f"{x.name}_values", as_array(Var(x)).type)
        return self.made[x]

    def never_negative_zero(self, x: Sym) -> bool:
        """Whether a float variable (or an element) is at no time -0.0, by what is assigned to it."""
        for stmt in walk_stmts(self.func.body):
            match stmt:
                case Assign(sym, value, _) if sym is x:
                    if not _keeps_off(value, x):
                        return False
                case Store(y, _, value, _) if y is x or self.memory.overlap(y, x):
                    if y is not x or not _keeps_off(value, x):
                        return False
                case _ if x in targets(stmt):
                    return False
        return x not in self.func.params


def _keeps_off(value: Expr, x: Sym) -> bool:
    """Not -0.0, unless `x` was before."""
    match value:
        case Const(v, _) | Cast(Const(v, _), _):
            return repr(v) != "-0.0"
        case Alloc(_, Const(v, _), _):
            return repr(v) != "-0.0"
        case Binary("add" | "sub", a, _, _):
            return _reads_only(a, x)
        case _:
            return False


def _reads_only(e: Expr, x: Sym) -> bool:
    return isinstance(e, (Var, Load)) and x in vars_of(e)


def _results(r: Reduction) -> tuple[Sym, ...]:
    match r:
        case Sum(Assign(sym, _, _)):
            return (sym,)
        case Sum():
            return ()
        case Extreme(best, _, _, _, also):
            return (best, *(s.sym for s in also))
        case Search(_, found, _):
            return tuple(s.sym for s in found)
        case Fold(best, _, _):
            return (best,)
        case Flag(target):
            return (target.sym,)


def _accumulations(body: Body, reductions: dict[int, Reduction]) -> frozenset[int]:
    """Numbers of the statements that add to an element."""
    return frozenset(
        k
        for k, s in enumerate(walk_stmts(body))
        if isinstance(s, Store) and isinstance(reductions.get(id(s)), Sum)
    )


def _spans(around: tuple[For, ...]) -> Limits:
    found: dict[Expr, tuple[Linear, Linear]] = {}
    for loop in around:
        limits = span_of(loop)
        changed = assigned(loop.body)
        if limits is None or loop.sym in changed:
            continue
        if not (limits[0].vars() | limits[1].vars()) & (changed | {loop.sym}):
            found[Var(loop.sym)] = limits
    return found


def _has_twin(s: Sym) -> bool:
    return is_scalar(s.type) or isinstance(s.type, Array)


def _twin_type(s: Sym) -> Array:
    return batched(s.type)


def _arrays(loop: For) -> set[Sym]:
    found = {v for s in walk_stmts((loop,)) for e in exprs_of(s) for v in vars_of(e)}
    return {v for v in found | stored(loop.body) if isinstance(v.type, (Array, ListOf))}


def _rank(v: Sym) -> int:
    return v.type.ndim if isinstance(v.type, (Array, ListOf)) else 0
