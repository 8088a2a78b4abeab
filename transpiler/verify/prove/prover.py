"""Is a candidate the same as the original, for all inputs of the domain? A proof, or no answer.

What is shown: wherever the candidate does not give up, the original does not raise, both return the same
values bit for bit, and leave the same contents in every array that was passed. The door of the kernel has
seen to it that arrays which one of both writes are writable and share no memory with any other.

Whatever has no exact form here (functions that libraries round as they like, Python ints that are computed
from data, loops that end on data, indices from arrays, calls) is not proved.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import islpy as isl

from loopwright.analysis.range_expr import DIM_MAX
from loopwright.ir.domain import Domain
from loopwright.ir.nodes import Func, Program
from loopwright.ir.types import Array, ListOf, Num, Type, kind_of, machine_dtype
from loopwright.verify.prove.demands import discharge
from loopwright.verify.prove.flow import Dataflow
from loopwright.verify.prove.forms import is_int, place, whole
from loopwright.verify.prove.match import Matcher
from loopwright.verify.prove.presburger import between, everywhere, named, new_context, over
from loopwright.verify.prove.proof import Proof
from loopwright.verify.prove.race import independent
from loopwright.verify.prove.scan import Scanner
from loopwright.verify.prove.state import State, int_range
from loopwright.verify.prove.terms import Cell, Model, NotProved, Position, Read, Term, View

SOLVER = "isl"
NO_LENGTHS: Mapping[tuple[int, int], str | int] = MappingProxyType({})
DEFECT = "a defect of the prover"
"""How a reason begins that is no property of the programs."""


def prove(
    original: Program, candidate: Program, domain: Domain, *, seconds: float = 1.0
) -> Proof | None:
    """A proof that `candidate` may stand for `original`; None if there is none, or not in time."""
    found = explain(original, candidate, domain, seconds=seconds)
    return found if isinstance(found, Proof) else None


def explain(
    original: Program, candidate: Program, domain: Domain, *, seconds: float = 1.0
) -> Proof | str:
    """As `prove`; where there is no proof, what the prover stopped at."""
    return _answer(_Task(original, candidate, domain, time.monotonic() + seconds))


def prove_equal(
    f: Program,
    g: Program,
    domain: Domain,
    lengths: Mapping[tuple[int, int], str | int],
    *,
    seconds: float = 1.0,
) -> Proof | str:
    """A proof that callers may exchange `f` and `g`: for every call of the domain neither raises, neither
    writes to an argument or reads what nobody has set, and both return the same.

    `lengths` are the lengths of axes by number of the parameter and the axis: a number, or a symbol that
    stands for one length. Each is the original once, as conditions are looked at more closely there.
    """
    end = time.monotonic() + seconds
    tasks = [_Task(x, y, domain, end, lengths, total=True) for x, y in ((f, g), (g, f))]
    first, second = map(_answer, tasks)
    return second if isinstance(first, Proof) else first


def _answer(task: _Task) -> Proof | str:
    begun = time.monotonic()
    try:
        rules, conditions = task.run()
    except NotProved as why:
        return str(why)
    except isl.Error as error:
        return f"isl gives up: {error}"
    except Exception as error:  # a defect here must not cost a kernel that is tested
        return f"{DEFECT}: {type(error).__name__}: {error}"
    return Proof(rules, conditions, SOLVER, time.monotonic() - begun)


class _Task:
    def __init__(
        self,
        original: Program,
        candidate: Program,
        domain: Domain,
        deadline: float,
        lengths: Mapping[tuple[int, int], str | int] = NO_LENGTHS,
        *,
        total: bool = False,
    ) -> None:
        self.original, self.candidate, self.domain = original, candidate, domain
        self.deadline, self.lengths, self.total = deadline, lengths, total
        self.ctx = new_context()

    def run(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        a, b = self.original, self.candidate
        if a.rebuild != b.rebuild or a.refills != b.refills:
            raise NotProved("results that are put together in another way")
        if len(a.main.params) != len(b.main.params) or len(a.main.params) != len(
            self.domain.params
        ):
            raise NotProved("other parameters")
        for p, q in zip(a.main.params, b.main.params, strict=True):
            if not _alike(p.type, q.type):
                raise NotProved(f"a parameter of type {p.type} against {q.type}")
        assume = known = self.assumed(a.main)
        strict = self.total or b.main.level == "low"
        right, forbidden = self.scan(b.main, "b", assume, strict=strict)
        for where in forbidden:
            assume = assume.subtract(_parameters(where))
        if assume.is_empty():
            raise NotProved("the candidate gives up everywhere")
        left, _ = self.scan(a.main, "a", assume, strict=True)
        if self.total:
            self.harmless(left, right, forbidden, known)
        if not left.stored <= right.stored | {r.param for r in a.refills}:
            raise NotProved("an argument that the candidate does not write")
        flows = (Dataflow(self.ctx, left, assume), Dataflow(self.ctx, right, assume))
        for flow in flows:
            flow.assigned_first()
        matcher = Matcher(self.ctx, assume, *flows, self.deadline, settled=self.total)
        roots = self.results(matcher, left, right)
        demands = discharge(matcher, left, right)
        terms = [claim.b.term for claim in matcher.claims.values()]
        independent(flows[1], frozenset(t.name for t in terms if isinstance(t, Read)))
        return _told(left, right, matcher, roots, demands)

    def harmless(self, a: Model, b: Model, forbidden: list[isl.Set], known: isl.Set) -> None:
        """NotProved if a call of either may raise where `known` holds, or change an argument."""
        raising = [*forbidden, *(demand.domain for demand in (*a.demands, *b.demands))]
        if not all(where.intersect(known).is_empty() for where in raising):
            raise NotProved("a call that may raise")
        if a.stored or b.stored or self.original.refills or self.candidate.refills:
            raise NotProved("an argument that is written")

    # ---------------------------------------------------------------- reading

    def assumed(self, main: Func) -> isl.Set:
        """What the domain says of lengths and ints."""
        found = everywhere(self.ctx)
        for k, (sym, param) in enumerate(zip(main.params, self.domain.params, strict=True)):
            t = sym.type
            if isinstance(t, (Array, ListOf)):
                for axis in range(t.ndim):
                    found = found.intersect(between(self.length(k, axis), 0, DIM_MAX))
                    found = found.intersect(self.agreed(k, axis))
            elif is_int(t):
                low, high = int_range(t.dtype) if isinstance(t, Num) else param.ints
                found = found.intersect(between(named(self.ctx, f"p{k}"), low, high))
        return found

    def agreed(self, k: int, axis: int) -> isl.Set:
        """The length is the number that it is declared to be, or that of the first axis of its symbol."""
        dim = self.lengths.get((k, axis))
        if dim is None:
            return everywhere(self.ctx)
        if isinstance(dim, int):
            return between(self.length(k, axis), dim, dim)
        first = min(place for place, other in self.lengths.items() if other == dim)
        return self.length(k, axis).eq_set(self.length(*first))

    def length(self, k: int, axis: int) -> isl.PwAff:
        return named(self.ctx, f"d{k}_{axis}")

    def scan(
        self, func: Func, side: Literal["a", "b"], assume: isl.Set, *, strict: bool
    ) -> tuple[Model, list[isl.Set]]:
        model = Model(side)
        low = func.level == "low"
        s = State(self.ctx, model, low, strict, assume, everywhere(self.ctx), side, self.deadline)
        params: list[View | None] = []
        for k, sym in enumerate(func.params):
            t = sym.type
            shown: View | None = None
            if isinstance(t, (Array, ListOf)):
                extents = tuple(self.length(k, axis) for axis in range(t.ndim))
                shown = whole(Cell(f"{side}P{k}", machine_dtype(t), extents, k), s)
                s.env[sym] = shown
            elif _is_number(t):
                s.cells[sym] = Cell(f"{side}P{k}", machine_dtype(t), (), k)
                s.env[sym] = named(self.ctx, f"p{k}") if is_int(t) else None
            params.append(shown)
        model.params = tuple(params)
        scanner = Scanner(s)
        scanner.function(func)
        ends: list[Term | View] = [*model.results, *(v for v in params if v is not None)]
        model.ends = tuple(self.end(s, each) for each in ends)
        return model, scanner.forbidden

    def end(self, s: State, of: Term | View) -> Position:
        """What a result holds once the program is through."""
        name = s.fresh("E")
        if not isinstance(of, View):
            return Position(name, (), everywhere(self.ctx), of)
        space = tuple(s.fresh("k") for _ in of.extents)
        at = tuple(named(self.ctx, k) for k in space)
        inside = everywhere(self.ctx)
        for k, n in zip(at, of.extents, strict=True):
            inside = inside.intersect(k.ge_set(s.number(0))).intersect(k.lt_set(n))
        s.tick += 1
        with s.where(inside):
            read = s.read(of.cell, place(of, at), space)
        return Position(name, space, inside, read)

    # ---------------------------------------------------------------- results

    def results(self, matcher: Matcher, a: Model, b: Model) -> int:
        """Claims that all results and arguments are the same at the end are proved here."""
        if len(a.results) != len(b.results):
            raise NotProved("another number of results")
        new: dict[Cell, Cell] = {}
        parts: set[Cell] = set()
        for x, y in zip(a.results, b.results, strict=True):
            self.same_memory(matcher.assume, x, y)
            if not isinstance(x, View) or not isinstance(y, View) or x.cell.param is not None:
                continue
            again = x.cell in new
            if not (_is_whole(x) and _is_whole(y)):
                parts.add(x.cell)
            if new.setdefault(x.cell, y.cell) is not y.cell or (again and x.cell in parts):
                raise NotProved("results that share memory")
        if len(set(new.values())) != len(new):
            raise NotProved("results that share memory")
        for left, right in zip(a.ends, b.ends, strict=True):
            matcher.prove(left, right, self.identity(left, right, matcher.assume))
        return len(a.ends)

    def same_memory(self, assume: isl.Set, x: Term | View, y: Term | View) -> None:
        """Arrays of the same shape, both new or both the same part of an argument."""
        if not isinstance(x, View) or not isinstance(y, View):
            if isinstance(x, View) or isinstance(y, View):
                raise NotProved("an array against a number")
            return
        if x.cell.dtype != y.cell.dtype or x.cell.param != y.cell.param:
            raise NotProved("arrays of another kind")
        pairs = list(zip(x.extents, y.extents, strict=True))
        if x.cell.param is not None:
            if (x.step, x.axis) != (y.step, y.axis):
                raise NotProved("another part of an argument")
            pairs += zip(x.base, y.base, strict=True)
        for p, q in pairs:
            if not assume.is_subset(p.eq_set(q)):
                raise NotProved("a result of another shape")

    def identity(self, a: Position, b: Position, assume: isl.Set) -> isl.Map:
        dims = ", ".join(f"x{k}" for k in range(len(a.space)))
        same = isl.Map.read_from_str(self.ctx, f"{{ {a.name}[{dims}] -> {b.name}[{dims}] }}")
        return same.intersect_domain(over(a.domain.intersect(assume), a.name, a.space))


def _alike(p: Type, q: Type) -> bool:
    """The same machine form."""
    arrays = [isinstance(t, (Array, ListOf)) for t in (p, q)]
    if not _is_number(p) and not any(arrays):
        return p == q
    if any(arrays) != all(arrays) or not (any(arrays) or _is_number(q)):
        return False
    ndim = [t.ndim for t in (p, q) if isinstance(t, (Array, ListOf))]
    return machine_dtype(p) == machine_dtype(q) and len(set(ndim)) < 2


def _is_number(t: Type) -> bool:
    try:
        return kind_of(machine_dtype(t)) in "biufc" and not isinstance(t, (Array, ListOf))
    except TypeError:
        return False


def _is_whole(v: View) -> bool:
    return v.extents is v.cell.extents and set(v.step) <= {1}


def _parameters(where: isl.Set) -> isl.Set:
    """The values of lengths and int parameters for which a set of parameters has a member, whatever the
    iterators are."""
    for k in reversed(range(where.dim(isl.dim_type.param))):
        name = where.get_dim_name(isl.dim_type.param, k)
        if name is not None and not name.startswith(("d", "p")):
            where = where.project_out(isl.dim_type.param, k, 1)
    return where


def _told(
    a: Model, b: Model, matcher: Matcher, roots: int, demands: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rules = [f"same dataflow, operation by operation ({len(matcher.claims)} claims)"]
    conditions = [f"{roots} results and arguments equal at the end", "indices in range"]
    if b.parallel:
        rules.append("independent iterations")
    if demands:
        conditions.append(f"{demands} conditions of the original tested")
    if any(isinstance(c.a.term, Read) and c.visits > 1 for c in matcher.claims.values()):
        rules.append("induction over loops")
    return tuple(rules), tuple(conditions)
