"""Which calls of mathematical functions in a loop may be computed a block of iterations at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import TypeAlias

from loopwright.analysis.effects import Storages
from loopwright.analysis.liveness import carried
from loopwright.diagnostics import NOWHERE
from loopwright.ir.check import leaves
from loopwright.ir.intrinsics import VECTOR_FORM
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Continue,
    Draw,
    Expr,
    Fail,
    For,
    If,
    Invoke,
    Load,
    Logic,
    Pt,
    Return,
    Select,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import F32, F64, Array, Num, Rng, Type, is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    children,
    exprs_of,
    index_exprs,
    map_bodies,
    map_children,
    map_exprs_of,
    subexprs,
    targets,
    used,
    vars_of,
    walk_exprs,
    walk_stmts,
)

NewSym: TypeAlias = Callable[[str, Type], Sym]

_FLOATS = (F64, F32)
_PLAIN = frozenset({"add", "sub", "mul", "truediv", "minimum", "maximum", "and", "or", "xor"})
_QUICK = frozenset({
    "abs", "min2", "max2", "math.sqrt", "math.fabs", "np.sqrt", "np.absolute", "np.fabs", "np.square",
    "np.where", "np.isnan", "np.isfinite", "math.isnan", "math.isfinite", "np.sign", "np.floor", "np.ceil",
})  # fmt: skip
"""Operations and functions that processors have for vectors."""


def has_form(e: Expr) -> bool:
    """Whether the expression is a call of a function that there is for vectors."""
    return (
        isinstance(e, Call)
        and e.fn in VECTOR_FORM
        and e.type in _FLOATS
        and all(a.type == e.type for a in e.args)
    )


def calls(expr: Expr) -> bool:
    """Whether a part of the expression is such a call."""
    return any(has_form(e) for e in subexprs(expr))


@dataclass(frozen=True, slots=True)
class Split:
    """A loop in three steps: `before` is what comes in front of the first call, `vector` is what vectors
    compute, `after` the rest, if vectors cannot compute that, too."""

    loop: For
    before: Body
    vector: Body
    after: Body


def is_map(loop: For) -> bool:
    """Whether the iterations do nothing but compute numbers and store elements, so that a compiler makes
    vector code of the loop as it stands."""
    if loop.step != Const(1, loop.sym.type) or loop.orelse:
        return False
    bound: set[Sym] = {loop.sym}
    own = assigned(loop.body)
    for stmt in loop.body:
        match stmt:
            case Assign(sym, value, _) if isinstance(sym.type, Num):
                exprs: tuple[Expr, ...] = (value,)
            case Store(_, index, value, _) if all(isinstance(item, Pt) for item in index):
                exprs = (value, *index_exprs(index))
            case _:
                return False
        if any((vars_of(e) & own) - bound for e in exprs) or not all(map(_simple, exprs)):
            return False
        bound.update(targets(stmt))
    return True


def _simple(expr: Expr) -> bool:
    """Whether each part of a number is an operation that there is for vectors."""
    return all(_operation(e) for e in subexprs(expr))


def _operation(e: Expr) -> bool:
    match e:
        case Const() | Var() | Unary() | Compare() | Select() | Cast() | Logic():
            return is_scalar(e.type) or isinstance(e, Var)
        case Binary(op, _, _, _):
            return op in _PLAIN
        case Load(Var(), index, _):
            return all(isinstance(item, Pt) for item in index)
        case Call(fn, _, _):
            return fn in _QUICK or has_form(e)
        case _:
            return False


def first_call(body: Body) -> int | None:
    """Where the first statement stands that calls such a function, once or under a condition."""
    for k, stmt in enumerate(body):
        if any(calls(e) for s in _own((stmt,)) for e in exprs_of(s)):
            return k
    return None


def refusal(loop: For, at: int, live: Set[Sym], memory: Storages) -> str:
    """Why the statements in front of `at` may not run for several iterations ahead of the others; "" if they
    may. `live` are the variables that are read behind the loop. Legality: no iteration ends the loop or
    draws, and nothing flows from the later statements to the earlier ones of a later iteration, nor do those
    overwrite what the later statements read."""
    before, after = loop.body[:at], loop.body[at:]
    if loop.step != Const(1, loop.sym.type):
        return "it has a step"
    if loop.orelse or leaves(loop.body) or any(_ends(s) for s in walk_stmts(loop.body)):
        return "an iteration may end the loop"
    if any(isinstance(s, Continue) for s in _own(loop.body)):
        return "an iteration may end early"
    if any(_draws(s) for s in walk_stmts(loop.body)):
        return "random numbers are drawn in order"
    ahead, behind = assigned(before), assigned(after)
    handed = behind & (ahead | used(before)) | ({loop.sym} & (ahead | behind))
    if handed and (handed := handed & (entering(loop, before) | entering(loop, after))
                   | handed & ({loop.sym} | live)):  # fmt: skip
        return f"`{_first(handed)}` goes from one iteration to the next"
    crossing = {s for s in ahead & entering(loop, after) if not isinstance(s.type, Num)}
    if crossing:
        return f"`{_first(crossing)}` is no number of NumPy's"
    read, written = _memory(before)
    later_read, later_written = _memory(after)
    for x in later_written:
        if any(memory.overlap(x, y) for y in (*read, *written)):
            return f"`{x.name}` goes from one iteration to the next"
    for x in written:
        if any(memory.overlap(x, y) for y in later_read):
            return f"`{x.name}` is overwritten by the iterations that follow"
    return ""


def entering(loop: For, part: Body) -> frozenset[Sym]:
    """The variables that a part of an iteration reads before it binds them."""
    return carried(replace(loop, body=part, orelse=()))


def _ends(stmt: Stmt) -> bool:
    return isinstance(stmt, (Return, Fail))


def _own(body: Body) -> Iterator[Stmt]:
    """The statements of a loop that are not those of a loop inside."""
    for stmt in body:
        if not isinstance(stmt, (For, While)):
            yield stmt
        for block in bodies(stmt) if isinstance(stmt, If) else bodies(stmt)[1:]:
            yield from _own(block)


def _draws(stmt: Stmt) -> bool:
    given = stmt.args if isinstance(stmt, Invoke) else ()
    return isinstance(stmt, Draw) or any(isinstance(a.type, Rng) for a in given)


def _first(syms: Collection[Sym]) -> str:
    return min(s.name for s in syms)


def _memory(body: Body) -> tuple[set[Sym], set[Sym]]:
    """The arrays that statements read, and those that they may write, as a called function may all that it
    gets."""
    read = {s for e in walk_exprs(body) for s in vars_of(e) if isinstance(s.type, Array)}
    written: set[Sym] = set()
    for stmt in walk_stmts(body):
        if isinstance(stmt, Store):
            written.add(stmt.x)
        elif isinstance(stmt, Invoke):
            given = {s for a in stmt.args for s in vars_of(a) if isinstance(s.type, Array)}
            written |= given
            read |= given
    return read, written


def split(loop: For, at: int, memory: Storages, fresh: NewSym) -> Split | None:
    """The loop with what vectors can compute taken out of the statements from `at` on, and from those in
    front, if vectors can compute all of them. None if no call is among it."""
    for start in (0, at):
        sorter = _Sorter(loop, loop.body[start:], memory, fresh)
        if not all(sorter.moved(stmt) for stmt in loop.body[start:at]):
            continue
        after = tuple(s for stmt in loop.body[at:] for s in sorter.sorted(stmt))
        if any(calls(a.value) for a in sorter.vector):
            before, vector = loop.body[:start], tuple(sorter.vector)
            if is_map(replace(loop, body=(*vector, *after))):
                return Split(loop, before, (*vector, *after), ())
            return Split(loop, before, vector, after)
    return None


def arguments_apart(loop: For, at: int, fresh: NewSym) -> tuple[For, int]:
    """The loop with what vectors cannot compute of the arguments in the statement `at` in front of it, and
    where the statement stands then."""
    made: list[Assign] = []

    def apart(e: Expr, inside: bool = False) -> Expr:
        if inside and not _operation(e) and not calls(e) and e.type in _FLOATS:
            made.append(Assign(fresh("given", e.type), e, loop.span))
            return Var(made[-1].sym)
        if isinstance(e, (Select, Logic, Load)):
            return e  # what stands in it need not be evaluated, or is an index
        within = inside or has_form(e)
        return map_children(e, lambda child: apart(child, within))

    stmt = map_exprs_of(loop.body[at], apart)
    body = (*loop.body[:at], *made, stmt, *loop.body[at + 1 :])
    return replace(loop, body=body), at + len(made)


def _certain(stmt: Stmt) -> set[Expr]:
    """The loads that the statement does whenever it runs."""

    def of(e: Expr) -> Iterator[Expr]:
        if isinstance(e, Load):
            yield e
        match e:
            case Select(first, _, _, _) | Logic(_, first, _, _):
                yield from of(first)
            case _:
                for child in children(e):
                    yield from of(child)

    return {load for e in exprs_of(stmt) for load in of(e)}


class _Sorter:
    """Takes `statements`, which end the body of a loop, in order. `vector` is what vectors compute. Behind a
    `guard` there are loads that need not be in bounds in each iteration; `certain` ones are."""

    def __init__(self, loop: For, statements: Body, memory: Storages, fresh: NewSym) -> None:
        self.memory, self.fresh = memory, fresh
        self.vector: list[Assign] = []
        self.changed = assigned(statements)
        self.counts = Counter(t for s in walk_stmts(loop.body) for t in targets(s))
        self.read = used(loop.body[: len(loop.body) - len(statements)])
        self.arrays = assigned(loop.body)
        self.stored = _memory(loop.body)[1]
        self.guard = False
        fixed = loop.body[: len(loop.body) - len(statements)]
        self.certain = {e for s in fixed for e in _certain(s) if not vars_of(e) & self.arrays}
        self.left = list(statements)

    def moved(self, stmt: Stmt) -> bool:
        """Whether the statement goes to the vectors as it is."""
        self.left.pop(0)
        match stmt:
            case Assign(sym, value, _) if isinstance(sym.type, Num):
                before = self.counts[sym] != 1 or sym in self.read or sym in vars_of(value)
                if not before and self.able(value):
                    self.vector.append(stmt)
                    self.changed = self.changed - {sym}
                    return True
        self.read |= used((stmt,))
        return False

    def sorted(self, stmt: Stmt) -> Sequence[Stmt]:
        """What is left of the statement."""
        match stmt:
            case Assign(sym, value, _) if calls(value) or self.wanted(sym):
                if self.moved(stmt):
                    return ()
            case _:
                self.left.pop(0)
                self.read |= used((stmt,))
        if not self.guard:
            self.certain |= {e for e in _certain(stmt) if not vars_of(e) & self.arrays}
        rest = self.rest(stmt, False)
        if any(isinstance(s, (Check, Invoke)) for s in walk_stmts((stmt,))):
            self.guard = True
        return (rest,)

    def rest(self, stmt: Stmt, lazy: bool) -> Stmt:
        """The statement with variables for what vectors compute."""
        if isinstance(stmt, (For, While)):
            return stmt
        stmt = map_exprs_of(stmt, lambda e: self.taken(e, lazy))
        return map_bodies(stmt, lambda body: tuple(self.rest(s, True) for s in body))

    def wanted(self, sym: Sym) -> bool:
        """Whether a later call needs the variable."""
        exprs = (e for s in self.left[1:] if not bodies(s) for e in exprs_of(s))
        return any(has_form(e) and sym in vars_of(e) for whole in exprs for e in subexprs(whole))

    def taken(self, expr: Expr, lazy: bool = False) -> Expr:
        """The expression with variables for what vectors compute. `lazy`: it need not be evaluated in each
        iteration."""
        if not calls(expr):
            return expr
        if expr.type in _FLOATS and self.able(expr, lazy):
            sym = self.fresh("term", expr.type)
            self.vector.append(Assign(sym, expr, NOWHERE))
            return Var(sym)
        match expr:
            case Select(cond, a, b, t):
                return Select(self.taken(cond, lazy), self.taken(a, True), self.taken(b, True), t)
            case Logic(op, a, b, t):
                return Logic(op, self.taken(a, lazy), self.taken(b, True), t)
            case _:
                return map_children(expr, lambda e: self.taken(e, lazy))

    def able(self, expr: Expr, lazy: bool = False) -> bool:
        """Whether vectors can compute the number ahead of the statements that stay, and in each iteration."""
        for e in subexprs(expr):
            if not _operation(e):
                return False
            if isinstance(e, Load) and (lazy or self.guard) and e not in self.certain:
                return False
            if isinstance(e, Var) and isinstance(e.type, Array):
                if e.sym in self.arrays or any(self.memory.overlap(e.sym, x) for x in self.stored):
                    return False
            elif isinstance(e, Var) and e.sym in self.changed:
                return False
        return True
