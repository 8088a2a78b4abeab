"""Elements put in, taken out and changed in place; positions of triangles and diagonals; running extremes."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, int_operand
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_index import FULL
from loopwright.frontend.lower_library_args import axis_argument, flattened, plain_number
from loopwright.frontend.lower_names import dim, views
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import as_dtype, wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Number, Tpl, Value, integer, number
from loopwright.ir.nodes import Call, Load, NewAxis
from loopwright.ir.types import F64, I64, Array, kind_of, machine_dtype

Handler = Callable[[Scope, ast.Call], Value]


def _holds(x: Arr, value: Value, node: ast.AST) -> Number:
    """A number that an array of that dtype holds as it is."""
    given = plain_number(value, node)
    kinds = {"float64": ("float64", "int64"), "int64": ("int64",)}.get(x.type.dtype, ())
    if machine_dtype(given.type) not in kinds:
        decline(node, "LW102", f"{describe(given)} in {x.type} is not covered")
    return number(cast(given.expr, F64 if x.type.dtype == "float64" else I64))


def _holds_all(cx: Scope, x: Arr, value: Value, node: ast.AST) -> Arr:
    """An array of numbers that an array of that dtype holds as they are."""
    given = array_of(cx, value, node)
    kinds = (x.type.dtype, "int64") if x.type.dtype == "float64" else (x.type.dtype,)
    if given.type.dtype not in kinds:
        decline(node, "LW102", f"{describe(given)} in {x.type} is not covered")
    found = wrap(as_dtype(given.expr, x.type.dtype))
    assert isinstance(found, Arr)
    return found


def _insert(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["arr", "obj", "values", "axis"], required=3)
    x, place, given = array_of(cx, bound["arr"], node), bound["obj"], bound["values"]
    axis = axis_argument(bound, x.type.ndim, node)
    if axis is None:
        x, axis = flattened(cx, x, node), 0
    value = _holds(x, given, node) if isinstance(given, Number) else _holds_all(cx, x, given, node)
    ndim = value.type.ndim if isinstance(value, Arr) else 0
    one = isinstance(place, Number)
    names = {
        (1, 0, 0, True): "insert_number", (1, 0, 1, True): "insert_numbers",
        (1, 0, 0, False): "insert_number_at", (1, 0, 1, False): "insert_at",
        (2, 0, 0, True): "insert_row_of", (2, 0, 1, True): "insert_row",
        (2, 0, 2, True): "insert_rows", (2, 1, 0, True): "insert_column_of",
        (2, 1, 1, True): "insert_column",
    }  # fmt: skip
    name = names.get((x.type.ndim, axis, ndim, one))
    if name is None or (x.type.ndim == 2 and x.type.layout != "C"):
        decline(node, "LW102", "this form of np.insert is not covered")
    at = number(int_operand(cx, place, node)) if one else _positions(cx, place, node)
    return library_call(cx, name, [x, at, value], node)


def _delete(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["arr", "obj", "axis"], required=2)
    x = array_of(cx, bound["arr"], node)
    axis = axis_argument(bound, x.type.ndim, node)
    if axis is None:
        x, axis = flattened(cx, x, node), 0
    if x.type.ndim > 2:
        decline(node, "LW102", "np.delete is covered for one and two axes")
    if isinstance(bound["obj"], Number):
        at = number(int_operand(cx, bound["obj"], node))
        return library_call(cx, "delete_column" if axis else "delete_number", [x, at], node)
    places = array_of(cx, bound["obj"], node)
    kind = kind_of(places.type.dtype)
    if places.type.ndim != 1 or axis != 0 or kind not in "iub":
        decline(node, "LW102", "np.delete is covered for positions along the first axis")
    return library_call(cx, "delete_mask" if kind == "b" else "delete_numbers", [x, places], node)


def _compress(first: str, second: str) -> Handler:
    """`np.compress(condition, a)` and `np.extract(condition, arr)` of arrays with one axis."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, [first, second], required=2)
        mask, x = (array_of(cx, bound[k], node) for k in (first, second))
        if mask.type.ndim != 1 or x.type.ndim != 1:
            decline(node, "LW102", "this is covered for arrays with one axis")
        return library_call(cx, "compress", [mask, x], node)

    return handler


def _fill_diagonal(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "val"], required=2)
    x = bound["a"]
    if not isinstance(x, Arr) or x.type.ndim != 2:
        decline(node, "LW102", "np.fill_diagonal is covered for matrices")
    return library_call(cx, "fill_diagonal", [x, _holds(x, bound["val"], node)], node)


def _add_at(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "indices", "b"], required=3)
    x, at, more = bound["a"], bound["indices"], bound["b"]
    if not isinstance(x, Arr):
        decline(node, "LW102", f"`np.add.at` of {describe(x)} is not covered")
    if isinstance(at, Tpl) and len(at.items) == 2 and x.type.ndim == 2 and isinstance(more, Number):
        places = [_positions(cx, p, node) for p in at.items]
        return library_call(cx, "add_at_pairs", [x, *places, _holds(x, more, node)], node)
    if x.type.ndim != 1:
        decline(node, "LW102", "`np.add.at` is covered for positions along all axes")
    place = _positions(cx, at, node)
    if isinstance(more, Number):
        return library_call(cx, "add_at_number", [x, place, _holds(x, more, node)], node)
    values = array_of(cx, more, node)
    if values.type != Array(x.type.dtype, 1, values.type.layout):
        decline(node, "LW102", "`np.add.at` is covered for values of the array's dtype")
    return library_call(cx, "add_at", [x, place, values], node)


def _positions(cx: Scope, value: Value, node: ast.AST) -> Arr:
    if isinstance(value, Number):
        decline(node, "LW102", "this is covered for arrays of positions")
    at = array_of(cx, value, node)
    if at.type.ndim != 1 or kind_of(at.type.dtype) not in "iu":
        decline(node, "LW102", "this is covered for positions with one axis")
    return at


def _put(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "ind", "v"], required=3)
    x, place = bound["a"], _positions(cx, bound["ind"], node)
    if not isinstance(x, Arr) or x.type.ndim != 1:
        decline(node, "LW102", "np.put is covered for arrays with one axis")
    if isinstance(bound["v"], Number):
        return library_call(cx, "put_number", [x, place, _holds(x, bound["v"], node)], node)
    values = array_of(cx, bound["v"], node)
    if values.type != Array(x.type.dtype, 1, values.type.layout):
        decline(node, "LW102", "np.put is covered for values of the array's dtype")
    return library_call(cx, "put_numbers", [x, place, values], node)


def _running(name: str) -> Handler:
    """`np.maximum.accumulate(x)`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["array", "axis"])
        x = array_of(cx, bound["array"], node)
        if x.type.ndim != 1 or kind_of(x.type.dtype) == "c":
            decline(node, "LW102", "this is covered for arrays with one axis")
        axis_argument(bound, 1, node)
        return library_call(cx, name, [x], node)

    return handler


def _triangle(name: str) -> Handler:
    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["n", "k", "m"])
        n = int_operand(cx, bound["n"], node)
        m = int_operand(cx, bound["m"], node) if "m" in bound else n
        k = int_operand(cx, bound["k"], node) if "k" in bound else integer(0)
        return library_call(cx, name, [number(n), number(k), number(m)], node)

    return handler


def _of_array(name: str) -> Handler:
    """`np.triu_indices_from(x)`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["arr", "k"])
        x = array_of(cx, bound["arr"], node)
        if x.type.ndim != 2:
            decline(node, "LW111", "the array must have two axes: ValueError")
        k = int_operand(cx, bound["k"], node) if "k" in bound else integer(0)
        n, m = (number(dim(x, axis)) for axis in range(2))
        return library_call(cx, name, [n, number(k), m], node)

    return handler


def _ix(cx: Scope, node: ast.Call) -> Value:
    """`np.ix_(rows, columns)`: the positions as a column and a row."""
    if len(node.args) != 2 or node.keywords:
        decline(node, "LW102", "np.ix_ is covered for two arrays")
    rows, columns = (_positions(cx, v, node) for v in eval_all(cx, node.args))
    placed = []
    for x, items in ((rows, (FULL, NewAxis())), (columns, (NewAxis(), FULL))):
        t = Array(x.type.dtype, 2, "A")
        placed.append(Arr(Load(x.expr, items, t), t, views(x)))
    return Tpl(tuple(placed))


def _diag_indices(cx: Scope, node: ast.Call) -> Value:
    n = int_operand(cx, bind(cx, node, ["n"])["n"], node)
    t = Array("int64", 1)
    made = [Call("np.arange", (integer(0), n, integer(1)), t) for _ in range(2)]
    return Tpl(tuple(Arr(cx.hold(e, "places"), t, frozenset()) for e in made))


EDITING: dict[str, Handler] = {
    "insert": _insert,
    "delete": _delete,
    "compress": _compress("condition", "a"),
    "extract": _compress("condition", "arr"),
    "fill_diagonal": _fill_diagonal,
    "add.at": _add_at,
    "put": _put,
    "maximum.accumulate": _running("running_maximum"),
    "minimum.accumulate": _running("running_minimum"),
    "triu_indices": _triangle("triu_indices"),
    "tril_indices": _triangle("tril_indices"),
    "triu_indices_from": _of_array("triu_indices"),
    "tril_indices_from": _of_array("tril_indices"),
    "diag_indices": _diag_indices,
    "ix_": _ix,
}
