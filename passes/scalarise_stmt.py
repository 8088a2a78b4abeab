"""Statements of one function without array-level work."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import assert_never

from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Break,
    Call,
    Check,
    Const,
    Continue,
    Draw,
    Expr,
    Fail,
    Fancy,
    For,
    Func,
    If,
    Invoke,
    Load,
    Reshape,
    Return,
    Stmt,
    Store,
    Sym,
    Transpose,
    Var,
    While,
)
from loopwright.ir.types import BOOL, Array, Type, is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    map_exprs_of,
    map_stmts,
    rename,
    substitute,
    targets,
    used,
    vars_of,
    walk_stmts,
)
from loopwright.passes.scalarise_contract import Mode
from loopwright.passes.scalarise_defer import may_wait
from loopwright.passes.scalarise_expr import Values
from loopwright.passes.scalarise_index import transposed
from loopwright.passes.scalarise_ints import negated
from loopwright.passes.scalarise_lazy import Lazy, held, materialise, stored
from loopwright.passes.scalarise_scope import Scope, scope_of
from loopwright.passes.scalarise_store import store
from loopwright.passes.scalarise_work import has_work


def scalar_func(
    func: Func, helpers: dict[str, Func], contract: Mode, stretch: bool, is_main: bool
) -> Func:
    """The function with loops for array expressions; functions that it needs go to `helpers`. With `stretch`
    any axis may have length 1 where broadcasting would stretch it."""
    if not has_work(func, contract):
        return func
    scope = scope_of(func, helpers, is_main)
    scope.stretch = stretch
    rewriter = Statements(func, Values(scope, contract))
    body = rewriter.top(func.body)
    return replace(func, body=_retyped(_without_dead_views(body), func))


class Statements:
    """Goes through the statements of a function in order."""

    def __init__(self, func: Func, values: Values) -> None:
        self.func = func
        self.values = values
        self.scope: Scope = values.scope
        self.depth = 0
        self.counts = Counter(s for stmt in walk_stmts(func.body) for s in targets(stmt))

    def top(self, body: Body) -> Body:
        """The outermost block: checks of fixed values stand before the statement that needs them."""
        done: list[Stmt] = []
        for k, stmt in enumerate(body):
            with self.scope.block() as out:
                self.statement(stmt, body[k + 1 :])
            done.extend(self.scope.top)
            self.scope.top = []
            done.extend(out)
            self.scope.known |= set(targets(stmt))
        return tuple(done)

    def block(self, body: Body) -> Body:
        with self.scope.block() as out:
            for k, stmt in enumerate(body):
                self.statement(stmt, body[k + 1 :])
        return tuple(out)

    def branch(self, body: Body) -> Body:
        """A block that may be left out: what is learnt in it holds only in it."""
        before = dict(self.values.lazies)
        self.depth += 1
        result = self.block(body)
        self.depth -= 1
        self.values.lazies = before
        self.values.forget(assigned(body))
        return result

    def statement(self, stmt: Stmt, rest: Body) -> None:
        self.scope.span = stmt.span
        match stmt:
            case Assign(sym, value, _):
                if isinstance(sym.type, Array):
                    self.array_assign(stmt, rest)
                else:
                    self.scope.emit(replace(stmt, value=self.values.value(value)))
                    self.values.forget({sym})
            case Store():
                store(self.values, stmt)
            case For():
                self.for_(stmt)
            case While():
                self.while_(stmt)
            case If(cond, then, orelse, _):
                test = self.values.number(cond)
                before = dict(self.values.lazies)
                with self.scope.guarded() as first:
                    self.scope.out.extend(self.branch(then))
                self.values.lazies = before
                with self.scope.guarded() as second:
                    self.scope.out.extend(self.branch(orelse))
                self.values.forget(assigned(then))
                self.scope.emit(If(test, tuple(first), tuple(second), stmt.span))
            case Check(cond, _, _):
                new = map_exprs_of(stmt, self.values.value)
                self.scope.emit(new)
                if self.scope.fixed(cond, self.scope.known) and new == stmt and self.depth == 0:
                    self.scope.checked.append(cond)
            case Return(values, _):
                self.scope.emit(replace(stmt, values=tuple(map(self.result, values))))
            case Append() | Invoke() | Draw():
                self.scope.emit(map_exprs_of(stmt, self.values.value))
                self.values.forget(set(targets(stmt)))
            case Break() | Continue() | Fail():
                self.scope.emit(stmt)
            case _:
                assert_never(stmt)

    def result(self, value: Expr) -> Expr:
        """What is returned: new arrays are in the order that the function's type tells."""
        if not _is_f(value.type) or _is_view(value):
            return self.values.value(value)
        lazy = self.values.array(value)
        if lazy.storage is None:
            lazy = _in_f_order(self.scope, lazy)
        assert lazy.storage is not None
        return lazy.storage

    def for_(self, stmt: For) -> None:
        lo, hi, step = (self.values.number(e) for e in (stmt.lo, stmt.hi, stmt.step))
        self.values.forget(assigned((stmt,)))
        body = self.branch(stmt.body)
        orelse = self.branch(stmt.orelse)
        self.scope.emit(replace(stmt, lo=lo, hi=hi, step=step, body=body, orelse=orelse))

    def while_(self, stmt: While) -> None:
        """A condition that needs statements moves into the body."""
        self.values.forget(assigned((stmt,)))
        with self.scope.block() as before:
            cond = self.values.number(stmt.cond)
        body = self.branch(stmt.body)
        orelse = self.branch(stmt.orelse)
        if before:
            if any(isinstance(s, (Break, Continue)) for s in walk_stmts(orelse)):
                raise self.scope.decline("LW243", "an array expression decides about `else: break`")
            leave = If(negated(cond), (*orelse, Break(stmt.span)), (), stmt.span)
            body, cond, orelse = (*before, leave, *body), Const(True, BOOL), ()
        self.scope.emit(While(cond, body, orelse, stmt.span))

    def array_assign(self, stmt: Assign, rest: Body) -> None:
        sym, scope = stmt.sym, self.scope
        value = stmt.value
        with scope.block() as out:
            lazy = self.values.array(value)
        if lazy.storage is None and may_wait(scope, self.counts, stmt, lazy, rest, self.func):
            scope.out.extend(out)
            self.values.forget({sym})
            self.values.lazies[sym] = lazy
            return
        if isinstance(lazy.storage, Var) and lazy.storage.sym in assigned(tuple(out)):
            self.keep(stmt, tuple(out), lazy)
            return
        if lazy.storage is not None and _is_view(value):
            scope.out.extend(out)
            view = lazy.storage
            scope.emit(Assign(sym, _typed(view, value.type), stmt.span))
            self.values.forget({sym})
            # a view may take the name of what it is a view of
            own = any(sym in vars_of(e) for e in (view, *lazy.shape))
            if not own and (not isinstance(value, Var) or self.counts[sym] == 1):
                self.values.lazies[sym] = lazy
            return
        with scope.block() as more:
            if lazy.storage is None and _is_f(sym.type):
                lazy = _in_f_order(scope, lazy)
            else:
                lazy = stored(scope, lazy)
        self.keep(stmt, tuple((*out, *more)), lazy)

    def keep(self, stmt: Assign, before: Body, lazy: Lazy) -> None:
        """Bind the variable to an array that `before` makes, and remember what is known of it."""
        sym = stmt.sym
        old = sym in {s for d in lazy.shape for s in vars_of(d)}
        renamed = self._bind(stmt, before, lazy.storage)
        self.values.forget({sym})
        if not old:
            shape = tuple(substitute(d, renamed) for d in lazy.shape)
            self.values.lazies[sym] = replace(held(sym, shape, lazy), dense=lazy.dense)

    def _bind(self, stmt: Assign, before: Body, storage: Expr | None) -> dict[Sym, Expr]:
        """Let the variable be the new array: under its own name if nothing needs the old value.

        Returns what replaces the name of the temporary.
        """
        assert storage is not None
        match storage:
            case Var(temp) if temp in assigned(before) and fits(temp, stmt.sym):
                if stmt.sym not in used(before):
                    self.scope.out.extend(rename(before, {temp: stmt.sym}))
                    return {temp: Var(stmt.sym)}
            case _:
                pass
        self.scope.out.extend(before)
        self.scope.emit(Assign(stmt.sym, storage, stmt.span))
        return {}


def fits(temp: Sym, sym: Sym) -> bool:
    """Whether `sym` may stand for `temp`."""
    return temp.type == sym.type or (
        isinstance(sym.type, Array) and isinstance(temp.type, Array) and sym.type.layout == "A"
    )


def _is_f(type_: Type) -> bool:
    return isinstance(type_, Array) and type_.layout == "F" and type_.ndim > 1


def _in_f_order(scope: Scope, lazy: Lazy) -> Lazy:
    """An array in Fortran's order: its transpose is made in C's."""
    back = lazy.c_order[::-1]
    return transposed(materialise(scope, transposed(lazy, back)), back)


def _typed(view: Expr, type_: object) -> Expr:
    if isinstance(view, (Load, Transpose, Reshape)) and isinstance(type_, Array):
        return replace(view, type=type_)
    return view


def _is_view(expr: Expr) -> bool:
    """True for an expression that names existing memory."""
    match expr:
        case Var():
            return True
        case Load(x, index, _):
            return _is_view(x) and not any(isinstance(item, Fancy) for item in index)
        case Transpose(x, _, _) | Reshape(x, _, _) | Call("np.flip", (x, *_), _):
            return _is_view(x)
        case _:
            return False


def _without_dead_views(body: Body) -> Body:
    """Drop names of views that nothing reads; the index was checked before."""
    while True:
        live = used(body)
        dead = {
            s.sym
            for s in walk_stmts(body)
            if isinstance(s, Assign)
            and isinstance(s.value, (Load, Transpose, Reshape, Var))
            and isinstance(s.sym.type, Array)
            and s.sym not in live
            and not is_scalar(s.value.type)
        }
        if not dead:
            return body
        body = _drop(body, dead)


def _drop(body: Body, dead: set[Sym]) -> Body:
    return map_stmts(body, lambda s: () if isinstance(s, Assign) and s.sym in dead else (s,))


def _retyped(body: Body, func: Func) -> Body:
    """Array variables that are always bound to new arrays are C-contiguous."""
    kinds: dict[Sym, set[bool]] = {}
    for stmt in walk_stmts(body):
        for sym in targets(stmt):
            fresh = isinstance(stmt, Assign) and isinstance(stmt.value, Alloc)
            kinds.setdefault(sym, set()).add(fresh)
    to = {
        sym: Sym(sym.name, replace(sym.type, layout="C"))
        for sym, found in kinds.items()
        if found == {True} and isinstance(sym.type, Array) and sym.type.layout != "C"
    }
    return rename(body, to) if to else body
