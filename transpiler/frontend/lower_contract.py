"""Products of arrays: dot, matmul, outer, inner, einsum, trace."""

from __future__ import annotations

import ast

import numpy as np

from loopwright.frontend.lower_args import array_of, bind, constant_of
from loopwright.frontend.lower_arith import as_operand, binary
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_reduce import as_dtype, fold, wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Lst, Number, Text, Value, integer, number, test
from loopwright.frontend.typing_rules import promote
from loopwright.ir.nodes import Binary, Call, Contract, Expr, Fancy, Load, NewAxis, Slc
from loopwright.ir.types import INT, Array, Num, Py, kind_of, machine_dtype

_MATMUL = {(1, 1): "i,i->", (2, 1): "ij,j->i", (1, 2): "i,ij->j", (2, 2): "ij,jk->ik"}
_STACKS = _MATMUL | {
    (3, 1): "bij,j->bi", (3, 2): "bij,jk->bik", (1, 3): "i,bij->bj", (2, 3): "ij,bjk->bik",
    (3, 3): "bij,bjk->bik",
}  # fmt: skip
_DOT = _MATMUL | {
    (3, 1): "bij,j->bi", (3, 2): "bij,jk->bik", (1, 3): "i,bij->bj", (2, 3): "ij,bjk->ibk",
}  # fmt: skip


def contract(cx: Scope, spec: str, args: list[Arr], node: ast.AST) -> Value:
    """`np.einsum` with an explicit output, all operands in the common dtype."""
    dtype = args[0].type.dtype
    for other in args[1:]:
        common = promote(np.multiply, (Num(dtype), other.type))
        if common is None:
            decline(node, "LW304", "these dtypes have no product")
        dtype = common
    if kind_of(dtype) == "b":
        decline(node, "LW304", "products of boolean matrices are not covered")
    operands = tuple(as_dtype(a.expr, dtype) for a in args)
    rank = len(spec.split("->")[1])
    return wrap(Contract(spec, operands, Array(dtype, rank) if rank else Num(dtype)))


def matmul(cx: Scope, a: Value, b: Value, node: ast.AST) -> Value:
    """`a @ b` for up to three axes: the first of three counts matrices."""
    return _product(cx, a, b, _STACKS, node)


def _product(
    cx: Scope, a: Value, b: Value, specs: dict[tuple[int, int], str], node: ast.AST
) -> Value:
    x, y = array_of(cx, a, node), array_of(cx, b, node)
    spec = specs.get((x.type.ndim, y.type.ndim))
    if spec is None:
        decline(node, "LW102", "such products of more than two axes are not covered")
    if spec.startswith("bij,bjk"):
        # one of the numbers may be 1 in NumPy
        same = test("eq", dim(x, 0), dim(y, 0))
        cx.check(same, "stacks of several lengths")
    return contract(cx, spec, [x, y], node)


def dot(cx: Scope, a: Value, b: Value, node: ast.AST) -> Value:
    """`np.dot(a, b)`: a number scales."""
    if isinstance(a, Number) or isinstance(b, Number):
        return binary(cx, "mul", _strong(cx, a, node), _strong(cx, b, node), node)
    return _product(cx, a, b, _DOT, node)


def _strong(cx: Scope, value: Value, node: ast.AST) -> Value:
    """An operand of dot, where a Python number is no weaker than an array."""
    if isinstance(value, Lst):
        return array_of(cx, value, node)
    operand = as_operand(cx, value, node)
    if isinstance(operand.type, Py):
        return number(cast(operand, Num(machine_dtype(operand.type))))
    return value


def product(cx: Scope, name: str, node: ast.Call) -> Value:
    """`np.dot`, `np.matmul`, `np.inner`, `np.outer`, `np.vdot` of real arrays."""
    bound = bind(cx, node, ["a", "b"], required=2)
    a, b = bound["a"], bound["b"]
    if name == "dot":
        return dot(cx, a, b, node)
    if name == "matmul":
        return matmul(cx, a, b, node)
    x, y = array_of(cx, a, node), array_of(cx, b, node)
    ranks = (x.type.ndim, y.type.ndim)
    if name == "outer" and ranks == (1, 1):
        return _outer(cx, x, y, node)
    if (
        name == "vdot"
        and ranks == (1, 1)
        and "c" not in (kind_of(x.type.dtype), kind_of(y.type.dtype))
    ):
        return contract(cx, "i,i->", [x, y], node)
    if name == "inner" and ranks in ((1, 1), (2, 1), (2, 2)):
        return contract(
            cx,
            {1: "i,i->", 3: "ij,j->i", 4: "ij,kj->ik"}[sum(ranks) - (ranks == (1, 1))],
            [x, y],
            node,
        )
    decline(node, "LW102", f"`np.{name}` is not covered for {x.type} and {y.type}")


def _outer(cx: Scope, x: Arr, y: Arr, node: ast.AST) -> Value:
    """`x[:, None] * y[None, :]`."""
    dtype = promote(np.multiply, (x.type, y.type))
    if dtype is None:
        decline(node, "LW304", "these dtypes have no product")
    column: Expr = Load(x.expr, (Slc(), NewAxis()), Array(x.type.dtype, 2, "A"))
    row: Expr = Load(y.expr, (NewAxis(), Slc()), Array(y.type.dtype, 2, "A"))
    return wrap(Binary("mul", column, row, Array(dtype, 2)))


def einsum(cx: Scope, node: ast.Call) -> Value:
    """`np.einsum(spec, *arrays)` with a constant spec."""
    if node.keywords or len(node.args) < 2:
        decline(node, "LW102", "this form of einsum is not covered")
    first, *rest = eval_all(cx, node.args)
    if not isinstance(first, Text):
        decline(node, "LW102", "the subscripts of einsum must be a constant")
    arrays = [array_of(cx, v, node) for v in rest]
    spec = _explicit(str(constant_of(first, node, "spec")).replace(" ", ""))
    inputs, output = spec.split("->")
    labels = inputs.split(",")
    if len(labels) != len(arrays) or not inputs.replace(",", "").isalpha():
        decline(node, "LW102", "this form of einsum is not covered")
    if any(len(lab) != a.type.ndim for lab, a in zip(labels, arrays, strict=True)):
        decline(node, "LW111", "einsum subscripts do not fit the arrays: ValueError")
    if set(output) - set(inputs) or len(set(output)) != len(output):
        decline(node, "LW111", "einsum output subscripts raise ValueError")
    return contract(cx, spec, arrays, node)


def _explicit(spec: str) -> str:
    """The spec with its output: letters that occur once, in order of the alphabet."""
    if "->" in spec:
        return spec
    letters = spec.replace(",", "")
    return spec + "->" + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))


def trace(cx: Scope, node: ast.Call, first: Value | None = None) -> Value:
    """`np.trace` of a matrix."""
    x = array_of(cx, bind(cx, node, ["a"], first=first)["a"], node)
    if x.type.ndim != 2 or x.type.dtype == "bool":
        decline(node, "LW102", f"the trace of {x.type} is not covered")
    n = Call("min2", (dim(x, 0), dim(x, 1)), INT)
    at = cx.hold(Call("np.arange", (integer(0), n, integer(1)), Array("int64", 1)), "at")
    diagonal = Load(x.expr, (Fancy(at), Fancy(at)), Array(x.type.dtype, 1))
    return wrap(fold("sum", diagonal, None, False))
