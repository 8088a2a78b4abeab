"""Functions of NumPy."""

from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np

from loopwright.frontend import lower_contract, lower_create, lower_reduce
from loopwright.frontend.lower_args import (
    array_of,
    axis_of,
    bind,
    int_constant,
)
from loopwright.frontend.lower_arith import as_operand, binary, strip_none, switch
from loopwright.frontend.lower_arrange import ARRANGING, nonzero
from loopwright.frontend.lower_compare import compare
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_dtypes import (
    dtype_object,
    dtype_of,
    is_dtype,
    is_subdtype,
)
from loopwright.frontend.lower_editing import EDITING
from loopwright.frontend.lower_index import FULL
from loopwright.frontend.lower_library import LIBRARY
from loopwright.frontend.lower_linalg import LINALG
from loopwright.frontend.lower_names import part_of, transpose
from loopwright.frontend.lower_order import eval_all, keep
from loopwright.frontend.lower_out import has_out, with_out
from loopwright.frontend.lower_parts import describe, is_string
from loopwright.frontend.lower_reduce import NAMES, reduction, wrap
from loopwright.frontend.lower_rowwise import apply_along_axis
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_sets import SETS
from loopwright.frontend.lower_shape import SHAPES
from loopwright.frontend.lower_sorting import SORTING
from loopwright.frontend.lower_split import SPLITTING
from loopwright.frontend.lower_stats import STATS
from loopwright.frontend.lower_testing import TESTING
from loopwright.frontend.lower_values import (
    Arr,
    Library,
    Lst,
    Number,
    Tpl,
    Value,
    integer,
    number,
    truth_const,
)
from loopwright.frontend.typing_rules import elementwise_type, promote, rank_of, real_dtype, shaped
from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import (
    Binary,
    BinaryOp,
    Call,
    Cast,
    CompareOp,
    Const,
    Expr,
    Load,
    NewAxis,
    Unary,
)
from loopwright.ir.types import BOOL, FLOAT, INT, NONE, Array, Num, Py, Type, kind_of, machine_dtype

_ALIAS = {
    "abs": "absolute", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "conjugate": "conj",
    "deg2rad": "radians", "rad2deg": "degrees", "pow": "power", "mod": "remainder",
    "divide": "true_divide", "bitwise_not": "invert", "around": "round",
}  # fmt: skip
_BINARY: dict[str, BinaryOp] = {
    "add": "add", "subtract": "sub", "multiply": "mul", "true_divide": "truediv",
    "floor_divide": "floordiv", "remainder": "mod", "power": "pow", "maximum": "maximum",
    "minimum": "minimum", "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor",
    "left_shift": "lshift", "right_shift": "rshift",
}  # fmt: skip
_COMPARE: dict[str, CompareOp] = {
    "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge", "equal": "eq",
    "not_equal": "ne",
}  # fmt: skip


def numpy_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.name(...)`; `name` is dotted for `np.linalg` and `np.random`."""
    name = _ALIAS.get(name, name)
    if has_out(name, node):
        return with_out(cx, node, lambda plain: numpy_call(cx, name, plain))
    if name in _CALLS and _exists(name):
        return _CALLS[name](cx, node)
    if name.endswith(".outer") and _ALIAS.get(name[:-6], name[:-6]) in _BINARY:
        return _outer(cx, _BINARY[_ALIAS.get(name[:-6], name[:-6])], node)
    if name in NAMES:
        return reduction(cx, name, node)
    if is_dtype(f"numpy.{name}"):
        return _scalar(cx, name, node)
    row = TABLE.get(f"np.{name}")
    if row is not None and row.kind == "elementwise" and hasattr(np, name):
        values = eval_all(cx, positional(node).args)
        if len(values) != row.arity[0]:
            decline(node, "LW102", f"`np.{name}` with {len(values)} arguments is not covered")
        return ufunc(cx, name, values, node)
    decline(node, "LW102", f"`np.{name}` is not covered")


def _outer(cx: Scope, op: BinaryOp, node: ast.Call) -> Value:
    """`np.subtract.outer(a, b)` of arrays with one axis."""
    bound = bind(cx, positional(node), ["A", "B"], required=2)
    a, b = (array_of(cx, bound[k], node) for k in ("A", "B"))
    if a.type.ndim != 1 or b.type.ndim != 1:
        decline(node, "LW102", "an outer operation is covered for arrays with one axis")
    column = Load(a.expr, (FULL, NewAxis()), Array(a.type.dtype, 2, "A"))
    return binary(cx, op, Arr(column, column.type, frozenset()), b, node)  # type: ignore[arg-type]


def _exists(name: str) -> bool:
    """Whether the NumPy of this interpreter has the function: `np.trapz` came and went."""
    found: object = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is not None


def ufunc(cx: Scope, name: str, values: list[Value], node: ast.AST) -> Value:
    """An element-wise function of the table."""
    match name, values:
        case "real" | "imag", [Arr() as x] if name == "real" or kind_of(x.type.dtype) == "c":
            return part_of(cx, x, name, node)
    if all(isinstance(v, Number) for v in values):
        numbers = tuple(strip_none(cx, v) for v in values if isinstance(v, Number))
        if all(machine_dtype(t) == "float64" for v in numbers for t in v.types):
            numbers = tuple(number(cast(v.expr, Num("float64"))) for v in numbers)
        return switch(
            cx, numbers, lambda vs: wrap(_elementwise(name, [v.expr for v in vs], node)), node
        )
    return wrap(_elementwise(name, [as_operand(cx, v, node) for v in values], node))


def _elementwise(name: str, operands: list[Expr], node: ast.AST) -> Expr:
    t = _ufunc_type(name, [o.type for o in operands])
    if t is None:
        shown = ", ".join(str(o.type) for o in operands)
        decline(node, "LW304", f"`np.{name}` is not defined for {shown}")
    return Call(f"np.{name}", tuple(_strong(operands)), t)


def _ufunc_type(name: str, types: list[Type]) -> Type | None:
    dtypes = [machine_dtype(t) for t in types]
    if name in ("real", "imag"):
        return shaped(real_dtype(dtypes[0]), tuple(types))
    if name == "absolute" and kind_of(dtypes[0]) == "c":
        return shaped(real_dtype(dtypes[0]), tuple(types))
    found = getattr(np, name)
    return elementwise_type(found, tuple(types)) if isinstance(found, np.ufunc) else None


def _strong(operands: list[Expr]) -> list[Expr]:
    """Python numbers as NumPy scalars, where no operand is NumPy's already."""
    if all(isinstance(o.type, Py) for o in operands):
        return [cast(o, Num(machine_dtype(o.type))) for o in operands]
    return operands


def positional(node: ast.Call) -> ast.Call:
    """A call of a ufunc, whose operands have no names."""
    if node.keywords:
        decline(node, "LW102", "keyword arguments of ufuncs are not covered")
    return node


def _operator(op: BinaryOp) -> Callable[[Scope, ast.Call], Value]:
    """`np.add(a, b)` and the like: of two Python numbers it is a NumPy scalar."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, positional(node), ["x1", "x2"], required=2)
        a, b = (_from_list(cx, bound[k], node) for k in ("x1", "x2"))
        if isinstance(a, Number) and isinstance(b, Number):
            numbers = (strip_none(cx, a), strip_none(cx, b))
            return switch(cx, numbers, lambda v: _scalar_operator(cx, op, v, node), node)
        return binary(cx, op, a, b, node)

    return handler


def _from_list(cx: Scope, value: Value, node: ast.AST) -> Value:
    return array_of(cx, value, node) if isinstance(value, Lst) else value


def _scalar_operator(cx: Scope, op: BinaryOp, v: tuple[Number, ...], node: ast.AST) -> Value:
    if all(isinstance(x.type, Py) for x in v):
        v = tuple(number(cast(x.expr, Num(machine_dtype(x.type)))) for x in v)
    return binary(cx, op, v[0], v[1], node)


def _comparison(op: CompareOp) -> Callable[[Scope, ast.Call], Value]:
    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, positional(node), ["x1", "x2"], required=2)
        result = compare(cx, op, bound["x1"], bound["x2"], node)
        if isinstance(result, Number):
            return number(cast(result.expr, Num("bool")))
        return result

    return handler


def _unary(op: str) -> Callable[[Scope, ast.Call], Value]:
    def handler(cx: Scope, node: ast.Call) -> Value:
        x = as_operand(cx, bind(cx, positional(node), ["x"])["x"], node)
        (x,) = _strong([x])
        t = elementwise_type(
            {"neg": np.negative, "invert": np.invert, "pos": np.positive}[op], (x.type,)
        )
        if t is None:
            decline(node, "LW304", f"not defined for {x.type}")
        return wrap(Unary(op, x, t))  # type: ignore[arg-type]

    return handler


def _scalar(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.float32(x)`: conversion of a number."""
    dtype = dtype_of(Library(f"numpy.{name}"), node)
    assert dtype is not None
    if not node.args:
        return number(cast(integer(0), Num(dtype)))
    value = cx.eval(node.args[0])
    if not isinstance(value, Number):
        decline(node, "LW102", f"`np.{name}` of {describe(value)} is not covered")
    value = strip_none(cx, value)
    if kind_of(machine_dtype(value.expr.type)) == "c" and kind_of(dtype) != "c":
        decline(node, "LW304", "a complex number has no real conversion")
    return number(cast(value.expr, Num(dtype)))


def _where(cx: Scope, node: ast.Call) -> Value:
    values = eval_all(cx, node.args)
    if len(values) == 1 and not node.keywords:
        return nonzero(cx, array_of(cx, values[0], node), node)
    if len(values) != 3 or node.keywords:
        decline(node, "LW102", "np.where is covered with one argument and with three")
    cond, a, b = (as_operand(cx, v, node) for v in values)
    rank = max(rank_of(e.type) for e in (cond, a, b))
    dtype = promote(np.maximum, (a.type, b.type))
    if dtype is None:
        decline(node, "LW304", "the alternatives have no common dtype")
    if rank == 0:
        decline(node, "LW102", "np.where of numbers makes an array without axes")
    if machine_dtype(cond.type) != "bool":
        t = shaped("bool", (cond.type,)) if rank_of(cond.type) else BOOL
        cond = Cast(cond, t)
    return wrap(Call("np.where", (cond, a, b), Array(dtype, rank)))


def clip(cx: Scope, node: ast.Call, first: Value | None = None) -> Value:
    """`np.clip(x, lo, hi)`; either bound may be None."""
    names = ["a", "min", "max"] if first is not None else ["a", "a_min", "a_max", "min", "max"]
    if len(node.args) + (first is not None) > 3:
        decline(node, "LW102", "only the first three arguments are taken by position")
    bound = bind(cx, node, names, first=first)
    lo, hi = bound.get("a_min", bound.get("min")), bound.get("a_max", bound.get("max"))
    x = bound["a"]
    if isinstance(x, Lst):
        x = array_of(cx, x, node)
    if lo is None and hi is None:
        decline(node, "LW102", "np.clip without bounds is not covered")
    if isinstance(x, Number) and all(isinstance(t, Py) for t in strip_none(cx, x).types):
        x = number(cast(as_operand(cx, x, node), Num(machine_dtype(x.expr.type))))
    if lo is None or hi is None:
        op: BinaryOp = "minimum" if lo is None else "maximum"
        only = hi if lo is None else lo
        assert only is not None
        return binary(cx, op, x, only, node)
    operands = [as_operand(cx, v, node) for v in (x, lo, hi)]
    dtype = promote(np.maximum, tuple(o.type for o in operands[:2]))
    if dtype is not None:
        dtype = promote(np.maximum, (Num(dtype), operands[2].type))
    if dtype is None:
        decline(node, "LW304", "the bounds have no common dtype with the array")
    bounds = operands[1:]
    if kind_of(dtype) in "iu" and not all(
        isinstance(e, Const) or e.type == Num(dtype) for e in bounds
    ):
        # a Python int beyond the dtype is a special case of NumPy
        decline(node, "LW102", "np.clip of integers takes constant bounds")
    return wrap(Call("np.clip", tuple(operands), shaped(dtype, tuple(o.type for o in operands))))


def rounded(cx: Scope, node: ast.Call, first: Value | None = None) -> Value:
    """`np.round(x, decimals)`, as NumPy does it: scaled, made integral, scaled back."""
    bound = bind(cx, node, ["a", "decimals"], first=first)
    x = as_operand(cx, bound["a"], node)
    (x,) = _strong([x])
    if kind_of(machine_dtype(x.type)) != "f":
        decline(node, "LW102", "np.round is covered for floats")
    digits = int_constant(bound["decimals"], node, "decimals") if "decimals" in bound else 0
    if digits == 0:
        return wrap(Call("np.rint", (x,), x.type))
    if not 0 < abs(digits) <= 22 or machine_dtype(x.type) != "float64":
        return wrap(Call("np.round", (x, integer(digits)), x.type))
    scale = Const(10.0 ** abs(digits), FLOAT)
    there, back = ("mul", "truediv") if digits > 0 else ("truediv", "mul")
    grown = Call("np.rint", (Binary(there, x, scale, x.type),), x.type)  # type: ignore[arg-type]
    return wrap(Binary(back, grown, scale, x.type))  # type: ignore[arg-type]


def _transpose(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "axes"])
    x = array_of(cx, bound["a"], node)
    axes = tuple(reversed(range(x.type.ndim)))
    if isinstance(bound.get("axes"), Tpl):
        given = bound["axes"]
        assert isinstance(given, Tpl)
        axes = tuple(axis_of(v, x.type.ndim, node) or 0 for v in given.items)
    return transpose(x, axes)


def _limits(name: str) -> Callable[[Scope, ast.Call], Value]:
    """`np.finfo(dtype)`: only its attributes are covered."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        dtype = dtype_of(bind(cx, node, ["dtype"])["dtype"], node)
        return Library(f"numpy.{name} {dtype}")

    return handler


def _dtype(cx: Scope, node: ast.Call) -> Value:
    """`np.dtype('f4')`."""
    dtype = dtype_of(bind(cx, node, ["dtype"])["dtype"], node)
    assert dtype is not None
    return dtype_object(dtype)


def _issubdtype(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["arg1", "arg2"], required=2)
    return number(truth_const(is_subdtype(bound["arg1"], bound["arg2"], node)))


def _isscalar(cx: Scope, node: ast.Call) -> Value:
    """`np.isscalar(x)`: numbers and strings are scalars, None is none."""
    values = eval_all(cx, node.args)
    if len(values) != 1 or node.keywords:
        decline(node, "LW102", "np.isscalar takes one argument")
    (value,) = values
    if isinstance(value, Number) and NONE in value.types and len(value.types) > 1:
        decline(node, "LW302", "None or a number, depending on the path")
    keep(cx, value)
    scalar = (isinstance(value, Number) and NONE not in value.types) or is_string(value)
    return number(truth_const(scalar))


def _spacing(cx: Scope, node: ast.Call) -> Value:
    """`np.spacing(x)` of a constant."""
    value = bind(cx, node, ["x"])["x"]
    given = value.expr if isinstance(value, Number) else None
    if not isinstance(given, Const) or given.type not in (INT, FLOAT):
        decline(node, "LW102", "np.spacing is covered for constants")
    return number(Const(float(np.spacing(float(given.value or 0))), Num("float64")))  # type: ignore[arg-type]


def _unmasked(cx: Scope, node: ast.Call) -> Value:
    """The mask of an array that is no masked one."""
    value = bind(cx, node, ["a" if ast.unparse(node.func).endswith("getmask") else "x"])
    (array,) = value.values()
    if not isinstance(array, Arr):
        decline(node, "LW102", f"the mask of {describe(array)} is not covered")
    keep(cx, array)
    masked = not ast.unparse(node.func).endswith("getmask")
    return number(truth_const(False) if masked else Const(False, Num("bool")))


def _with_name(
    handler: Callable[[Scope, str, ast.Call], Value], name: str
) -> Callable[[Scope, ast.Call], Value]:
    return lambda cx, node: handler(cx, name, node)


_CALLS: dict[str, Callable[[Scope, ast.Call], Value]] = {
    **SORTING,
    **SHAPES,
    **LIBRARY,
    **SETS,
    **EDITING,
    **STATS,
    **ARRANGING,
    **SPLITTING,
    **LINALG,
    **TESTING,
    **{name: _operator(op) for name, op in _BINARY.items()},
    **{name: _comparison(op) for name, op in _COMPARE.items()},
    "negative": _unary("neg"),
    "positive": _unary("pos"),
    "invert": _unary("invert"),
    "dtype": _dtype,
    "issubdtype": _issubdtype,
    "finfo": _limits("finfo"),
    "iinfo": _limits("iinfo"),
    "where": _where,
    "clip": clip,
    "round": rounded,
    "transpose": _transpose,
    "linalg.norm": lower_reduce.norm,
    "count_nonzero": lower_reduce.count_nonzero,
    "einsum": lower_contract.einsum,
    "trace": lower_contract.trace,
    "arange": lower_create.arange,
    "linspace": lower_create.linspace,
    "copy": lower_create.copy,
    **{
        n: _with_name(lower_contract.product, n)
        for n in ("dot", "matmul", "inner", "outer", "vdot")
    },
    **{n: _with_name(lower_create.filled, n) for n in ("zeros", "ones", "empty", "full")},
    **{
        n: _with_name(lower_create.like, n)
        for n in ("zeros_like", "ones_like", "empty_like", "full_like")
    },
    **{n: _with_name(lower_create.eye, n) for n in ("eye", "identity")},
    **{n: _with_name(lower_create.array, n) for n in ("array", "asarray", "asanyarray")},
    "apply_along_axis": apply_along_axis,
    "isscalar": _isscalar,
    "spacing": _spacing,
    "ma.getmask": _unmasked,
    "ma.is_masked": _unmasked,
}
