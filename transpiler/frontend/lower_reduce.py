"""Reductions of NumPy. Mean, variance and norm are written out as NumPy computes them
(`numpy/_core/_methods.py`, `numpy/linalg/_linalg.py`)."""

from __future__ import annotations

import ast

import numpy as np

from loopwright.frontend.lower_args import (
    array_of,
    bind,
    constant_of,
    flag_of,
    int_constant,
    normal_axis,
)
from loopwright.frontend.lower_compare import truth
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_dtypes import dtype_of
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Number, Tpl, Value, integer, number
from loopwright.frontend.typing_rules import binary_type, mean_dtype, sum_dtype
from loopwright.ir.nodes import (
    Binary,
    Call,
    Compare,
    Contract,
    Dim,
    Expr,
    Load,
    Reduce,
    ReduceOp,
    Reshape,
    Scan,
    Transpose,
    Var,
)
from loopwright.ir.types import (
    I64,
    INT,
    Array,
    DType,
    Num,
    Type,
    is_scalar,
    kind_of,
    machine_dtype,
)

Axes = tuple[int, ...] | None
SIMPLE: dict[str, ReduceOp] = {
    "sum": "sum", "prod": "prod", "min": "min", "max": "max", "amin": "min", "amax": "max",
    "argmin": "argmin", "argmax": "argmax", "any": "any", "all": "all",
}  # fmt: skip
NAMES = frozenset(SIMPLE) | {"mean", "var", "std", "cumsum", "cumprod", "ptp"}


def wrap(expr: Expr) -> Value:
    """A value for an expression of array or number type."""
    t = expr.type
    return Arr(expr, t, frozenset()) if isinstance(t, Array) else number(expr)


def axes_of(value: Value | None, ndim: int, node: ast.AST) -> Axes:
    """The axes argument: None, an integer, or a tuple of integers."""
    if value is None:
        return None
    items = value.items if isinstance(value, Tpl) else (value,)
    axes = tuple(normal_axis(int_constant(v, node, "axis"), ndim, node) for v in items)
    if len(set(axes)) != len(axes):
        decline(node, "LW111", "an axis is given twice: ValueError")
    return tuple(sorted(axes))


def reduced(dtype: DType, ndim: int, axes: Axes, keepdims: bool) -> Type:
    """The type of a reduction over `axes`."""
    rest = ndim if keepdims else 0 if axes is None else ndim - len(axes)
    return Array(dtype, rest) if rest else Num(dtype)


def fold(op: ReduceOp, x: Expr, axes: Axes, keepdims: bool, dtype: DType | None = None) -> Expr:
    """The Reduce node with NumPy's result dtype."""
    t = x.type
    assert isinstance(t, Array)
    if dtype is None:
        dtype = {"any": "bool", "all": "bool", "argmin": "int64", "argmax": "int64"}.get(op)  # type: ignore[assignment]
    if dtype is None:
        dtype = sum_dtype(t.dtype) if op in ("sum", "prod") else t.dtype
    if axes is not None and len(axes) == t.ndim:
        axes = None
    return Reduce(op, x, axes, keepdims, reduced(dtype, t.ndim, axes, keepdims))


def as_dtype(x: Expr, dtype: DType) -> Expr:
    """`x` converted to a dtype, by a copy if need be."""
    t = x.type
    if machine_dtype(t) == dtype and not isinstance(t, type(INT)):
        return x
    return cast(x, Array(dtype, t.ndim) if isinstance(t, Array) else Num(dtype))


def reduction(cx: Scope, name: str, node: ast.Call, first: Value | None = None) -> Value:
    """`np.name(x, ...)`, or `x.name(...)` with `first`."""
    names = ["a", "axis", "dtype", "out", "keepdims"]
    if name in ("std", "var"):
        names = ["a", "axis", "dtype", "out", "ddof", "keepdims"]
    elif name in ("argmin", "argmax", "any", "all", "min", "max", "amin", "amax", "ptp"):
        names = ["a", "axis", "out", "keepdims"]
    bound = bind(cx, node, names, first=first)
    if "out" in bound:
        decline(node, "LW102", "the argument `out` is not covered")
    single = bound["a"]
    if isinstance(single, Number) and first is None and len(bound) == 1:
        return of_number(cx, name, single, node)
    x = array_of(cx, bound["a"], node)
    dtype = dtype_of(bound.get("dtype"), node)
    if name in ("cumsum", "cumprod"):
        return scan(x, name, bound.get("axis"), dtype, node)
    axes = axes_of(bound.get("axis"), x.type.ndim, node)
    keepdims = flag_of(bound.get("keepdims"), node, "keepdims")
    if name in ("argmin", "argmax") and axes is not None and len(axes) > 1:
        decline(node, "LW103", "argmin and argmax take one axis")
    if name == "mean":
        return wrap(mean(cx, x, axes, keepdims, dtype))
    if name in ("var", "std"):
        ddof = 0 if "ddof" not in bound else int_constant(bound["ddof"], node, "ddof")
        return wrap(variance(cx, x, axes, keepdims, ddof, name == "std", node))
    if name == "ptp":
        if x.type.dtype == "bool":
            decline(node, "LW304", "NumPy subtracts no booleans: TypeError")
        high, low = (fold(op, x.expr, axes, keepdims) for op in ("max", "min"))
        return wrap(Binary("sub", high, low, high.type))
    expr = x.expr
    op = SIMPLE[name]
    if dtype is not None:
        expr = as_dtype(expr, dtype)
    return wrap(fold(op, expr, axes, keepdims, dtype))


def of_number(cx: Scope, name: str, x: Number, node: ast.AST) -> Value:
    """A reduction of one number: the number itself, as NumPy's, or its truth."""
    if len(x.types) != 1 or not is_scalar(x.type):
        decline(node, "LW302", f"`{name}` of a number of uncertain type")
    dtype = machine_dtype(x.type)
    if name in ("any", "all"):
        return number(cast(truth(cx, x, node), Num("bool")))
    kept = name in ("max", "min", "amax", "amin")
    kept = kept or (name in ("sum", "prod") and sum_dtype(dtype) == dtype)
    if not kept and not (name == "mean" and kind_of(dtype) in "fc"):
        decline(node, "LW102", f"`{name}` of a number is not covered")
    return number(cast(x.expr, Num(dtype)))


def scan(x: Arr, name: str, axis: Value | None, dtype: DType | None, node: ast.AST) -> Value:
    """`np.cumsum` and `np.cumprod`."""
    t = x.type
    place = None
    if axis is not None:
        place = normal_axis(int_constant(axis, node, "axis"), t.ndim, node)
    elif t.ndim == 1:
        place = 0
    target = dtype or sum_dtype(t.dtype)
    expr = as_dtype(x.expr, target)
    result = Array(target, 1 if place is None else t.ndim)
    return wrap(Scan("sum" if name == "cumsum" else "prod", expr, place, result))


def count(x: Expr, axes: Axes) -> Expr:
    """How many elements are reduced into one."""
    t = x.type
    assert isinstance(t, Array)
    places = range(t.ndim) if axes is None else axes
    result: Expr | None = None
    for axis in places:
        dim = Dim(x, axis, INT)
        result = dim if result is None else Binary("mul", result, dim, INT)
    return cast(result or integer(1), I64)


def divided(total: Expr, n: Expr) -> Expr:
    """`total / n` for an np.int64 n, in the dtype of the total (computed as NumPy resolves it)."""
    t = total.type
    wide = binary_type("truediv", t, n.type)
    assert wide is not None
    return cast(Binary("truediv", total, n, wide), t)


def mean(cx: Scope, x: Arr, axes: Axes, keepdims: bool, dtype: DType | None) -> Expr:
    """NumPy's `_mean`: the sum in the dtype of the mean, divided by an intp."""
    expr = held(cx, as_dtype(x.expr, dtype or mean_dtype(x.type.dtype)))
    return divided(fold("sum", expr, axes, keepdims), count(expr, axes))


def held(cx: Scope, expr: Expr) -> Expr:
    """An array used more than once, computed once."""
    return expr if isinstance(expr, (Var, Load, Transpose)) else cx.hold(expr, "x")


def variance(
    cx: Scope, x: Arr, axes: Axes, keepdims: bool, ddof: int, root: bool, node: ast.AST
) -> Expr:
    """NumPy's `_var` and `_std`."""
    dtype = mean_dtype(x.type.dtype)
    if kind_of(dtype) == "c" or x.type.dtype == "bool":
        decline(node, "LW102", "var and std of complex numbers and booleans are not covered")
    source = held(cx, x.expr)
    n = count(source, axes)
    middle = divided(fold("sum", as_dtype(source, dtype), axes, True), n)
    t = binary_type("sub", source.type, middle.type)
    assert t is not None
    off = cx.hold(Binary("sub", source, middle, t), "off")
    total = fold("sum", Call("np.square", (off,), t), axes, keepdims, dtype)
    left = n
    if ddof:
        left = Binary("maximum", Binary("sub", n, integer(ddof), I64), integer(0), I64)
    result = divided(total, left)
    return Call("np.sqrt", (result,), result.type) if root else result


def norm(cx: Scope, node: ast.Call) -> Value:
    """`np.linalg.norm` of vectors: the whole array, or along one axis."""
    bound = bind(cx, node, ["x", "ord", "axis", "keepdims"])
    x = array_of(cx, bound["x"], node)
    if kind_of(x.type.dtype) == "c":
        decline(node, "LW102", "the norm of complex numbers is not covered")
    keepdims = flag_of(bound.get("keepdims"), node, "keepdims")
    expr = held(cx, as_dtype(x.expr, mean_dtype(x.type.dtype)))
    t = expr.type
    assert isinstance(t, Array)
    order = constant_of(bound["ord"], node, "ord") if "ord" in bound else None
    axes = axes_of(bound.get("axis"), t.ndim, node)
    if order in ("fro", "f") and t.ndim == 2:
        order = None
    if axes is None and not keepdims and (order is None or (order == 2 and t.ndim == 1)):
        if t.ndim > 1 and t.layout != "C":
            decline(node, "LW102", "the norm of a matrix that is not contiguous is not covered")
        flat = expr if t.ndim == 1 else Reshape(expr, (integer(-1),), Array(t.dtype, 1))
        flat = held(cx, flat)
        square = Contract("i,i->", (flat, flat), Num(t.dtype))
        return wrap(Call("np.sqrt", (square,), Num(t.dtype)))
    if axes is None and t.ndim == 1:
        axes = (0,)
    if axes is None or len(axes) != 1:
        decline(node, "LW102", "this norm is not covered")
    if order in (None, 2):
        total = fold("sum", Binary("mul", expr, expr, t), axes, keepdims)
        return wrap(Call("np.sqrt", (total,), total.type))
    absolute = Call("np.absolute", (expr,), t)
    if order == 1:
        return wrap(fold("sum", absolute, axes, keepdims))
    if order == float("inf"):
        top = fold("max", absolute, axes, keepdims)
        return wrap(Binary("maximum", top, integer(0), top.type))
    decline(node, "LW102", "this order of the norm is not covered")


def count_nonzero(cx: Scope, node: ast.Call) -> Value:
    """`np.count_nonzero`; without axis a Python int or an np.int64 by the version of NumPy."""
    bound = bind(cx, node, ["a", "axis"])
    x = array_of(cx, bound["a"], node)
    axes = axes_of(bound.get("axis"), x.type.ndim, node)
    mask: Expr = x.expr
    if x.type.dtype != "bool":
        mask = Compare("ne", x.expr, integer(0), Array("bool", x.type.ndim))
    if axes is not None:
        return wrap(fold("sum", mask, axes, False))
    python = isinstance(np.count_nonzero(np.zeros(1, dtype=bool)), int)
    return number(cast(fold("sum", mask, None, False), INT if python else I64))
