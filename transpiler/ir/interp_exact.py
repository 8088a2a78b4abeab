"""What a high-IR program computes in real arithmetic: the yardstick of the accuracy level `faithful`.

The program runs in ordinary floating point, which decides the control flow; beside it every
floating-point value is enclosed in a ball of high precision. An enclosure thus holds the exact value
of the original's real-number function along the executed path. Where rounding may have decided a
comparison, everything that depends on it is undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from flint import ctx

from loopwright.ir.exact_expr import certain, enclosure, shadow_of
from loopwright.ir.exact_state import Doubt, State, balls, blur, doubtful, is_float, undecided
from loopwright.ir.interp import Activation, Signal, accept
from loopwright.ir.interp_expr import index_values
from loopwright.ir.nodes import (
    Append,
    Assign,
    Break,
    Continue,
    Draw,
    Either,
    Entries,
    Expr,
    Fail,
    For,
    Func,
    If,
    Invoke,
    Listed,
    Mapping,
    Nothing,
    OneOf,
    Pack,
    Parts,
    Perhaps,
    Picks,
    Program,
    Rebuild,
    Return,
    Root,
    Rows,
    Same,
    Stmt,
    Store,
    Value,
)
from loopwright.ir.results import cut, mapping, numbers_of
from loopwright.ir.types import STR, Array, Type
from loopwright.ir.walk import Body, assigned, index_exprs, stored, walk_stmts


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One value: `ordinary` as floating point gives it, `exact` its enclosures in the same shape
    (`arb`, `acb`, object array, list), or None for what is not floating point and must be equal.

    An enclosure that is not finite (`is_decided` of `exact_math`) says nothing. `sure` is False for what
    is not floating point and depends on a comparison that rounding may have decided.
    """

    ordinary: Any
    exact: Any
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Enclosures:
    """All that a run leaves: the results of the main function, and its parameters afterwards.

    `open`: rounding may have decided a comparison. `whole`: every function that ran has an exact form.
    """

    results: tuple[Enclosed, ...]
    params: tuple[Enclosed, ...]
    open: bool = False
    whole: bool = True

    @property
    def sure(self) -> bool:
        """Whether all that is not floating point is beyond rounding."""
        return all(each.sure for each in (*self.results, *self.params))


def enclose(program: Program, args: Sequence[Any], precision: int = 200) -> Enclosures:
    """Run a high-IR program on `args` (which it may change, as `interp.run` does).

    KernelFailed where the program gives up. `precision` in bits.
    """
    main = program.main
    assert main.level == "high", "only high IR has the original's meaning"
    funcs = {f.name: f for f in (*program.helpers, main)}
    values = [accept(value, p.type) for value, p in zip(args, main.params, strict=True)]
    with np.errstate(all="ignore"), ctx.workprec(precision):
        shadows = [balls(v) if is_float(p.type) else Doubt()
                   for v, p in zip(values, main.params, strict=True)]  # fmt: skip
        run = ExactActivation(funcs, main)
        results, exact = run.call_exact(values, shadows)
        lost = run.state.lost
        types = [*main.results, *(p.type for p in main.params)]
        found = [
            Enclosed(value, _final(shadow, value, type_, lost), not (lost or doubtful(shadow)))
            for value, shadow, type_ in zip(
                [*results, *values], [*exact, *shadows], types, strict=True
            )
        ]
    count = len(results)
    return Enclosures(tuple(found[:count]), tuple(found[count:]), run.state.open, run.state.whole)


def rebuild_exact(program: Program, found: Enclosures) -> Any:
    """The result in the shape of the rebuilt Python object, with enclosures in place of floats."""
    return _rebuild(program.rebuild, found)


def params_after(program: Program, found: Enclosures) -> list[Any]:
    """The parameters after the call, with enclosures in place of floats; None for what holds none."""
    after = [param.exact for param in found.params]
    for refill in program.refills:
        after[refill.param] = _rebuild(refill.value, found)
    return after


def _rebuild(tree: Rebuild, found: Enclosures) -> Any:
    match tree:
        case Value(at, type_):
            return _leaf(found.results[at], type_)
        case OneOf(at, tag, types):
            return _leaf(found.results[at], types[int(found.results[tag].ordinary)])
        case Same(param):
            given = found.params[param]
            return given.ordinary if given.exact is None else given.exact
        case Either(at, _, _):
            return found.results[at].exact
        case Root():
            return None
        case Rows(item, ndim):
            return _rows(item, ndim, found)
        case Parts(at, ends, row):
            whole = found.results[at]
            held = whole.ordinary if whole.exact is None else whole.exact
            return cut(held, found.results[ends].ordinary, isinstance(row, Array))
        case Picks(param, at):
            given = found.params[param]
            rows = given.ordinary if given.exact is None else given.exact
            return [rows[int(k)] for k in found.results[at].ordinary]
        case Mapping(items, form):
            return mapping(form, _rebuild(items, found))
        case Perhaps(there, item):
            return _rebuild(item, found) if found.results[there].ordinary else None
        case Pack(items):
            return tuple(_rebuild(item, found) for item in items)
        case Listed(items):
            return [_rebuild(item, found) for item in items]
        case Entries(names, items):
            parts = (_rebuild(item, found) for item in items)
            return dict(zip(names, parts, strict=True))
        case Nothing():
            return None
        case _:
            assert_never(tree)


def _rows(item: Rebuild, ndim: int, found: Enclosures) -> list[Any]:
    names = numbers_of(item)
    columns = [found.results[n] for n in names]
    made = []
    for k in range(len(columns[0].ordinary)):
        inner = list(found.results)
        for n, c in zip(names, columns, strict=True):
            inner[n] = Enclosed(c.ordinary[k], None if c.exact is None else c.exact[k])
        below = Enclosures(tuple(inner), found.params)
        made.append(_rows(item, ndim - 1, below) if ndim > 1 else _rebuild(item, below))
    return made


def _leaf(found: Enclosed, type_: Type) -> Any:
    if type_ == STR:
        return chr(found.ordinary)
    return found.exact if is_float(type_) and found.exact is not None else found.ordinary


def _final(shadow: Any, value: Any, type_: Type, lost: bool) -> Any:
    if not is_float(type_):
        return None
    return undecided(value) if lost else shadow


class ExactActivation(Activation):
    """One call of one function with shadows beside its variables."""

    def __init__(self, funcs: dict[str, Func], func: Func, lost: bool = False) -> None:
        super().__init__(funcs, func)
        self.state = State(lost=lost)
        self.returned: tuple[Any, ...] = ()

    def call_exact(
        self, args: Sequence[Any], shadows: Sequence[Any]
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Results, and their shadows."""
        self.state.shadow = dict(zip(self.func.params, shadows, strict=True))
        results = self.call(args)
        return results, self.returned

    def shadow(self, expr: Expr) -> Any:
        """The shadow of an expression whose ordinary value exists."""
        self.state.env = self.env
        try:
            return shadow_of(expr, self.state)
        except Exception as error:
            raise AssertionError(f"no enclosure: {type(error).__name__}: {error}") from error

    def certain(self, expr: Expr) -> bool:
        """Whether the value of a decision is beyond rounding."""
        self.state.env = self.env
        try:
            return certain(expr, self.state)
        except Exception as error:
            raise AssertionError(f"no enclosure: {type(error).__name__}: {error}") from error

    def truth(self, cond: Expr) -> bool:
        """The condition of a While, or of an If that `perform` has found certain."""
        value = super().truth(cond)
        if not self.certain(cond):
            self.state.lost = True
        return value

    def perform(self, stmt: Stmt) -> Signal:
        shadow = self.state.shadow
        match stmt:
            case Assign(sym, value, _):
                self.value(value)
                exact = self.shadow(value)
                super().perform(stmt)
                shadow[sym] = exact
            case Append(x, value, _):
                self.value(value)
                exact = self.shadow(value)
                super().perform(stmt)
                if isinstance(shadow[x], list):
                    shadow[x].append(exact)
                elif isinstance(exact, Doubt):
                    shadow[x].there |= exact.there
            case Store():
                self.store_exact(stmt)
            case For():
                bounds = [self.value(e) for e in (stmt.lo, stmt.hi, stmt.step)]
                if not all(self.certain(e) for e in (stmt.lo, stmt.hi, stmt.step)):
                    self.state.lost = True
                if range(*map(int, bounds)):
                    shadow[stmt.sym] = Doubt()
                return super().perform(stmt)
            case If():
                return self.if_(stmt)
            case Return(values, _):
                signal = super().perform(stmt)
                self.returned = tuple(self.shadow(v) for v in values)
                return signal
            case Invoke():
                self.invoke_exact(stmt)
            case Draw(target, _, _, _, _):
                super().perform(stmt)
                value = self.env[target]
                shadow[target] = balls(value) if is_float(target.type) else Doubt()
            case _:
                return super().perform(stmt)
        return None

    def if_(self, stmt: If) -> Signal:
        """An open condition blurs what either branch may change."""
        value = bool(self.value(stmt.cond))
        open_ = not self.certain(stmt.cond)
        signal = self.block(stmt.then if value else stmt.orelse)
        if open_:
            body: Body = (*stmt.then, *stmt.orelse)
            leaving = (Break, Continue, Return, Fail, Invoke)
            if any(isinstance(s, leaving) for s in walk_stmts(body)):
                self.state.lost = True
            for sym in assigned(body):
                if sym in self.env:
                    self.state.shadow[sym] = (
                        undecided(self.env[sym]) if is_float(sym.type) else Doubt(True)
                    )
            for sym in stored(body) & set(self.env):
                blur(self.state.shadow[sym])
        return signal

    def store_exact(self, stmt: Store) -> None:
        self.value(stmt.value)
        target = self.state.shadow[stmt.x]
        sure = all(self.certain(e) for e in index_exprs(stmt.index))
        if isinstance(target, Doubt):
            exact = not self.certain(stmt.value)
        else:
            exact = self.enclosure(stmt.value)
        index = index_values(stmt.index, self.env, self.level)
        super().perform(stmt)
        if isinstance(target, Doubt):
            target.there |= bool(exact) or not sure
        elif not sure:
            blur(target)
        elif isinstance(target, list):
            _store_list(target, index, exact)
        else:
            target[index] = exact

    def enclosure(self, expr: Expr) -> Any:
        """Enclosures of a value that goes into floating-point storage."""
        self.state.env = self.env
        try:
            return enclosure(expr, self.state)
        except Exception as error:
            raise AssertionError(f"no enclosure: {type(error).__name__}: {error}") from error

    def invoke_exact(self, stmt: Invoke) -> None:
        values = [self.value(a) for a in stmt.args]
        inner = ExactActivation(self.funcs, self.funcs[stmt.func], self.state.lost)
        inner.state.known = self.state.known
        results, exact = inner.call_exact(values, [self.shadow(a) for a in stmt.args])
        self.state.lost |= inner.state.lost
        self.state.open |= inner.state.open
        self.state.whole &= inner.state.whole
        for sym, value, shadow in zip(stmt.targets, results, exact, strict=True):
            self.bind(sym, value)
            self.state.shadow[sym] = shadow


def _store_list(x: Any, index: tuple[Any, ...], value: Any) -> None:
    points = [at for at in index if not isinstance(at, slice)]
    *outer, last = index if len(points) == len(index) else (*points, index[len(points)])
    for at in outer:
        x = x[at]
    x[last] = value
