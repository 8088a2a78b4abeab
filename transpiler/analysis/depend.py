"""Dependences that a loop carries: exact where indices are affine, never guessed away.

Two iterations depend on each other if one writes an element that the other reads or writes. The set of
such pairs is a Presburger set over the iterators of both; a loop is independent if all of them are
empty, and the variables that it binds are private to an iteration or sums.

Source: W. Pugh, "The Omega test", SC 1991; P. Feautrier, "Dataflow analysis of array and scalar
references", IJPP 20 (1991).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import islpy as isl

from loopwright.analysis.access import Access, Nest, nest
from loopwright.analysis.affine import Affine, Atom, Fact
from loopwright.analysis.effects import Storage, Summaries, holds_memory
from loopwright.analysis.liveness import flow
from loopwright.diagnostics import Declined, Span
from loopwright.ir.accumulate import accumulated
from loopwright.ir.nodes import (
    Assign,
    Const,
    For,
    Func,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import Num, Py, Type, kind_of, machine_dtype
from loopwright.ir.walk import Body, assigned, exprs_of, map_bodies, targets, vars_of, walk_stmts

Kind = Literal["flow", "anti", "output"]


@dataclass(frozen=True, slots=True)
class Dependence:
    """An iteration with `source` comes before one with `sink` on the same element. `distance`: how
    many iterations lie between, if it is always the same number; `exact` is False if an index is not
    understood, so that the two may never meet."""

    kind: Kind
    source: Access
    sink: Access
    distance: int | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Independent:
    """Iterations may run in any order. `private`: variables (also arrays) of their own for each
    iteration; `sums`: variables that only ever have a term added to them."""

    private: frozenset[Sym]
    sums: frozenset[Sym]


def dependences(func: Func, loop: For, summaries: Summaries | None = None) -> list[Dependence]:
    """What `loop`, a statement of `func`, carries through memory (private arrays aside). Empty only if
    there is provably nothing."""
    return list(_carried(func, loop, nest(func, loop, summaries)))


def loop_independent(
    func: Func, loop: For, summaries: Summaries | None = None, *, float_sums: bool = False
) -> Independent | Declined:
    """Whether the iterations of `loop` may run in any order.

    Declined: LW203 a dependence (with its distance), LW204 memory that is not understood, LW205 a
    variable that is carried or needed afterwards, LW206 a float sum (unless `float_sums`).
    """
    scalars = _scalars(func, loop, float_sums)
    if isinstance(scalars, Declined):
        return scalars
    try:
        found = next(iter(_carried(func, loop, nest(func, loop, summaries))), None)
    except isl.Error:
        return Declined(loop.span, "LW204", f"the loop over `{loop.sym.name}` is too intricate")
    return scalars if found is None else refusal(loop, found)


def refusal(loop: For, dep: Dependence) -> Declined:
    """The diagnostic of a dependence."""
    if not dep.exact:
        why = f"may touch elements of `{dep.source.symbol.name}` that another iteration writes"
        return Declined(dep.sink.span, "LW204", why)
    verb = {"flow": "reads", "anti": "overwrites", "output": "writes again"}[dep.kind]
    by = {"flow": "wrote", "anti": "read", "output": "wrote"}[dep.kind]
    if dep.distance == 1:
        what = f"the iteration before {by} (distance 1)"
    elif dep.distance is not None:
        what = f"an earlier iteration {by} (distance {dep.distance})"
    else:
        what = f"an earlier iteration {by}"
    return Declined(dep.sink.span, "LW203", f"{verb} what {what}")


# ---------------------------------------------------------------- memory


def _carried(func: Func, loop: For, n: Nest) -> Iterable[Dependence]:
    inside = assigned(loop.body)
    private = _private_memory(func, loop, n)
    shared = [a for a in n.accesses if not _reach(n, a) <= private]
    unique = list({_key(a): a for a in shared}.values())
    for k, a in enumerate(unique):
        for c in unique[k:]:
            if (a.write or c.write) and _reach(n, a) & _reach(n, c):
                yield from _between(n, a, c, inside)


def _key(a: Access) -> tuple[object, ...]:
    index = tuple(None if i is None else i.text for i in a.index)
    return a.base, a.symbol, index, a.write, frozenset(f.text for f in a.facts)


def _reach(n: Nest, a: Access) -> frozenset[Storage]:
    return n.storages.of(a.base if a.base is not None else a.symbol)


def _private_memory(func: Func, loop: For, n: Nest) -> frozenset[Storage]:
    """Memory that each iteration makes anew, of which nothing is left afterwards."""
    hands_on = flow(func, loop)
    outside: frozenset[Storage] = frozenset()
    for sym in n.storages.by_symbol:
        if sym in hands_on.after or sym in hands_on.carried:
            outside |= n.storages.of(sym)
    outer = set(func.params) | _bound_outside(func, loop)
    for sym in outer:
        if holds_memory(sym.type):
            outside |= n.storages.of(sym)
    inner = {s for s in assigned(loop.body) if holds_memory(s.type)}
    made = frozenset[Storage]().union(*(n.storages.of(s) for s in inner))
    return made - outside


def _bound_outside(func: Func, loop: For) -> set[Sym]:
    found: set[Sym] = set()

    def visit(body: tuple[Stmt, ...]) -> None:
        for stmt in body:
            if stmt is loop:
                continue
            found.update(targets(stmt))
            for block in (getattr(stmt, name, ()) for name in ("body", "orelse", "then")):
                visit(block)

    visit(func.body)
    return found


def _between(n: Nest, a: Access, c: Access, inside: set[Sym]) -> Iterable[Dependence]:
    """Dependences between two accesses, in both directions."""
    exact = a.base is not None and a.base is c.base and a.base not in inside
    pairs = [(a, c)] if a is c else [(a, c), (c, a)]
    for source, sink in pairs:
        if not exact:
            if _several_iterations(n):
                yield Dependence(_kind(source, sink), source, sink, None, False)
            return
        met = _meeting(n, source, sink)
        if met is None or not met.is_empty():
            whole = all(_understood(n, i) for i in (*source.index, *sink.index))
            distance = _distance(n, met) if met is not None else None
            yield Dependence(_kind(source, sink), source, sink, distance, whole)


def _understood(n: Nest, index: Affine | None) -> bool:
    """Whether the index is made of iterators and of what the iterations have in common."""
    if index is None:
        return False
    return all(a.depth <= n.depth or a in n.iterators for a in index.atoms)


def _kind(source: Access, sink: Access) -> Kind:
    if source.write:
        return "output" if sink.write else "flow"
    return "anti"


def _step(n: Nest) -> int | None:
    match n.loop.step:
        case Const(int() as value, _) if value != 0:
            return value
        case _:
            return None


def _several_iterations(n: Nest) -> bool:
    match n.loop:
        case For(lo=Const(int() as lo, _), hi=Const(int() as hi, _), step=Const(int() as step, _)):
            return len(range(lo, hi, step)) > 1
        case _:
            return True


def _meeting(
    n: Nest, source: Access, sink: Access, inner: tuple[Atom, str] | None = None
) -> isl.Set | None:
    """Pairs of an earlier iteration with `source` and a later one with `sink` on one element; the set
    dimension is the difference of the loop variable. None if isl gives up. `inner`: the variable of a
    loop inside, and how its values in the two compare (`<`)."""
    first, second = _Copy(n, "p"), _Copy(n, "q")
    t, u = first.name(n.iterator), second.name(n.iterator)
    step = _step(n)
    order = f"{t} != {u}" if step is None else f"{t} < {u}" if step > 0 else f"{t} > {u}"
    parts = [order, f"d = {u} - {t}"]
    if inner is not None:
        parts.append(f"{first.name(inner[0])} {inner[1]} {second.name(inner[0])}")
    for i, j in zip(source.index, sink.index, strict=True):
        if i is not None and j is not None:
            parts.append(f"{first.text(i)} = {second.text(j)}")
    for copy, access in ((first, source), (second, sink)):
        parts.extend(copy.fact(f) for f in access.facts)
    atoms = {n.iterator} if inner is None else {n.iterator, inner[0]}
    for access in (source, sink):
        atoms |= {a for f in access.facts for a in f.atoms}
        atoms |= {a for i in access.index if i is not None for a in i.atoms}
    limits = [t for a in atoms for copy in (first, second) for t in copy.limits(a)]
    names = sorted({copy.name(a) for a in atoms for copy in (first, second)})
    text = (
        f"[{', '.join(names)}] -> {{ [d] : {' and '.join(f'({p})' for p in (*parts, *limits))} }}"
    )
    n.bounds.ctx.reset_operations()
    try:
        return isl.Set.read_from_str(n.bounds.ctx, text)
    except isl.Error:
        return None


@dataclass(frozen=True, slots=True)
class _Copy:
    """One of the two iterations: atoms that belong to an iteration get a suffix."""

    nest: Nest
    suffix: str

    def name(self, a: Atom) -> str:
        return f"{a.name}_{self.suffix}" if a.depth > self.nest.depth else a.name

    def _renamed(self, text: str, atoms: Iterable[Atom]) -> str:
        to = {a.name: self.name(a) for a in atoms}
        return re.sub(r"\bv\d+_\w*", lambda m: to.get(m[0], m[0]), text)

    def text(self, form: Affine) -> str:
        return self._renamed(form.text, form.atoms)

    def fact(self, fact: Fact) -> str:
        return self._renamed(fact.text, fact.atoms)

    def limits(self, a: Atom) -> list[str]:
        near = 2**20
        ends = [f"{self.name(a)} >= {a.lo}"] if abs(a.lo) <= near else []
        return ends + ([f"{self.name(a)} <= {a.hi}"] if abs(a.hi) <= near else [])


def _distance(n: Nest, met: isl.Set) -> int | None:
    """The one difference in iterations, if there is only one."""
    step = _step(n)
    met = met.project_out(isl.dim_type.param, 0, met.dim(isl.dim_type.param))
    low, high = met.dim_min_val(0), met.dim_max_val(0)
    if step is None or not low.is_int() or not high.is_int() or not low.eq(high):
        return None
    return abs(int(low.to_python()) // step)


def order_kept(func: Func, outer: For, inner: For, summaries: Summaries | None = None) -> bool:
    """Whether `outer`, a statement of `func`, and the loop `inner`, which is its whole body, may change
    places as far as memory goes: no iteration comes before one that it depends on then."""
    n = nest(func, outer, summaries)
    around = {a for access in n.accesses for f in access.facts for a in f.atoms} & n.iterators
    found = [a for a in around if a.source == Var(inner.sym) and a.depth > n.depth]
    if len(found) != 1 or _step(n) != 1 or inner.step != Const(1, inner.step.type):
        return False
    for source in n.accesses:
        for sink in n.accesses:
            if (source.write or sink.write) and _reach(n, source) & _reach(n, sink):
                if source.base is None or source.base is not sink.base:
                    return False
                met = _meeting(n, source, sink, (found[0], ">"))
                if met is None or not met.is_empty():
                    return False
    return True


def separable(func: Func, loop: For, at: int, summaries: Summaries | None = None) -> bool:
    """Whether the first `at` statements of the body of `loop`, a statement of `func`, may run for all its
    iterations before the others run at all, as far as memory goes."""
    n = nest(func, loop, summaries)
    short = replace(loop, body=loop.body[:at])
    first = replace(func, body=_with(func.body, loop, short))
    count = len(nest(first, short, summaries).accesses)
    for sink in n.accesses[:count]:
        for source in n.accesses[count:]:
            if (source.write or sink.write) and _reach(n, source) & _reach(n, sink):
                if source.base is None or source.base is not sink.base:
                    return False
                met = _meeting(n, source, sink)
                if met is None or not met.is_empty():
                    return False
    return True


def lasting(func: Func, loop: For, span: Span, summaries: Summaries | None = None) -> bool:
    """Whether nothing that the statements at `span` in `loop` read was written by an earlier iteration."""
    n = nest(func, loop, summaries)
    for sink in (a for a in n.accesses if a.span == span and not a.write):
        for source in n.accesses:
            if source.write and _reach(n, source) & _reach(n, sink):
                if source.base is None or source.base is not sink.base:
                    return False
                met = _meeting(n, source, sink)
                if met is None or not met.is_empty():
                    return False
    return True


def _with(body: Body, old: For, new: For) -> Body:
    """The block with one loop, found by identity, in place of another."""
    return tuple(new if s is old else map_bodies(s, lambda b: _with(b, old, new)) for s in body)


# ---------------------------------------------------------------- variables


def _scalars(func: Func, loop: For, float_sums: bool) -> Independent | Declined:
    handed = flow(func, loop)
    changed = assigned(loop.body)
    if loop.sym in handed.after or loop.sym in changed:
        return Declined(loop.span, "LW205", f"`{loop.sym.name}` is needed after the loop")
    sums: set[Sym] = set()
    for sym in sorted(changed, key=lambda s: s.name):
        if sym not in handed.carried and sym not in handed.after:
            continue
        place = next(s.span for s in walk_stmts(loop.body) if sym in targets(s))
        if sym not in handed.carried:
            why = f"`{sym.name}` is needed after the loop"
            return Declined(place, "LW205", why)
        if not _is_sum(loop, sym):
            why = f"`{sym.name}` takes its value from the iteration before"
            return Declined(place, "LW205", why)
        if not _is_whole(sym.type) and not float_sums:
            return Declined(place, "LW206", f"`{sym.name}` adds floats in order")
        sums.add(sym)
    return Independent(frozenset(changed - sums), frozenset(sums))


def _is_whole(t: Type) -> bool:
    return isinstance(t, (Num, Py)) and kind_of(machine_dtype(t)) in "iu"


def _is_sum(loop: For, sym: Sym) -> bool:
    """Whether the loop only adds to the number `sym`, and looks at it nowhere else."""
    if holds_memory(sym.type):
        return False
    for stmt in walk_stmts(loop.body):
        own = sym in targets(stmt)
        if not own:
            if any(sym in vars_of(e) for e in exprs_of(stmt)):
                return False
            continue
        if not isinstance(stmt, Assign) or accumulated(stmt.value, sym) is None:
            return False
    return True
