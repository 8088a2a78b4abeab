"""Functions of NumPy that are written in Python (see `lower_along`): their arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import (
    array_of,
    bind,
    constant_of,
    flag_of,
    int_constant,
)
from loopwright.frontend.lower_library_args import (
    axis_argument,
    exactly_floats,
    flattened,
    floats,
    plain_number,
    small_floats,
)
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Number,
    Tpl,
    Value,
    integer,
    number,
    real,
    truth_const,
)
from loopwright.ir.types import kind_of, machine_dtype

Handler = Callable[[Scope, ast.Call], Value]
_AROUND = ("edge", "reflect", "symmetric", "wrap")
"""What np.pad takes from the array itself."""


# -------------------------------------------------------------------- handlers


def _interp(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["x", "xp", "fp"], required=3)
    xp, fp = (floats(cx, bound[k], node, 1) for k in ("xp", "fp"))
    if isinstance(bound["x"], Number):
        return library_call(cx, "interp_number", [plain_number(bound["x"], node), xp, fp], node)
    return library_call(cx, "interp_array", [floats(cx, bound["x"], node, 1), xp, fp], node)


def _quantile(name: str) -> Handler:
    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", "q", "axis", "out", "method"], required=2)
        if "out" in bound:
            decline(node, "LW102", "the argument `out` is not covered")
        if "method" in bound and constant_of(bound["method"], node, "method") != "linear":
            decline(node, "LW102", "quantiles are covered for the method `linear`")
        x = small_floats(cx, bound["a"], node, 1, 2)
        axis, q = axis_argument(bound, x.type.ndim, node), bound["q"]
        if x.type.ndim == 2:
            if axis is not None and not isinstance(q, Number):
                decline(node, "LW102", "this form of the quantile of a matrix is not covered")
            if axis is not None:
                which = f"{name}_columns" if axis == 0 else f"{name}_rows"
                return library_call(cx, which, [x, plain_number(q, node)], node)
            x = flattened(cx, x, node)
        if isinstance(q, Number):
            return library_call(cx, f"{name}_number", [x, plain_number(q, node)], node)
        return library_call(cx, f"{name}_array", [x, floats(cx, q, node, 1)], node)

    return handler


def _by_axis(names: Mapping[tuple[int, int | None], str], *parameters: str) -> Handler:
    """A function of one array whose form depends on the rank and the axis."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", "axis", *parameters])
        x = small_floats(cx, bound["a"], node, *sorted({n for n, _ in names}))
        if x.type.ndim > 1 and "axis" not in bound:
            x = flattened(cx, x, node)
        key = (x.type.ndim, axis_argument(bound, x.type.ndim, node))
        if key not in names:
            decline(node, "LW102", "this function is not covered along this axis")
        return library_call(cx, names[key], [x], node)

    return handler


def _close(name: str) -> Handler:
    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", "b", "rtol", "atol", "equal_nan"], required=2)
        tolerances: list[Value] = [
            bound.get("rtol", number(real(1e-05))),
            bound.get("atol", number(real(1e-08))),
            number(truth_const(flag_of(bound.get("equal_nan"), node, "equal_nan"))),
        ]
        given = [bound["a"], bound["b"]]
        if all(isinstance(v, Number) for v in given):
            numbers: list[Value] = [plain_number(v, node) for v in given]
            return library_call(cx, f"{name}_numbers", [*numbers, *tolerances], node)
        for k, value in enumerate(given):
            if not isinstance(value, Number):
                given[k] = floats(cx, value, node, 1, 2, 3)
            elif machine_dtype(plain_number(value, node).type) not in ("float64", "int64"):
                decline(node, "LW102", f"`np.{name}` with {describe(value)} is not covered")
        return library_call(cx, name, [*given, *tolerances], node)

    return handler


def _nan_to_num(cx: Scope, node: ast.Call) -> Value:
    x = exactly_floats(cx, bind(cx, node, ["x"])["x"], node, 1, 2, 3)
    return library_call(cx, "nan_to_num", [x], node)


def _cov(name: str) -> Handler:
    def handler(cx: Scope, node: ast.Call) -> Value:
        extra = ["bias", "ddof"] if name == "cov" else []
        bound = bind(cx, node, ["m", "y", "rowvar", *extra])
        bias = flag_of(bound.get("bias"), node, "bias")
        ddof = integer(int_constant(bound["ddof"], node, "ddof") if "ddof" in bound else 1 - bias)
        more: list[Value] = [number(ddof)] if name == "cov" else []
        rows = "rowvar" not in bound or flag_of(bound["rowvar"], node, "rowvar")
        if "y" in bound:
            pair: list[Value] = [exactly_floats(cx, bound[k], node, 1) for k in ("m", "y")]
            return library_call(cx, f"{name}_pair", [*pair, *more], node)
        m = exactly_floats(cx, bound["m"], node, 2)
        return library_call(cx, name if rows else f"{name}_columns", [m, *more], node)

    return handler


def _trapezoid(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["y", "x", "dx"])
    y = exactly_floats(cx, bound["y"], node, 1)
    if "x" in bound:
        x = exactly_floats(cx, bound["x"], node, 1)
        return library_call(cx, "trapezoid_points", [y, x], node)
    dx = bound.get("dx", number(real(1.0)))
    return library_call(cx, "trapezoid_steps", [y, plain_number(dx, node)], node)


def _arrays(name: str, *parameters: tuple[str, int]) -> Handler:
    """A function of float64 arrays of fixed ranks."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, [p for p, _ in parameters], required=len(parameters))
        given: list[Value] = [exactly_floats(cx, bound[p], node, n) for p, n in parameters]
        return library_call(cx, name, given, node)

    return handler


def _kron(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "b"], required=2)
    given = [array_of(cx, bound[k], node) for k in ("a", "b")]
    if any(x.type.dtype != "int64" or x.type.ndim != 2 for x in given):
        given = [floats(cx, x, node, 2) for x in given]
    return library_call(cx, "kron", [*given], node)


def _sliding(name: str, default: str) -> Handler:
    """`np.convolve` and `np.correlate`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", "v", "mode"], required=2)
        mode = constant_of(bound["mode"], node, "mode") if "mode" in bound else default
        if mode not in ("full", "same", "valid"):
            decline(node, "LW102", f"this mode of np.{name} is not covered")
        given: list[Value] = [exactly_floats(cx, bound[k], node, 1) for k in ("a", "v")]
        return library_call(cx, f"{name}_{mode}", given, node)

    return handler


def _gradient(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["f", "dx"])
    f = exactly_floats(cx, bound["f"], node, 1)
    return library_call(
        cx, "gradient", [f, plain_number(bound.get("dx", number(real(1.0))), node)], node
    )


def _polyval(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["p", "x"], required=2)
    p = exactly_floats(cx, bound["p"], node, 1)
    if isinstance(bound["x"], Number):
        return library_call(cx, "polyval_number", [p, plain_number(bound["x"], node)], node)
    return library_call(cx, "polyval_array", [p, exactly_floats(cx, bound["x"], node, 1)], node)


def _meshgrid(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["x", "y", "indexing"], required=2)
    order = constant_of(bound["indexing"], node, "indexing") if "indexing" in bound else "xy"
    if order not in ("xy", "ij"):
        decline(node, "LW103", "indexing is 'xy' or 'ij'")
    axes: list[Value] = [array_of(cx, bound[k], node) for k in ("x", "y")]
    if any(isinstance(a, Arr) and a.type.ndim != 1 for a in axes):
        decline(node, "LW102", "np.meshgrid is covered for arrays with one axis")
    return library_call(cx, f"meshgrid_{order}", axes, node)


def _digitize(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["x", "bins", "right"], required=2)
    right = number(truth_const(flag_of(bound.get("right"), node, "right")))
    given: list[Value] = [exactly_floats(cx, bound[k], node, 1) for k in ("x", "bins")]
    return library_call(cx, "digitize", [*given, right], node)


def _take_along_axis(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["arr", "indices", "axis"], required=2, firm=("axis",))
    x, at = (array_of(cx, bound[k], node) for k in ("arr", "indices"))
    axis = axis_argument(bound, x.type.ndim, node) if "axis" in bound else x.type.ndim - 1
    if x.type.ndim != 2 or at.type.ndim != 2 or kind_of(at.type.dtype) not in "iu":
        decline(node, "LW102", "np.take_along_axis is covered for matrices")
    return library_call(cx, "take_columns" if axis == 0 else "take_rows", [x, at], node)


def _pad(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["array", "pad_width", "mode", "constant_values"], required=2)
    mode = constant_of(bound["mode"], node, "mode") if "mode" in bound else "constant"
    x, width = array_of(cx, bound["array"], node), bound["pad_width"]
    n = x.type.ndim
    if mode != "constant" and (mode not in _AROUND or n > 2 or "constant_values" in bound):
        decline(node, "LW102", "this form of np.pad is not covered")
    if n > 4:
        decline(node, "LW102", "np.pad is covered for up to four axes")
    fill = bound.get("constant_values", number(integer(0)))
    sides: list[Value] = []
    pairs = width.items if isinstance(width, Tpl) else (Tpl((width, width)),) * n
    if isinstance(width, Tpl) and not any(isinstance(p, Tpl) for p in pairs):
        pairs = (width,) * n
    for pair in pairs * n if len(pairs) == 1 else pairs:
        if not isinstance(pair, Tpl) or len(pair.items) != 2:
            decline(node, "LW102", "this form of `pad_width` is not covered")
        sides += [plain_number(v, node) for v in pair.items]
    if len(sides) != 2 * n:
        decline(node, "LW111", "`pad_width` does not fit the array: ValueError")
    if mode != "constant":
        which = number(integer(_AROUND.index(str(mode))))
        return library_call(cx, f"pad_around_{n}", [x, *sides, which], node)
    return library_call(cx, f"pad_{n}", [x, *sides, plain_number(fill, node)], node)


def _ravel_index(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["multi_index", "dims"], required=2)
    at, shape = bound["multi_index"], bound["dims"]
    if not (isinstance(at, Tpl) and isinstance(shape, Tpl)) or len(at.items) != len(shape.items):
        decline(node, "LW102", "np.ravel_multi_index is covered for tuples of numbers")
    parts = [plain_number(v, node) for v in (*at.items, *shape.items)]
    if not parts or any(kind_of(machine_dtype(p.type)) != "i" for p in parts):
        decline(node, "LW102", "np.ravel_multi_index is covered for tuples of integers")
    return library_call(cx, "ravel_index", [at, shape], node)


LIBRARY: dict[str, Handler] = {
    "interp": _interp,
    "quantile": _quantile("quantile"),
    "percentile": _quantile("percentile"),
    "median": _by_axis(
        {(1, None): "median_1", (1, 0): "median_1", (2, 0): "median_columns", (2, 1): "median_rows"}
    ),
    "isclose": _close("isclose"),
    "allclose": _close("allclose"),
    "cov": _cov("cov"),
    "corrcoef": _cov("corrcoef"),
    "nan_to_num": _nan_to_num,
    "trapezoid": _trapezoid,
    "trapz": _trapezoid,
    "gradient": _gradient,
    "polyval": _polyval,
    "convolve": _sliding("convolve", "full"),
    "correlate": _sliding("correlate", "valid"),
    "meshgrid": _meshgrid,
    "kron": _kron,
    "cross": _arrays("cross", ("a", 1), ("b", 1)),
    "digitize": _digitize,
    "take_along_axis": _take_along_axis,
    "pad": _pad,
    "ravel_multi_index": _ravel_index,
}
