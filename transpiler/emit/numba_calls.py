"""Intrinsics in the forms that Numba compiles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loopwright.diagnostics import NOWHERE
from loopwright.emit.body import decline
from loopwright.ir import text
from loopwright.ir.nodes import Const, Expr
from loopwright.ir.text import Code, Prec
from loopwright.ir.types import Array, DType, Num, Type, kind_of, machine_dtype

SAME_NAME = frozenset({
    "sqrt", "log", "log2", "log10", "log1p", "exp", "expm1", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "gamma", "lgamma", "erf", "erfc",
    "pow", "atan2", "copysign", "hypot", "isnan", "isinf", "isfinite", "gcd",
})  # fmt: skip
"""Functions of `math` that Numba compiles to the C function of the same meaning."""

UFUNCS = frozenset({
    "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan",
    "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "arctan2",
    "hypot", "copysign", "fmod", "logaddexp", "nextafter", "floor", "ceil", "trunc", "rint", "fmin",
    "fmax",
})  # fmt: skip
"""Functions of NumPy on real floating numbers that Numba compiles with the same result type."""


def numba_call(fn: str, codes: Sequence[Code], args: Sequence[Expr], type_: Type) -> Code:
    """Text of `fn(args)`; `codes` are the texts of `args`.

    Raises CannotLower if Numba has no function of exactly this meaning.
    """
    scope, _, name = fn.rpartition(".")
    if scope == "lw":
        return _low(name, codes)
    if isinstance(type_, Array) or any(isinstance(a.type, Array) for a in args):
        return _array(fn, codes, args, type_)
    dtype = machine_dtype(args[0].type)
    if scope == "math":
        return _math(name, codes, dtype)
    if scope == "vec":
        raise decline("LW102", "Numba knows no library of functions for vectors", NOWHERE)
    if scope == "special":
        return text.call(f"special_{name}", *codes)
    if scope == "np":
        return _numpy(name, codes, args, type_)
    match fn:
        case "abs":
            return _absolute(codes[0], dtype)
        case "min2" | "max2":
            return text.call(fn[:3], *codes)
        case "complex":
            return text.call("complex", *codes)
        case "round" if len(codes) == 1 and kind_of(dtype) in "iub":
            return codes[0]
        case "round" if len(codes) == 1:
            return text.call("np.rint", codes[0])
    raise missing(fn)


def extreme(op: str, a: Code, b: Code) -> Code:
    """NumPy's `minimum` and `maximum` of floats: a NaN wins, and of two equal zeros the second, which
    is the first in Numba's version."""
    return text.call(f"np.{op}", b, a)


def missing(fn: str) -> Exception:
    """The refusal of a function."""
    return decline("LW102", f"`{fn}` has no compiled form with the same result", NOWHERE)


def _low(name: str, codes: Sequence[Code]) -> Code:
    if name == "trunc_int":
        return text.call("int", codes[0])
    a, b = codes
    if name == "mul_ok":
        # an exact product below 2**63 cannot round up to more than this
        size = text.binary("mul", text.call("np.float64", a), text.call("np.float64", b))
        return text.compare("lt", text.call("abs", size), Code("9.2e18"))
    total = text.binary({"add_ok": "add", "sub_ok": "sub"}[name], a, b)
    first = text.binary("xor", a, total if name == "add_ok" else b)
    second = text.binary("xor", b if name == "add_ok" else a, total)
    # the sign of the result is wrong only where both operands say so (Warren, Hacker's Delight, 2-13)
    return text.compare("ge", text.binary("and", first, second), Code("0"))


def _math(name: str, codes: Sequence[Code], dtype: DType) -> Code:
    match name:
        case _ if name in SAME_NAME:
            return text.call(f"math.{name}", *codes)
        case "exp2" | "cbrt" | "fmod":
            return text.call(f"np.{name}", *codes)
        case "fabs":
            return text.call("abs", codes[0])
        case "floor" | "ceil" | "trunc":
            return text.call("int", text.call(f"np.{name}", codes[0]))
        case "degrees":
            return text.binary("mul", codes[0], text.literal(180.0 / math.pi))
        case "radians":
            return text.binary("mul", codes[0], text.literal(math.pi / 180.0))
    raise missing(f"math.{name}")


def _numpy(name: str, codes: Sequence[Code], args: Sequence[Expr], type_: Type) -> Code:
    dtype, result = machine_dtype(args[0].type), machine_dtype(type_)
    x, kind = codes[0], kind_of(dtype)
    match name:
        case "where":
            return text.select(*codes)
        case "absolute":
            return _absolute(x, dtype)
        case "fabs" if kind == "f":
            return text.call("abs", x)
        case "isnan" | "isinf" | "isfinite":
            if kind in "biu":
                return Code(repr(name == "isfinite"))
            return text.call(f"np.{name}", x)
        case "logical_not":
            return text.unary("not", _truth(x, dtype))
        case "logical_and" | "logical_or" | "logical_xor":
            a, b = (_truth(c, machine_dtype(e.type)) for c, e in zip(codes, args, strict=True))
            return text.binary(name.removeprefix("logical_"), _boxed(a), _boxed(b))
        case "signbit" if kind == "f":
            return text.compare("lt", text.call("np.copysign", _one(dtype), x), _zero(dtype))
        case "real" | "conj" if kind != "c":
            return x
        case "real" | "imag" if kind == "c":
            return Code(f"{x.at(Prec.ATOM)}.{name}")
        case "conj":
            return text.call("np.conj", x)
        case "gcd" if dtype == "int64":
            return text.call("math.gcd", *codes)
        case "floor" | "ceil" | "trunc" if kind in "iub":
            return x
    if kind == "c":
        raise missing(f"np.{name}")
    if kind_of(result) == "f" and result != dtype:
        codes = [text.call(f"np.{result}", c) for c in codes]
    if kind_of(result) == "f":
        return _floating(name, codes, result)
    match name:
        case "sign":
            zero = _zero(dtype)
            signs = text.compare("gt", x, zero), text.compare("lt", x, zero)
            return _typed(
                text.binary("sub", text.call("int", signs[0]), text.call("int", signs[1])), result
            )
        case "square":
            return _typed(text.binary("mul", x, x), result)
    raise missing(f"np.{name}")


def _floating(name: str, codes: Sequence[Code], dtype: DType) -> Code:
    x = codes[0]
    match name:
        case _ if name in UFUNCS:
            return text.call(f"np.{name}", *codes)
        case "sign":
            # NumPy gives 0.0 for -0.0
            return text.binary("add", text.call("np.sign", x), _zero(dtype))
        case "square":
            return text.call("np.square", x)
        case "reciprocal":
            return text.binary("truediv", _one(dtype), x)
        case "degrees" | "radians":
            scalar = np.float32 if dtype == "float32" else np.float64
            turn = (
                scalar(180.0) / scalar(math.pi)
                if name == "degrees"
                else scalar(math.pi) / scalar(180.0)
            )
            return text.binary("mul", x, _number(float(turn), dtype))
        case "clip":
            return extreme("minimum", extreme("maximum", x, codes[1]), codes[2])
    raise missing(f"np.{name}")


def _absolute(x: Code, dtype: DType) -> Code:
    match kind_of(dtype):
        case "b" | "u":
            return x
        case "i" if dtype != "int64":
            return text.call(f"np.{dtype}", text.call("abs", x))
        case _:
            return text.call("abs", x)


def _truth(x: Code, dtype: DType) -> Code:
    return x if dtype == "bool" else text.compare("ne", x, _zero(dtype))


def _boxed(x: Code) -> Code:
    return Code(x.at(Prec.ATOM))


def _number(value: float, dtype: DType) -> Code:
    code = text.literal(int(value) if kind_of(dtype) in "iub" else value)
    return code if dtype in ("float64", "int64") else text.call(f"np.{dtype}", code)


def _zero(dtype: DType) -> Code:
    return Code("False") if dtype == "bool" else _number(0.0, dtype)


def _one(dtype: DType) -> Code:
    return _number(1.0, dtype)


def _typed(x: Code, dtype: DType) -> Code:
    return x if dtype in ("int64", "uint64", "float64", "float32") else text.call(f"np.{dtype}", x)


def _array(fn: str, codes: Sequence[Code], args: Sequence[Expr], type_: Type) -> Code:
    source = machine_dtype(args[0].type)
    rank = args[0].type.ndim if isinstance(args[0].type, Array) else 0
    dtype = Code(f"np.{machine_dtype(type_)}")
    exact = kind_of(source) in "biu"
    match fn:
        case "np.arange" | "np.eye":
            return text.call(fn, *codes, dtype)
        case "np.concatenate":
            return text.call(
                fn, Code(f"({text.items([c.text for c in codes[1:]])})"), axis=codes[0]
            )
        case "np.sort" if rank == 1 and kind_of(source) in "biuf":
            return text.call(fn, codes[0])
        case "np.argsort" if rank == 1 and _is(args[2], True):
            return text.call(fn, codes[0], kind=Code('"mergesort"'))
        case "np.searchsorted" if isinstance(type_, Num):
            side = Code('"right"' if _is(args[2], True) else '"left"')
            return text.call(fn, codes[0], codes[1], side=side)
        case "np.flatnonzero" | "np.linalg.solve" | "np.linalg.det" | "np.linalg.cholesky":
            return text.call(fn, *codes)
        case "np.linalg.inv":
            # as NumPy does it; Numba's own takes another routine of LAPACK
            rows = Code(f"{codes[0].at(Prec.ATOM)}.shape[0]")
            return text.call("np.linalg.solve", codes[0], text.call("np.eye", rows))
        case "np.linalg.slogdet":
            return text.call("np.array", text.call(fn, *codes))
        case "np.unique" if exact:
            return text.call(fn, codes[0])
    raise missing(fn)


def _is(e: Expr, value: bool) -> bool:
    return isinstance(e, Const) and e.value == value
