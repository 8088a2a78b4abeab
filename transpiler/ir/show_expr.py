"""Expressions of the IR as Python text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

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
from loopwright.ir.operators import MATMUL, UFUNC, canonical, default_sum_dtype
from loopwright.ir.text import Code, Prec
from loopwright.ir.types import Array, DType, ListOf, Num, Py, Type, is_scalar

Names = Mapping[Sym, str]


def show_expr(expr: Expr, names: Names) -> Code:
    """Python text of `expr`.

    A NumPy constant is written with its type, unless an operator's other operand gives it that.
    """
    match expr:
        case Const(value, type_):
            return _const(value, type_)
        case Var(sym):
            return Code(names.get(sym, sym.name))
        case Unary(op, x, type_):
            if _needs_ufunc(type_, x.type) or (op == "not" and not isinstance(type_, Py)):
                return text.call(UFUNC[op], show_expr(x, names))
            return text.unary(op, show_expr(x, names))
        case Binary() | Compare():
            return _operation(expr, names)
        case Logic(op, a, b, _):
            return text.logic(op, show_expr(a, names), show_expr(b, names))
        case Select(cond, a, b, _):
            return text.select(*(show_expr(e, names) for e in (cond, a, b)))
        case Cast(x, type_):
            return _cast(show_expr(x, names), x.type, type_)
        case Call():
            return _call(expr, names)
        case Dim(x, axis, _):
            return _dim(show_expr(x, names), x.type, axis)
        case Load(x, index, _):
            return show_place(show_expr(x, names).at(Prec.ATOM), x.type, index, names)
        case Transpose(x, axes, _):
            if axes == (1, 0):
                return Code(f"{show_expr(x, names).at(Prec.ATOM)}.T")
            return text.call("np.transpose", show_expr(x, names), Code(f"({_numbers(axes)})"))
        case Reshape(x, shape, _):
            inside = ", ".join(_plain(e, names).text for e in shape) or "()"
            return Code(f"{show_expr(x, names).at(Prec.ATOM)}.reshape({inside})")
        case Reduce() | Scan():
            return _reduction(expr, names)
        case Contract(spec, args, _):
            codes = [show_expr(a, names) for a in args]
            if canonical(spec) in MATMUL:
                return text.binary("matmul", *codes)
            return text.call("np.einsum", text.literal(spec), *codes)
        case Alloc():
            return _alloc(expr, names)
        case Tup(items, _):
            return Code(f"({text.items([show_expr(e, names).text for e in items])})")
        case Item(x, at, _):
            return Code(f"{show_expr(x, names).at(Prec.ATOM)}[{at}]")
        case _:
            assert_never(expr)


def show_place(x: str, type_: Type, index: Sequence[IndexItem], names: Names) -> Code:
    """`x[index]`, written `x[i][j]` for a list; whole trailing axes are left out."""
    shown = list(index)
    while len(shown) > 1 and shown[-1] == Slc():
        shown.pop()
    parts = [_index_item(item, names) for item in shown]
    if isinstance(type_, ListOf):
        return Code(x + "".join(f"[{part}]" for part in parts))
    return Code(f"{x}[{', '.join(parts)}]")


def dtype_code(dtype: DType) -> Code:
    """`np.float64` and so on."""
    return Code(f"np.{dtype}")


def _const(value: bool | int | float | complex | str | None, type_: Type) -> Code:
    code = text.literal(value)
    return text.call(f"np.{type_.dtype}", code) if isinstance(type_, Num) else code


def _plain(expr: Expr, names: Names) -> Code:
    """Where only the value counts (bounds, shapes, positions), a constant needs no type."""
    return text.literal(expr.value) if isinstance(expr, Const) else show_expr(expr, names)


def _weak(expr: Expr, other: Expr, names: Names) -> Code:
    """An operand; a NumPy constant is written as a Python number if `other` gives it its dtype."""
    if isinstance(expr, Const) and isinstance(expr.type, Num) and not isinstance(other, Const):
        if isinstance(other.type, (Num, Array)) and other.type.dtype == expr.type.dtype:
            return text.literal(expr.value)
    return show_expr(expr, names)


def _needs_ufunc(result: Type, *operands: Type) -> bool:
    """A NumPy operation whose operands are all Python numbers."""
    return not isinstance(result, Py) and all(isinstance(t, Py) for t in operands)


def _operation(expr: Binary | Compare, names: Names) -> Code:
    a, b = _weak(expr.a, expr.b, names), _weak(expr.b, expr.a, names)
    if expr.op in ("minimum", "maximum") or _needs_ufunc(expr.type, expr.a.type, expr.b.type):
        return text.call(UFUNC[expr.op], a, b)
    if isinstance(expr, Binary):
        return text.binary(expr.op, a, b)
    return text.compare(expr.op, a, b)


def _cast(x: Code, source: Type, target: Type) -> Code:
    match source, target:
        case _, Py(kind):
            return text.call(kind, x)
        case ((Py() | Num()), Num(dtype)):
            return text.call(f"np.{dtype}", x)
        case Array(), Array(dtype, _, layout):
            order = "" if layout == "A" or layout == source.layout else f', order="{layout}"'
            return Code(f"{x.at(Prec.ATOM)}.astype(np.{dtype}{order})")
        case ListOf(), Array(dtype, _, _):
            return text.call("np.array", x, dtype=dtype_code(dtype))
        case Array(), ListOf():
            return Code(f"{x.at(Prec.ATOM)}.tolist()")
        case ListOf(elem, ndim), ListOf(new, _):
            inner = "row" if ndim == 1 else "[v for v in row]"
            if elem == new and ndim == 1:
                return text.call("list", x)
            if elem != new:
                inner = f"{new}(row)" if ndim == 1 else f"[{new}(v) for v in row]"
            return Code(f"[{inner} for row in {x.at(Prec.OR)}]")
        case _:
            return text.call(str(target), x)


def _dim(x: Code, type_: Type, axis: int) -> Code:
    if isinstance(type_, ListOf):
        return Code(f"len({x.text})" if axis == 0 else f"len({x.at(Prec.ATOM)}[0])")
    return Code(f"{x.at(Prec.ATOM)}.shape[{axis}]")


def _index_item(item: IndexItem, names: Names) -> str:
    match item:
        case Pt(at) | Fancy(at):
            return _plain(at, names).text
        case NewAxis():
            return "None"
        case Slc(lo, hi, step):
            return text.slice_text(
                *(None if e is None else _plain(e, names).text for e in (lo, hi, step))
            )
        case _:
            assert_never(item)


def _numbers(values: Sequence[int]) -> str:
    return text.items([str(v) for v in values])


def _reduction(expr: Reduce | Scan, names: Names) -> Code:
    x, source = show_expr(expr.x, names), expr.x.type
    if isinstance(source, ListOf):
        return text.call("math.prod" if expr.op == "prod" else expr.op, x)
    axes = expr.axes if isinstance(expr, Reduce) else None if expr.axis is None else (expr.axis,)
    axis = None
    if axes is not None:
        axis = Code(str(axes[0]) if len(axes) == 1 else f"({_numbers(axes)})")
    dtype = None
    if expr.op in ("sum", "prod") and isinstance(source, Array):
        assert isinstance(expr.type, (Num, Array))
        if expr.type.dtype != default_sum_dtype(source.dtype):
            dtype = dtype_code(expr.type.dtype)
    keep = Code("True") if isinstance(expr, Reduce) and expr.keepdims else None
    name = f"np.{'' if isinstance(expr, Reduce) else 'cum'}{expr.op}"
    return text.call(name, x, axis=axis, dtype=dtype, keepdims=keep)


def _alloc(expr: Alloc, names: Names) -> Code:
    shape = [_plain(e, names) for e in expr.shape]
    match expr.type:
        case Array(dtype, _, _):
            where = (
                shape[0] if len(shape) == 1 else Code(f"({text.items([s.text for s in shape])})")
            )
            typed = None if dtype == "float64" else dtype_code(dtype)
            match expr.fill:
                case None:
                    return text.call("np.empty", where, dtype=typed)
                case Const(value, _) if not isinstance(value, complex) and repr(value) in _ZEROS:
                    return text.call("np.zeros", where, dtype=typed)
                case fill:
                    return text.call("np.full", where, _plain(fill, names), dtype=dtype_code(dtype))
        case ListOf(elem, _):
            fill = Const(0, elem) if expr.fill is None else expr.fill
            inner = Code(f"[{show_expr(fill, names).text}]")
            code = text.binary("mul", inner, shape[-1])
            if shape[-1].text == "0":
                code = Code("[]")
            for size in reversed(shape[:-1]):
                code = Code(f"[{code.text} for _ in range({size.text})]")
            return code
        case _:
            raise TypeError(f"no allocation of {expr.type}")


_ZEROS = frozenset({"0", "0.0", "False"})


def _call(expr: Call, names: Names) -> Code:
    args = [show_expr(a, names) for a in expr.args]
    typed = dtype_code(expr.type.dtype) if isinstance(expr.type, (Num, Array)) else None
    match expr.fn, args:
        case "min2" | "max2", _:
            return text.call(expr.fn[:3], *args)
        case "np.arange" | "np.eye", _:
            return text.call(expr.fn, *(_plain(a, names) for a in expr.args), dtype=typed)
        case "np.concatenate" | "np.stack", [axis, *parts]:
            return text.call(expr.fn, Code(f"({text.items([p.text for p in parts])})"), axis=axis)
        case "np.sort" | "np.flip", [x, axis]:
            return text.call(expr.fn, x, axis=axis)
        case "np.argsort", [x, axis, stable]:
            kind = Code('"stable"') if stable.text == "True" else None
            return text.call(expr.fn, x, axis=axis, kind=kind)
        case "np.searchsorted", [a, v, right]:
            side = Code('"right"') if right.text == "True" else None
            return text.call(expr.fn, a, v, side=side)
        case "np.linalg.slogdet", [x]:
            return text.call("np.array", text.call(expr.fn, x))
        case "np.linalg.eigh", [x]:
            return text.call("np.vstack", text.call(expr.fn, x))
        case "np.bincount", [x, least]:
            return text.call(expr.fn, x, minlength=least)
        case "np.bincount_weights", [x, weights, least]:
            return text.call("np.bincount", x, weights, minlength=least)
        case "np.roll" | "np.repeat", [x, n, axis]:
            return text.call(expr.fn, x, n, axis=axis)
        case "np.tile", [x, *reps]:
            return text.call(expr.fn, x, Code(f"({text.items([r.text for r in reps])})"))
        case "np.where", _ if is_scalar(expr.type):
            return Code(f"{text.call(expr.fn, *args).text}[()]")
        case "np.real" | "np.imag", _ if isinstance(expr.type, Array):
            return Code(f"{text.call(expr.fn, *args).text}.copy()")
        case _:
            return text.call(expr.fn, *args)
