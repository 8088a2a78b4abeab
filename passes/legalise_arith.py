"""Operators on machine numbers with Python's and NumPy's meaning.

Sources: CPython Objects/{longobject,floatobject,complexobject}.c; NumPy loops of
numpy/_core/src/umath (integer division, shifts) and NEP 50 for promotion.
"""

from __future__ import annotations

import numpy as np

from loopwright.analysis import interval as iv
from loopwright.analysis.interval import INT64_MAX, INT64_MIN, Interval
from loopwright.ir.accumulate import signed, unsigned, wrapping
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Const,
    Expr,
    If,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import F64, I64, DType, Num, Py, kind_of, machine_dtype
from loopwright.passes.legalise_build import (
    Build,
    binary,
    compare,
    conj,
    disj,
    dtype_of,
    integer,
    negate,
    number,
    refuse,
    select,
    test,
    to,
)
from loopwright.passes.legalise_magnitude import EXACT, hoisted

EXACT_FLOAT = 2**53
_UNROLLED = 8


def arithmetic(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    """The machine form of `e`, whose operands have the machine forms `x` and `y`."""
    match e.type:
        case Py("bool"):
            return binary(e.op, x, y)
        case Py("int"):
            return _py_int(b, e, to(x, "int64"), to(y, "int64"))
        case Py("float"):
            return _py_float(b, e, x, y)
        case Py("complex") | Num("complex64" | "complex128"):
            return _complex(b, e, x, y)
        case Num(dtype):
            return _numpy(b, e, x, y, dtype)
        case _:
            raise refuse(b.span, "LW307", f"{e.op} of {e.a.type} and {e.b.type} on whole arrays")


# ---------------------------------------------------------------- Python ints


def _py_int(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    match e.op:
        case "add" | "sub" | "mul":
            return _no_overflow(b, e, x, y)
        case "floordiv" | "mod":
            return _int_division(b, e, x, y)
        case "pow":
            return _py_power(b, e, x, y)
        case "and" | "or" | "xor":
            return binary(e.op, x, y)
        case "lshift":
            return _py_lshift(b, e, x, y)
        case "rshift":
            y = b.atom(y)
            if b.interval(e.b).lo < 0:
                b.check(compare("ge", y, integer(0)), "negative shift count")
            if b.interval(e.b).hi > 63:
                y = select(compare("gt", y, integer(63)), integer(63), y)
            return binary("rshift", x, y)
        case _:
            raise refuse(b.span, "LW307", f"{e.op} of Python ints")


def _exact(b: Build, e: Expr) -> Interval:
    return b.ranges.exact(e, b.env) or Interval(INT64_MIN - 1, INT64_MAX + 1)


def _no_overflow(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    if not iv.within(_exact(b, e), iv.FULL) and not hoisted(b, e):
        x, y = b.atom(x), b.atom(y)
        b.range_checks += 1
        b.check(test(f"lw.{e.op}_ok", x, y), "integer beyond 64 bits")
    return binary(e.op, x, y)


def _int_division(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    xs, ys = b.interval(e.a), b.interval(e.b)
    if not b.nonzero(e.b):
        y = b.atom(y)
        b.check(compare("ne", y, integer(0)), "division by zero")
        b.learn_nonzero(e.b)
    if xs.lo == INT64_MIN and ys.lo <= -1 <= ys.hi:
        x, y = b.atom(x), b.atom(y)
        least = compare("ne", x, integer(INT64_MIN))
        b.check(disj(least, compare("ne", y, integer(-1))), "integer beyond 64 bits")
    return binary(e.op, x, y)


def _py_lshift(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    xs, ys = b.interval(e.a), b.interval(e.b)
    x, y = b.atom(x), b.atom(y)
    if ys.lo < 0 or ys.hi > 62:
        inside = conj(compare("ge", y, integer(0)), compare("le", y, integer(62)))
        b.check(inside, "shift count beyond 62 bits")
    if not iv.within(iv.lshift(xs, Interval(max(ys.lo, 0), min(max(ys.hi, 0), 62))), iv.FULL):
        back = binary("rshift", binary("lshift", x, y), y)
        b.check(compare("eq", back, x), "integer beyond 64 bits")
    return binary("lshift", x, y)


def _py_power(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    if b.interval(e.b).lo < 0:
        y = b.atom(y)
        b.check(compare("ge", y, integer(0)), "integer to a negative power")
    return integer_power(b, x, y, checked=not iv.within(_exact(b, e), iv.FULL))


def integer_power(b: Build, x: Expr, y: Expr, *, checked: bool) -> Expr:
    """`x ** y` for y >= 0 by repeated squaring, in the dtype of `x`."""
    one = Const(1, x.type)

    def product(p: Expr, q: Expr) -> Expr:
        if checked:
            p, q = b.atom(p), b.atom(q)
            b.range_checks += 1
            b.check(test("lw.mul_ok", p, q), "integer beyond 64 bits")
        return binary("mul", p, q)

    if isinstance(y, Const) and isinstance(y.value, int) and 0 <= y.value <= _UNROLLED:
        x = b.atom(x)
        out: Expr = one if y.value == 0 else x
        for bit in f"{y.value:b}"[1:]:
            out = b.atom(out)
            out = product(out, out)
            if bit == "1":
                out = product(out, x)
        return out
    result, base, left = (b.fresh(n, x.type) for n in ("power", "base", "exponent"))
    for sym, start in ((result, one), (base, x), (left, to(y, dtype_of(x)))):
        b.emit(Assign(sym, start, b.span))
    zero = Const(0, x.type)
    odd = compare("ne", binary("and", Var(left), one), zero)
    with b.block() as multiply:
        b.emit(Assign(result, product(Var(result), Var(base)), b.span))
    with b.block() as square:
        b.emit(Assign(base, product(Var(base), Var(base)), b.span))
    body = (
        If(odd, tuple(multiply), (), b.span),
        Assign(left, binary("rshift", Var(left), one), b.span),
        If(compare("gt", Var(left), zero), tuple(square), (), b.span),
    )
    b.emit(While(compare("gt", Var(left), zero), body, (), b.span))
    return Var(result)


# ---------------------------------------------------------------- Python floats


def exact_float(b: Build, high: Expr, x: Expr) -> Expr:
    """An int as a float of the same value (fails beyond 2**53); a float as it is."""
    if dtype_of(x) == "float64":
        return x
    if not b.fits(high, -EXACT_FLOAT, EXACT_FLOAT) and not hoisted(b, high, EXACT):
        b.range_checks += 1
        x = b.atom(x)
        small = (compare("ge", x, integer(-EXACT_FLOAT)), compare("le", x, integer(EXACT_FLOAT)))
        b.check(conj(*small), "integer beyond 2**53")
    return to(x, "float64")


def _py_float(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    if e.op == "pow":
        return py_float_power(b, to(x, "float64"), to(y, "float64"))
    if e.op == "truediv" and {dtype_of(x), dtype_of(y)} <= {"int64", "bool"}:
        x = exact_float(b, e.a, to(x, "int64"))
        y = exact_float(b, e.b, to(y, "int64"))
    else:
        x, y = to(x, "float64"), to(y, "float64")
    if e.op in ("truediv", "floordiv", "mod"):
        y = nonzero(b, e.b, y)
    elif e.op not in ("add", "sub", "mul"):
        raise refuse(b.span, "LW307", f"{e.op} of Python floats")
    return binary(e.op, x, y)


def nonzero(b: Build, high: Expr, y: Expr) -> Expr:
    """Fails if the float divisor is zero."""
    if isinstance(y, Const) and y.value != 0:
        return y
    if high.type in (Py("int"), Py("bool")):
        if b.nonzero(high):
            return y
    y = b.atom(y)
    b.check(compare("ne", y, number(0.0)), "division by zero")
    if high.type == Py("int"):
        b.learn_nonzero(high)
    return y


def py_float_power(b: Build, x: Expr, y: Expr) -> Expr:
    """Fails on 0.0 to a negative power, on a negative base with a fractional exponent (a complex
    result) and on overflow."""
    x = b.atom(x)
    if isinstance(y, Const) and y.value in (0.0, 1.0, 2.0):
        if y.value == 0.0:
            return number(1.0)
        if y.value == 1.0:
            return x
        square = b.atom(binary("mul", x, x))
        b.check(disj(test("math.isfinite", square), negate(test("math.isfinite", x))), "overflow")
        return square
    y = b.atom(y)
    finite = conj(test("math.isfinite", x), test("math.isfinite", y))
    result = b.atom(Binary("pow", x, y, F64))
    if isinstance(y, Const) and isinstance(y.value, float) and np.isfinite(y.value):
        finite = test("math.isfinite", x)
    b.check(disj(test("math.isfinite", result), negate(finite)), "power without a finite result")
    return result


# ---------------------------------------------------------------- complex


def _complex(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    dtype = machine_dtype(e.type)
    x, y = to(x, dtype), to(y, dtype)
    if e.op in ("add", "sub", "mul"):
        return binary(e.op, x, y)
    raise refuse(b.span, "LW307", f"{e.op} of complex numbers")


# ---------------------------------------------------------------- NumPy numbers


def weak(b: Build, high: Expr, x: Expr, dtype: DType) -> Expr:
    """An operand in `dtype`. A Python int that the integer dtype cannot hold raises OverflowError; on its
    way to a narrow float it is rounded to float64 first."""
    bounds = iv.of_dtype(dtype)
    exact = Interval(-EXACT_FLOAT, EXACT_FLOAT)
    if high.type == Py("int") and dtype in ("float32", "complex64"):
        if not iv.within(b.interval(high), exact):
            x = to(x, "float64")
    if high.type == Py("int") and bounds is not None and dtype != "bool":
        if not iv.within(b.interval(high), bounds):
            x = b.atom(x)
            low, high_end = max(bounds.lo, INT64_MIN), min(bounds.hi, INT64_MAX)
            inside = conj(compare("ge", x, integer(low)), compare("le", x, integer(high_end)))
            b.check(inside, f"Python int beyond {dtype}")
    return to(x, dtype)


def _numpy(b: Build, e: Binary, x: Expr, y: Expr, dtype: DType) -> Expr:
    x, y = weak(b, e.a, x, dtype), weak(b, e.b, y, dtype)
    match kind_of(dtype):
        case "b":
            return _numpy_bool(b, e, x, y)
        case "i" | "u":
            return _numpy_int(b, e, x, y)
        case _:
            return _numpy_float(b, e, x, y)


def _numpy_bool(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    match e.op:
        case "add" | "or" | "maximum":
            return binary("or", x, y)
        case "mul" | "and" | "minimum":
            return binary("and", x, y)
        case "xor":
            return binary("xor", x, y)
        case _:
            raise refuse(b.span, "LW307", f"{e.op} of NumPy booleans")


def _numpy_int(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    t = x.type
    zero = Const(0, t)
    ys = b.interval(e.b)
    match e.op:
        case "floordiv" | "mod":
            if ys.lo > 0 or (ys.hi < -1 and dtype_of(y)[0] == "i"):
                return binary(e.op, x, y)
            x, y = b.atom(x), b.atom(y)
            minus = Const(-1, t) if kind_of(dtype_of(y)) == "i" else zero
            odd = disj(compare("eq", y, zero), compare("eq", y, minus))
            plain = binary(e.op, x, select(odd, Const(1, t), y))
            if e.op == "mod":
                return select(odd, zero, plain)
            if minus == zero:
                return select(compare("eq", y, zero), zero, plain)
            other = select(compare("eq", y, minus), Unary("neg", x, t), plain)
            return select(compare("eq", y, zero), zero, other)
        case "lshift" | "rshift":
            return _numpy_shift(e, b.atom(x), b.atom(y), ys)
        case "pow":
            if kind_of(dtype_of(y)) == "i" and ys.lo < 0:
                y = b.atom(y)
                b.check(compare("ge", y, zero), "integers to negative integer powers")
            if t == I64 and not iv.within(_exact(b, e), iv.FULL):
                return signed(integer_power(b, unsigned(x), y, checked=False))
            return integer_power(b, x, y, checked=False)
        case "add" | "sub" | "mul" if t == I64 and not iv.within(_exact(b, e), iv.FULL):
            return wrapping(e.op, x, y)
        case _:
            return binary(e.op, x, y)


def _numpy_shift(e: Binary, x: Expr, y: Expr, ys: Interval) -> Expr:
    t = x.type
    width = np.dtype(dtype_of(x)).itemsize * 8
    if ys.lo >= 0 and ys.hi < width:
        return binary(e.op, x, y)
    zero = Const(0, t)
    inside = compare("lt", y, Const(width, t))
    if kind_of(dtype_of(y)) == "i":
        inside = conj(compare("ge", y, zero), inside)
    outside: Expr = zero
    if e.op == "rshift" and kind_of(dtype_of(x)) == "i":
        outside = select(compare("lt", x, zero), Const(-1, t), zero)
    return select(inside, binary(e.op, x, select(inside, y, zero)), outside)


def _numpy_float(b: Build, e: Binary, x: Expr, y: Expr) -> Expr:
    zero = Const(0.0, x.type)
    match e.op:
        case "floordiv" | "mod":
            if isinstance(y, Const) and y.value != 0:
                return binary(e.op, x, y)
            x, y = b.atom(x), b.atom(y)
            safe = binary(e.op, x, y)
            odd = binary("truediv", x, y) if e.op == "floordiv" else Const(np.nan, x.type)
            return select(compare("eq", y, zero), odd, safe)
        case "pow" if isinstance(y, Const) and y.value in (1.0, 2.0):
            x = b.atom(x)
            return x if y.value == 1.0 else binary("mul", x, x)
        case "add" | "sub" | "mul" | "truediv" | "pow" | "minimum" | "maximum":
            return binary(e.op, x, y)
        case _:
            raise refuse(b.span, "LW307", f"{e.op} of {e.type}")
