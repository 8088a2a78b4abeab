"""Every operator and intrinsic of low-level IR, on every dtype and both compiling backends, gives the
interpreter's bits (functions of libm: within 4 ulp of NumPy's)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from loopwright.diagnostics import NOWHERE
from loopwright.ir import interp
from loopwright.ir.accumulate import wrapping
from loopwright.ir.check import check
from loopwright.ir.nodes import (
    Binary,
    BinaryOp,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    Func,
    Load,
    Logic,
    Nothing,
    Program,
    Pt,
    Return,
    Select,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import B1, I64, Array, DType, Num, kind_of

FLOATS: tuple[DType, ...] = ("float64", "float32")
INTS: tuple[DType, ...] = ("int64", "int8", "uint16", "uint64")
ALL: tuple[DType, ...] = (*FLOATS, *INTS, "bool")

EDGES = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    3.0,
    7.3,
    -7.3,
    1e30,
    -1e30,
    1e-40,
    np.inf,
    -np.inf,
    np.nan,
]
EDGES += [2.0**53, 0.1, 709.0, -745.5, 1e-8]


def values(dtype: DType) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of edge values; the second is no divisor that integers lack."""
    if kind_of(dtype) == "f":
        some = EDGES
    elif dtype == "bool":
        some = [False, True]
    else:
        info = np.iinfo(dtype)
        some = sorted(
            {0, 1, 2, 3, 7, 100, info.max, info.min, max(info.min, -1), max(info.min, -7)}
        )
    whole = kind_of(dtype) in "iu"
    pairs = [(a, b) for a, b in itertools.product(some, some) if not whole or b not in (0, -1)]
    left, right = zip(*pairs, strict=True)
    return np.array(left, dtype), np.array(right, dtype)


def programs_for(dtype: DType) -> tuple[Program, list[str], list[str]]:
    """One kernel that stores row k = operation k of the elements: same dtype, and truth values."""
    t = Num(dtype)
    a, b, i = Sym("a", Array(dtype, 1)), Sym("b", Array(dtype, 1)), Sym("i", I64)
    same, truth = Sym("same", Array(dtype, 2)), Sym("truth", Array("bool", 2))
    x, y = (Load(Var(s), (Pt(Var(i)),), t) for s in (a, b))
    to_same: dict[str, Expr] = {}
    to_truth: dict[str, Expr] = {}
    kind = kind_of(dtype)

    for op in ("lt", "le", "gt", "ge", "eq", "ne"):
        to_truth[op] = Compare(op, x, y, B1)  # type: ignore[arg-type]
    to_truth["logic"] = Logic("and", Compare("lt", x, y, B1), Compare("ne", x, y, B1), B1)
    to_truth["cast to bool"] = Cast(x, B1)
    to_same["select"] = Select(Compare("lt", x, y, B1), x, y, t)
    to_same["where"] = Call("np.where", (Compare("ge", x, y, B1), x, y), t)
    to_same["min2"], to_same["max2"] = Call("min2", (x, y), t), Call("max2", (x, y), t)
    for op in ("minimum", "maximum"):
        to_same[op] = Binary(op, x, y, t)  # type: ignore[arg-type]
    if kind == "b":
        for op in ("and", "or", "xor"):
            to_same[op] = Binary(op, x, y, t)  # type: ignore[arg-type]
        to_same["not"] = Unary("not", x, t)
        to_same["cast from int"] = Cast(Cast(x, I64), t)
    else:
        _arithmetic(to_same, x, y, t, kind)
    if kind == "f":
        for fn in ("isnan", "isinf", "isfinite", "signbit"):
            to_truth[fn] = Call(f"np.{fn}", (x,), B1)
        for fn in [
            "floor",
            "ceil",
            "trunc",
            "rint",
            "fabs",
            "sign",
            "square",
            "absolute",
            "reciprocal",
            "sqrt",
        ]:
            to_same[fn] = Call(f"np.{fn}", (x,), t)
        to_same["copysign"] = Call("np.copysign", (x, y), t)
        to_same["clip"] = Call("np.clip", (x, Const(-1.0, t), Const(2.0, t)), t)
        for fn in LIBM:
            to_same[f"~{fn}"] = Call(f"np.{fn}", (x,), t)
        for fn in LIBM2:
            to_same[f"~{fn}"] = Call(f"np.{fn}", (x, y), t)
        to_same["~pow"] = Binary("pow", x, y, t)
    body = [
        Store(where, (Pt(Const(k, I64)), Pt(Var(i))), e, NOWHERE)
        for where, rows in ((same, to_same), (truth, to_truth))
        for k, e in enumerate(rows.values())
    ]
    loop = For(i, Const(0, I64), Dim(Var(a), 0, I64), Const(1, I64), tuple(body), (), NOWHERE)
    main = Func(
        f"ops_{dtype}", (a, b, same, truth), (), (loop, Return((), NOWHERE)), NOWHERE, "low"
    )
    return Program(main, Nothing()), list(to_same), list(to_truth)


EXACT = [
    "floor",
    "ceil",
    "trunc",
    "rint",
    "fabs",
    "sign",
    "square",
    "absolute",
    "reciprocal",
    "sqrt",
]
LIBM = ["exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "arcsin", "arccos"]
LIBM += ["arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt", "exp2"]
LIBM2 = ["arctan2", "hypot", "fmod", "logaddexp"]


def _arithmetic(to_same: dict[str, Expr], x: Expr, y: Expr, t: Num, kind: str) -> None:
    for op in ("add", "sub", "mul"):
        to_same[op] = _modular(op, x, y)
    for op in ("floordiv", "mod"):
        to_same[op] = Binary(op, x, y, t)  # type: ignore[arg-type]
    nested = _modular("sub", _modular("mul", x, y), x)
    to_same["nested"] = Binary("floordiv", nested, y, t)
    to_same["neg"] = Unary("neg", x, t)
    to_same["abs"] = Call("abs", (x,), t)
    to_same["constant"] = _modular("add", x, Const(3, t) if kind != "f" else Const(0.1, t))
    if kind == "f":
        zero, whole = Const(0.0, t), Cast(Cast(x, B1), t)
        to_same["zero minus a whole number"] = Binary("sub", zero, whole, t)
        to_same["a negative whole number plus zero"] = Binary(
            "add", Unary("neg", whole, t), zero, t
        )
        to_same["truediv"] = Binary("truediv", x, y, t)
        to_same["square"] = Binary("pow", x, Const(2.0, t), t)
        return
    to_same["cast"] = Cast(Cast(x, Num("int64" if t.dtype == "uint64" else "uint8")), t)
    count = Binary("and", y, Const(7, t), t)
    to_same["lshift"], to_same["rshift"] = (
        Binary("lshift", x, count, t),
        Binary("rshift", x, count, t),
    )
    to_same["invert"] = Unary("invert", x, t)
    for op in ("and", "or", "xor"):
        to_same[op] = Binary(op, x, y, t)  # type: ignore[arg-type]
    to_same["power"] = Binary("pow", x, Const(3, t), t)
    to_same["sign"] = Call("np.sign", (x,), t) if kind == "i" else x
    if t.dtype == "int64":
        key = Binary("xor", Const(46, t), Const(3, t), t)
        mixed = wrapping("mul", key, Const(-7046029254386353131, t))
        to_same["constants that wrap"] = wrapping("add", x, mixed)
        for name, constant in _wrapping(t).items():
            half = Binary("rshift", constant, Const(1, t), t)  # the sign shows
            to_same[f"constants that wrap {name}"] = Binary("xor", x, half, t)


def _modular(op: BinaryOp, x: Expr, y: Expr) -> Expr:
    """Low IR computes int64 that may wrap without a sign."""
    return wrapping(op, x, y) if x.type == I64 else Binary(op, x, y, x.type)


def _wrapping(t: Num) -> dict[str, Expr]:
    most, one = Const(2**63 - 1, t), Const(1, t)
    beyond = wrapping("add", most, one)
    masked = Binary("and", most, Const(-1, t), t)
    return {
        "by a shift": Binary("lshift", one, Const(63, t), t),
        "by a shift of more than the sign": Binary("lshift", Const(6, t), Const(62, t), t),
        "under a sign": Unary("neg", beyond, t),
        "there and back": wrapping("sub", beyond, one),
        "behind a mask": wrapping("add", masked, one),
        "behind a complement": wrapping("sub", Unary("invert", most, t), Const(2, t)),
        "under a complement": wrapping("add", Unary("invert", beyond, t), one),
        "behind a division": wrapping("add", Binary("floordiv", most, one, t), one),
    }


@pytest.fixture(scope="module", params=["numba", "cython"])
def kernels(request: pytest.FixtureRequest, load: Callable[..., ModuleType]) -> ModuleType:
    return load(request.param, {f"ops_{d}": programs_for(d)[0] for d in ALL})


@pytest.mark.parametrize("dtype", ALL)
def test_operators_give_the_interpreters_bits(kernels: ModuleType, dtype: DType) -> None:
    program, same, truth = programs_for(dtype)
    check(program)
    a, b = values(dtype)
    want = np.zeros((len(same), len(a)), dtype), np.zeros((len(truth), len(a)), np.bool_)
    got = tuple(np.zeros_like(w) for w in want)
    interp.run(program, [a, b, *want])
    assert getattr(kernels, f"ops_{dtype}")(a, b, *got) is True
    wrong = []
    for names, rows, other in ((same, want[0], got[0]), (truth, want[1], got[1])):
        for name, w, g in zip(names, rows, other, strict=True):
            for k in range(len(a)):
                if not agrees(w[k], g[k], 4 if name.startswith("~") else 0):
                    wrong.append(f"{name}({a[k]}, {b[k]}) = {g[k]}, should be {w[k]}")
    assert not wrong, "\n".join(wrong[:20])


def agrees(want: np.generic, got: np.generic, ulps: int) -> bool:
    """Equal bits, or both NaN, or near enough."""
    if want.tobytes() == got.tobytes() or (want != want and got != got):
        return True
    if not ulps or not np.isfinite(want):
        return False
    return bool(abs(want - got) <= ulps * np.spacing(abs(want)))
