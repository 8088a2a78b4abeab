"""Negation and comparison of machine numbers with Python's and NumPy's meaning."""

from __future__ import annotations

import numpy as np

from loopwright.analysis.interval import INT64_MIN
from loopwright.ir.nodes import (
    Compare,
    CompareOp,
    Const,
    Expr,
    Unary,
)
from loopwright.ir.types import DType, Num, Py, Type, kind_of, machine_dtype
from loopwright.passes.legalise_arith import exact_float, weak
from loopwright.passes.legalise_build import (
    Build,
    compare,
    conj,
    disj,
    dtype_of,
    integer,
    negate,
    refuse,
    to,
    truth,
)

Operand = tuple[Expr, Expr]


def unary(b: Build, e: Unary, x: Expr) -> Expr:
    """The machine form of `e`, whose operand has the machine form `x`."""
    if e.op == "not":
        return negate(truth(x))
    if not isinstance(e.type, (Num, Py)):
        raise refuse(b.span, "LW307", f"{e.op} of {e.x.type} on whole arrays")
    x = to(x, machine_dtype(e.type))
    if e.op == "pos":
        return x
    if e.op == "invert":
        return negate(x) if dtype_of(x) == "bool" else Unary("invert", x, x.type)
    if dtype_of(x) == "bool":
        raise refuse(b.span, "LW307", "negation of a NumPy boolean")
    if e.type == Py("int") and b.interval(e.x).lo == INT64_MIN:
        x = b.atom(x)
        b.check(compare("ne", x, integer(INT64_MIN)), "integer beyond 64 bits")
    if isinstance(x, Const) and isinstance(x.value, (int, float)) and not isinstance(x.value, bool):
        if kind_of(dtype_of(x)) == "f" or x.value > 0:
            return Const(-x.value, x.type)
    return Unary("neg", x, x.type)


def comparison(b: Build, e: Compare, x: Expr, y: Expr) -> Expr:
    """The machine form of `e`. Python compares ints and floats exactly, NumPy in a common dtype."""
    return comparison_of(b, e.op, (e.a, x), (e.b, y))


def comparison_of(b: Build, op: CompareOp, left: Operand, right: Operand) -> Expr:
    """As `comparison`, of operands each given as (high-level expression, machine form)."""
    (high_a, x), (high_b, y) = left, right
    ta, tb = high_a.type, high_b.type
    if isinstance(ta, Py) and isinstance(tb, Py):
        return _py_compare(b, op, left, right)
    if not isinstance(ta, (Num, Py)) or not isinstance(tb, (Num, Py)):
        raise refuse(b.span, "LW307", f"comparison of {ta} and {tb} on whole arrays")
    kinds = {kind_of(machine_dtype(t)) for t in (ta, tb)}
    if kinds <= {"b", "i", "u"} and kinds != {"b"}:
        return _int_compare(op, x, y)
    dtype = _common(ta, tb)
    return compare(op, weak(b, high_a, x, dtype), weak(b, high_b, y, dtype))


def _py_compare(b: Build, op: CompareOp, left: Operand, right: Operand) -> Expr:
    (high_a, x), (high_b, y) = left, right
    dtypes = {dtype_of(x), dtype_of(y)}
    if dtypes <= {"bool", "int64"}:
        return compare(op, to(x, "int64"), to(y, "int64"))
    if "complex128" in dtypes:
        if dtypes == {"complex128"}:
            return compare(op, x, y)
        raise refuse(b.span, "LW307", "comparison of a complex number with a real one")
    sides = (
        exact_float(b, high, to(low, "int64") if dtype_of(low) == "bool" else low)
        for high, low in ((high_a, x), (high_b, y))
    )
    return compare(op, *sides)


def _int_compare(op: CompareOp, x: Expr, y: Expr) -> Expr:
    """By value: uint64 does not fit int64, and NumPy 2 compares mixed signs exactly."""
    wide = [dtype_of(v) == "uint64" for v in (x, y)]
    if all(wide):
        return compare(op, x, y)
    if not any(wide):
        return compare(op, to(x, "int64"), to(y, "int64"))
    signed, other = (y, x) if wide[0] else (x, y)
    same = compare(op, to(x, "uint64"), to(y, "uint64"))
    if kind_of(dtype_of(signed)) != "i":
        return same
    less = op in (("lt", "le", "ne") if wide[1] else ("gt", "ge", "ne"))
    negative = compare("lt", to(signed, "int64"), integer(0))
    return disj(negative, same) if less else conj(negate(negative), same)


def _common(a: Type, b: Type) -> DType:
    """NumPy's dtype for a comparison, Python numbers being weak."""
    weak_types = {"int": int, "float": float, "complex": complex, "bool": np.dtype(bool)}
    given: list[object] = [
        weak_types[t.kind] if isinstance(t, Py) else np.dtype(machine_dtype(t)) for t in (a, b)
    ]
    found: str = np.less.resolve_dtypes((*given, None))[0].name  # type: ignore[arg-type]
    return found  # type: ignore[return-value]
