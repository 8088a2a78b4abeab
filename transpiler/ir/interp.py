"""The meaning of the IR, slow and obvious: programs run statement by statement.

Values: Python numbers for `Py`, NumPy scalars for `Num`, ndarrays (views share memory), and in high
IR Python lists. Warnings of NumPy are silenced. Loops marked parallel run in a shuffled order, the
same in every run, so that a wrong claim of independence shows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, assert_never

import numpy as np

from loopwright.ir.draws import DrawMethod
from loopwright.ir.interp_calls import Level
from loopwright.ir.interp_draws import draw_number
from loopwright.ir.interp_expr import (
    PY_CLASS,
    assert_in_bounds,
    cast,
    conform,
    evaluate,
    index_values,
)
from loopwright.ir.machine import KernelFailed
from loopwright.ir.nodes import (
    Append,
    Assign,
    Break,
    Check,
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
    Sym,
    Value,
    While,
)
from loopwright.ir.results import cut, mapping, numbers_of
from loopwright.ir.types import Array, ListOf, Num, Py, Type

__all__ = ["KernelFailed", "rebuild", "run"]

Signal: TypeAlias = Literal["break", "continue"] | tuple[Any, ...] | None
"""How a block ends: normally, by leaving or continuing a loop, or by returning results."""


def run(program: Program, args: Sequence[Any]) -> tuple[Any, ...]:
    """The results of the main function.

    `args` are Python values in the order of the parameters; a list given for an array parameter of
    low IR is converted, and written back. KernelFailed if the kernel gives up (arguments may then be
    half-changed); AssertionError if an argument is outside of the domain or the IR is wrong.
    """
    main = program.main
    assert len(args) == len(main.params), f"{len(args)} arguments for {len(main.params)}"
    funcs = {f.name: f for f in (*program.helpers, main)}
    values = [accept(value, p.type) for value, p in zip(args, main.params, strict=True)]
    try:
        with np.errstate(all="ignore"):
            results = Activation(funcs, main).call(values)
    except RecursionError as error:  # a call of the kernel takes many of Python's here
        raise KernelFailed("the calls get too deep", main.span) from error
    for given, value in zip(args, values, strict=True):
        if isinstance(given, list) and isinstance(value, np.ndarray):
            _write_back(given, value)
    return results


def _write_back(given: list[Any], value: np.ndarray[Any, Any]) -> None:
    """Numbers of the class that the list has; rows stay the objects that they are."""
    for k, old in enumerate(given):
        if isinstance(old, list):
            _write_back(old, value[k])
        else:
            given[k] = value[k] if isinstance(old, np.generic) else value[k].item()


def rebuild(program: Program, results: Sequence[Any], args: Sequence[Any]) -> Any:
    """The Python object that the region's results stand for; `args` as they were given to `run`.

    An object that the program does not get is its `Root` node. Lists among `args` get their new contents.
    """
    made = _rebuild(program.rebuild, results, args)
    for refill in program.refills:
        args[refill.param][:] = _rebuild(refill.value, results, args)
    return made


def _shared(given: Any, found: Any) -> bool:
    arrays = isinstance(given, np.ndarray) and isinstance(found, np.ndarray)
    return arrays and np.shares_memory(given, found)


def _rebuild(tree: Rebuild, results: Sequence[Any], args: Sequence[Any]) -> Any:
    match tree:
        case Value(at, type_):
            return _python_object(results[at], type_)
        case OneOf(at, tag, types):
            return _python_object(results[at], types[int(results[tag])])
        case Same(param):
            return args[param]
        case Either(at, params, type_):
            found = results[at]
            shared = [args[k] for k in params if args[k] is found or _shared(args[k], found)]
            return shared[0] if shared else _python_object(found, type_)
        case Root():
            return tree
        case Rows(item, ndim):
            return _rows(item, ndim, results, args)
        case Parts(at, ends, row):
            whole = _python_object(results[at], row) if isinstance(row, ListOf) else results[at]
            return cut(whole, results[ends], isinstance(row, Array))
        case Picks(param, at):
            return [args[param][int(k)] for k in results[at]]
        case Mapping(items, form):
            return mapping(form, _rebuild(items, results, args))
        case Perhaps(there, item):
            return _rebuild(item, results, args) if results[there] else None
        case Pack(items):
            return tuple(_rebuild(item, results, args) for item in items)
        case Listed(items):
            return [_rebuild(item, results, args) for item in items]
        case Entries(names, items):
            parts = (_rebuild(item, results, args) for item in items)
            return dict(zip(names, parts, strict=True))
        case Nothing():
            return None
        case _:
            assert_never(tree)


def _rows(item: Rebuild, ndim: int, columns: Sequence[Any], args: Sequence[Any]) -> list[Any]:
    """The list whose element `k` is made of `columns[n][k]` for the `n` that `item` names."""
    names = numbers_of(item)
    made = []
    for parts in zip(*(columns[n] for n in names), strict=True):
        inner = list(columns)
        for n, part in zip(names, parts, strict=True):
            inner[n] = part
        made.append(_rows(item, ndim - 1, inner, args) if ndim > 1 else _rebuild(item, inner, args))
    return made


def _python_object(value: Any, type_: Type) -> Any:
    match type_:
        case Py("none"):
            return None
        case Py("str"):
            return chr(value)
        case Py(kind):
            return PY_CLASS[kind](value)
        case Num(dtype):
            return np.dtype(dtype).type(value)
        case ListOf():
            return cast(value, type_, "high") if isinstance(value, np.ndarray) else value
        case _:
            return value


def accept(value: Any, type_: Type) -> Any:
    """The argument as a value of the parameter's type; AssertionError outside of the domain."""
    if isinstance(type_, Num) and isinstance(value, (int, float, complex, np.generic)):
        return np.dtype(type_.dtype).type(value)
    if isinstance(type_, Array) and isinstance(value, list):
        return cast(value, type_, "low")
    return conform(value, type_)


class Activation:
    """One call of one function: its variables, and what each statement does to them."""

    def __init__(self, funcs: dict[str, Func], func: Func) -> None:
        self.funcs = funcs
        self.func = func
        self.level: Level = func.level
        self.env: dict[Sym, Any] = {}

    def call(self, args: Sequence[Any]) -> tuple[Any, ...]:
        self.env = dict(zip(self.func.params, args, strict=True))
        signal = self.block(self.func.body)
        assert isinstance(signal, tuple), f"{self.func.name} ends without Return"
        return signal

    def block(self, body: Sequence[Stmt]) -> Signal:
        for stmt in body:
            signal = self.step(stmt)
            if signal is not None:
                return signal
        return None

    def step(self, stmt: Stmt) -> Signal:
        """High IR: an exception of Python means that the kernel gives up."""
        if self.level == "low":
            return self.perform(stmt)
        try:
            return self.perform(stmt)
        except (AssertionError, KernelFailed):
            raise
        except Exception as error:
            raise KernelFailed(f"{type(error).__name__}: {error}", stmt.span) from error

    def value(self, expr: Expr) -> Any:
        return evaluate(expr, self.env, self.level)

    def truth(self, cond: Expr) -> bool:
        return bool(self.value(cond))

    def bind(self, sym: Sym, value: Any) -> None:
        self.env[sym] = conform(value, sym.type)

    def perform(self, stmt: Stmt) -> Signal:
        match stmt:
            case Assign(sym, value, _):
                self.bind(sym, self.value(value))
            case Store():
                self.store(stmt)
            case Append(x, value, _):
                self.env[x].append(self.value(value))
            case For():
                return self.for_(stmt)
            case While():
                return self.while_(stmt)
            case If(cond, then, orelse, _):
                return self.block(then if self.truth(cond) else orelse)
            case Break():
                return "break"
            case Continue():
                return "continue"
            case Return(values, _):
                types = self.func.results
                return tuple(conform(self.value(v), t) for v, t in zip(values, types, strict=True))
            case Fail(reason, span):
                raise KernelFailed(reason, span)
            case Check(cond, reason, span):
                if not self.value(cond):
                    raise KernelFailed(reason, span)
            case Invoke(targets, name, args, _):
                passed = [self.value(a) for a in args]
                results = Activation(self.funcs, self.funcs[name]).call(passed)
                for sym, value in zip(targets, results, strict=True):
                    self.bind(sym, value)
            case Draw(target, rng, method, args, _):
                self.bind(target, self.draw(rng, method, args))
            case _:
                assert_never(stmt)
        return None

    def draw(self, rng: Sym, method: DrawMethod, args: Sequence[Expr]) -> Any:
        return draw_number(self.env[rng], method, tuple(self.value(a) for a in args))

    def store(self, stmt: Store) -> None:
        x, value = self.env[stmt.x], self.value(stmt.value)
        index = index_values(stmt.index, self.env, self.level)
        if self.level == "low":
            assert_in_bounds(x, index)
        if not isinstance(x, list):
            x[index] = value
            return
        points = [at for at in index if not isinstance(at, slice)]
        if len(points) == len(index):
            *points, last = points
            for at in points:
                x = x[at]
            x[last] = value
            return
        for at in points:
            x = x[at]
        part = index[len(points)]
        if len(x[part]) != len(value):
            raise KernelFailed("a slice of a list would change its length", stmt.span)
        x[part] = value

    def for_(self, stmt: For) -> Signal:
        order: Sequence[int] = range(*(int(self.value(e)) for e in (stmt.lo, stmt.hi, stmt.step)))
        last = order[-1:]
        if stmt.parallel:
            order = list(order)
            random.Random(len(order)).shuffle(order)
        for i in order:
            self.env[stmt.sym] = cast(i, stmt.sym.type, self.level)
            signal = self.block(stmt.body)
            if signal == "break":
                return None
            if isinstance(signal, tuple):
                return signal
        if stmt.parallel and last:
            self.env[stmt.sym] = cast(last[0], stmt.sym.type, self.level)
        return self.block(stmt.orelse)

    def while_(self, stmt: While) -> Signal:
        while self.truth(stmt.cond):
            signal = self.block(stmt.body)
            if signal == "break":
                return None
            if isinstance(signal, tuple):
                return signal
        return self.block(stmt.orelse)
