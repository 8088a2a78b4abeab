"""Intrinsics and conversions on machine numbers: what Python raises becomes a check.

Source: CPython Modules/mathmodule.c (domain errors, overflow), Objects/floatobject.c (`round`, `int`).
"""

from __future__ import annotations

from loopwright.analysis.interval import INT64_MAX, INT64_MIN, of_dtype
from loopwright.ir.accumulate import wrapping
from loopwright.ir.intrinsics import intrinsic
from loopwright.ir.nodes import Call, Cast, CompareOp, Const, Expr, Unary
from loopwright.ir.types import B1, F64, I64, Array, DType, Num, Py, kind_of, machine_dtype
from loopwright.passes.legalise_arith import exact_float, py_float_power, weak
from loopwright.passes.legalise_build import (
    Build,
    binary,
    compare,
    conj,
    disj,
    dtype_of,
    integer,
    low_type,
    negate,
    number,
    refuse,
    select,
    test,
    to,
    truth,
)
from loopwright.passes.legalise_compare import comparison_of

_TOTAL = frozenset(
    [
        "cbrt",
        "atan",
        "tanh",
        "asinh",
        "erf",
        "erfc",
        "fabs",
        "degrees",
        "radians",
        "atan2",
        "copysign",
        "hypot",
    ]
)
_OVERFLOWING = frozenset(["exp", "exp2", "expm1", "sinh", "cosh"])
_NOT_INFINITE = frozenset(["sin", "cos", "tan"])
_ABOVE: dict[str, tuple[str, float]] = {
    "sqrt": ("lt", 0.0), "log": ("le", 0.0), "log2": ("le", 0.0), "log10": ("le", 0.0),
    "log1p": ("le", -1.0), "acosh": ("lt", 1.0),
}  # fmt: skip
_PREDICATES = frozenset({"isnan", "isinf", "isfinite", "signbit"})
_TWO_63 = 2.0**63


def intrinsic_call(b: Build, e: Call, args: tuple[Expr, ...]) -> Expr:
    """The machine form of `e`, whose arguments have the machine forms `args`."""
    family, _, name = e.fn.partition(".")
    if family == "math":
        return _math(b, e, name, args)
    if family == "np":
        return _numpy(b, e, name, args)
    if family == "special":
        return Call(e.fn, tuple(to(x, "float64") for x in args), F64)
    match e.fn, args:
        case (("min2" | "max2"), (x, y)):
            return _extreme(b, e, x, y)
        case "abs", (x,):
            return _abs(b, e, x)
        case "round", (x, *rest):
            return _round(b, e, x, rest)
        case "complex", (x, y):
            return Call("complex", (to(x, "float64"), to(y, "float64")), low_type(e.type, b.span))
        case _:
            raise refuse(b.span, "LW308", f"no machine form of {e.fn}")


# ---------------------------------------------------------------- math


def _math(b: Build, e: Call, name: str, args: tuple[Expr, ...]) -> Expr:
    if name in ("floor", "ceil", "trunc"):
        if e.args[0].type in (Py("int"), Py("bool")) or kind_of(dtype_of(args[0])) in "biu":
            return to(args[0], "int64")
        x = to(args[0], "float64")
        return to_int(b, Call(f"np.{name}", (x,), F64) if name != "trunc" else x)
    if name in ("gcd", "isqrt", "factorial", "comb", "perm"):
        return _integers(b, e, name, args)
    floats = tuple(to(a, "float64") for a in args)
    if name in _PREDICATES:
        return test(e.fn, *floats)
    if name == "pow":
        return py_float_power(b, *floats)
    floats = tuple(b.atom(x) for x in floats) if name not in _TOTAL else floats
    result = Call(e.fn, floats, F64)
    if name in _TOTAL:
        return result
    return _checked(b, name, floats, result)


def _checked(b: Build, name: str, xs: tuple[Expr, ...], result: Expr) -> Expr:
    """Fails exactly where CPython raises ValueError or OverflowError."""
    x = xs[0]
    if name in _ABOVE:
        op, limit = _ABOVE[name]
        cond = compare("lt" if op == "lt" else "le", x, number(limit))
        b.check(negate(cond), f"math.{name} outside of its domain")
        return result
    if name in _NOT_INFINITE:
        b.check(negate(test("math.isinf", x)), f"math.{name} of infinity")
        return result
    if name in ("asin", "acos", "atanh"):
        edge = compare("ge" if name == "atanh" else "gt", Call("math.fabs", (x,), F64), number(1.0))
        b.check(negate(edge), f"math.{name} outside of its domain")
        return result
    if name in ("fmod", "remainder"):
        y = xs[1]
        fine = negate(disj(compare("eq", y, number(0.0)), test("math.isinf", x)))
        no_number = disj(test("math.isnan", x), test("math.isnan", y))
        b.check(disj(fine, no_number), f"math.{name} outside of its domain")
        return result
    if name in ("gamma", "lgamma"):
        pole = conj(compare("le", x, number(0.0)), compare("eq", x, Call("np.floor", (x,), F64)))
        b.check(negate(pole), f"math.{name} at a pole")
    result = b.atom(result)
    b.check(disj(test("math.isfinite", result), negate(test("math.isfinite", x))), "overflow")
    return result


def _integers(b: Build, e: Call, name: str, args: tuple[Expr, ...]) -> Expr:
    ints = tuple(to(a, "int64") for a in args)
    if name == "gcd":
        ints = tuple(b.atom(x) for x in ints)
        for high, x in zip(e.args, ints, strict=True):
            if b.interval(high).lo == INT64_MIN:
                b.check(compare("ne", x, integer(INT64_MIN)), "integer beyond 64 bits")
        return Call(e.fn, ints, I64)
    raise refuse(b.span, "LW308", f"no machine form of {e.fn}")


# ---------------------------------------------------------------- builtins


def _extreme(b: Build, e: Call, x: Expr, y: Expr) -> Expr:
    """`min(x, y)` is `y if y < x else x`."""
    x, y = b.atom(x), b.atom(y)
    better = comparison_of(b, "lt" if e.fn == "min2" else "gt", (e.args[1], y), (e.args[0], x))
    t = machine_dtype(e.type)
    return select(better, to(y, t), to(x, t))


def _abs(b: Build, e: Call, x: Expr) -> Expr:
    dtype = machine_dtype(e.type)
    match kind_of(dtype_of(x)):
        case "b" | "u":
            return to(x, dtype)
        case "i":
            if e.type == Py("int") and b.interval(e.args[0]).lo == INT64_MIN:
                x = b.atom(x)
                b.check(compare("ne", x, integer(INT64_MIN)), "integer beyond 64 bits")
            if b.interval(e.args[0]).lo >= 0:
                return x
            x = b.atom(x)
            return select(compare("lt", x, Const(0, x.type)), Unary("neg", x, x.type), x)
        case "f":
            fn = "math.fabs" if dtype == "float64" else "np.absolute"
            return Call(fn, (x,), Num(dtype))
        case _:
            result = Call("np.absolute", (b.atom(x),), Num(dtype))
            if e.type != Py("float"):
                return result
            return _no_complex_overflow(b, b.atom(x), b.atom(result))


def _no_complex_overflow(b: Build, x: Expr, size: Expr) -> Expr:
    parts = [Call(f"np.{part}", (x,), F64) for part in ("real", "imag")]
    finite = conj(*(test("math.isfinite", p) for p in parts))
    b.check(disj(test("math.isfinite", size), negate(finite)), "overflow")
    return size


def _round(b: Build, e: Call, x: Expr, rest: list[Expr]) -> Expr:
    if kind_of(dtype_of(x)) in "biu" and not rest:
        return to(x, machine_dtype(e.type))
    if rest or dtype_of(x) != "float64" or machine_dtype(e.type) != "int64":
        raise refuse(b.span, "LW308", f"round of {e.args[0].type} to {e.type}")
    return to_int(b, Call("np.rint", (x,), F64))


# ---------------------------------------------------------------- conversions


def conversion(b: Build, e: Cast, x: Expr) -> Expr:
    """The machine form of a scalar `e`, whose operand has the machine form `x`."""
    low = low_type(e.type, b.span)
    if not isinstance(low, Num):
        raise refuse(b.span, "LW307", f"conversion of {e.x.type} to {e.type}")
    if low.dtype == "bool":
        return truth(x)
    source, target = kind_of(dtype_of(x)), kind_of(low.dtype)
    if source == "c" and target != "c":
        raise refuse(b.span, "LW307", f"conversion of {e.x.type} to {e.type}")
    if source == "f" and target in "iu":
        return _float_to_int(b, x, low.dtype)
    if e.type == Py("int") and dtype_of(x) == "uint64" and b.interval(e.x).hi > INT64_MAX:
        x = b.atom(x)
        b.check(compare("le", x, Const(INT64_MAX, x.type)), "integer beyond 64 bits")
    return weak(b, e.x, x, low.dtype)


def to_int(b: Build, x: Expr) -> Expr:
    """A float64 truncated; fails on NaN and beyond int64."""
    x = b.atom(x)
    inside = conj(compare("ge", x, number(-_TWO_63)), compare("lt", x, number(_TWO_63)))
    b.check(inside, "float does not fit int64")
    return Call("lw.trunc_int", (x,), I64)


def _float_to_int(b: Build, x: Expr, dtype: DType) -> Expr:
    x = to(x, "float64")
    bounds = of_dtype(dtype)
    assert bounds is not None
    if dtype == "int64":
        return to_int(b, x)
    if dtype == "uint64":
        raise refuse(b.span, "LW307", "conversion of a float to uint64")
    x = b.atom(x)
    inside = conj(
        compare("gt", x, number(float(bounds.lo - 1))),
        compare("lt", x, number(float(bounds.hi + 1))),
    )
    b.check(inside, f"float does not fit {dtype}")
    return to(Call("lw.trunc_int", (x,), I64), dtype)


# ---------------------------------------------------------------- NumPy


def _side(b: Build, high: Expr, x: Expr, dtype: DType) -> Expr:
    """What `np.where` may choose. NumPy 2.5 rounds a large int on its way to a narrow float twice, NumPy 2.4
    does so once: none of both is compiled."""
    if high.type == Py("int") and dtype in ("float32", "complex64"):
        x = exact_float(b, high, x)
    return to(x, dtype) if kind_of(dtype) in "fc" else weak(b, high, x, dtype)


def _numpy(b: Build, e: Call, name: str, args: tuple[Expr, ...]) -> Expr:
    row = intrinsic(e.fn)
    if row.kind == "array" or isinstance(e.type, Array):
        if row.kind != "array":
            raise refuse(b.span, "LW307", f"{e.fn} on whole arrays")
        return Call(e.fn, args, low_type(e.type, b.span))
    dtype = machine_dtype(e.type)
    match name, args:
        case "where", (cond, x, y):
            sides = zip(e.args[1:], (x, y), strict=True)
            given = (_side(b, high, low, dtype) for high, low in sides)
            return select(truth(cond), *given)
        case "clip", (x, lo, hi):
            x, lo, hi = (weak(b, h, v, dtype) for h, v in zip(e.args, args, strict=True))
            return _clipped(b, _clipped(b, x, "lt", lo), "gt", hi)
        case (("logical_and" | "logical_or"), (x, y)):
            return binary("and" if name == "logical_and" else "or", truth(x), truth(y))
        case "logical_xor", (x, y):
            return binary("xor", truth(x), truth(y))
        case "logical_not", (x,):
            return negate(truth(x))
        case "square", (x,):
            x = b.atom(to(x, dtype))
            known = b.interval(x)
            if dtype == "int64" and max(-known.lo, known.hi) ** 2 > INT64_MAX:
                return wrapping("mul", x, x)  # NumPy's is modulo 2**64
            return binary("mul", x, x)
        case "absolute", (x,):
            return _abs(b, e, x)
        case _ if name in _PREDICATES:
            return _predicate(e, name, args[0])
        case _:
            return _ufunc(b, e, name, args, dtype)


def _clipped(b: Build, x: Expr, beyond: CompareOp, bound: Expr) -> Expr:
    """Of two equal zeros NumPy keeps the number, unlike `np.maximum`; a bound that is NaN is the result."""
    x, bound = b.atom(x), b.atom(bound)
    takes = compare(beyond, x, bound)
    sure = isinstance(bound, Const) and bound.value == bound.value
    if kind_of(dtype_of(x)) == "f" and not sure:
        takes = disj(takes, compare("ne", bound, bound))
    return select(takes, bound, x)


def _predicate(e: Call, name: str, x: Expr) -> Expr:
    if kind_of(dtype_of(x)) in "biu":
        if name == "signbit":
            return compare("lt", to(x, "int64"), integer(0))
        return Const(name == "isfinite", B1)
    return test(e.fn, x)


def _ufunc(b: Build, e: Call, name: str, args: tuple[Expr, ...], dtype: DType) -> Expr:
    kind = kind_of(dtype)
    if name in ("floor", "ceil", "trunc") and kind in "biu":
        return to(args[0], dtype)
    if name in ("real", "imag", "conj"):
        return _part(name, args[0], dtype)
    if name == "sign" and kind in "iu":
        x = b.atom(to(args[0], dtype))
        zero, one = Const(0, x.type), Const(1, x.type)
        less = Const(-1, x.type) if kind == "i" else zero
        return select(compare("gt", x, zero), one, select(compare("lt", x, zero), less, zero))
    if kind in "biu" or (kind == "c" and name not in ("sqrt", "exp", "sin", "cos", "log")):
        raise refuse(b.span, "LW308", f"no machine form of {e.fn} in {dtype}")
    if name == "reciprocal":
        return binary("truediv", Const(1.0, Num(dtype)), to(args[0], dtype))
    if name == "round":
        raise refuse(b.span, "LW308", f"no machine form of {e.fn}")
    given = zip(e.args, args, strict=True)
    return Call(e.fn, tuple(weak(b, high, x, dtype) for high, x in given), Num(dtype))


def _part(name: str, x: Expr, dtype: DType) -> Expr:
    if kind_of(dtype_of(x)) == "c":
        return Call(f"np.{name}", (x,), Num(dtype))
    return Const(0.0, Num(dtype)) if name == "imag" else to(x, dtype)
