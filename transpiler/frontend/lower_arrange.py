"""Rearranging arrays: flip, tile, repeat, diff, take, nonzero, squeeze, swapaxes and their method forms."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import (
    array_of,
    bind,
    int_constant,
    int_operand,
    normal_axis,
    shape_of,
)
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_create import copied, copy_of_array
from loopwright.frontend.lower_index import FULL, Index, load
from loopwright.frontend.lower_names import dim, size, transpose
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_positions import unravel_index
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shape import at_least, flat, reshape, same_dtype
from loopwright.frontend.lower_values import (
    Arr,
    Number,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Call,
    Const,
    Expr,
    Fancy,
    IndexItem,
    Load,
    NewAxis,
    Pt,
    Slc,
)
from loopwright.ir.types import BOOL, NONE, Array, Num, kind_of, machine_dtype

Handler = Callable[[Scope, ast.Call], Value]
Method = Callable[[Scope, Arr, ast.Call], Value]


def _viewed(x: Arr, items: Sequence[IndexItem], ndim: int, node: ast.AST) -> Value:
    return load(x, Index(tuple(items), ndim), node)


def _flat(cx: Scope, x: Arr, node: ast.AST) -> Arr:
    if x.type.ndim == 1:
        return x
    made = flat(cx, x, False, node)
    assert isinstance(made, Arr)
    return made


def _axis(x: Arr, value: Value, node: ast.AST) -> int:
    return normal_axis(int_constant(value, node, "axis"), x.type.ndim, node)


def _flip(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["m", "axis"])
    x = array_of(cx, bound["m"], node)
    axes = range(x.type.ndim) if "axis" not in bound else [_axis(x, bound["axis"], node)]
    turned = [Slc(None, None, integer(-1)) if k in axes else FULL for k in range(x.type.ndim)]
    return _viewed(x, turned, x.type.ndim, node)


def _flip_axis(axis: int) -> Handler:
    """`np.flipud` and `np.fliplr`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        x = array_of(cx, bind(cx, node, ["m"])["m"], node)
        if x.type.ndim <= axis:
            decline(node, "LW111", "the array has too few axes: ValueError")
        n = x.type.ndim
        turned = [Slc(None, None, integer(-1)) if k == axis else FULL for k in range(n)]
        return _viewed(x, turned, n, node)

    return handler


def repeated(cx: Scope, x: Arr, bound: dict[str, Value], node: ast.AST) -> Value:
    """`x.repeat(repeats, axis)`."""
    if not isinstance(bound["repeats"], Number):
        each = array_of(cx, bound["repeats"], node)
        if each.type.ndim != 1 or kind_of(each.type.dtype) not in "iu" or "axis" in bound:
            decline(node, "LW102", "these numbers of repeats are not covered")
        return library_call(cx, "repeat_each", [_flat(cx, x, node), each], node)
    times = int_operand(cx, bound["repeats"], node)
    axis = 0
    if "axis" in bound:
        axis = _axis(x, bound["axis"], node)
    else:
        x = _flat(cx, x, node)
    args = (x.expr, times, integer(axis))
    return wrap(Call("np.repeat", args, Array(x.type.dtype, x.type.ndim)))


def _repeat(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "repeats", "axis"], required=2)
    return repeated(cx, at_least(cx, bound["a"], 1, node), bound, node)


def _tile(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["A", "reps"], required=2)
    x = array_of(cx, bound["A"], node)
    reps = shape_of(cx, bound["reps"], node)
    n = x.type.ndim
    if len(reps) > n:
        items: tuple[IndexItem, ...] = (*[NewAxis()] * (len(reps) - n), *[FULL] * n)
        t = Array(x.type.dtype, len(reps), "C" if x.type.layout == "C" else "A")
        x = Arr(Load(x.expr, items, t), t, x.origins)
    reps = (*[integer(1)] * (n - len(reps)), *reps)
    return wrap(Call("np.tile", (x.expr, *reps), Array(x.type.dtype, x.type.ndim)))


def _diff(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "n", "axis"], firm=("axis",))
    x = array_of(cx, bound["a"], node)
    axis = _axis(x, bound["axis"], node) if "axis" in bound else x.type.ndim - 1
    times = int_constant(bound["n"], node, "n") if "n" in bound else 1
    if times < 0:
        decline(node, "LW111", "a negative order raises ValueError")
    if times == 0:
        return x
    for _ in range(times):
        result = Array(x.type.dtype, x.type.ndim)
        if axis == x.type.ndim - 1:
            expr: Expr = Call("np.diff", (x.expr,), result)
        else:
            if x.type.dtype == "bool":
                decline(node, "LW102", "differences of booleans along this axis are not covered")
            later, earlier = (
                Load(x.expr, tuple(s if k == axis else FULL for k in range(x.type.ndim)), t)
                for s in (Slc(integer(1)), Slc(None, integer(-1)))
                for t in [Array(x.type.dtype, x.type.ndim, "A")]
            )
            expr = Binary("sub", later, earlier, result)
        x = Arr(cx.hold(expr, "diff"), result, frozenset())
    return x


def _parts(cx: Scope, node: ast.Call) -> list[Arr]:
    if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], (ast.List, ast.Tuple)):
        decline(node, "LW102", "the arrays must be given in a list or tuple display")
    return [array_of(cx, v, node) for v in eval_all(cx, node.args[0].elts)]


def _column_stack(cx: Scope, node: ast.Call) -> Value:
    return column_stack(_parts(cx, node), node)


def column_stack(parts: Sequence[Arr], node: ast.AST) -> Value:
    """The arrays as columns side by side, of matrices all of theirs."""
    columns: list[Arr] = []
    for x in parts:
        if x.type.ndim > 2:
            decline(node, "LW102", "np.column_stack is covered for one and two axes")
        if x.type.ndim == 1:
            t = Array(x.type.dtype, 2, "A")
            x = Arr(Load(x.expr, (FULL, NewAxis()), t), t, x.origins)
        columns.append(x)
    if not columns:
        decline(node, "LW111", "nothing to stack: ValueError")
    same = same_dtype(columns)
    args = (integer(1), *(x.expr for x in same))
    return wrap(Call("np.concatenate", args, Array(same[0].type.dtype, 2)))


def _append(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["arr", "values", "axis"], required=2)
    x, more = at_least(cx, bound["arr"], 1, node), bound["values"]
    axis = _axis(x, bound["axis"], node) if "axis" in bound else 0
    if "axis" not in bound:
        x = _flat(cx, x, node)
        kinds = {"float64": ("float64", "int64"), "int64": ("int64",)}.get(x.type.dtype, ())
        plain = isinstance(more, Number) and more.tag is None and more.types != (NONE,)
        if plain and machine_dtype(more.expr.type) in kinds:  # type: ignore[union-attr]
            one = cast(more.expr, Num(x.type.dtype))  # type: ignore[union-attr]
            t = Array(x.type.dtype, 1)
            return wrap(
                Call("np.concatenate", (integer(0), x.expr, Alloc((integer(1),), one, t)), t)
            )
        y = _flat(cx, at_least(cx, more, 1, node), node)
    else:
        y = array_of(cx, more, node)
    if y.type.ndim != x.type.ndim:
        decline(node, "LW111", "arrays of different rank raise ValueError")
    x, y = same_dtype([x, y])
    args = (integer(axis), x.expr, y.expr)
    return wrap(Call("np.concatenate", args, x.type))


# ------------------------------------------------------------------- positions


def nonzero(cx: Scope, x: Arr, node: ast.AST) -> Value:
    """`x.nonzero()`, `np.where(x)`: a tuple of index arrays."""
    if x.type.ndim == 1:
        found = cx.hold(Call("np.flatnonzero", (x.expr,), Array("int64", 1)), "places")
        return Tpl((wrap(found),))
    if x.type.ndim == 2:
        return library_call(cx, "nonzero_2", [x], node)
    decline(node, "LW102", "positions in an array with more than two axes are not covered")


def _nonzero(cx: Scope, node: ast.Call) -> Value:
    return nonzero(cx, array_of(cx, bind(cx, node, ["a"])["a"], node), node)


def _argwhere(cx: Scope, node: ast.Call) -> Value:
    x = array_of(cx, bind(cx, node, ["a"])["a"], node)
    if x.type.ndim == 1:
        found = cx.hold(Call("np.flatnonzero", (x.expr,), Array("int64", 1)), "places")
        column = Load(found, (FULL, NewAxis()), Array("int64", 2, "A"))
        return wrap(copy_of_array(column))
    if x.type.ndim == 2:
        return library_call(cx, "argwhere_2", [x], node)
    decline(node, "LW102", "positions in an array with more than two axes are not covered")


def take(cx: Scope, x: Arr, at: Value, axis: Value | None, node: ast.AST) -> Value:
    """`x.take(at, axis)` with an array of positions."""
    if axis is None:
        x = _flat(cx, x, node)
    place = 0 if axis is None else _axis(x, axis, node)
    positions = array_of(cx, at, node) if not isinstance(at, Number) else None
    if positions is not None and positions.type.ndim == 2 and place == 0:
        return _taken_in_rows(cx, x, positions, node)
    if positions is None or positions.type.ndim != 1 or kind_of(positions.type.dtype) not in "iu":
        decline(node, "LW102", "take is covered for an array of positions with one axis")
    items = [Fancy(positions.expr) if k == place else FULL for k in range(x.type.ndim)]
    return _viewed(x, items, x.type.ndim, node)


def _taken_in_rows(cx: Scope, x: Arr, positions: Arr, node: ast.AST) -> Value:
    """Positions with two axes, along the first axis: the axes of the result begin with theirs."""
    if kind_of(positions.type.dtype) not in "iu":
        decline(node, "LW102", "take is covered for integers")
    held = Arr(cx.hold(positions.expr, "at"), positions.type, frozenset())
    along = _flat(cx, held, node)
    taken = _viewed(x, [Fancy(along.expr), *[FULL] * (x.type.ndim - 1)], x.type.ndim, node)
    assert isinstance(taken, Arr)
    shape = [*(dim(held, k) for k in range(2)), *(dim(x, k) for k in range(1, x.type.ndim))]
    return reshape(cx, taken, tuple(shape), node)


def _take(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "indices", "axis"], required=2)
    return take(cx, array_of(cx, bound["a"], node), bound["indices"], bound.get("axis"), node)


# ------------------------------------------------------------------------ axes


def squeeze(cx: Scope, x: Arr, axis: Value | None, node: ast.AST) -> Value:
    """`x.squeeze(axis)`; without axis the rank would depend on the lengths, so that it is covered where one
    number must be meant."""
    if axis is None and (node in cx.elements or (node in cx.operands and x.type.ndim == 1)):
        for each in range(x.type.ndim):
            cx.check(test("eq", dim(x, each), integer(1)), "the array has one element")
        return _viewed(x, [Pt(integer(0))] * x.type.ndim, 0, node)
    if axis is None or x.type.ndim == 1:
        decline(node, "LW102", "squeeze is covered for a given axis of an array with several")
    place = _axis(x, axis, node)
    cx.check(test("eq", dim(x, place), integer(1)), "the axis that is dropped has length 1")
    items = [Pt(integer(0)) if k == place else FULL for k in range(x.type.ndim)]
    return _viewed(x, items, x.type.ndim - 1, node)


def _squeeze(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "axis"])
    return squeeze(cx, array_of(cx, bound["a"], node), bound.get("axis"), node)


def swapped(x: Arr, a: Value, b: Value, node: ast.AST) -> Value:
    """`x.swapaxes(a, b)`."""
    i, j = _axis(x, a, node), _axis(x, b, node)
    axes = list(range(x.type.ndim))
    axes[i], axes[j] = axes[j], axes[i]
    return transpose(x, tuple(axes))


def _swapaxes(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "axis1", "axis2"], required=3)
    return swapped(array_of(cx, bound["a"], node), bound["axis1"], bound["axis2"], node)


def _moveaxis(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "source", "destination"], required=3)
    x = array_of(cx, bound["a"], node)
    source, to = (_axis(x, bound[k], node) for k in ("source", "destination"))
    axes = [k for k in range(x.type.ndim) if k != source]
    axes.insert(to, source)
    return transpose(x, tuple(axes))


def _ascontiguous(cx: Scope, node: ast.Call) -> Value:
    x = array_of(cx, bind(cx, node, ["a"])["a"], node)
    if x.origins:
        decline(node, "LW102", "whether np.ascontiguousarray copies depends on the strides")
    return copied(x)


# ---------------------------------------------------------------------- values


def tolist(cx: Scope, x: Arr, node: ast.AST) -> Value:
    """`x.tolist()`: a list of Python numbers."""
    if x.type.ndim > 2:
        decline(node, "LW102", "lists of lists of lists are not covered")
    return library_call(cx, f"tolist_{x.type.ndim}", [x], node)


def item(cx: Scope, x: Arr, at: Sequence[Value], node: ast.AST) -> Value:
    """The element that `x.item(...)` converts, as a NumPy scalar."""
    flattened = _flat(cx, x, node)
    if at:
        if len(at) != 1 or not isinstance(at[0], Number):
            decline(node, "LW102", "`item` is covered for one position")
        place: Expr = int_operand(cx, at[0], node)
    else:
        cx.check(test("eq", size(x), integer(1)), "item() of an array of several elements")
        place = integer(0)
    return load(flattened, Index((Pt(place),), 0), node)


def _array_equal(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a1", "a2"], required=2)
    x, y = (array_of(cx, bound[k], node) for k in ("a1", "a2"))
    if x.type.ndim != y.type.ndim:
        return number(Const(False, BOOL))
    return library_call(cx, "array_equal", [x, y], node)


def _lengths(name: str) -> Handler:
    """`np.size`, `np.shape`, `np.ndim`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        x = array_of(cx, bind(cx, node, ["a"])["a"], node)
        if name == "size":
            return number(size(x))
        if name == "ndim":
            return number(integer(x.type.ndim))
        return Tpl(tuple(number(dim(x, k)) for k in range(x.type.ndim)))

    return handler


ARRANGING: dict[str, Handler] = {
    "flip": _flip,
    "flipud": _flip_axis(0),
    "fliplr": _flip_axis(1),
    "repeat": _repeat,
    "tile": _tile,
    "diff": _diff,
    "column_stack": _column_stack,
    "append": _append,
    "nonzero": _nonzero,
    "argwhere": _argwhere,
    "take": _take,
    "unravel_index": unravel_index,
    "squeeze": _squeeze,
    "swapaxes": _swapaxes,
    "moveaxis": _moveaxis,
    "ascontiguousarray": _ascontiguous,
    "array_equal": _array_equal,
    "size": _lengths("size"),
    "shape": _lengths("shape"),
    "ndim": _lengths("ndim"),
}
