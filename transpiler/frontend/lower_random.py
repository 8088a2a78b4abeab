"""Draws from a `numpy.random.Generator`: one number at a time, in the order of the program.

With `size`, or with arrays for arguments, NumPy draws the elements one after the other in C order, each as
it draws a single number; so does the loop that is made here.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from loopwright.frontend.lower_args import (
    array_of,
    bind,
    flag_of,
    int_operand,
    shape_of,
)
from loopwright.frontend.lower_build import blank, each, store
from loopwright.frontend.lower_choice import choice
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_counted import (
    add,
)
from loopwright.frontend.lower_dtypes import dtype_of
from loopwright.frontend.lower_math import as_float
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_shuffle import draw_one, permutation, shuffle
from loopwright.frontend.lower_values import (
    Arr,
    Generator,
    Library,
    Lst,
    Number,
    Tpl,
    Value,
    integer,
    number,
    real,
    test,
)
from loopwright.ir.draws import DISTRIBUTIONS, Distribution, DrawMethod, Parameter, inside
from loopwright.ir.nodes import Binary, Call, Const, Dim, Expr, Load, Pt
from loopwright.ir.types import FLOAT, I64, INT, Array, DType, Num, Type, kind_of

OneNumber: TypeAlias = Callable[[Scope, Generator, DrawMethod, tuple[Expr, ...], Type], Expr]
"""What draws one number of a type, as `draw_one` does."""

_WITH_DTYPE = ("random", "standard_normal", "standard_exponential", "standard_gamma")
_RANGES: dict[str, tuple[int, int]] = {
    "int64": (-(2**63), 2**63),
    "int32": (-(2**31), 2**31),
    "uint32": (0, 2**32),
    "uint64": (0, 2**63),
}
"""Where integers of a dtype lie. Smaller dtypes share the random bits of one number among several."""


def generator_draw(cx: Scope, rng: Generator, method: str, node: ast.Call) -> Value:
    """`rng.method(...)` of a Generator. A single integer comes as np.int64 from `integers`, else as int; a
    single real number as float."""
    match method:
        case "integers":
            return _integers(cx, rng, node)
        case "permutation":
            return permutation(cx, rng, node)
        case "shuffle":
            return shuffle(cx, rng, node)
        case "choice":
            return choice(cx, rng, node)
        case "interval":
            decline(node, "LW106", "a Generator has no method `interval`")
        case _ if method in DISTRIBUTIONS:
            return drawn(cx, rng, method, node, method in _WITH_DTYPE)
        case _:
            decline(node, "LW106", f"draws by `{method}` are not covered")


# --------------------------------------------------------------- distributions


def drawn(
    cx: Scope,
    rng: Generator,
    method: DrawMethod,
    node: ast.Call,
    dtyped: bool = False,
    one: OneNumber = draw_one,
) -> Value:
    """One number or an array of them, each drawn by `one`."""
    kind = DISTRIBUTIONS[method]
    names = [p.name for p in kind.params]
    # `random(size, dtype)`, but `standard_gamma(shape, size, dtype)`
    required = sum(p.default is None for p in kind.params)
    bound = bind(cx, node, [*names, "size", *["dtype"] * dtyped], required=required)
    if dtype_of(bound.get("dtype"), node) not in (None, "float64"):
        decline(node, "LW106", "draws of numbers other than float64 are not covered")
    shape = drawn_shape(cx, bound.get("size"), node)
    args = [_argument(cx, p, bound.get(p.name), node) for p in kind.params]
    return filled(cx, rng, method, args, shape, one)


def filled(
    cx: Scope,
    rng: Generator,
    method: DrawMethod,
    args: Sequence[Arr | Expr],
    shape: tuple[Expr, ...] | None,
    one: OneNumber = draw_one,
) -> Value:
    """One number, or an array of the shape."""
    if shape is None and not any(isinstance(a, Arr) for a in args):
        plain = tuple(a for a in args if not isinstance(a, Arr))
        whole = DISTRIBUTIONS[method].result == "int64"
        return number(one(cx, rng, method, plain, INT if whole else FLOAT))
    return _many(cx, rng, method, args, shape, one)


def drawn_shape(cx: Scope, size: Value | None, node: ast.Call) -> tuple[Expr, ...] | None:
    """The shape that `size` asks for, evaluated once; None if it is not given."""
    if size is None:
        return None
    if isinstance(size, Tpl) and not size.items:
        decline(node, "LW106", "an array without axes is drawn")
    if not isinstance(size, (Number, Tpl)):
        decline(node, "LW106", "a size that is no integer and no tuple")
    return tuple(cx.hold(e, "size") for e in shape_of(cx, size, node))


def _argument(cx: Scope, param: Parameter, value: Value | None, node: ast.Call) -> Arr | Expr:
    if value is None:
        assert param.default is not None
        return real(param.default)
    if isinstance(value, (Arr, Lst)):
        array = array_of(cx, value, node)
        if kind_of(array.type.dtype) not in "iuf" or param.dtype == "int64":
            decline(node, "LW106", f"an argument of type {array.type} is not covered")
        return Arr(cx.hold(array.expr, param.name), array.type, array.origins)
    if param.dtype == "int64":
        return cx.hold(int_operand(cx, value, node), param.name)
    return cx.hold(as_float(cx, value, node), param.name)


def _many(
    cx: Scope,
    rng: Generator,
    method: DrawMethod,
    args: Sequence[Arr | Expr],
    shape: tuple[Expr, ...] | None,
    one: OneNumber,
) -> Arr:
    kind = DISTRIBUTIONS[method]
    arrays = [a for a in args if isinstance(a, Arr)]
    if shape is None:
        widest = max(arrays, key=lambda a: a.type.ndim)
        shape = tuple(cx.hold(Dim(widest.expr, k, INT)) for k in range(widest.type.ndim))
    for array in arrays:
        _fits(cx, array, shape)
    _admit(cx, method, kind, args)
    t = Array(kind.result, len(shape))
    made = blank(cx, method, shape, t)

    def put(at: tuple[Expr, ...]) -> None:
        plain = tuple(_element(a, at) if isinstance(a, Arr) else a for a in args)
        store(cx, made, at, one(cx, rng, method, plain, Num(kind.result)))

    each(cx, shape, put)
    return Arr(made, t, frozenset())


def _fits(cx: Scope, array: Arr, shape: Sequence[Expr]) -> None:
    """Axes are matched from the last; one that NumPy would stretch makes the kernel give up."""
    lead = len(shape) - array.type.ndim
    if lead < 0:
        cx.stop("the arguments have more axes than the size")
        return
    for k in range(array.type.ndim):
        cx.check(test("eq", Dim(array.expr, k, INT), shape[lead + k]), "shapes of the arguments")


def _element(array: Arr, at: tuple[Expr, ...]) -> Expr:
    points = tuple(map(Pt, at[len(at) - array.type.ndim :]))
    return cast(Load(array.expr, points, Num(array.type.dtype)), FLOAT)


def _admit(cx: Scope, method: DrawMethod, kind: Distribution, args: Sequence[Arr | Expr]) -> None:
    """NumPy tests the arguments also where no number is drawn."""
    if method in ("uniform", "triangular") and not any(isinstance(a, Arr) for a in args):
        ends = [a for a in args if not isinstance(a, Arr)]
        for a, b in pairwise(ends):
            cx.check(test("le", a, b), "range of a draw")
        if not all(isinstance(e, Const) for e in ends):
            width = Binary("sub", ends[-1], ends[0], FLOAT)
            cx.check(test("lt", width, real(math.inf)), "range of a draw")
        if method == "triangular":
            cx.check(test("lt", ends[0], ends[-1]), "range of a draw")
        return
    for param, arg in zip(kind.params, args, strict=True):
        if isinstance(arg, Arr) or param.range == "any":
            continue
        known = arg.value if isinstance(arg, Const) else None
        if isinstance(known, (int, float)) and inside(float(known), param.range):
            continue
        _in_range(cx, param, arg)


def _in_range(cx: Scope, param: Parameter, arg: Expr) -> None:
    """A little stricter than NumPy."""
    what = "argument of a draw"
    if param.dtype == "int64":
        cx.check(test("ge", arg, integer(0)), what)
        return
    if param.range == "not negative":
        arg = Call("math.copysign", (real(1.0), arg), FLOAT)
    if param.range in ("not negative", "positive", "success"):
        cx.check(test("gt", arg, real(0.0)), what)
    else:
        cx.check(test("ge", arg, real(0.0)), what)
    if param.range in ("fraction", "success"):
        cx.check(test("le", arg, real(1.0)), what)


# -------------------------------------------------------------------- integers


def _integers(cx: Scope, rng: Generator, node: ast.Call) -> Value:
    bound = bind(cx, node, ["low", "high", "size", "dtype", "endpoint"])
    low, high = integer_bounds(cx, bound, node)
    if flag_of(bound.get("endpoint"), node, "endpoint"):
        high = add(high, integer(1))
    low, high = cx.hold(low, "low"), cx.hold(high, "high")
    dtype, plain = integer_dtype(bound.get("dtype"), node)
    one = lambda: draw_one(cx, rng, "integers", (low, high), I64)  # noqa: E731
    return whole_numbers(cx, (low, high), bound.get("size"), (dtype, plain), one, node)


def whole_numbers(
    cx: Scope,
    ends: tuple[Expr, Expr],
    size: Value | None,
    kind: tuple[DType, bool],
    one: Callable[[], Expr],
    node: ast.Call,
) -> Value:
    """One integer or an array of them, each drawn by `one`; `kind` as `integer_dtype` tells."""
    dtype, plain = kind
    shape = drawn_shape(cx, size, node)
    if dtype != "int64":
        least, end = _RANGES[dtype]
        cx.check(test("ge", ends[0], integer(least)), "low is out of bounds")
        cx.check(test("le", ends[1], integer(end)), "high is out of bounds")
    if shape is None:
        return number(cast(one(), INT if plain else Num(dtype)))
    t = Array(dtype, len(shape))
    made = blank(cx, "integers", shape, t)
    each(cx, shape, lambda at: store(cx, made, at, cast(one(), Num(dtype))))
    return Arr(made, t, frozenset())


def integer_bounds(cx: Scope, bound: dict[str, Value], node: ast.Call) -> tuple[Expr, Expr]:
    """The arguments `low` and `high`, where the first may be left out."""
    low = int_operand(cx, bound["low"], node)
    return (low, int_operand(cx, bound["high"], node)) if "high" in bound else (integer(0), low)


def integer_dtype(given: Value | None, node: ast.Call) -> tuple[DType, bool]:
    """The dtype, and whether single numbers come as Python ints."""
    if any(k.arg == "dtype" for k in node.keywords) and given is None:
        decline(node, "LW111", "None is float64, of which there are no integers: TypeError")
    dtype = dtype_of(given, node) or "int64"
    if dtype not in _RANGES:
        decline(node, "LW106", f"draws of {dtype} are not covered")
    return dtype, given == Library("builtins.int")
