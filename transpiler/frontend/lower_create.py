"""Making arrays: zeros, full, arange, array of a list, and the like."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import (
    array_of,
    bind,
    flag_of,
    int_operand,
    shape_of,
)
from loopwright.frontend.lower_arith import as_operand
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_dtypes import dtype_of
from loopwright.frontend.lower_index import FULL
from loopwright.frontend.lower_items import from_items
from loopwright.frontend.lower_joint_dtype import column_dtype
from loopwright.frontend.lower_list_index import copy_of, row_count, whole
from loopwright.frontend.lower_listed import stacked
from loopwright.frontend.lower_order import eval_all, eval_spread, is_spread
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import as_dtype, wrap
from loopwright.frontend.lower_rows import chosen, to_columns
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import stored_operand
from loopwright.frontend.lower_values import (
    Arr,
    Library,
    Lst,
    Number,
    RaggedList,
    Row,
    Tpl,
    Value,
    integer,
    test,
)
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Call,
    Cast,
    Const,
    Dim,
    Expr,
    For,
    Load,
    Pt,
    Reshape,
    Store,
    Var,
)
from loopwright.ir.types import (
    BOOL,
    FLOAT,
    INT,
    Array,
    DType,
    Num,
    Type,
    is_scalar,
    kind_of,
    machine_dtype,
)


def _alloc(shape: tuple[Expr, ...], fill: Expr | None, dtype: DType) -> Value:
    return wrap(Alloc(shape, fill, Array(dtype, len(shape))))


def _constant(dtype: DType, value: int) -> Const:
    if dtype == "bool":
        return Const(bool(value), Num("bool"))
    if kind_of(dtype) == "f":
        return Const(float(value), Num(dtype))
    return Const(complex(value) if kind_of(dtype) == "c" else value, Num(dtype))


def filled(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.zeros`, `np.ones`, `np.empty`, `np.full`."""
    names = ["shape", "fill_value", "dtype"] if name == "full" else ["shape", "dtype"]
    bound = bind(cx, node, names, required=len(names) - 1)
    shape = shape_of(cx, bound["shape"], node)
    if not shape:
        decline(node, "LW102", "an array without axes is not covered")
    dtype = dtype_of(bound.get("dtype"), node)
    if name == "full":
        fill, dtype = _fill(cx, bound["fill_value"], dtype, node)
        return _alloc(shape, fill, dtype)
    dtype = dtype or "float64"
    return _alloc(shape, None if name == "empty" else _constant(dtype, int(name == "ones")), dtype)


def _fill(cx: Scope, value: Value, dtype: DType | None, node: ast.AST) -> tuple[Expr, DType]:
    if not isinstance(value, Number):
        decline(node, "LW102", f"filling with {describe(value)} is not covered")
    if dtype is None:
        dtypes = {machine_dtype(t) for t in value.types if is_scalar(t)}
        if len(dtypes) != 1 or not all(is_scalar(t) for t in value.types):
            decline(node, "LW302", f"the dtype of the array depends on the path: {describe(value)}")
        (dtype,) = dtypes
    operand = stored_operand(cx, value, dtype, node)
    return cast(operand, Num(dtype)), dtype


def like(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.zeros_like` and its kin."""
    names = ["a", "fill_value", "dtype"] if name == "full_like" else ["a", "dtype"]
    bound = bind(cx, node, names, required=len(names) - 1)
    model = array_of(cx, bound["a"], node)
    dtype = dtype_of(bound.get("dtype"), node) or model.type.dtype
    shape = tuple(Dim(model.expr, k, INT) for k in range(model.type.ndim))
    if name == "full_like":
        fill: Expr | None = cast(stored_operand(cx, bound["fill_value"], dtype, node), Num(dtype))
    else:
        fill = None if name == "empty_like" else _constant(dtype, int(name == "ones_like"))
    return _alloc(shape, fill, dtype)


def arange(cx: Scope, node: ast.Call) -> Value:
    """`np.arange`."""
    if any(k.arg != "dtype" for k in node.keywords):
        decline(node, "LW102", "give start, stop and step of arange by position")
    bound = bind(cx, node, ["start", "stop", "step", "dtype"])
    dtype = dtype_of(bound.pop("dtype", None), node)
    ends = [bound[k] for k in ("start", "stop", "step") if k in bound]
    operands = [as_operand(cx, v, node) for v in ends]
    if not all(is_scalar(o.type) for o in operands):
        decline(node, "LW102", "arange takes numbers")
    kinds = {kind_of(machine_dtype(o.type)) for o in operands}
    if kinds - {"i", "f"} or any(
        machine_dtype(o.type) not in ("int64", "float64") for o in operands
    ):
        decline(node, "LW102", "arange is covered for ints and floats")
    if "stop" not in bound:
        operands.insert(0, integer(0))
    step: Expr = operands[2] if len(operands) == 3 else integer(1)
    found: DType = "float64" if "f" in kinds else "int64"
    result = Call("np.arange", (operands[0], operands[1], step), Array(found, 1))
    return wrap(as_dtype(result, dtype or found))


def linspace(cx: Scope, node: ast.Call) -> Value:
    """`np.linspace` of floats."""
    bound = bind(cx, node, ["start", "stop", "num", "endpoint"], required=2)
    ends = [as_operand(cx, bound[k], node) for k in ("start", "stop")]
    if not all(is_scalar(e.type) and machine_dtype(e.type) in ("int64", "float64") for e in ends):
        decline(node, "LW102", "linspace is covered for floats")
    num = int_operand(cx, bound["num"], node) if "num" in bound else integer(50)
    endpoint = "endpoint" not in bound or flag_of(bound["endpoint"], node, "endpoint")
    args = (*(cast(e, FLOAT) for e in ends), num, Const(endpoint, BOOL))
    return wrap(Call("np.linspace", args, Array("float64", 1)))


def eye(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.eye` and `np.identity`."""
    names = ["N", "M", "k", "dtype"] if name == "eye" else ["n", "dtype"]
    bound = bind(cx, node, names)
    n = int_operand(cx, bound[names[0]], node)
    m = int_operand(cx, bound["M"], node) if "M" in bound else n
    k = int_operand(cx, bound["k"], node) if "k" in bound else integer(0)
    dtype = dtype_of(bound.get("dtype"), node) or "float64"
    return wrap(Call("np.eye", (n, m, k), Array(dtype, 2)))


# ------------------------------------------------------------------- conversion


def copy(cx: Scope, node: ast.Call) -> Value:
    """`np.copy(x)`."""
    x = array_of(cx, bind(cx, node, ["a"])["a"], node)
    return copied(x)


def copied(x: Arr) -> Value:
    return wrap(copy_of_array(x.expr))


def copy_of_array(expr: Expr) -> Expr:
    """A C-contiguous copy."""
    t = expr.type
    assert isinstance(t, Array)
    return copy_of(expr) if t.layout == "C" else cast_copy(expr, Array(t.dtype, t.ndim))


def cast_copy(expr: Expr, t: Type) -> Expr:
    return Cast(expr, t)


def array(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.array`, `np.asarray` and `np.asanyarray` of an array, a list, or a display of numbers or rows."""
    bound_names = ["object", "dtype", "copy"]
    display = _display_of(cx, node.args)
    if display is not None:
        if len(node.args) > 2:
            decline(node, "LW102", "only the first two arguments are taken by position")
        second = [ast.keyword("dtype", a) for a in node.args[1:]]
        rest = ast.copy_location(ast.Call(node.func, [], [*second, *node.keywords]), node)
        bound = bind(cx, rest, bound_names, required=0)
        return _display(cx, display, dtype_of(bound.get("dtype"), node), node)
    if len(node.args) > 2:
        decline(node, "LW102", "only the first two arguments are taken by position")
    numbers = _of_range(cx, node)
    if numbers is not None:
        rest = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
        bound = bind(cx, rest, bound_names, first=numbers)
        return wrap(as_dtype(numbers.expr, dtype_of(bound.get("dtype"), node) or "int64"))
    bound = bind(cx, node, bound_names)
    dtype = dtype_of(bound.get("dtype"), node)
    value = bound["object"]
    if isinstance(value, Arr):
        if name != "array" or ("copy" in bound and not flag_of(bound["copy"], node, "copy")):
            if dtype in (None, value.type.dtype):
                return value
        if dtype in (None, value.type.dtype):
            return copied(value)
        return wrap(as_dtype(value.expr, dtype or value.type.dtype))
    if isinstance(value, RaggedList) and value.dtype is not None and not value.picked:
        to_columns(cx, value)
    if isinstance(value, RaggedList) and value.made:
        return of_rows(cx, value, dtype, node)
    if isinstance(value, RaggedList) and isinstance(value.items, Arr) and not value.text:
        if "copy" in bound:
            decline(node, "LW102", "`copy` is covered for arrays")
        whole = wrap(as_operand(cx, value, node))
        assert isinstance(whole, Arr)
        return (
            copied(whole)
            if dtype in (None, whole.type.dtype)
            else wrap(as_dtype(whole.expr, dtype or ""))
        )
    if isinstance(value, (Lst, Row)):
        listed = value.items if isinstance(value, Row) else value
        return of_list(cx, listed, dtype, node)
    if isinstance(value, Tpl):
        return from_items(cx, [list(value.items)], 1, dtype, node)
    decline(node, "LW102", f"an array of {describe(value)} is not covered")


def _of_range(cx: Scope, node: ast.Call) -> Arr | None:
    """The numbers of a range that is the first argument; an empty one would make an array of floats."""
    match node.args:
        case [ast.Call(ast.Name("range") as name, [_] | [_, _], []) as given, *_]:
            if cx.eval(name) != Library("builtins.range"):
                return None
        case _:
            return None
    found = arange(cx, given)
    assert isinstance(found, Arr)
    held = cx.hold(found.expr, "numbers")
    cx.check(test("gt", Dim(held, 0, INT), integer(0)), "an array of an empty range")
    return Arr(held, found.type, frozenset())


def of_list(cx: Scope, value: Lst, dtype: DType | None, node: ast.AST) -> Value:
    """`np.array(value, dtype)`."""
    elem = cx.unit.sites.element(value.site)
    if isinstance(elem, Arr):
        return wrap(as_dtype(stacked(cx, value, node), dtype or elem.type.dtype))
    value = whole(value)
    if elem is None:
        empty: DType = dtype or "float64"
        return _alloc((integer(0),), None, empty)
    if isinstance(elem, Number):
        found = column_dtype(cx, [elem], value, dtype, node)
        column = value.columns[0]
        if value.ndim > 1 or (dtype is None and found != "float64"):
            # an empty list makes a float64 array with one axis, whatever its elements would be
            cx.check(
                test("gt", Dim(column, 0, INT), integer(0)),
                "an array of an empty list",
            )
        return wrap(cast(column, Array(found, value.ndim)))
    if isinstance(elem, Tpl) and value.ndim == 1:
        return _from_rows(cx, value, elem, dtype, node)
    decline(node, "LW102", f"an array of elements that are {describe(elem)} is not covered")


def of_rows(cx: Scope, value: RaggedList, dtype: DType | None, node: ast.AST) -> Value:
    """`np.array(rows)`: a matrix; the kernel gives up where the rows differ in length, or there are none."""
    items = value.items
    if isinstance(items, Arr):
        return wrap(as_dtype(chosen(cx, value), dtype or items.type.dtype))
    if cx.unit.sites.within(items.site, set(cx.unit.grown_rows)):
        decline(node, "LW102", "an array of rows that grow is not covered")
    element = cx.unit.sites.element(items.site)
    if not isinstance(element, Number):
        decline(node, "LW102", "an array of rows of what is no number is not covered")
    found = column_dtype(cx, [element], whole(items), dtype, node)
    n = cx.hold(row_count(value), "n")
    cx.check(test("gt", n, integer(0)), "an array of an empty list")
    width = cx.hold(Load(value.bounds, (Pt(integer(1)),), INT), "width")
    cx.check(test("gt", width, integer(0)), "an array of empty rows")
    at = cx.sym(cx.fresh("k"), INT)
    end = Binary("add", Binary("mul", Var(at), integer(2), INT), integer(1), INT)
    with cx.block() as body:
        reached = Binary("mul", Binary("add", Var(at), integer(1), INT), width, INT)
        cx.check(test("eq", Load(value.bounds, (Pt(end),), INT), reached), "rows of one length")
    cx.emit(For(at, integer(0), n, integer(1), tuple(body), (), cx.span))
    flat = cast(items.columns[0], Array(found, 1))
    result = Array(found, 2)
    return Arr(Reshape(flat, (n, width), result), result, frozenset())


def _from_rows(cx: Scope, value: Lst, elem: Tpl, dtype: DType | None, node: ast.AST) -> Value:
    """A list of tuples of numbers: one column of the array for each place."""
    items = [i for i in elem.items if isinstance(i, Number)]
    if len(items) != len(elem.items):
        decline(node, "LW102", "an array of nested tuples is not covered")
    found = column_dtype(cx, items, value, dtype, node)
    n = Dim(value.columns[0], 0, INT)
    cx.check(test("gt", n, integer(0)), "an array of an empty list")
    target = cx.hold(Alloc((n, integer(len(items))), None, Array(found, 2)), "rows")
    assert isinstance(target, Var)
    at = 0
    for k, item in enumerate(items):
        column = cast(value.columns[at], Array(found, 1))
        cx.emit(Store(target.sym, (FULL, Pt(integer(k))), column, cx.span))
        at += 1 if item.tag is None else 2
    return wrap(target)


def _display_of(cx: Scope, nodes: list[ast.expr]) -> ast.List | ast.Tuple | None:
    """The first argument, if it is a display whose items are known one by one."""
    match nodes:
        case [ast.List(elts) as display, *_] if not is_spread(cx, elts):
            return display
        case [ast.Tuple() as display, *_]:
            return display
        case _:
            return None


def _display(cx: Scope, node: ast.List | ast.Tuple, dtype: DType | None, at: ast.AST) -> Value:
    """`np.array([a, b])`, `np.array([[a, b], [c, d]])`."""
    rows = [e.elts for e in node.elts if isinstance(e, (ast.List, ast.Tuple))]
    if rows and len(rows) == len(node.elts):
        if len({len(r) for r in rows}) != 1:
            decline(at, "LW111", "rows of unequal length raise ValueError")
        values = eval_all(cx, [e for r in rows for e in r])
        width = len(rows[0])
        table = [values[k * width : (k + 1) * width] for k in range(len(rows))]
        return from_items(cx, table, 2, dtype, at)
    return from_items(cx, [eval_spread(cx, node.elts)], 1, dtype, at)
