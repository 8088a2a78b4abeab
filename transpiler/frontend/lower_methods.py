"""Methods of arrays and of NumPy scalars."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import (
    bind,
    int_constant,
    normal_axis,
)
from loopwright.frontend.lower_arrange import (
    item,
    nonzero,
    repeated,
    squeeze,
    swapped,
    take,
    tolist,
)
from loopwright.frontend.lower_contract import dot, trace
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_create import copied
from loopwright.frontend.lower_dtypes import dtype_of
from loopwright.frontend.lower_index import FULL, Index
from loopwright.frontend.lower_names import transpose
from loopwright.frontend.lower_numpy import clip, rounded, ufunc
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_reduce import NAMES, of_number, reduction
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shape import astype, diagonal, flat, reshape_method
from loopwright.frontend.lower_sorting import argsort, searchsorted, sorted_copy
from loopwright.frontend.lower_store import store_array
from loopwright.frontend.lower_values import NOTHING, Arr, Number, Tpl, Value, integer, number
from loopwright.ir.nodes import Cast
from loopwright.ir.types import BOOL, COMPLEX, F64, FLOAT, INT, Num, Py, kind_of


def array_method(cx: Scope, x: Arr, name: str, node: ast.Call) -> Value:
    """`x.name(...)`."""
    if name in NAMES and name not in ("amin", "amax"):
        return reduction(cx, name, node, first=x)
    match name:
        case "copy" if not node.args and not node.keywords:
            return copied(x)
        case "astype":
            return astype(cx, x, node)
        case "reshape":
            return reshape_method(cx, x, node)
        case "ravel" | "flatten" if not node.args and not node.keywords:
            return flat(cx, x, name == "flatten", node)
        case "transpose" if not node.keywords:
            return _transposed(cx, x, node)
        case "dot":
            return dot(cx, x, bind(cx, node, ["self", "b"], required=2, first=x)["b"], node)
        case "clip":
            return clip(cx, node, first=x)
        case "argsort":
            return argsort(cx, node, first=x)
        case "trace":
            return trace(cx, node, first=x)
        case "fill":
            value = bind(cx, node, ["self", "value"], required=2, first=x)["value"]
            if not isinstance(value, Number):
                decline(node, "LW102", "fill takes a number")
            rank = x.type.ndim
            store_array(cx, x, Index((FULL,) * rank, rank), value, node)
            return NOTHING
        case "item" if not node.keywords:
            found = item(cx, x, eval_all(cx, node.args), node)
            assert isinstance(found, Number)
            return number_method(cx, found, "item", ast.Call(node.func, [], []))
        case "tolist" if not node.args and not node.keywords:
            return tolist(cx, x, node)
        case "nonzero" if not node.args and not node.keywords:
            return nonzero(cx, x, node)
        case "sort" if not node.args and not node.keywords and x.type.ndim == 1:
            whole = Index((FULL,), 1)
            store_array(cx, x, whole, sorted_copy(cx, x, 0, node), node)
            return NOTHING
        case "diagonal":
            bound = bind(cx, node, ["self", "offset"], first=x)
            k = int_constant(bound["offset"], node, "offset") if "offset" in bound else 0
            return diagonal(cx, x, integer(k), node)
        case "round":
            return rounded(cx, node, first=x)
        case "searchsorted":
            return searchsorted(cx, node, first=x)
        case "swapaxes" if len(node.args) == 2 and not node.keywords:
            a, b = eval_all(cx, node.args)
            return swapped(x, a, b, node)
        case "squeeze" | "take" | "repeat":
            return _by_axis(cx, x, name, node)
        case "conj" | "conjugate" if not node.args and not node.keywords:
            return ufunc(cx, "conj", [x], node)
        case _:
            decline(node, "LW102", f"method `{name}` of an array is not covered")


def _by_axis(cx: Scope, x: Arr, name: str, node: ast.Call) -> Value:
    """`squeeze`, `take` and `repeat`, whose last argument is an axis."""
    if name == "squeeze":
        return squeeze(cx, x, bind(cx, node, ["self", "axis"], first=x).get("axis"), node)
    names = ["self", "indices" if name == "take" else "repeats", "axis"]
    bound = bind(cx, node, names, required=2, first=x)
    if name == "take":
        return take(cx, x, bound["indices"], bound.get("axis"), node)
    return repeated(cx, x, bound, node)


def _transposed(cx: Scope, x: Arr, node: ast.Call) -> Value:
    values = eval_all(cx, node.args)
    items = values[0].items if len(values) == 1 and isinstance(values[0], Tpl) else tuple(values)
    ndim = x.type.ndim
    axes = tuple(normal_axis(int_constant(v, node, "axis"), ndim, node) for v in items)
    return transpose(x, axes or tuple(reversed(range(ndim))))


def number_method(cx: Scope, x: Number, name: str, node: ast.Call) -> Value:
    """Methods of numbers: `item`, `astype`, and reductions of NumPy's, which give the number itself."""
    if len(x.types) != 1:
        decline(node, "LW302", f"`{name}` of a number of uncertain type")
    t = x.type
    plain = not node.args and not node.keywords
    match name:
        case "copy" | "squeeze" if isinstance(t, Num) and plain:
            return x
        case _ if isinstance(t, Num) and plain and name in NAMES:
            return of_number(cx, name, x, node)
        case "item" | "tolist" if isinstance(t, Num) and not node.args:
            to: Py = {"b": BOOL, "i": INT, "u": INT, "f": FLOAT, "c": COMPLEX}[kind_of(t.dtype)]
            return number(cast(x.expr, to))
        case "is_integer" if t in (FLOAT, F64) and plain:
            return library_call(cx, "is_integral", [x], node)
        case "astype" if isinstance(t, Num):
            dtype = dtype_of(bind(cx, node, ["self", "dtype"], required=2, first=x)["dtype"], node)
            assert dtype is not None
            return number(Cast(x.expr, Num(dtype)))
        case _:
            decline(node, "LW102", f"method `{name}` of a number is not covered")
