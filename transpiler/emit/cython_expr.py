"""Expressions of low-level IR in Cython's pure Python mode.

C computes small integers in `int`, so those are cast back; division, remainder and powers go through
support functions where C's rules are not NumPy's.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import assert_never

from loopwright.diagnostics import NOWHERE
from loopwright.emit.body import decline
from loopwright.emit.contract import Product, product
from loopwright.emit.cython_calls import cast, cython_call, libm
from loopwright.emit.cython_support import support, variant
from loopwright.emit.flow import Floors
from loopwright.emit.folding import wrapped
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
from loopwright.ir.show_expr import show_expr
from loopwright.ir.text import Code, Prec, slice_text
from loopwright.ir.types import BOOL, INT, Array, DType, Type, kind_of, machine_dtype


def needs_gil(e: Expr) -> bool:
    """True if evaluating this node (not its operands) runs Python code."""
    match e:
        case Alloc() | Contract() | Reshape() | Transpose():
            return True
        case Cast(_, Array()):
            return True
        case Load(_, index, _):
            return stepped(index)
        case Call():
            return on_arrays(e)
        case _:
            return False


def on_arrays(e: Call) -> bool:
    """True if the function takes or gives whole arrays."""
    return any(isinstance(t, Array) for t in (e.type, *(a.type for a in e.args)))


def stepped(index: tuple[IndexItem, ...]) -> bool:
    """True if a slice has a step: Cython clips the bounds of such slices by other rules than Python."""
    return any(isinstance(item, Slc) and item.step is not None for item in index)


_ZEROS = {"add": "plus", "sub": "minus"}
"""GCC 12 takes 0.0 - x and -x + 0.0 for -x where it knows that x is no negative zero; not across a call."""


def _is_zero(e: Expr) -> bool:
    return isinstance(e, Const) and e.value == 0


class CythonExpr:
    """Writes expressions; `supports` collects the support functions by name, `objects` are memoryviews
    of whole ndarrays."""

    def __init__(
        self,
        names: Mapping[Sym, str],
        floors: Floors,
        objects: Collection[Sym],
        prefix: str,
        supports: dict[str, str],
    ) -> None:
        self.names = names
        self.floors = floors
        self.objects = objects
        self.prefix = prefix
        self.supports = supports

    def support(self, function: str, dtype: DType) -> str:
        """The name of a support function, which is added to the module."""
        name = f"{self.prefix}_{function}_{dtype}"
        if name not in self.supports:
            self.supports[name] = support(function, name, dtype)
        return name

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
            case Call() if on_arrays(e):
                return self._numpy(e)
            case Call(fn, args, type_):
                return cython_call(fn, [self(a) for a in args], args, type_, self.support)
            case Dim(x, axis, _):
                return Code(f"{self(x).at(Prec.ATOM)}.shape[{axis}]")
            case Load(x, index, _) if stepped(index):
                return self.place(self.whole(x).text, index)
            case Load(x, index, type_):
                code = self.place(self(x).at(Prec.ATOM), index)
                stored_as_byte = not isinstance(type_, Array) and machine_dtype(type_) == "bool"
                return text.compare("ne", code, Code("0")) if stored_as_byte else code
            case Transpose(x, axes, _):
                inside = text.items([*map(str, axes)])
                return text.call("np.transpose", self.whole(x), Code(f"({inside})"))
            case Reshape(x, shape, _):
                inside = text.items([self(s).text for s in shape])
                return Code(f"{self.whole(x).text}.reshape(({inside}))")
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
        if e.op == "not" or dtype == "bool":
            return text.unary("not", x)
        if (value := wrapped(e)) is not None:
            return constant(value, dtype)
        code = text.unary(e.op, x)
        return code if dtype in ("int64", "float64") else cast(dtype, code)

    def _binary(self, e: Binary) -> Code:
        a, b, dtype = self(e.a), self(e.b), machine_dtype(e.type)
        kind = kind_of(dtype)
        if kind == "b":
            op = {"add": "or", "mul": "and", "minimum": "and", "maximum": "or"}.get(e.op, e.op)
            if op not in ("and", "or", "xor"):
                raise decline("LW103", f"no compiled form of `{e.op}` on booleans", NOWHERE)
            return text.binary(op, a, b)
        if e.op in ("minimum", "maximum"):
            return text.call(self.support(e.op, dtype), a, b)
        if e.op == "pow":
            return self._power(e, a, b, dtype)
        if (value := wrapped(e)) is not None:
            return constant(value, dtype)
        if kind == "f" and e.op in _ZEROS and (_is_zero(e.a) or _is_zero(e.b)):
            return text.call(self.support(_ZEROS[e.op], dtype), a, b)
        # C truncates towards zero, which is the same where nothing is negative
        plain = kind == "u" or (kind == "i" and self.floors.natural(e.a, e.b))
        if e.op in ("floordiv", "mod") and not plain:
            return text.call(self.support(variant(e.op, dtype), dtype), a, b)
        code = text.binary(e.op, a, b)
        return code if dtype in ("int64", "uint64", "float64", "float32") else cast(dtype, code)

    def _power(self, e: Binary, a: Code, b: Code, dtype: DType) -> Code:
        if kind_of(dtype) != "f":
            return text.call(self.support("power", dtype), a, b)
        if isinstance(e.b, Const) and e.b.value == 2:
            return text.call(self.support("square", dtype), a)
        return text.call(libm("pow", dtype), a, b)

    def _cast(self, x: Expr, type_: Type) -> Code:
        source, target = machine_dtype(x.type), machine_dtype(type_)
        if isinstance(type_, Array):
            return Code(f"{self.whole(x).text}.astype(np.{_numpy(target)})")
        code = self(x)
        if source == target:
            return code
        if target == "bool":
            return text.compare("ne", code, Code("0"))
        return cast(target, code)

    # ------------------------------------------------------------- arrays

    def place(self, x: str, index: tuple[IndexItem, ...]) -> Code:
        """`x[index]`; whole trailing axes are left out unless they are the only ones."""
        shown = list(index)
        while len(shown) > 1 and shown[-1] == Slc():
            shown.pop()
        return Code(f"{x}[{', '.join(map(self._item, shown))}]")

    def _item(self, item: IndexItem) -> str:
        match item:
            case Pt(at):
                return self(at).text
            case NewAxis():
                return "None"
            case Slc(lo, hi, step):
                return slice_text(*(None if e is None else self(e).text for e in (lo, hi, step)))
            case Fancy():
                raise decline("LW103", "indexing by an array has no compiled form here", NOWHERE)
            case _:
                assert_never(item)

    def whole(self, x: Expr) -> Code:
        """The ndarray behind a memoryview. That of a whole array is at hand as the memoryview's base;
        others are made through the buffer protocol, which takes some microseconds."""
        match x:
            case Var(sym) if sym in self.objects:
                return Code(f"{self.names[sym]}.base")
            case Load(Var(sym), index, Array()) if sym in self.objects:
                return self.place(f"{self.names[sym]}.base", index)
            case _ if needs_gil(x):
                return self(x)
            case _:
                return text.call("np.asarray", self(x))

    def _numpy(self, e: Call) -> Code:
        """NumPy's own function on the ndarrays behind the memoryviews."""
        if e.fn == "np.diff" and machine_dtype(e.type) == "bool":
            raise decline("LW102", "`np.diff` of booleans, which are bytes here", NOWHERE)
        names: dict[Sym, str] = {}
        args: list[Expr] = []
        for arg in e.args:
            if isinstance(arg, Const) and isinstance(arg.value, int):
                args.append(Const(arg.value, BOOL if isinstance(arg.value, bool) else INT))
            else:
                sym = Sym("argument", arg.type)
                shown = self.whole(arg) if isinstance(arg.type, Array) else self(arg)
                names[sym] = shown.at(Prec.ATOM)
                args.append(Var(sym))
        return show_expr(Call(e.fn, tuple(args), e.type), names)

    def _contract(self, p: Product, args: tuple[Expr, ...]) -> Code:
        parts = []
        for operand in p.operands:
            code = self.whole(args[operand.arg])
            parts.append(Code(f"{code.at(Prec.ATOM)}.T") if operand.transposed else code)
        return text.call("np.dot", *parts)

    def _alloc(self, e: Alloc) -> Code:
        dtype = machine_dtype(e.type)
        sizes = [self(s).text for s in e.shape]
        shape = Code(sizes[0] if len(sizes) == 1 else f"({text.items(sizes)})")
        typed = Code(f"np.{_numpy(dtype)}")
        match e.fill:
            case None:
                return text.call("np.empty", shape, typed)
            case Const(value=(bool() | int() | float()) as value) if is_zero(value):
                return text.call("np.zeros", shape, typed)
            case fill:
                return text.call("np.full", shape, self(fill), typed)


def is_zero(value: float) -> bool:
    """True for 0, 0.0 and False, not for -0.0."""
    return value == 0 and math.copysign(1.0, value) > 0


def _numpy(dtype: DType) -> str:
    return "uint8" if dtype == "bool" else dtype


_SMALL = 2**31
_BASE = 2**30


def constant(value: object, dtype: DType) -> Code:
    """A literal that has the C type of `dtype` in arithmetic."""
    match kind_of(dtype):
        case "b":
            return Code("True" if value else "False")
        case "i" | "u":
            return _integer(int(value), dtype)  # type: ignore[call-overload]
        case "f":
            number = float(value)  # type: ignore[arg-type]
            if math.isnan(number):
                code = Code("cm.NAN")
            elif math.isinf(number):
                code = Code("cm.INFINITY" if number > 0 else "-cm.INFINITY", Prec.UNARY)
            else:
                code = text.literal(number)
            return code if dtype == "float64" else cast(dtype, code)
        case _:
            raise decline("LW103", "complex numbers have no form in Cython", NOWHERE)


def _integer(value: int, dtype: DType) -> Code:
    """Cython makes a Python object of a literal beyond 32 signed bits, so it is built in C."""
    if -_SMALL < value < _SMALL:
        code = text.literal(value)
        return code if dtype == "int64" else cast(dtype, code)
    high, low = divmod(value, _BASE)
    shifted = text.binary("mul", _boxed(_integer(high, dtype), dtype), Code(str(_BASE)))
    return text.binary("add", shifted, Code(str(low)))


def _boxed(code: Code, dtype: DType) -> Code:
    return code if code.text.startswith("cython.cast") else cast(dtype, code)
