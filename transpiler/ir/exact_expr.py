"""Enclosures of floating-point expressions, and whether decisions are certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import arb

from loopwright.ir.exact_calls import array_call, elementwise, has_form
from loopwright.ir.exact_math import (
    BINARY,
    UNARY,
    UNDECIDED,
    ball,
    compare,
    is_decided,
    maximum,
    minimum,
    truth,
    union,
)
from loopwright.ir.exact_state import Doubt, State, balls, is_float, undecided
from loopwright.ir.interp_expr import evaluate, index_values
from loopwright.ir.intrinsics import TABLE
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
    Item,
    Load,
    Logic,
    Reduce,
    Reshape,
    Scan,
    Select,
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Py, Type
from loopwright.ir.walk import children, index_exprs


def ordinary(expr: Expr, state: State) -> Any:
    """The floating-point value."""
    return evaluate(expr, state.env, "high")


def shadow_of(expr: Expr, state: State) -> Any:
    """The shadow that a variable gets with the value of `expr`; views share that of their object."""
    if is_float(expr.type):
        return enclosure(expr, state)
    match expr:
        case Var(sym):
            return state.shadow.setdefault(sym, Doubt())
        case Load(x) | Transpose(x) | Reshape(x) if isinstance(expr.type, (Array, ListOf)):
            shared = shadow_of(x, state)
            if isinstance(shared, Doubt) and not certain(expr, state):
                shared.there = True
            return shared
        case Tup(items, _):
            return tuple(shadow_of(e, state) for e in items)
        case Item(x, at, _):
            parts = shadow_of(x, state)
            return parts[at] if isinstance(parts, tuple) else parts
        case _:
            return Doubt(not certain(expr, state))


# ------------------------------------------------------------------ enclosures


def enclosure(expr: Expr, state: State) -> Any:
    """Enclosures of the exact value of `expr` along the path that the ordinary run takes."""

    def enc(e: Expr) -> Any:
        return enclosure(e, state)

    if not is_float(expr.type):
        value = ordinary(expr, state)
        return balls(value) if certain(expr, state) else undecided(value)
    match expr:
        case Const():
            return ball(ordinary(expr, state))
        case Var(sym):
            return state.shadow[sym]
        case Unary(op, x, _):
            return elementwise(state.known.op(op, UNARY[op]), enc(x))
        case Binary(op, a, b, _):
            return elementwise(state.known.op(op, BINARY[op]), enc(a), enc(b))
        case Select(cond, a, b, _):
            return _select(cond, a, b, state)
        case Cast(x, type_):
            return _cast(enc(x), type_, ordinary(x, state))
        case Call():
            return _call(expr, state)
        case Load(x, index, _):
            if not all(certain(e, state) for e in index_exprs(index)):
                return undecided(ordinary(expr, state))
            return _load(enc(x), index_values(index, state.env, "high"))
        case Transpose(x, axes, _):
            return np.transpose(enc(x), axes)
        case Reshape(x, _, _):
            return enc(x).reshape(np.shape(ordinary(expr, state)))
        case Reduce() | Scan():
            return _reduce(enc(expr.x), expr, state)
        case Contract(spec, args, _):
            return _whole(np.einsum(spec, *(enc(a) for a in args)))
        case Alloc(_, fill, _):
            made = undecided(ordinary(expr, state))
            if not all(certain(e, state) for e in expr.shape):
                state.lost = True
            return made if fill is None else _fill(made, enc(fill))
        case Item(x, at, _):
            return shadow_of(x, state)[at]
        case _:
            raise TypeError(f"{expr.type} of {type(expr).__name__} has no enclosure")


def _whole(value: Any) -> Any:
    """NumPy starts sums of objects at the int 0."""
    return balls(value) if isinstance(value, (int, np.ndarray)) else value


def _fill(made: Any, fill: Any) -> Any:
    if isinstance(made, list):
        return [_fill(part, fill) if isinstance(part, list) else fill for part in made]
    made[...] = fill
    return made


def _select(cond: Expr, a: Expr, b: Expr, state: State) -> Any:
    """Where the condition is open, an enclosure of both sides."""
    chosen, other = (a, b) if ordinary(cond, state) else (b, a)
    first = enclosure(chosen, state)
    if certain(cond, state):
        return first
    try:
        return union(first, enclosure(other, state))
    except (ArithmeticError, ValueError, IndexError):
        return UNDECIDED


def _cast(x: Any, type_: Type, value: Any) -> Any:
    """Rounding to another precision is an error, not part of the real function."""
    match type_, x:
        case Array(), list():
            made = np.full(np.shape(value), UNDECIDED, dtype=object)
            for at in np.ndindex(made.shape):
                part = x
                for k in at:
                    part = part[k]
                made[at] = part
            return made
        case ListOf(), np.ndarray():
            return x.tolist()
        case _, np.ndarray():
            return x.copy()
        case _, list():
            return [list(part) if isinstance(part, list) else part for part in x]
        case _:
            return x


def _load(x: Any, index: tuple[Any, ...]) -> Any:
    if not isinstance(x, list):
        return x[index]
    for depth, at in enumerate(index):
        if isinstance(at, slice):
            whole = depth > 0 and all(rest == slice(None) for rest in index[depth:])
            return x if whole else x[at]
        x = x[at]
    return x


def _call(expr: Call, state: State) -> Any:
    name = expr.fn.removeprefix("np.").removeprefix("math.").removeprefix("special.")
    if expr.fn == "np.where":
        sure = certain(expr.args[0], state)
        cond = ordinary(expr.args[0], state)
        a, b = (enclosure(e, state) for e in expr.args[1:])
        if sure:
            made = np.where(cond, a, b)
            return made if made.ndim else made[()]
        return elementwise(union, *np.broadcast_arrays(a, b, cond)[:2])
    args = [enclosure(e, state) for e in expr.args]
    if expr.fn == "np.clip":
        return elementwise(minimum, elementwise(maximum, args[0], args[1]), args[2])
    if TABLE[expr.fn].kind == "array":
        if not all(is_float(e.type) or certain(e, state) for e in expr.args):
            return undecided(ordinary(expr, state))
        plain = [ordinary(e, state) for e in expr.args]
        state.whole &= has_form(name)
        return array_call(name, args, plain, ordinary(expr, state))
    table: dict[str, Callable[..., Any]] = UNARY if len(args) == 1 else BINARY
    if name not in table:
        state.whole = False
        return undecided(ordinary(expr, state))
    return elementwise(state.known.op(name, table[name]), *args)


def _array(x: Any) -> Any:
    """A list of enclosures as an array of objects; anything else as it is."""
    if not isinstance(x, list):
        return x
    nested = bool(x) and isinstance(x[0], list)
    return np.array(x, dtype=object) if nested else np.array([*x, None], dtype=object)[:-1]


def _reduce(x: Any, expr: Reduce | Scan, state: State) -> Any:
    x = _array(x)
    if isinstance(expr, Scan):
        running = np.cumsum if expr.op == "sum" else np.cumprod
        return running(x, axis=expr.axis)
    if expr.op in ("sum", "prod"):
        name = "add" if expr.op == "sum" else "mul"
        step = np.frompyfunc(state.known.op(name, BINARY[name]), 2, 1)
        start = arb(0 if expr.op == "sum" else 1)
        axes = tuple(range(x.ndim)) if expr.axes is None else expr.axes
        for axis in sorted(axes, reverse=True):
            x = step.reduce(x, axis=axis, keepdims=expr.keepdims, initial=start)
        return x
    fold = np.frompyfunc(minimum if expr.op == "min" else maximum, 2, 1)
    axes = tuple(range(x.ndim)) if expr.axes is None else expr.axes
    for axis in sorted(axes, reverse=True):
        x = fold.reduce(x, axis=axis, keepdims=expr.keepdims)
    return x


# ------------------------------------------------------------------- certainty


def certain(expr: Expr, state: State) -> bool:
    """Whether exact arithmetic decides like the ordinary run: for a float, whether it is zero; for
    all else, its value. Only what the ordinary run evaluates is looked at.

    NaN decides as it does in floating point, where it is NaN in exact arithmetic, too.
    """
    sure = not state.lost and _certain(expr, state)
    state.open |= not sure
    return sure


def _certain(expr: Expr, state: State) -> bool:
    def sure(e: Expr) -> bool:
        return certain(e, state)

    if is_float(expr.type):
        value, exact = ordinary(expr, state), enclosure(expr, state)
        wanted = np.asarray(value) != 0
        return _all_equal(elementwise(truth, exact), wanted, elementwise(_is_nan, exact, value))
    match expr:
        case Const() | Dim():
            return True
        case Var(sym):
            doubt = state.shadow.get(sym)
            return not (isinstance(doubt, Doubt) and doubt.there)
        case Compare(op, a, b, _) if is_float(a.type) or is_float(b.type):
            p, q = enclosure(a, state), enclosure(b, state)
            u, v = ordinary(a, state), ordinary(b, state)
            exact = elementwise(lambda p, q: compare(op, p, q), p, q)
            nan = elementwise(lambda *each: _is_nan(*each[:2]) or _is_nan(*each[2:]), p, u, q, v)
            return _all_equal(exact, ordinary(expr, state), nan)
        case Logic(op, a, b, _):
            stops = bool(ordinary(a, state)) is (op == "or")
            return sure(a) and (stops or sure(b))
        case Select(cond, a, b, _):
            return sure(cond) and sure(a if ordinary(cond, state) else b)
        case Cast(x, _) if is_float(x.type) and not _is_truth(expr.type):
            return _same_numbers(
                elementwise(UNARY["trunc"], _array(enclosure(x, state))), expr, state
            )
        case Call(fn, args, _) if any(is_float(a.type) for a in args):
            return _certain_call(fn, args, expr, state)
        case Reduce(op, x, axes, _, _) if is_float(x.type) and op in ("argmin", "argmax"):
            return _certain_extremum(op, x, axes, state)
        case Load(x, _, _):
            return all(sure(e) for e in children(expr)[1:]) and (is_float(x.type) or sure(x))
        case _:
            return all(sure(e) for e in children(expr))


def _is_truth(t: Type) -> bool:
    return t == Py("bool") or (isinstance(t, (Num, Array)) and t.dtype == "bool")


def _is_nan(exact: Any, value: Any) -> bool:
    """NaN in both arithmetics."""
    return bool(value != value) and not is_decided(exact)


def _all_equal(exact: Any, wanted: Any, nan: Any) -> bool:
    """Each exact answer is the ordinary one, or NaN gives it."""
    return all(
        n or (e is not None and bool(e) == bool(w))
        for e, w, n in zip(np.ravel(exact), np.ravel(wanted), np.ravel(nan), strict=True)
    )


def _same_numbers(exact: Any, expr: Expr, state: State) -> bool:
    wanted = balls(ordinary(expr, state))
    return all(bool(e == w) for e, w in zip(np.ravel(exact), np.ravel(wanted), strict=True))


def _certain_call(fn: str, args: Sequence[Expr], expr: Expr, state: State) -> bool:
    name = fn.rpartition(".")[2]
    if name in ("floor", "ceil", "trunc", "round") and len(args) == 1:
        return _same_numbers(elementwise(UNARY[name], enclosure(args[0], state)), expr, state)
    if name in ("isnan", "isinf", "isfinite"):
        known = elementwise(is_decided, enclosure(args[0], state))
        return bool(np.all(known == np.isfinite(ordinary(args[0], state))))
    if name.startswith("logical_") or name == "flatnonzero":
        return all(certain(a, state) for a in args)
    if name == "argsort":
        x, axis = enclosure(args[0], state), int(ordinary(args[1], state))
        order = ordinary(expr, state)
        ranked = np.moveaxis(np.take_along_axis(x, order, axis), axis, -1)
        # equal numbers have one order only in a stable sort
        firm = bool(ordinary(args[2], state)) & (np.diff(np.moveaxis(order, axis, -1)) > 0)
        rises = np.frompyfunc(lambda p, q, f: compare("le" if f else "lt", p, q) is True, 3, 1)
        return bool(np.all(rises(ranked[..., :-1], ranked[..., 1:], firm)))
    if name == "searchsorted":
        row, wanted = (elementwise(ball, enclosure(a, state)) for a in args[:2])
        below, above = ("le", "lt") if ordinary(args[2], state) else ("lt", "le")
        return all(
            (k == 0 or compare(below, row[k - 1], q))
            and (k == len(row) or compare(above, q, row[k]))
            for k, q in zip(np.ravel(ordinary(expr, state)), np.ravel(wanted), strict=True)
        )
    return False


def _certain_extremum(op: str, x: Expr, axes: tuple[int, ...] | None, state: State) -> bool:
    """The chosen element is certainly beyond all before it, and none behind is beyond it."""
    exact, value = enclosure(x, state), ordinary(x, state)
    if axes is None:
        exact, value = exact.reshape(-1), value.reshape(-1)
    axis = 0 if axes is None else axes[0]
    exact, value = np.moveaxis(exact, axis, -1), np.moveaxis(value, axis, -1)
    chosen = getattr(np, op)(value, axis=-1)
    beyond, level = ("lt", "le") if op == "argmin" else ("gt", "ge")
    for at in np.ndindex(value.shape[:-1]):
        row, best = exact[at], int(chosen[at])
        if _is_nan(row[best], value[at][best]) and all(map(is_decided, row[:best])):
            continue
        if not all(compare(beyond if k < best else level, row[best], q)
                   for k, q in enumerate(row) if k != best):  # fmt: skip
            return False
    return True
