"""Functions of `np.linalg` that LAPACK computes.

NumPy converts integers and booleans to float64; other dtypes are computed in other precisions and are
declined. What NumPy raises as LinAlgError makes a kernel give up.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, constant_of
from loopwright.frontend.lower_contract import dot
from loopwright.frontend.lower_library_args import exactly_floats
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_reduce import as_dtype, wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Tpl, Value, integer, number
from loopwright.frontend.typing_rules import rank_of
from loopwright.ir.nodes import Call, Expr, Load, Pt, Slc
from loopwright.ir.types import F64, I64, Array, Type, kind_of

Handler = Callable[[Scope, ast.Call], Value]
_MATRIX = Array("float64", 2)
_VECTOR = Array("float64", 1)


def _floats(cx: Scope, value: Value, node: ast.Call, name: str, *ranks: int) -> Expr:
    """An array argument as float64."""
    x = array_of(cx, value, node)
    if x.type.ndim not in ranks:
        decline(node, "LW102", f"`np.linalg.{name}` of {x.type} is not covered")
    if x.type.dtype != "float64" and kind_of(x.type.dtype) not in "biu":
        decline(node, "LW102", f"`np.linalg.{name}` of {x.type.dtype} is not covered")
    return as_dtype(x.expr, "float64")


def _of_matrix(name: str, result: Type) -> Handler:
    """A function of one matrix whose other parameters keep their defaults."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        a = _floats(cx, bind(cx, node, ["a"])["a"], node, name, 2)
        return wrap(Call(f"np.linalg.{name}", (a,), result))

    return handler


def _solve(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "b"], required=2)
    a = _floats(cx, bound["a"], node, "solve", 2)
    b = _floats(cx, bound["b"], node, "solve", 1, 2)
    return wrap(Call("np.linalg.solve", (a, b), Array("float64", rank_of(b.type))))


def _slogdet(cx: Scope, node: ast.Call) -> Value:
    """Sign and logarithm, which the intrinsic gives as an array of two."""
    a = _floats(cx, bind(cx, node, ["a"])["a"], node, "slogdet", 2)
    pair = cx.hold(Call("np.linalg.slogdet", (a,), _VECTOR), "slogdet")
    items = tuple(number(Load(pair, (Pt(integer(k)),), F64)) for k in range(2))
    return Tpl(items, ("sign", "logabsdet"))


def _lower_triangle(cx: Scope, node: ast.Call, name: str) -> Expr:
    """The matrix of a function that reads the lower triangle."""
    bound = bind(cx, node, ["a", "UPLO"])
    if "UPLO" in bound and constant_of(bound["UPLO"], node, "UPLO") != "L":
        decline(node, "LW102", f"`np.linalg.{name}` is covered for the lower triangle")
    return _floats(cx, bound["a"], node, name, 2)


def _eigh(cx: Scope, node: ast.Call) -> Value:
    """Eigenvalues and vectors, which the intrinsic gives as one matrix: the values are its first row."""
    a = _lower_triangle(cx, node, "eigh")
    both = cx.hold(Call("np.linalg.eigh", (a,), _MATRIX), "eigh")
    values = Load(both, (Pt(integer(0)), Slc()), _VECTOR)
    vectors = Load(both, (Slc(integer(1), None), Slc()), _MATRIX)
    return Tpl((wrap(values), wrap(vectors)), ("eigenvalues", "eigenvectors"))


def _eigvalsh(cx: Scope, node: ast.Call) -> Value:
    a = _lower_triangle(cx, node, "eigvalsh")
    return wrap(Call("np.linalg.eigvalsh", (a,), _VECTOR))


def _multi_dot(cx: Scope, node: ast.Call) -> Value:
    """Of two or three matrices, in the order that takes fewer multiplications."""
    if node.keywords or len(node.args) != 1 or not isinstance(node.args[0], (ast.List, ast.Tuple)):
        decline(node, "LW102", "`np.linalg.multi_dot` is covered for a list of matrices")
    given = [exactly_floats(cx, v, node, 2) for v in eval_all(cx, node.args[0].elts)]
    match given:
        case [a, b]:
            return dot(cx, a, b, node)
        case [_, _, _]:
            return library_call(cx, "multi_dot", [*given], node)
        case _:
            decline(node, "LW102", "`np.linalg.multi_dot` is covered for two and three matrices")


LINALG: dict[str, Handler] = {
    "linalg.solve": _solve,
    "linalg.inv": _of_matrix("inv", _MATRIX),
    "linalg.pinv": _of_matrix("pinv", _MATRIX),
    "linalg.cholesky": _of_matrix("cholesky", _MATRIX),
    "linalg.det": _of_matrix("det", F64),
    "linalg.matrix_rank": _of_matrix("matrix_rank", I64),
    "linalg.slogdet": _slogdet,
    "linalg.multi_dot": _multi_dot,
    "linalg.eigh": _eigh,
    "linalg.eigvalsh": _eigvalsh,
}
