"""Functions of `scipy.linalg` and of `scipy.stats` on arrays of float64.

What both libraries have is computed by NumPy's function; SciPy's refuses infinities and NaN.
"""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, constant_of, flag_of
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_library_args import exactly_floats, floats, plain_number
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_special import applied
from loopwright.frontend.lower_values import Arr, Number, Tpl, Value, number, real
from loopwright.frontend.scipy_names import SCIPY_NORM
from loopwright.frontend.typing_rules import rank_of
from loopwright.ir.nodes import Call, Expr, Unary
from loopwright.ir.types import F64, Array, kind_of, machine_dtype

_MATRIX = Array("float64", 2)


def scipy_linalg_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`scipy.linalg.name(...)`."""
    match name:
        case "inv":
            a = _finite(cx, bind(cx, node, ["a"])["a"], node, 2)
            return library_call(cx, "inverse", [wrap(a)], node)
        case "det" | "eigvalsh":
            a = _finite(cx, bind(cx, node, ["a"])["a"], node, 2)
            t = {"det": F64, "eigvalsh": Array("float64", 1)}[name]
            return wrap(Call(f"np.linalg.{name}", (a,), t))  # type: ignore[arg-type]
        case "solve":
            return _solve(cx, node)
        case "cholesky":
            bound = bind(cx, node, ["a", "lower"])
            a = _finite(cx, bound["a"], node, 2)
            if flag_of(bound.get("lower"), node, "lower"):
                return wrap(Call("np.linalg.cholesky", (a,), _MATRIX))
            return library_call(cx, "upper_cholesky", [wrap(a)], node)
        case "norm":
            x = exactly_floats(cx, bind(cx, node, ["a"])["a"], node, 1)
            return library_call(cx, "euclidean_length", [x], node)
        case "solve_triangular":
            bound = bind(cx, node, ["a", "b", "trans", "lower"], required=2)
            if "trans" in bound:
                decline(node, "LW102", "`trans` is not covered")
            lower = flag_of(bound.get("lower"), node, "lower")
            return _substituted(cx, bound["a"], bound["b"], lower, node)
        case "cho_solve":
            return _cho_solve(cx, node)
        case _:
            decline(node, "LW102", f"`scipy.linalg.{name}` is not covered")


def _solve(cx: Scope, node: ast.Call) -> Value:
    """`solve(a, b, assume_a=...)`; the upper triangle counts of what is taken for positive definite."""
    bound = bind(cx, node, ["a", "b", "assume_a", "check_finite"], required=2)
    assumed = "gen"
    if "check_finite" in bound:
        # the kernel looks at the numbers anyway, and leaves those that are not finite to SciPy
        constant_of(bound["check_finite"], node, "check_finite")
    if "assume_a" in bound:
        assumed = str(constant_of(bound["assume_a"], node, "assume_a"))
    a, b = _finite(cx, bound["a"], node, 2), _finite(cx, bound["b"], node, 1, 2)
    if assumed in ("gen", "general"):
        return wrap(Call("np.linalg.solve", (a, b), Array("float64", rank_of(b.type))))
    if assumed not in ("pos", "positive definite"):
        decline(node, "LW102", f"`assume_a={assumed!r}` is not covered")
    factor = library_call(cx, "upper_cholesky", [wrap(a)], node)
    turned = library_call(cx, "turned", [factor], node)
    half = library_call(cx, "solve_lower", [turned, wrap(b)], node)
    return library_call(cx, "solve_upper", [factor, half], node)


def _finite(cx: Scope, value: Value, node: ast.AST, *ranks: int) -> Expr:
    x = library_call(cx, "finite", [floats(cx, value, node, *ranks)], node)
    assert isinstance(x, Arr)
    return cx.hold(x.expr, "finite")


def _substituted(cx: Scope, a: Value, b: Value, lower: bool, node: ast.AST) -> Value:
    given = [wrap(_finite(cx, a, node, 2)), wrap(_finite(cx, b, node, 1, 2))]
    return library_call(cx, "solve_lower" if lower else "solve_upper", given, node)


def _cho_solve(cx: Scope, node: ast.Call) -> Value:
    """`cho_solve((c, lower), b)` for the factor as `cholesky` gives it."""
    bound = bind(cx, node, ["c_and_lower", "b"], required=2)
    factor = bound["c_and_lower"]
    if (
        not isinstance(factor, Tpl)
        or len(factor.items) != 2
        or not isinstance(factor.items[0], Arr)
    ):
        decline(node, "LW102", f"a factor that is {describe(factor)} is not covered")
    c, lower = factor.items[0], flag_of(factor.items[1], node, "lower")
    turned = library_call(cx, "turned", [floats(cx, c, node, 2)], node)
    first, second = (c, turned) if lower else (turned, c)
    half = _substituted(cx, first, bound["b"], True, node)
    return _substituted(cx, second, half, False, node)


def norm_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`scipy.stats.norm.name(x, loc, scale)` with a number for the scale."""
    if name not in SCIPY_NORM:
        decline(node, "LW102", f"`scipy.stats.norm.{name}` is not covered")
    bound = bind(cx, node, ["x", "loc", "scale"])
    defaults = {"x": 0.0, "loc": 0.0, "scale": 1.0}
    given = [_real(cx, bound.get(k, number(real(v))), node) for k, v in defaults.items()]
    if not isinstance(given[2], Number):
        decline(node, "LW102", "a scale that is an array is not covered")
    if name in ("pdf", "logpdf"):
        return library_call(cx, f"norm_{name}", given, node)
    y = library_call(cx, "standardised", given, node)
    assert isinstance(y, (Arr, Number))
    expr = y.expr if name == "cdf" else Unary("neg", y.expr, y.expr.type)
    return wrap(applied("special.ndtr", [expr]))


def rank_call(cx: Scope, node: ast.Call) -> Value:
    """`scipy.stats.rankdata(a)` of numbers in one axis.

    The dtype of other ranks, and of those of narrow floats, is not that of SciPy 1.17 from 1.18 on.
    """
    bound = bind(cx, node, ["a", "method"])
    method = constant_of(bound["method"], node, "method") if "method" in bound else "average"
    if method != "average":
        why = f"the dtype of rankdata with `method={method!r}` depends on the version of SciPy"
        decline(node, "LW102", why)
    x = array_of(cx, bound["a"], node)
    if x.type.ndim != 1 or kind_of(x.type.dtype) not in "iuf":
        decline(node, "LW102", "rankdata is covered for numbers in one axis")
    if kind_of(x.type.dtype) == "f" and x.type.dtype != "float64":
        why = f"the dtype of rankdata of {x.type.dtype} depends on the version of SciPy"
        decline(node, "LW102", why)
    return library_call(cx, "mean_ranks", [x], node)


def _real(cx: Scope, value: Value, node: ast.AST) -> Value:
    if not isinstance(value, Number):
        return floats(cx, value, node, 1, 2, 3)
    given = plain_number(value, node)
    if machine_dtype(given.type) not in ("float64", "int64"):
        decline(node, "LW102", f"this function of {describe(given)} is not covered")
    return number(cast(given.expr, F64))
