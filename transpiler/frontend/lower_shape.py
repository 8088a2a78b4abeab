"""Changing shapes: reshape, ravel, concatenate, stack, expand_dims, and their method forms."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import numpy as np

from loopwright.frontend.lower_args import (
    array_of,
    as_tuple,
    bind,
    constant_of,
    int_constant,
    int_operand,
    normal_axis,
    shape_of,
)
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_create import copied, copy_of_array
from loopwright.frontend.lower_dtypes import dtype_of
from loopwright.frontend.lower_index import FULL
from loopwright.frontend.lower_items import from_items
from loopwright.frontend.lower_list_index import row_count
from loopwright.frontend.lower_names import dim, views
from loopwright.frontend.lower_order import eval_all, eval_spread, present
from loopwright.frontend.lower_parts import flatten
from loopwright.frontend.lower_reduce import as_dtype, wrap
from loopwright.frontend.lower_rows import copied_at_once
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Number,
    RaggedList,
    Tpl,
    Value,
    integer,
    test,
)
from loopwright.ir.nodes import (
    Binary,
    Call,
    Dim,
    Expr,
    IndexItem,
    Load,
    Logic,
    NewAxis,
    Pt,
    Reshape,
    Slc,
)
from loopwright.ir.types import BOOL, INT, Array, machine_dtype


def reshape(cx: Scope, x: Arr, shape: tuple[Expr, ...], node: ast.AST) -> Value:
    """`x.reshape(shape)`: a view of a C-contiguous array."""
    t = x.type
    if not shape:
        decline(node, "LW102", "an array without axes is not covered")
    result = Array(t.dtype, len(shape))
    if t.layout != "C" and t.ndim > 1 and x.origins:
        # NumPy copies or not depending on the strides
        gaps = _has_gaps(x) if sum(n != integer(1) for n in shape) == 1 else None
        if gaps is None:
            decline(node, "LW102", "reshape of an array that is not contiguous is not covered")
        cx.check(gaps, "an array that is made flat is a part of another one with gaps")
        return wrap(Reshape(copy_of_array(x.expr), shape, result))
    expr = x.expr if t.layout == "C" else copy_of_array(x.expr)
    return Arr(Reshape(expr, shape, result), result, views(x))


def _has_gaps(x: Arr) -> Expr | None:
    """Whether flattening the slices surely makes a copy; None if that is not known.

    If it made a view, the rows (of several elements, but not of all that the array has) would lie end to
    end, so that the element behind a row and the first of the next row were one.
    """
    if not isinstance(x.expr, Load) or not isinstance(x.expr.x.type, Array):
        return None
    kept = [(axis, i) for axis, i in enumerate(x.expr.index) if not isinstance(i, Pt)]
    if not all(isinstance(i, Slc) for _, i in kept):
        return None
    found: Expr | None = None
    for k, (axis, item) in enumerate(kept[1:], 1):
        if not isinstance(item, Slc) or item == FULL or item.step not in (None, integer(1)):
            continue
        rows, row = (Dim(x.expr, at, INT) for at in (k - 1, k))
        part = Logic(
            "and", test("gt", row, integer(1)), test("lt", row, Dim(x.expr.x, axis, INT)), BOOL
        )
        gap = Logic("and", test("gt", rows, integer(1)), part, BOOL)
        found = gap if found is None else Logic("or", found, gap, BOOL)
    return found


def reshape_method(cx: Scope, x: Arr, node: ast.Call) -> Value:
    """`x.reshape(2, 3)` and `x.reshape((2, 3))`."""
    if node.keywords:
        decline(node, "LW102", "keyword arguments of reshape are not covered")
    nodes = [as_tuple(node.args[0])] if len(node.args) == 1 else node.args
    values = eval_all(cx, nodes)
    given = values[0] if len(values) == 1 else Tpl(tuple(values))
    return reshape(cx, x, shape_of(cx, given, node), node)


def flat(cx: Scope, x: Arr, copy: bool, node: ast.AST) -> Value:
    """`x.ravel()` (a view if contiguous) and `x.flatten()` (a copy)."""
    t = x.type
    if copy:
        base = copy_of_array(x.expr)
        result = Array(t.dtype, 1)
        return wrap(base if t.ndim == 1 else Reshape(base, (integer(-1),), result))
    if t.ndim == 1 and t.layout == "C":
        return Arr(x.expr, t, views(x))
    return reshape(cx, x, (integer(-1),), node)


def _reshape(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "shape"], required=2)
    return reshape(cx, array_of(cx, bound["a"], node), shape_of(cx, bound["shape"], node), node)


def _ravel(cx: Scope, node: ast.Call) -> Value:
    return flat(cx, array_of(cx, bind(cx, node, ["a"])["a"], node), False, node)


def at_least(cx: Scope, value: Value, ndim: int, node: ast.AST) -> Arr:
    """`np.atleast_1d` and `np.atleast_2d`: axes of length 1 in front."""
    value = present(cx, value)
    x = from_items(cx, [[value]], 1, None, node) if isinstance(value, Number) else None
    x = x or array_of(cx, value, node)
    if x.type.ndim >= ndim:
        return x
    items: tuple[IndexItem, ...] = (*[NewAxis()] * (ndim - x.type.ndim), *[FULL] * x.type.ndim)
    t = Array(x.type.dtype, ndim, x.type.layout if x.type.layout == "C" else "A")
    return Arr(Load(x.expr, items, t), t, views(x))


def _at_least(ndim: int) -> Callable[[Scope, ast.Call], Value]:
    """Of several arguments it is a tuple (a list before NumPy 2)."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        given = eval_spread(cx, node.args)
        if node.keywords or not given:
            decline(node, "LW102", f"np.atleast_{ndim}d is covered for arguments by position")
        made = tuple(at_least(cx, v, ndim, node) for v in given)
        if len(made) == 1:
            return made[0]
        if not isinstance(np.atleast_1d(0, 0), tuple):
            decline(node, "LW102", "a list of arrays is not covered")
        return Tpl(made)

    return handler


def same_dtype(arrays: Sequence[Arr]) -> list[Arr]:
    """The arrays converted to the dtype that they have in common."""
    dtype = np.result_type(*(np.dtype(a.type.dtype) for a in arrays)).name
    return [Arr(as_dtype(a.expr, dtype), Array(dtype, a.type.ndim), a.origins) for a in arrays]  # type: ignore[arg-type]


def _of_list(cx: Scope, node: ast.Call, *, joined: bool = False) -> Arr | None:
    """The arrays of a list that is the only argument, stacked; None if they are given one by one. `joined`:
    if the list holds them one behind the other, so they stay.
    """
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], (ast.List, ast.Tuple)):
        return None
    with copied_at_once(cx, node.args):
        value = cx.eval(node.args[0])
    if joined and isinstance(value, RaggedList) and value.dtype is not None and not value.picked:
        return _joined(cx, value)
    x = array_of(cx, value, node)
    if x.type.ndim < 2:
        decline(node, "LW102", "joining the items of this argument is not covered")
    made = copied(x)
    assert isinstance(made, Arr)
    return made


def _joined(cx: Scope, rows: RaggedList) -> Arr:
    """The joined rows of a list of arrays as an array."""
    cx.check(test("gt", row_count(rows), integer(0)), "no arrays to join")
    assert rows.dtype is not None
    t = Array(rows.dtype, 1)
    return Arr(cast(flatten(rows.items)[0], t), t, frozenset())


def _run_together(cx: Scope, x: Arr) -> Value:
    """The parts of `x` along its first axis, one behind the other; an array of one axis is so already."""
    if x.type.ndim == 1:
        return x
    held = cx.hold(x.expr, "parts")
    lengths = [Dim(held, k, INT) for k in range(x.type.ndim)]
    first = Binary("mul", lengths[0], lengths[1], INT)
    return wrap(Reshape(held, (first, *lengths[2:]), Array(x.type.dtype, x.type.ndim - 1)))


def _parts(cx: Scope, node: ast.Call, ndim: int = 0) -> tuple[list[Arr], Value | None]:
    """The arrays of a display, with at least `ndim` axes, and the axis if it is given."""
    if not node.args or not isinstance(node.args[0], (ast.List, ast.Tuple)):
        decline(node, "LW102", "the arrays must be given in a list or tuple display")
    values = eval_all(cx, node.args[0].elts)
    rest = [*node.args[1:], *[k.value for k in node.keywords if k.arg == "axis"]]
    if len(node.args) - 1 + len(node.keywords) != len(rest) or not values:
        decline(node, "LW102", "only the argument `axis` is covered here")
    arrays = [at_least(cx, v, ndim, node) if ndim else array_of(cx, v, node) for v in values]
    return same_dtype(arrays), cx.eval(rest[0]) if rest else None


def _of_one_rank(arrays: Sequence[Arr], node: ast.AST) -> Array:
    """The type of the first array."""
    if any(a.type.ndim != arrays[0].type.ndim for a in arrays):
        decline(node, "LW111", "arrays of different rank raise ValueError")
    return arrays[0].type


def _join(name: str, default: int) -> Callable[[Scope, ast.Call], Value]:
    def handler(cx: Scope, node: ast.Call) -> Value:
        whole = _of_list(cx, node, joined=name == "concatenate")
        if whole is not None:
            return whole if name == "stack" else _run_together(cx, whole)
        arrays, given = _parts(cx, node)
        if given == NOTHING and name == "concatenate":
            flattened = [flat(cx, a, False, node) for a in arrays]
            arrays = [a for a in flattened if isinstance(a, Arr)]
            given = None
        t = _of_one_rank(arrays, node)
        ndim = t.ndim + (name == "stack")
        axis = default if given is None else int_constant(given, node, "axis")
        axis = normal_axis(axis, ndim, node)
        args = (integer(axis), *(a.expr for a in arrays))
        return wrap(Call(f"np.{name}", args, Array(machine_dtype(arrays[0].expr.type), ndim)))

    return handler


def _hv(horizontal: bool) -> Callable[[Scope, ast.Call], Value]:
    """`np.hstack` and `np.vstack`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        whole = _of_list(cx, node, joined=horizontal)
        if whole is not None and horizontal and whole.type.ndim > 2:
            decline(node, "LW102", "the arrays must be given in a list or tuple display")
        if whole is not None:
            flat_ones = whole.type.ndim == 2 and not horizontal
            return whole if flat_ones else _run_together(cx, whole)
        arrays, axis = _parts(cx, node, 1 if horizontal else 2)
        if axis is not None:
            decline(node, "LW111", "there is no argument `axis`: TypeError")
        t = _of_one_rank(arrays, node)
        place = 1 if horizontal and t.ndim > 1 else 0
        args = (integer(place), *(a.expr for a in arrays))
        return wrap(Call("np.concatenate", args, Array(t.dtype, t.ndim)))

    return handler


def _expand_dims(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "axis"], required=2)
    x = array_of(cx, bound["a"], node)
    axis = normal_axis(int_constant(bound["axis"], node, "axis"), x.type.ndim + 1, node)
    items: list[IndexItem] = [FULL] * x.type.ndim
    index = (*items[:axis], NewAxis(), *items[axis:])
    t = Array(x.type.dtype, x.type.ndim + 1, x.type.layout if x.type.layout == "C" else "A")
    return Arr(Load(x.expr, index, t), t, views(x))


def _diag(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["v", "k"])
    x = array_of(cx, bound["v"], node)
    k = integer(int_constant(bound["k"], node, "k") if "k" in bound else 0)
    if x.type.ndim == 2:
        return diagonal(cx, x, k, node)
    if x.type.ndim != 1:
        decline(node, "LW111", "np.diag takes one or two axes: ValueError")
    return wrap(Call("np.diag", (x.expr, k), Array(x.type.dtype, 2)))


def diagonal(cx: Scope, x: Arr, k: Expr, node: ast.AST) -> Value:
    """`np.diagonal(x, k)` of a matrix: a view, in NumPy a read-only one."""
    if x.type.ndim != 2:
        decline(node, "LW102", "the diagonal is covered for matrices")
    if not x.origins or node in cx.operands:
        return wrap(Call("np.diag", (x.expr, k), Array(x.type.dtype, 1)))
    if x.type.layout != "C" or k != integer(0):
        decline(node, "LW102", "this diagonal of an array that may change is not covered")
    step = Binary("add", dim(x, 1), integer(1), INT)
    whole = flat(cx, x, False, node)
    assert isinstance(whole, Arr)
    t = Array(x.type.dtype, 1, "A")
    places = Slc(None, Binary("mul", dim(x, 1), step, INT), step)
    return Arr(Load(whole.expr, (places,), t), t, views(x))


def _diagonal(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "offset"])
    k = integer(int_constant(bound["offset"], node, "offset") if "offset" in bound else 0)
    return diagonal(cx, array_of(cx, bound["a"], node), k, node)


def _diagflat(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["v", "k"])
    x = flat(cx, at_least(cx, bound["v"], 1, node), False, node)
    assert isinstance(x, Arr)
    k = integer(int_constant(bound["k"], node, "k") if "k" in bound else 0)
    return wrap(Call("np.diag", (x.expr, k), Array(x.type.dtype, 2)))


def _triangle(name: str) -> Callable[[Scope, ast.Call], Value]:
    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["m", "k"])
        x = array_of(cx, bound["m"], node)
        k = integer(int_constant(bound["k"], node, "k") if "k" in bound else 0)
        if x.type.ndim != 2:
            decline(node, "LW102", f"np.{name} is covered for matrices")
        return wrap(Call(f"np.{name}", (x.expr, k), Array(x.type.dtype, 2)))

    return handler


def _roll(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "shift", "axis"], required=2)
    x = array_of(cx, bound["a"], node)
    if "axis" in bound:
        axis = normal_axis(int_constant(bound["axis"], node, "axis"), x.type.ndim, node)
    else:
        axis = 0
    whole = x
    if "axis" not in bound and x.type.ndim > 1:
        flattened = flat(cx, x, False, node)
        assert isinstance(flattened, Arr)
        x = flattened
    args = (x.expr, int_operand(cx, bound["shift"], node), integer(axis))
    turned = Call("np.roll", args, Array(x.type.dtype, x.type.ndim))
    if x is whole or whole.type.ndim == 1:
        return wrap(turned)
    shape = tuple(Dim(whole.expr, k, INT) for k in range(whole.type.ndim))
    return wrap(Reshape(turned, shape, Array(x.type.dtype, len(shape))))


def astype(cx: Scope, x: Arr, node: ast.Call) -> Value:
    """`x.astype(dtype)`: always a copy."""
    bound = bind(cx, node, ["self", "dtype", "copy"], required=2, first=x)
    dtype = dtype_of(bound["dtype"], node)
    assert dtype is not None
    t = x.type
    if "copy" in bound and not constant_of(bound["copy"], node, "copy") and t.dtype == dtype:
        return x
    if t.dtype == dtype:
        return wrap(copy_of_array(x.expr))
    if t.dtype.startswith("complex") and not dtype.startswith("complex"):
        decline(node, "LW304", "astype would discard the imaginary part")
    return wrap(as_dtype(x.expr, dtype))


SHAPES: dict[str, Callable[[Scope, ast.Call], Value]] = {
    "reshape": _reshape,
    "ravel": _ravel,
    "concatenate": _join("concatenate", 0),
    "stack": _join("stack", 0),
    "hstack": _hv(True),
    "vstack": _hv(False),
    "expand_dims": _expand_dims,
    "atleast_1d": _at_least(1),
    "atleast_2d": _at_least(2),
    "diag": _diag,
    "diagonal": _diagonal,
    "diagflat": _diagflat,
    "tril": _triangle("tril"),
    "triu": _triangle("triu"),
    "roll": _roll,
}
