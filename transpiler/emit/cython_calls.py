"""Intrinsics in C, through libm and the support functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from loopwright.diagnostics import NOWHERE
from loopwright.emit.body import decline
from loopwright.emit.cython_types import scalar_type
from loopwright.emit.vectors import VECTORS
from loopwright.ir import text
from loopwright.ir.nodes import Expr
from loopwright.ir.text import Code
from loopwright.ir.types import DType, Type, kind_of, machine_dtype

LIBM = {
    "sqrt": "sqrt", "cbrt": "cbrt", "exp": "exp", "exp2": "exp2", "expm1": "expm1", "log": "log",
    "log2": "log2", "log10": "log10", "log1p": "log1p", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "asin", "acos": "acos", "atan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "erf": "erf", "erfc": "erfc",
    "gamma": "tgamma", "lgamma": "lgamma",
    "fmod": "fmod", "pow": "pow", "atan2": "atan2", "copysign": "copysign", "hypot": "hypot",
    "remainder": "remainder", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arctan2": "atan2",
    "nextafter": "nextafter", "floor": "floor", "ceil": "ceil", "trunc": "trunc", "rint": "rint",
    "fmin": "fmin", "fmax": "fmax", "fabs": "fabs", "absolute": "fabs",
}  # fmt: skip
"""libm's name of the functions of `math` and NumPy."""

Support = Callable[[str, DType], str]
"""Asks for a support function and gives its name."""


def cython_call(
    fn: str, codes: Sequence[Code], args: Sequence[Expr], type_: Type, support: Support
) -> Code:
    """Text of `fn(args)` on numbers; `codes` are the texts of `args`.

    Raises CannotLower if there is no C function of this meaning.
    """
    scope, _, name = fn.rpartition(".")
    if scope == "lw":
        return _low(name, codes)
    if scope == "vec":
        suffix = "f" if machine_dtype(type_) == "float32" else ""
        return text.call(f"{VECTORS}.{name}{suffix}", *codes)
    if scope == "special":
        return text.call(f"cython_special.{name}", *codes)
    dtype, result = machine_dtype(args[0].type), machine_dtype(type_)
    if scope == "math" and name in ("degrees", "radians"):
        turn = 180.0 / math.pi if name == "degrees" else math.pi / 180.0
        return text.binary("mul", codes[0], text.literal(turn))
    if scope == "math" and name in ("floor", "ceil", "trunc"):
        return cast("int64", text.call(f"cm.{name}", codes[0]))
    if name in ("isnan", "isinf", "isfinite"):
        if kind_of(dtype) != "f":
            return Code("1" if name == "isfinite" else "0")
        if name == "isnan":
            return text.compare("ne", codes[0], codes[0])
        return text.call(support(name, dtype), codes[0])
    if scope == "":
        return _builtin(fn, codes, dtype, support)
    if kind_of(result) == "f":
        floats = [
            c if machine_dtype(a.type) == result else cast(result, c)
            for c, a in zip(codes, args, strict=True)
        ]
        return _floating(name, floats, args, result, support)
    return _integral(name, codes, args, dtype, support)


def cast(dtype: DType, x: Code) -> Code:
    """A C cast."""
    return text.call("cython.cast", Code(scalar_type(dtype)), x)


def missing(fn: str) -> Exception:
    """The refusal of a function."""
    return decline("LW102", f"`{fn}` has no form in C with the same result", NOWHERE)


def _low(name: str, codes: Sequence[Code]) -> Code:
    if name == "trunc_int":
        return cast("int64", codes[0])
    a, b = codes
    if name == "mul_ok":
        # an exact product below 2**63 cannot round up to more than this
        size = text.binary("mul", cast("float64", a), cast("float64", b))
        return text.compare("lt", text.call("cm.fabs", size), Code("9.2e18"))
    total = text.binary({"add_ok": "add", "sub_ok": "sub"}[name], a, b)
    first = text.binary("xor", a, total if name == "add_ok" else b)
    second = text.binary("xor", b if name == "add_ok" else a, total)
    # the sign of the result is wrong only where both operands say so (Warren, Hacker's Delight, 2-13)
    return text.compare("ge", text.binary("and", first, second), Code("0"))


def _builtin(fn: str, codes: Sequence[Code], dtype: DType, support: Support) -> Code:
    kind = kind_of(dtype)
    match fn:
        case "abs" if kind == "f":
            return text.call("cm.fabsf" if dtype == "float32" else "cm.fabs", codes[0])
        case "abs" if kind == "i":
            return text.call(support("absolute", dtype), codes[0])
        case "abs":
            return codes[0]
        case "min2" | "max2":
            return text.call(support(fn, dtype), *codes)
        case "round" if len(codes) == 1:
            return codes[0] if kind in "iub" else text.call(libm("rint", dtype), codes[0])
    raise missing(fn)


def libm(name: str, dtype: DType) -> str:
    """The function of libm for the float type."""
    return f"cm.{LIBM[name]}{'f' if dtype == 'float32' else ''}"


def _floating(
    name: str, codes: Sequence[Code], args: Sequence[Expr], dtype: DType, support: Support
) -> Code:
    x = codes[0]
    match name:
        case _ if name in LIBM:
            return text.call(libm(name, dtype), *codes)
        case "where":
            return text.select(*codes)
        case "sign" | "square" | "logaddexp":
            return text.call(support("fsign" if name == "sign" else name, dtype), *codes)
        case "reciprocal":
            return text.binary("truediv", cast(dtype, Code("1")), x)
        case "real" | "conj":
            return x
        case "clip":
            low = text.call(support("maximum", dtype), x, codes[1])
            return text.call(support("minimum", dtype), low, codes[2])
    raise missing(f"np.{name}")


def _integral(
    name: str, codes: Sequence[Code], args: Sequence[Expr], dtype: DType, support: Support
) -> Code:
    x, kind = codes[0], kind_of(dtype)
    match name:
        case "where":
            return text.select(*codes)
        case "logical_not":
            return text.compare("eq", x, Code("0"))
        case "logical_and" | "logical_or" | "logical_xor":
            a, b = (text.compare("ne", c, Code("0")) for c in codes)
            op = {"logical_and": "and", "logical_or": "or", "logical_xor": "xor"}[name]
            return text.binary(op, a, b)
        case "signbit" if kind == "f":
            return text.compare("lt", text.call("cm.copysign", Code("1.0"), x), Code("0"))
        case "absolute" | "sign" | "square" if kind == "i":
            return text.call(support(name, dtype), x)
        case "gcd" if dtype == "int64":
            return text.call(support("gcd", dtype), *codes)
        case "floor" | "ceil" | "trunc" | "real" | "conj" | "absolute" if kind in "iub":
            return x
        case "clip" if kind in "iu":
            low = text.call(support("max2", dtype), x, codes[1])
            return text.call(support("min2", dtype), low, codes[2])
    raise missing(f"np.{name}")
