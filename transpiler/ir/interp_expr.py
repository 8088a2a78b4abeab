"""The value of an expression, computed by Python and NumPy themselves.

In high IR whatever Python raises escapes as that exception; in low IR whatever compiled code leaves
undefined (an index out of bounds, a shift by too much) is an AssertionError, a bug of `legalise`.
Results must have the declared type: a wrong one is an AssertionError too, unless the type depends
on the values in Python (`2 ** -1`), in which case the kernel gives up.
"""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

import numpy as np

from loopwright.ir.interp_calls import Level, call_intrinsic
from loopwright.ir.machine import INT64, KernelFailed
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Contract,
    Dim,
    Expr,
    Fancy,
    IndexItem,
    Item,
    Load,
    Logic,
    NewAxis,
    Pt,
    Reduce,
    Reshape,
    Scan,
    Select,
    Slc,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.operators import MATMUL, UFUNC, canonical
from loopwright.ir.types import Array, ListOf, Num, Py, TupleOf, Type, kind_of

Env = Mapping[Sym, Any]

_OPERATOR: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
    "and": operator.and_, "or": operator.or_, "xor": operator.xor,
    "lshift": operator.lshift, "rshift": operator.rshift,
    "neg": operator.neg, "pos": operator.pos, "invert": operator.invert, "not": operator.not_,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip

PY_CLASS: dict[str, type] = {"int": int, "float": float, "bool": bool, "complex": complex}
PY_CLASS |= {"str": str, "none": type(None)}


def evaluate(expr: Expr, env: Env, level: Level) -> Any:
    """The value of `expr`; raises as told above."""

    def ev(e: Expr) -> Any:
        return evaluate(e, env, level)

    match expr:
        case Const(value, type_):
            return np.dtype(type_.dtype).type(value) if isinstance(type_, Num) else value
        case Var(sym):
            assert sym in env, f"{sym.name} is read before it is assigned"
            return env[sym]
        case Unary(op, x, type_):
            return conform(_operate(op, (ev(x),), type_, level), type_)
        case Binary(op, a, b, type_):
            value = _operate(op, (ev(a), ev(b)), type_, level)
            return conform(value, type_, by_value=op == "pow")
        case Compare(op, a, b, type_):
            return conform(_operate(op, (ev(a), ev(b)), type_, level), type_)
        case Logic(op, a, b, type_):
            first = bool(ev(a))
            return _truth(first if first is (op == "or") else bool(ev(b)), type_)
        case Select(cond, a, b, type_):
            return conform(ev(a) if ev(cond) else ev(b), type_)
        case Cast(x, type_):
            return cast(ev(x), type_, level)
        case Call(fn, args, type_):
            return conform(call_intrinsic(fn, [ev(a) for a in args], type_, level), type_)
        case Dim(x, axis, type_):
            return cast(_length(ev(x), axis), type_, level)
        case Load(x, index, type_):
            return load(ev(x), index_values(index, env, level), type_, level)
        case Transpose(x, axes, _):
            return np.transpose(ev(x), axes)
        case Reshape(x, shape, _):
            return ev(x).reshape([int(ev(e)) for e in shape])
        case Reduce() | Scan():
            return _reduce(ev(expr.x), expr)
        case Contract(spec, args, type_):
            values = [ev(a) for a in args]
            matmul = canonical(spec) in MATMUL
            return conform(operator.matmul(*values) if matmul else np.einsum(spec, *values), type_)
        case Alloc(shape, fill, type_):
            return allocate([int(ev(e)) for e in shape], None if fill is None else ev(fill), type_)
        case Tup(items, _):
            return tuple(ev(e) for e in items)
        case Item(x, at, _):
            return ev(x)[at]
        case _:
            assert_never(expr)


def conform(value: Any, type_: Type, by_value: bool = False) -> Any:
    """`value` itself if it has the type; a Python number becomes the NumPy scalar asked for.

    KernelFailed if the type may depend on values (`by_value`), else AssertionError.
    """
    match type_:
        case Py(kind):
            right = type(value) is PY_CLASS[kind]
        case Num(dtype):
            if type(value) in (int, float, bool, complex):
                return np.dtype(dtype).type(value)
            right = isinstance(value, np.generic) and value.dtype == dtype
        case Array(dtype, ndim, _):
            right = isinstance(value, np.ndarray) and (value.dtype, value.ndim) == (dtype, ndim)
        case ListOf():
            right = isinstance(value, list)
        case TupleOf(items):
            right = isinstance(value, tuple) and len(value) == len(items)
        case _:
            streams = np.random.Generator, np.random.RandomState, random.Random
            right = isinstance(value, streams)
    if not right and by_value:
        raise KernelFailed(f"result is {type(value).__name__}, not {type_}")
    assert right, f"{value!r} of {type(value).__name__} where {type_} is declared"
    return value


def cast(value: Any, type_: Type, level: Level) -> Any:
    """Conversion as `nodes.Cast` defines it."""
    match type_:
        case Py("int"):
            number = int(value)
            if isinstance(value, (float, np.floating)) and number not in INT64:
                raise KernelFailed("float does not fit int64")
            return number
        case Py(kind):
            return PY_CLASS[kind](value)
        case Num(dtype):
            if isinstance(value, np.generic):
                if level == "low" and value.dtype.kind == "f" and kind_of(dtype) in "iu":
                    info = np.iinfo(dtype)
                    inside = (
                        math.isfinite(value) and info.min <= math.trunc(float(value)) <= info.max
                    )
                    assert inside, f"{value} does not fit {dtype}"
                return value.astype(dtype)
            return np.dtype(dtype).type(value)
        case Array(dtype, ndim, layout):
            if isinstance(value, list) and not value:
                return np.empty((0,) * ndim, dtype)
            made = np.array(value, dtype=dtype, order="K" if layout == "A" else layout)
            return conform(made, type_)
        case ListOf(elem, 1):
            return [cast(v, elem, level) for v in value]
        case ListOf(elem, ndim):
            return [cast(row, ListOf(elem, ndim - 1), level) for row in value]
        case _:
            raise AssertionError(f"no conversion to {type_}")


def _truth(value: bool, type_: Type) -> Any:
    return np.bool(value) if isinstance(type_, Num) else value


def _operate(op: str, operands: Sequence[Any], type_: Type, level: Level) -> Any:
    """Python's operator if a NumPy value decides its meaning or all is Python, else the ufunc."""
    if level == "low":
        _assert_defined(op, operands)
    python = isinstance(type_, Py)
    weak = not any(isinstance(v, (np.generic, np.ndarray)) for v in operands)
    if op in ("minimum", "maximum") or (not python and (weak or op == "not")):
        return eval_ufunc(op, operands)
    return _OPERATOR[op](*operands)


def eval_ufunc(op: str, operands: Sequence[Any]) -> Any:
    """NumPy's function for an operator of the IR."""
    return getattr(np, UFUNC[op].removeprefix("np."))(*operands)


def _assert_defined(op: str, operands: Sequence[Any]) -> None:
    """Integer operations that machines leave undefined do not reach low IR."""
    if any(not isinstance(v, np.integer) for v in operands):
        return
    match op, operands:
        case (("floordiv" | "mod"), (a, b)):
            least = np.iinfo(a.dtype).min
            assert b != 0, "integer division by zero"
            assert not (b == -1 and a == least and least < 0), "integer division overflows"
        case (("lshift" | "rshift"), (a, b)):
            assert 0 <= b < a.dtype.itemsize * 8, f"shift by {b}"
        case "pow", (_, b):
            assert b >= 0, "integer to a negative power"
        case (("add" | "sub" | "mul"), (a, b)) if a.dtype == np.int64:
            assert _OPERATOR[op](int(a), int(b)) in INT64, "64 bits with a sign overflow"
        case _:
            pass


def _length(x: Any, axis: int) -> int:
    if isinstance(x, list):
        return len(x) if axis == 0 else _length(x[0], axis - 1) if x else 0
    return int(x.shape[axis])


# ------------------------------------------------------------------- indexing


def index_values(index: Sequence[IndexItem], env: Env, level: Level) -> tuple[Any, ...]:
    """The index as Python subscripts with it."""

    def one(item: IndexItem) -> Any:
        match item:
            case Pt(e) | Fancy(e):
                return evaluate(e, env, level)
            case NewAxis():
                return None
            case Slc(lo, hi, step):
                ends = (None if e is None else evaluate(e, env, level) for e in (lo, hi, step))
                return slice(*ends)
            case _:
                assert_never(item)

    return tuple(map(one, index))


def load(x: Any, index: tuple[Any, ...], type_: Type, level: Level) -> Any:
    """`x[index]`. A row of a list of lists is the row itself; a slice of a list is a copy."""
    if level == "low":
        assert_in_bounds(x, index)
    if not isinstance(x, list):
        return conform(x[index], type_)
    for depth, at in enumerate(index):
        if isinstance(at, slice):
            # trailing whole axes stand for nothing, except in the copy `x[:]`
            if depth > 0 and all(rest == slice(None) for rest in index[depth:]):
                return x
            return x[at]
        x = x[at]
    return conform(x, type_)


def assert_in_bounds(x: Any, index: tuple[Any, ...]) -> None:
    """Low IR: points are non-negative and inside."""
    axis = 0
    for at in index:
        if at is not None:
            if not isinstance(at, slice):
                assert 0 <= at < x.shape[axis], f"index {at} on axis {axis} of shape {x.shape}"
            axis += 1


# --------------------------------------------------------------- whole arrays


def _reduce(x: Any, expr: Reduce | Scan) -> Any:
    options: dict[str, Any] = {}
    if isinstance(x, list):
        python = math.prod if expr.op == "prod" else {"sum": sum, "min": min, "max": max,
                                                      "any": any, "all": all}[expr.op]  # fmt: skip
        return conform(python(x), expr.type, by_value=True)  # type: ignore[operator]
    if expr.op in ("sum", "prod"):
        assert isinstance(expr.type, (Num, Array))
        options["dtype"] = expr.type.dtype
    match expr:
        case Scan(op, _, axis, type_):
            return conform(getattr(np, f"cum{op}")(x, axis=axis, **options), type_)
        case Reduce(op, _, axes, keepdims, type_):
            if axes is not None:
                options["axis"] = axes[0] if len(axes) == 1 else axes
            return conform(getattr(np, op)(x, keepdims=keepdims, **options), type_)


def allocate(shape: Sequence[int], fill: Any, type_: Type) -> Any:
    """A new array or list; undefined elements hold what is easily noticed."""
    if any(n < 0 for n in shape):
        raise KernelFailed("negative length")
    match type_:
        case Array(dtype, _, _):
            return np.full(shape, _noticeable(dtype) if fill is None else fill, dtype)
        case ListOf(elem, 1):
            return [cast(0, elem, "high") if fill is None else fill] * shape[0]
        case ListOf(elem, ndim):
            inner = ListOf(elem, ndim - 1)
            return [allocate(shape[1:], fill, inner) for _ in range(shape[0])]
        case _:
            raise AssertionError(f"no allocation of {type_}")


def _noticeable(dtype: str) -> Any:
    match np.dtype(dtype).kind:
        case "f" | "c":
            return math.nan
        case "b":
            return True
        case _:
            return np.iinfo(dtype).max // 3
