"""Expressions of low-level IR in the Python subset that Numba compiles.

Numba computes small integers in int64, float32 with a Python number in float64, and unifies
types across assignments: so every expression here has exactly the Numba type of its IR dtype, with a
conversion wherever Numba would widen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import assert_never

import numpy as np

from loopwright.diagnostics import NOWHERE
from loopwright.emit.body import decline
from loopwright.emit.contract import Product, product
from loopwright.emit.flow import Floors
from loopwright.emit.folding import wrapped
from loopwright.emit.numba_calls import extreme, numba_call
from loopwright.ir import text
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Contract,
    Dim,
    Expr,
    Fancy,
    IndexItem,
    Item,
    Load,
    Logic,
    NewAxis,
    Pt,
    Reduce,
    Reshape,
    Scan,
    Select,
    Slc,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.text import Code, Prec, slice_text
from loopwright.ir.types import Array, DType, Type, kind_of, machine_dtype

NATURAL = frozenset({"int64", "uint64", "float64", "float32", "complex128", "complex64"})
"""Dtypes in which Numba's own arithmetic stays."""


def dtype_name(dtype: DType) -> str:
    """NumPy's name of the scalar type."""
    return "np.bool_" if dtype == "bool" else f"np.{dtype}"


class NumbaExpr:
    """Writes expressions. `names` are the variables, `floors` the bounds known where it stands."""

    def __init__(self, names: Mapping[Sym, str], floors: Floors) -> None:
        self.names = names
        self.floors = floors

    def __call__(self, e: Expr) -> Code:
        match e:
            case Const(value, type_):
                return constant(value, machine_dtype(type_))
            case Var(sym):
                return Code(self.names[sym])
            case Unary():
                return self._unary(e)
            case Binary():
                return self._binary(e)
            case Compare(op, a, b, _):
                return text.compare(op, self(a), self(b))
            case Logic(op, a, b, _):
                return text.logic(op, self(a), self(b))
            case Select(cond, a, b, _):
                return text.select(self(cond), self(a), self(b))
            case Cast(x, type_):
                return self._cast(x, type_)
            case Call(fn, args, type_):
                return numba_call(fn, [self(a) for a in args], args, type_)
            case Dim(x, axis, _):
                return Code(f"{self(x).at(Prec.ATOM)}.shape[{axis}]")
            case Load(x, index, _):
                return self.place(self(x).at(Prec.ATOM), index)
            case Transpose(x, axes, _):
                if axes == (1, 0):
                    return Code(f"{self(x).at(Prec.ATOM)}.T")
                return text.call(
                    "np.transpose", self(x), Code(f"({text.items([*map(str, axes)])})")
                )
            case Reshape(x, shape, _):
                return self._reshape(x, shape)
            case Contract(spec, args, _):
                return self._contract(product(spec, args), args)
            case Alloc():
                return self._alloc(e)
            case Reduce() | Scan() | Tup() | Item():
                raise decline("LW103", f"no compiled form of {type(e).__name__} here", NOWHERE)
            case _:
                assert_never(e)

    # ------------------------------------------------------------ scalars

    def _unary(self, e: Unary) -> Code:
        x, dtype = self(e.x), machine_dtype(e.type)
        if e.op == "pos":
            return x
        if e.op == "not":
            return text.unary("not", x)
        if dtype == "bool":
            return text.unary("not", x)
        if (value := wrapped(e)) is not None:
            return constant(value, dtype)
        code = text.unary(e.op, x)
        if e.op == "neg" and kind_of(dtype) == "u":
            # Numba types the negation of an unsigned number as signed
            code = text.binary("sub", constant(0, dtype), x)
        return code if dtype in ("int64", *_INEXACT) else text.call(dtype_name(dtype), code)

    def _binary(self, e: Binary) -> Code:
        a, b, dtype = self(e.a), self(e.b), machine_dtype(e.type)
        kind = kind_of(dtype)
        if e.op in ("minimum", "maximum"):
            return self._extreme(e, a, b)
        if kind == "b":
            if e.op in ("and", "or", "xor"):
                return text.binary(e.op, a, b)
            swap = {"add": "or", "mul": "and"}
            if e.op in swap:
                return text.binary(swap[e.op], a, b)
            raise decline("LW103", f"no compiled form of `{e.op}` on booleans", NOWHERE)
        if kind == "c" and e.op not in ("add", "sub", "mul"):
            raise decline("LW103", f"complex `{e.op}` rounds differently when compiled", NOWHERE)
        if e.op == "pow":
            return self._power(e, a, b)
        if (value := wrapped(e)) is not None:
            return constant(value, dtype)
        code = text.binary(e.op, a, b)
        if dtype in NATURAL and not (dtype == "uint64" and e.op in ("lshift", "rshift")):
            return code
        return text.call(dtype_name(dtype), code)

    def _power(self, e: Binary, a: Code, b: Code) -> Code:
        dtype = machine_dtype(e.type)
        if kind_of(dtype) == "f" and isinstance(e.b, Const) and e.b.value == 2:
            if isinstance(e.a, (Var, Const)):
                return text.binary("mul", a, a)
            code = Code(f"{a.at(Prec.ATOM)} ** 2", Prec.POWER)
            return code if dtype == "float64" else text.call(dtype_name(dtype), code)
        if kind_of(dtype) == "f" and isinstance(e.a, Const) and isinstance(e.a.value, (int, float)):
            if e.a.value < 0:  # Python makes a complex number of a negative one, NumPy NaN
                a = text.call("np.float64", a)
        tight = isinstance(e.a, (Var, Const)) and isinstance(e.b, (Var, Const))
        gap = "" if tight and a.prec == b.prec == Prec.ATOM else " "
        code = Code(f"{a.at(Prec.ATOM)}{gap}**{gap}{b.at(Prec.UNARY)}", Prec.POWER)
        return code if dtype in NATURAL else text.call(dtype_name(dtype), code)

    def _extreme(self, e: Binary, a: Code, b: Code) -> Code:
        """NumPy's `minimum` and `maximum`: a NaN wins, of two equal numbers (zeros) the second."""
        dtype = machine_dtype(e.type)
        if kind_of(dtype) in "iub":
            return text.call(e.op[:3], a, b)
        if kind_of(dtype) == "c":
            raise decline("LW103", f"no compiled form of complex `{e.op}`", NOWHERE)
        return extreme(e.op, a, b)

    def _cast(self, x: Expr, type_: Type) -> Code:
        code, source, target = self(x), machine_dtype(x.type), machine_dtype(type_)
        if isinstance(type_, Array):
            return Code(f"{code.at(Prec.ATOM)}.astype({dtype_name(target)})")
        if source == target:
            return code
        if target == "bool":
            return text.compare("ne", code, constant(0, source))
        if source in ("complex64", "complex128") and kind_of(target) != "c":
            raise decline("LW103", "a complex number has no real form", NOWHERE)
        return text.call(dtype_name(target), code)

    # ------------------------------------------------------------- arrays

    def place(self, x: str, index: tuple[IndexItem, ...]) -> Code:
        """`x[index]`; whole trailing axes are left out."""
        shown = list(index)
        while len(shown) > 1 and shown[-1] == Slc():
            shown.pop()
        return Code(f"{x}[{', '.join(map(self._item, shown)) or '()'}]")

    def _item(self, item: IndexItem) -> str:
        match item:
            case Pt(at):
                # an unsigned index saves the test for negative ones, which stops vectorisation
                code = self(at).text
                return code if self.floors.natural(at) else f"np.uintp({code})"
            case NewAxis():
                return "None"
            case Slc(lo, hi, step):
                return slice_text(*(None if e is None else self(e).text for e in (lo, hi, step)))
            case Fancy():
                raise decline("LW103", "indexing by an array has no compiled form here", NOWHERE)
            case _:
                assert_never(item)

    def _reshape(self, x: Expr, shape: tuple[Expr, ...]) -> Code:
        code = self(x)
        if not (isinstance(x.type, Array) and x.type.layout == "C"):
            code = text.call("np.ascontiguousarray", code)
        inside = text.items([self(s).text for s in shape])
        return Code(f"{code.at(Prec.ATOM)}.reshape(({inside}))")

    def _contract(self, p: Product, args: tuple[Expr, ...]) -> Code:
        parts = []
        for operand in p.operands:
            code = self(args[operand.arg])
            x = args[operand.arg].type
            if not (isinstance(x, Array) and x.layout in "CF"):
                code = text.call("np.ascontiguousarray", code)
            parts.append(Code(f"{code.at(Prec.ATOM)}.T") if operand.transposed else code)
        return text.call("np.dot", *parts)

    def _alloc(self, e: Alloc) -> Code:
        dtype = machine_dtype(e.type)
        sizes = [self(s).text for s in e.shape]
        shape = Code(sizes[0] if len(sizes) == 1 else f"({text.items(sizes)})")
        match e.fill:
            case None:
                return text.call("np.empty", shape, Code(dtype_name(dtype)))
            case Const(value=(bool() | int() | float()) as value) if is_zero(value):
                return text.call("np.zeros", shape, Code(dtype_name(dtype)))
            case fill:
                return text.call("np.full", shape, self(fill), Code(dtype_name(dtype)))


_INEXACT = ("float64", "float32", "complex128", "complex64")


def is_zero(value: float) -> bool:
    """True for 0, 0.0 and False, not for -0.0."""
    return value == 0 and math.copysign(1.0, value) > 0


def constant(value: object, dtype: DType) -> Code:
    """A literal of exactly this dtype."""
    match kind_of(dtype):
        case "b":
            return Code(repr(bool(value)))
        case "i" | "u":
            code = text.literal(int(value))  # type: ignore[call-overload]
            return code if dtype == "int64" else text.call(dtype_name(dtype), code)
        case "f":
            code = text.literal(float(value))  # type: ignore[arg-type]
            return code if dtype == "float64" else text.call(dtype_name(dtype), code)
        case _:
            code = text.literal(np.complex128(value).item())  # type: ignore[call-overload]
            return code if dtype == "complex128" else text.call(dtype_name(dtype), code)
