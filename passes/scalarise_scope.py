"""What `scalarise` knows and has written so far while it goes through one function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopwright.diagnostics import NOWHERE, CannotLower, Declined, Span
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Item,
    Load,
    Logic,
    Reshape,
    Select,
    Stmt,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.types import BOOL, INT, Array, ListOf, Rng, TupleOf, Type
from loopwright.ir.walk import children, map_expr, symbols, targets, unused, walk_stmts
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    Affine,
    affine,
    both,
    compare,
    const_of,
    difference,
    integer,
    minus,
    nonnegative,
    plus,
    rebuilt,
    unclipped,
)

NO_COMMON_SHAPE = "operands could not be broadcast together"
"""Why kernels give up where axes differ in length."""


@dataclass(slots=True)
class Scope:
    """One function on its way.

    `out` receives statements, `top` is where checks of values that never change go: before the
    outermost loop. `stable` symbols have one value from their definition on, `counters` are integers
    that are never negative, `classes` group array symbols that may share storage.
    """

    func: Func
    helpers: dict[str, Func]
    taken: set[str]
    out: list[Stmt] = field(default_factory=list)
    top: list[Stmt] = field(default_factory=list)
    span: Span = NOWHERE
    stable: set[Sym] = field(default_factory=set)
    lengths: dict[Sym, Expr] = field(default_factory=dict)
    allocs: dict[Sym, Alloc] = field(default_factory=dict)
    counters: set[Sym] = field(default_factory=set)
    below_of: dict[Sym, Expr] = field(default_factory=dict)
    classes: dict[Sym, Sym] = field(default_factory=dict)
    known: set[Sym] = field(default_factory=set)
    checked: list[Expr] = field(default_factory=list)
    stretch: bool = False

    # ------------------------------------------------------------ writing

    def emit(self, stmt: Stmt) -> None:
        self.out.append(stmt)

    def new(self, name: str, type_: Type) -> Sym:
        """A fresh symbol."""
        found = unused(name, self.taken)
        self.taken.add(found)
        return Sym(found, type_)

    def temp(self, name: str, value: Expr) -> Var:
        """A fresh variable that holds `value`."""
        sym = self.new(name, value.type)
        for shared in storage_of(value):
            self.join(sym, shared)
        self.emit(Assign(sym, value, self.span))
        return Var(sym)

    def simple(self, name: str, value: Expr) -> Expr:
        """`value` in a form that may be repeated: a constant or a variable (plus a constant)."""
        match value:
            case Const() | Var():
                return value
            case _ if value.type == INT:
                terms = affine(value).terms
                if len(terms) <= 2 and all(isinstance(t, (Var, Dim)) for t, _ in terms):
                    return value
        return self.temp(name, value)

    def check(self, cond: Expr, reason: str) -> None:
        """A check; one of values that never change moves before the outermost loop, once."""
        if cond in self.checked or self._just_checked(cond):
            return
        if self.fixed(cond, self.known):
            self.checked.append(cond)
            self.top.append(Check(cond, reason, self.span))
        else:
            self.emit(Check(cond, reason, self.span))

    def _just_checked(self, cond: Expr) -> bool:
        """True if the same check stands directly before."""
        for stmt in reversed(self.out):
            if not isinstance(stmt, Check):
                return False
            if stmt.cond == cond:
                return True
        return False

    @contextmanager
    def block(self) -> Iterator[list[Stmt]]:
        """Statements emitted inside go to the list."""
        outer, inner = self.out, list[Stmt]()
        self.out = inner
        try:
            yield inner
        finally:
            self.out = outer

    @contextmanager
    def guarded(self) -> Iterator[list[Stmt]]:
        """As `block`, for statements that may be left out: their checks stay with them."""
        top, checked = self.top, list(self.checked)
        self.top = []
        try:
            with self.block() as inner:
                yield inner
            inner[:0] = self.top
        finally:
            self.top, self.checked = top, checked

    @contextmanager
    def loop(self, hi: Expr, name: str = "i", lo: Expr = ZERO, step: Expr = ONE) -> Iterator[Var]:
        """A counting loop around what is emitted inside; `lo` >= 0."""
        sym = self.new(name, INT)
        self.counters.add(sym)
        with self.block() as body:
            yield Var(sym)
        self.emit(For(sym, lo, unclipped(hi), step, tuple(body), (), self.span))

    @contextmanager
    def when(self, cond: Expr) -> Iterator[list[Stmt]]:
        """An `if`; the list that is given takes the statements of the other branch."""
        orelse: list[Stmt] = []
        with self.block() as then:
            yield orelse
        self.emit(If(cond, tuple(then), tuple(orelse), self.span))

    def decline(self, code: str, why: str) -> CannotLower:
        return CannotLower(Declined(self.span, code, why))

    # ------------------------------------------------------------ knowing

    def fixed(self, expr: Expr, known: Set[Sym]) -> bool:
        """True if the expression has one value wherever the symbols of `known` are defined."""
        match expr:
            case Const():
                return True
            case Var(sym):
                return sym in self.stable and sym in known
            case Dim(Var(sym), _, _):
                return sym in self.stable and sym in known
            case Binary() | Unary() | Compare() | Logic() | Cast() | Call():
                return all(self.fixed(e, known) for e in children(expr))
            case _:
                return False

    def canonical(self, expr: Expr) -> Expr:
        """The integer expression with names of lengths replaced by the lengths."""

        def one(e: Expr) -> Expr:
            match e:
                case Var(sym) if sym in self.lengths:
                    return self.lengths[sym]
                case Dim(Var(sym), axis, _) if sym in self.allocs:
                    return self.canonical(self.allocs[sym].shape[axis])
                case _:
                    return e

        return plus(map_expr(expr, one), ZERO)

    def nonnegative(self, expr: Expr) -> bool:
        return nonnegative(expr, lambda e: isinstance(e, Var) and e.sym in self.counters)

    def gap(self, a: Expr, b: Expr) -> int | None:
        """`a - b` if known."""
        return difference(self.canonical(a), self.canonical(b))

    def below(self, index: Expr, length: Expr) -> bool:
        """True if `index < length` for sure."""
        gap = self.gap(index, length)
        if gap is not None:
            return gap < 0
        form = affine(index)
        for term, factor in form.terms:
            match term:
                case Var(sym) if factor == 1 and sym in self.below_of:
                    rest = plus(_without(index, term), self.below_of[sym])
                    gap = self.gap(rest, length)
                    if gap is not None and gap <= 0:
                        return True
        return False

    def equal(self, a: Expr, b: Expr) -> bool:
        """True if two lengths are equal for sure."""
        if a == b:
            return True
        left, right = self.canonical(a), self.canonical(b)
        return left == right or difference(unclipped(left), unclipped(right)) == 0

    def demand_equal(self, a: Expr, b: Expr) -> None:
        """Fail unless two lengths are equal."""
        if not self.equal(a, b):
            left, right = self.canonical(a), self.canonical(b)
            if self.fixed(left, self.known) and self.fixed(right, self.known):
                a, b = left, right
            if compare("eq", b, a) not in self.checked:
                self.check(compare("eq", a, b), NO_COMMON_SHAPE)

    def may_be_stretched(self, own: Expr, common: Expr) -> bool:
        """Whether an axis of length `own` may have length 1 and be seen with the length `common`."""
        return self.stretch and not self.equal(own, common)

    def common_length(self, a: Expr, b: Expr) -> Expr:
        """What two lengths that are not the constant 1 are broadcast to; fail if they do not fit."""
        if not self.may_be_stretched(a, b):
            self.demand_equal(a, b)
            return a
        fit = compare("eq", a, b)
        for length in (a, b):
            if const_of(length) is None:
                fit = Logic("or", fit, compare("eq", length, ONE), BOOL)
        self.check(fit, NO_COMMON_SHAPE)
        if const_of(a) is not None:
            return a
        return self.temp("n", Select(compare("eq", a, ONE), b, a, INT))

    def demand_length(self, length: Expr) -> None:
        """Fail if a length is negative."""
        if not self.nonnegative(length):
            self.check(compare("ge", length, ZERO), "negative dimension")

    def demand_point(self, index: Expr, length: Expr) -> None:
        """Fail unless `-length <= index < length`."""
        gap = self.gap(index, length)
        if gap is not None and gap < 0 and not self.nonnegative(index):
            needed = integer((1 - gap) // 2)
            self.check(compare("ge", length, needed), "index out of bounds")
            return
        value = const_of(index)
        tests: list[Expr] = []
        if value is not None and value < 0:
            tests.append(compare("ge", length, integer(-value)))
        elif value is None and not self.nonnegative(index):
            # not `index + length >= 0`, which may overflow
            tests.append(compare("ge", index, minus(ZERO, length)))
        if (value or 0) >= 0 and not self.below(index, length):
            tests.append(compare("lt", index, length))
        if tests:
            cond = both(tests[0], tests[1]) if len(tests) == 2 else tests[0]
            self.check(cond, "index out of bounds")

    def root(self, sym: Sym) -> Sym:
        """The representative of the symbols that may share storage with `sym`."""
        while (up := self.classes.get(sym, sym)) is not sym:
            sym = up
        return sym

    def may_alias(self, a: Sym, b: Sym) -> bool:
        return self.root(a) is self.root(b)

    def join(self, a: Sym, b: Sym) -> None:
        self.classes[self.root(a)] = self.root(b)


def _without(index: Expr, term: Expr) -> Expr:
    form = affine(index)
    return rebuilt(Affine(tuple((t, f) for t, f in form.terms if t != term), form.const))


def holds_storage(type_: Type) -> bool:
    """True for values that can share memory."""
    if isinstance(type_, TupleOf):
        return any(map(holds_storage, type_.items))
    return isinstance(type_, (Array, ListOf))


def storage_of(expr: Expr) -> set[Sym]:
    """Symbols whose storage the value of the expression may share."""
    if not holds_storage(expr.type):
        return set()
    match expr:
        case Var(sym):
            return {sym}
        case Load(x, _, _) | Transpose(x, _, _) | Reshape(x, _, _) | Item(x, _, _):
            return storage_of(x)
        case Call("np.flip", (x, *_), _):
            return storage_of(x)
        case Tup(items, _):
            return {sym for item in items for sym in storage_of(item)}
        case _:
            return set()


def scope_of(func: Func, helpers: dict[str, Func], is_main: bool) -> Scope:
    """A scope with the facts that hold in the whole function, whatever the order of execution."""
    scope = Scope(func, helpers, {sym.name for sym in symbols(func)})
    counts = Counter(sym for stmt in walk_stmts(func.body) for sym in targets(stmt))
    params = {p for p in func.params if not counts[p] and not isinstance(p.type, Rng)}
    scope.known |= params
    scope.stable = params | {
        s.sym
        for s in func.body
        if isinstance(s, Assign) and counts[s.sym] == 1 and not isinstance(s.sym.type, ListOf)
    } - set(func.params)
    _group(scope, func, is_main)
    _name_lengths(scope, func)
    _find_counters(scope, func)
    _bound_loops(scope, func, counts)
    return scope


def _group(scope: Scope, func: Func, is_main: bool) -> None:
    """Symbols that may share storage. A caller may pass one array twice to a helper."""
    for stmt in walk_stmts(func.body):
        match stmt:
            case Assign(sym, value, _):
                for source in storage_of(value):
                    scope.join(sym, source)
            case Invoke(targets=names, args=args):
                shared = [s for arg in args for s in storage_of(arg)]
                shared += [t for t in names if holds_storage(t.type)]
                results = {t for t in names if holds_storage(t.type)}
                if results:
                    for sym in shared[1:]:
                        scope.join(sym, shared[0])
            case _:
                pass
    if not is_main:
        arrays = [p for p in func.params if holds_storage(p.type)]
        for sym in arrays[1:]:
            scope.join(sym, arrays[0])


def _name_lengths(scope: Scope, func: Func) -> None:
    """Stable integers whose definition is made of lengths, constants and stable integers."""
    for stmt in func.body:
        match stmt:
            case Assign(sym, value, _) if sym in scope.stable and sym.type == INT:
                form = affine(scope.canonical(value))
                if all(scope.fixed(t, scope.stable) for t, _ in form.terms):
                    scope.lengths[sym] = scope.canonical(value)
            case Assign(sym, Alloc() as alloc, _) if sym in scope.stable:
                if all(scope.fixed(e, scope.stable) for e in alloc.shape):
                    scope.allocs[sym] = alloc
            case _:
                pass


def _find_counters(scope: Scope, func: Func) -> None:
    """The greatest set of int variables all of whose definitions keep them from being negative."""
    found: dict[Sym, list[Stmt]] = {}
    for stmt in walk_stmts(func.body):
        for sym in targets(stmt):
            found.setdefault(sym, []).append(stmt)
    scope.counters = {s for s in found if s.type == INT and s not in func.params}
    changed = True
    while changed:
        lost = {s for s in scope.counters if not all(_keeps(d, scope) for d in found[s])}
        scope.counters -= lost
        changed = bool(lost)


def _keeps(stmt: Stmt, scope: Scope) -> bool:
    match stmt:
        case Assign(_, value, _):
            return scope.nonnegative(value)
        case For(_, lo, hi, step, _, _, _):
            by = const_of(step)
            if by is None:
                return False
            return scope.nonnegative(lo if by > 0 else plus(hi, ONE))
        case _:
            return False


def _bound_loops(scope: Scope, func: Func, counts: Counter[Sym]) -> None:
    """Loop variables that are always less than a value that never changes."""
    for stmt in walk_stmts(func.body):
        match stmt:
            case For(sym, _, hi, step, _, _, _) if counts[sym] == 1 and (const_of(step) or 0) > 0:
                if scope.fixed(hi, scope.stable):
                    scope.below_of[sym] = hi
            case _:
                pass
