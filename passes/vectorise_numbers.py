"""Python's numbers as elements of arrays.

Python ints become int64 where their range is proved to fit. Python floats raise where NumPy gives inf or
NaN, so a `Check` on the operands or the result stands before; where the original may not evaluate the
operation, it is refused. NumPy's own scalars mean the same as elements of arrays, except under `**`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loopwright.analysis.interval import Interval
from loopwright.ir.nodes import Binary, Call, Cast, Compare, Const, Expr, Unary
from loopwright.ir.types import BOOL, INT, Array, DType, Num, Py, kind_of, machine_dtype
from loopwright.passes.vectorise_frame import EXACT, SAFE, Frame, batched, converted, is_py, like

_SAME_NAME = (
    "sqrt", "log", "log2", "log10", "log1p", "exp", "exp2", "expm1", "cbrt", "sin", "cos", "tan",
    "sinh", "cosh", "tanh", "degrees", "radians",
)  # fmt: skip
_RENAMED = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh", "fabs": "fabs", "isnan": "isnan", "isinf": "isinf", "isfinite": "isfinite",
    "floor": "floor", "ceil": "ceil", "trunc": "trunc",
}  # fmt: skip
_BINARY = {"atan2": "arctan2", "copysign": "copysign"}


def _within(x: Interval, limit: int) -> bool:
    return -limit <= x.lo and x.hi <= limit


def _fits(f: Frame, e: Expr, limit: int = SAFE) -> None:
    """Declines unless the Python int is known to stay below the limit."""
    if is_py(e, "int") and not _within(f.interval(e), limit):
        f.decline("LW250", "integers that may not fit 64 bits")


def operand(f: Frame, e: Unary, x: Expr) -> Expr:
    """The operand of a unary operation."""
    if e.op != "not" and is_py(e.x, "bool"):
        x = converted(x, "int64")
    if is_py(e, "int"):
        _fits(f, e)
    return x


def truth(x: Expr) -> Expr:
    """The truth value of a lifted condition."""
    if isinstance(x.type, Array):
        return converted(x, "bool")
    return x if x.type in (Py("bool"), Num("bool")) else Cast(x, Py("bool"))


def alike(f: Frame, old: Sequence[Expr], new: Sequence[Expr]) -> tuple[Expr, ...]:
    """Operands whose Python numbers, now elements of arrays, take the dtype that NumPy would give them
    beside NumPy operands (NEP 50: they are weak)."""
    if all(isinstance(e.type, Py) for e in old):
        kinds = {machine_dtype(e.type) for e in old}
        if "int64" in kinds and kinds & {"float64", "complex128"}:
            for e in old:
                _fits(f, e, EXACT)
        return tuple(new)
    strong = [machine_dtype(e.type) for e in old if not _weak(e)]
    common = np.result_type(*strong, *(_example(e) for e in old if _weak(e))).name
    out: list[Expr] = []
    for e, x in zip(old, new, strict=True):
        if _weak(e) and isinstance(x.type, Array):
            to: DType = common  # type: ignore[assignment]
            if kind_of(to) in "iu" and not _within_dtype(f.interval(e), to):
                f.decline("LW250", f"Python ints that may not fit {to}")
            _fits(f, e, EXACT)
            x = converted(x, to)
        out.append(x)
    return tuple(out)


def _weak(e: Expr) -> bool:
    return is_py(e, "int", "float", "complex")


def _example(e: Expr) -> int | float | complex:
    if is_py(e, "int"):
        return 0
    return 0.0 if is_py(e, "float") else 0j


def _within_dtype(x: Interval, dtype: DType) -> bool:
    info = np.iinfo(dtype)
    return int(info.min) <= x.lo and x.hi <= int(info.max)


# ------------------------------------------------------------------ operators


def binary(f: Frame, e: Binary, a: Expr, b: Expr, *, mask: Expr | None) -> Expr:
    """The operation on lifted operands, Python's errors excluded."""
    if e.op == "pow":
        _power(f, e)
    if not isinstance(e.type, Py):
        a, b = alike(f, (e.a, e.b), (a, b))
        return Binary(e.op, a, b, batched(e.type))
    match e.type.kind:
        case "int":
            return _int(f, e, a, b, mask)
        case "float":
            return _float(f, e, a, b, mask)
        case "bool" if e.op in ("and", "or", "xor"):
            return Binary(e.op, a, b, batched(e.type))
        case "complex" if e.op in ("add", "sub", "mul"):
            return Binary(e.op, a, b, batched(e.type))
        case kind:
            f.decline("LW250", f"`{e.op}` of Python {kind} numbers")


def _int(f: Frame, e: Binary, a: Expr, b: Expr, mask: Expr | None) -> Expr:
    for x in (e, e.a, e.b):
        _fits(f, x)
    a, b = (converted(x, "int64") for x in (a, b))
    match e.op:
        case "add" | "sub" | "mul" | "and" | "or" | "xor":
            pass
        case "floordiv" | "mod":
            by = f.interval(e.b)
            if by.lo <= 0 <= by.hi:
                f.check(nonzero(b, Const(0, INT)), "division by zero", mask)
        case "pow" if isinstance(e.b, Const) and isinstance(e.b.value, int) and e.b.value >= 0:
            pass
        case _:
            f.decline("LW250", f"`{e.op}` of Python ints")
    return Binary(e.op, a, b, batched(e.type))


def _float(f: Frame, e: Binary, a: Expr, b: Expr, mask: Expr | None) -> Expr:
    for x in (e.a, e.b):
        _fits(f, x, EXACT)
    a, b = (x if is_py(x, "int", "float") else converted(x, "float64") for x in (a, b))
    new = Binary(e.op, a, b, batched(e.type))
    match e.op:
        case "add" | "sub" | "mul":
            return new
        case "truediv":
            if not (isinstance(e.b, Const) and e.b.value):
                zero = Const(0.0, Py("float"))
                f.check(nonzero(b, zero), "division by zero", mask)
            return new
        case "pow":
            held = f.name(new, "power")
            f.finite(held, "a power without a finite value", mask)
            return held
        case _:
            f.decline("LW250", f"`{e.op}` of Python floats")


def nonzero(x: Expr, zero: Const) -> Expr:
    return Compare("ne", x, zero, like(x.type, "bool") if isinstance(x.type, Array) else BOOL)


def _power(f: Frame, e: Binary) -> None:
    """NumPy computes some powers of arrays by another function: x ** 0.5 is sqrt(x), which differs for
    -0.0 and -inf. An exponent that is looked up may be such a one."""
    if f.differs(e.b):
        if is_py(e, "int", "float", "complex"):
            f.decline("LW250", "a power whose exponent differs between iterations")
        return
    if not isinstance(e.b, Const) or not isinstance(e.b.value, (int, float)) or e.b.value == 0.5:
        f.decline("LW250", "a power that NumPy computes by another function for arrays")
    if isinstance(e.type, Py) and float(e.b.value) != int(e.b.value):
        f.decline("LW250", "a power of Python floats")


# ---------------------------------------------------------------- conversions


def cast(f: Frame, e: Cast, x: Expr, *, mask: Expr | None) -> Expr:
    """`float(x)`, `int(x)`, `np.float32(x)` and the like of numbers."""
    source, target = machine_dtype(e.x.type), machine_dtype(e.type)
    if source == target:
        return x
    if target == "bool" or kind_of(target) in "fc":
        if kind_of(source) == "c" and kind_of(target) != "c" and target != "bool":
            f.decline("LW250", "a conversion of complex numbers")
        return converted(x, target)
    if kind_of(source) == "f" and e.type == INT:
        return _truncated(f, x, mask)
    if kind_of(source) in "fc" or not _within_dtype(f.interval(e.x), target):
        f.decline("LW250", f"a conversion of {e.x.type} to {e.type}")
    return converted(x, target)


def _truncated(f: Frame, x: Expr, mask: Expr | None) -> Expr:
    """Floats to int64; fails on NaN and what int64 does not hold."""
    held = f.name(x, "whole")
    assert isinstance(held.type, Array)
    size = Call("np.absolute", (held,), held.type)
    limit = Const(float(SAFE), Py("float"))
    f.check(
        Compare("lt", size, limit, like(held.type, "bool")), "a float beyond 64-bit integers", mask
    )
    return converted(held, "int64")


# ------------------------------------------------------------------ functions


def call(f: Frame, e: Call, args: tuple[Expr, ...], *, mask: Expr | None) -> Expr:
    """Functions of `math` and builtins on numbers."""
    family, _, name = e.fn.partition(".")
    t = batched(e.type)
    if family == "math" and (name in _SAME_NAME or name in _RENAMED or name in _BINARY):
        return _math(f, e, args, mask)
    match e.fn:
        case "abs" if not is_py(e, "complex"):
            if is_py(e, "int"):
                _fits(f, e)
            return Call("np.absolute", (converted(args[0], t.dtype),), t)
        case "min2" | "max2":
            a, b = args
            op = "lt" if e.fn == "min2" else "gt"
            mask = Compare(op, b, a, like(t, "bool"))  # type: ignore[arg-type]
            return Call("np.where", (mask, b, a), t)
        case _:
            f.decline("LW250", f"`{e.fn}` has no form for arrays with Python's errors")


def _math(f: Frame, e: Call, args: tuple[Expr, ...], mask: Expr | None) -> Expr:
    _, _, name = e.fn.partition(".")
    for x in e.args:
        _fits(f, x, EXACT)
    args = tuple(converted(x, "float64") if isinstance(x.type, Array) else x for x in args)
    t = args[0].type if isinstance(args[0].type, Array) else args[-1].type
    if name in ("isnan", "isinf", "isfinite"):
        return Call(f"np.{name}", args, like(t, "bool"))
    fn = f"np.{_RENAMED.get(name) or _BINARY.get(name) or name}"
    new = Call(fn, args, like(t, "float64"))
    if name in ("floor", "ceil", "trunc"):
        return _truncated(f, new, mask)
    if name in ("fabs", "degrees", "radians", "atan", "tanh", "asinh", *_BINARY):
        return new
    held = f.name(new, name)
    f.finite(held, f"{e.fn} raises", mask)
    return held
