"""The types of expressions: what each node demands of its operands and gives as its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

import numpy as np

from loopwright.ir.interp_calls import Level
from loopwright.ir.intrinsics import TABLE, is_special
from loopwright.ir.layout import holds, indexed_layout, transposed_layout
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
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.operators import UFUNC
from loopwright.ir.types import (
    Array,
    Layout,
    ListOf,
    Num,
    Py,
    Rng,
    TupleOf,
    Type,
    element,
    is_scalar,
    kind_of,
)
from loopwright.ir.walk import children


class IllegalIR(Exception):
    """The IR breaks a rule; the message tells the rule, the node and its place."""


def demand(holds: bool, rule: str) -> None:
    """IllegalIR(rule) unless it holds."""
    if not holds:
        raise IllegalIR(rule)


def check_expr(expr: Expr, level: Level) -> None:
    """IllegalIR if `expr` or something below it is ill-typed."""
    for child in children(expr):
        check_expr(child, level)
    demand(level == "high" or _is_low(expr.type), f"{expr.type} in low IR")
    match expr:
        case Const(value, type_):
            _check_const(value, type_)
        case Var():
            pass
        case Unary(op, x, type_):
            demand(_ndim(x.type) == _ndim(type_), f"rank of {op}")
            _check_operation(op, (x.type,), type_, level)
        case Binary(op, a, b, type_) | Compare(op, a, b, type_):
            _check_operation(op, (a.type, b.type), type_, level)
        case Logic(op, a, b, type_):
            _check_truth(op, (a, b), level)
            demand(_is_bool(type_), f"{op} gives a bool, not {type_}")
        case Select(cond, a, b, type_):
            _check_truth("select", (cond,), level)
            demand(a.type == b.type == type_, f"sides {a.type} and {b.type} of a {type_}")
            demand(is_scalar(type_) or type_ == Py("none"), f"select of {type_}")
        case Cast(x, type_):
            _check_cast(x.type, type_)
        case Call():
            _check_call(expr, level)
        case Load(x, index, type_):
            demand(_same(indexed(x.type, index, level), type_), f"{x.type} indexed to {type_}")
            if isinstance(x.type, Array) and not any(isinstance(i, Fancy) for i in index):
                _check_layout(indexed_layout(x.type, index), type_)
        case Dim() | Transpose() | Reshape() | Alloc():
            _check_shape(expr, level)
        case Reduce() | Scan():
            _check_reduction(expr)
        case Contract(spec, args, type_):
            _check_contract(spec, args, type_)
        case Tup(items, type_):
            demand(type_ == TupleOf(tuple(e.type for e in items)), f"tuple of type {type_}")
        case Item(x, at, type_):
            parts = x.type.items if isinstance(x.type, TupleOf) else ()
            demand(at in range(len(parts)) and parts[at] == type_, f"item {at} of {x.type}")
        case _:
            assert_never(expr)


def _is_low(t: Type) -> bool:
    return isinstance(t, (Num, Array, Rng))


def _ndim(t: Type) -> int:
    return t.ndim if isinstance(t, (Array, ListOf)) else 0


def _same(t: Type, declared: Type) -> bool:
    """The same but for the layout, which the node that makes a view declares."""
    if isinstance(t, Array) and isinstance(declared, Array):
        return (t.dtype, t.ndim) == (declared.dtype, declared.ndim)
    return t == declared


def _check_layout(actual: Layout, declared: Type) -> None:
    if isinstance(declared, Array):
        right = holds(actual, declared.layout, declared.ndim)
        demand(right, f"a view of layout {actual} declared as {declared.layout}")


def _array(t: Type) -> Array:
    demand(isinstance(t, Array), f"{t} is no array")
    assert isinstance(t, Array)
    return t


def _is_bool(t: Type) -> bool:
    return t in (Py("bool"), Num("bool"))


def _is_int(t: Type) -> bool:
    return t == Py("int") or (isinstance(t, Num) and kind_of(t.dtype) in "iu")


def _check_ints(what: str, exprs: Iterable[Expr]) -> None:
    for e in exprs:
        demand(_is_int(e.type), f"{what} of type {e.type}")


def _check_truth(what: str, exprs: Iterable[Expr], level: Level) -> None:
    for e in exprs:
        right = is_scalar(e.type) if level == "high" else e.type == Num("bool")
        demand(right, f"truth value of {e.type} in {what}")


def _check_const(value: object, t: Type) -> None:
    python: dict[str, type] = {"int": int, "float": float, "bool": bool, "complex": complex}
    python |= {"str": str, "none": type(None)}
    letters = {"b": bool, "i": int, "u": int, "f": float, "c": complex}
    demand(isinstance(t, (Py, Num)), f"constant of type {t}")
    assert isinstance(t, (Py, Num))
    wanted = python[t.kind] if isinstance(t, Py) else letters[kind_of(t.dtype)]
    demand(type(value) is wanted, f"constant {value!r} of type {t}")
    if isinstance(t, Num) and isinstance(value, int) and wanted is int:
        info = np.iinfo(t.dtype)
        demand(info.min <= value <= info.max, f"constant {value} of type {t}")


# --------------------------------------------------------------------- shapes


def _check_shape(expr: Dim | Transpose | Reshape | Alloc, level: Level) -> None:
    match expr:
        case Dim(x, axis, type_):
            demand(isinstance(x.type, (Array, ListOf)), f"length of {x.type}")
            demand(0 <= axis < _ndim(x.type), f"axis {axis} of {x.type}")
            demand(type_ == (Py("int") if level == "high" else Num("int64")), "type of a length")
        case Transpose(x, axes, type_):
            demand(sorted(axes) == list(range(_array(x.type).ndim)), f"axes {axes} of {x.type}")
            demand(_same(x.type, type_), f"transpose of {x.type} to {type_}")
            _check_layout(transposed_layout(_array(x.type), axes), type_)
        case Reshape(x, shape, type_):
            _check_ints("shape", shape)
            new = Array(_array(x.type).dtype, len(shape))
            demand(_same(new, type_), f"reshape of {x.type} to {type_}")
        case Alloc(shape, fill, type_):
            demand(isinstance(type_, (Array, ListOf)), f"allocation of {type_}")
            demand(len(shape) == _ndim(type_), f"{len(shape)} lengths for {type_}")
            if isinstance(type_, Array):
                demand(type_.layout == "C", "a new array is C-contiguous")
            _check_ints("shape", shape)
            demand(fill is None or fits_element(fill.type, type_), "type of the fill value")


# ------------------------------------------------------------------ operators


_TO_BOOL = frozenset({"not", "lt", "le", "gt", "ge", "eq", "ne"})


def _check_operation(op: str, operands: Sequence[Type], result: Type, level: Level) -> None:
    for t in operands:
        demand(is_scalar(t) or isinstance(t, Array), f"{op} of {t}")
    shown = f"{op} of {', '.join(map(str, operands))} is no {result}"
    demand(_ndim(result) == max(map(_ndim, operands)), shown)
    if isinstance(result, Py):
        kinds = [t.kind for t in operands if isinstance(t, Py)]
        demand(len(kinds) == len(operands), shown)
        demand(result.kind in python_results(op, kinds), shown)
        return
    demand(isinstance(result, (Num, Array)), shown)
    assert isinstance(result, (Num, Array))
    if level == "low":
        dtypes = {t.dtype for t in operands if isinstance(t, (Num, Array))}
        same = dtypes if op in _TO_BOOL else dtypes | {result.dtype}
        demand(len(same) == 1, f"mixed dtypes in low IR: {shown}")
    demand(resolves(UFUNC[op], operands, result), shown)


def python_results(op: str, kinds: Sequence[str]) -> tuple[str, ...]:
    """The types that Python's operator may give for operands of these types."""
    rank = ("bool", "int", "float", "complex")
    widest = max(kinds, key=rank.index)
    number = "int" if widest == "bool" else widest
    match op:
        case "not" | "eq" | "ne":
            return ("bool",)
        case "lt" | "le" | "gt" | "ge":
            return () if widest == "complex" else ("bool",)
        case "and" | "or" | "xor":
            return (widest,) if widest in ("bool", "int") else ()
        case "lshift" | "rshift" | "invert":
            return ("int",) if number == "int" else ()
        case "truediv":
            return ("float",) if number == "int" else (number,)
        case "floordiv" | "mod":
            return () if widest == "complex" else (number,)
        case "pow":
            return {"int": ("int", "float"), "float": ("float", "complex")}.get(number, (number,))
        case "minimum" | "maximum":
            return ()
        case _:
            return (number,)


def resolves(ufunc: str, operands: Sequence[Type], result: Type) -> bool:
    """Whether NumPy's ufunc gives the dtype of `result` (NEP 50: Python numbers are weak)."""
    assert isinstance(result, (Num, Array))
    func = getattr(np, ufunc.removeprefix("np."))
    weak: dict[str, Any] = {"int": int, "float": float, "complex": complex}
    given: list[Any] = []
    for t in operands:
        if isinstance(t, Py):
            given.append(weak.get(t.kind, np.dtype(bool)))
        else:
            assert isinstance(t, (Num, Array))
            given.append(np.dtype(t.dtype))
    try:
        found = func.resolve_dtypes((*given, None))[-1]
    except TypeError:
        return False
    return bool(found == np.dtype(result.dtype))


def _check_cast(source: Type, target: Type) -> None:
    rule = f"conversion of {source} to {target}"
    if isinstance(source, (Array, ListOf)):
        demand(isinstance(target, (Array, ListOf)) and _ndim(source) == _ndim(target), rule)
    else:
        demand(is_scalar(source) and is_scalar(target), rule)


def _check_call(expr: Call, level: Level) -> None:
    row = TABLE.get(expr.fn)
    demand(row is not None, f"unknown intrinsic {expr.fn}")
    assert row is not None
    least, most = row.arity
    count = len(expr.args)
    demand(count >= least and (most is None or count <= most), f"{count} arguments of {expr.fn}")
    demand(level == "low" or not expr.fn.startswith("lw."), f"{expr.fn} in high IR")
    types = [a.type for a in expr.args]
    if row.kind == "array":
        return
    if row.kind == "scalar":
        demand(all(is_scalar(t) for t in (*types, expr.type)), f"{expr.fn} of numbers")
        return
    demand(not any(isinstance(t, (ListOf, TupleOf)) for t in types), f"{expr.fn} of a list")
    demand(isinstance(expr.type, (Num, Array)), f"{expr.fn} gives {expr.type}")
    demand(_ndim(expr.type) == max(map(_ndim, types)), f"rank of {expr.fn}")
    if is_special(expr.fn):
        assert isinstance(expr.type, (Num, Array))
        demand(expr.type.dtype == "float64", f"{expr.fn} gives {expr.type}")
        return
    func = getattr(np, expr.fn.removeprefix("np."))
    if isinstance(func, np.ufunc):
        shown = f"{expr.fn} of {', '.join(map(str, types))} is no {expr.type}"
        demand(resolves(expr.fn, types, expr.type), shown)


# ------------------------------------------------------------------- indexing


def indexed(t: Type, index: Sequence[IndexItem], level: Level) -> Type:
    """The type of `x[index]` for an x of type `t`, up to the layout; IllegalIR if there is none."""
    demand(isinstance(t, (Array, ListOf)), f"index into {t}")
    axes, ndim, fancy = 0, 0, 0
    for item in index:
        match item:
            case Pt(at):
                demand(_is_int(at.type), f"position of type {at.type}")
                axes += 1
            case Slc(lo, hi, step):
                _check_ints("slice", (e for e in (lo, hi, step) if e is not None))
                axes, ndim = axes + 1, ndim + 1
            case NewAxis():
                ndim += 1
            case Fancy(by):
                demand(level == "high", "array index in low IR")
                demand(isinstance(by.type, Array), f"index by {by.type}")
                assert isinstance(by.type, Array)
                mask = by.type.dtype == "bool"
                demand(kind_of(by.type.dtype) in "biu", f"index by {by.type}")
                axes += by.type.ndim if mask else 1
                fancy = max(fancy, 1 if mask else by.type.ndim)
            case _:
                assert_never(item)
    demand(axes == _ndim(t), f"index covers {axes} axes of {t}")
    if ndim + fancy == 0:
        return element(t)
    if isinstance(t, ListOf):
        demand(all(isinstance(i, (Pt, Slc)) for i in index), "array index into a list")
        return ListOf(t.elem, ndim)
    return Array(_array(t).dtype, ndim + fancy)


def fits_element(value: Type, container: Type) -> bool:
    """A list holds exactly its element type; an array converts numbers."""
    if isinstance(container, ListOf):
        return value == container.elem
    return is_scalar(value)


# --------------------------------------------------------------- whole arrays


def _check_reduction(expr: Reduce | Scan) -> None:
    t, shown = expr.x.type, f"{expr.op} of {expr.x.type} is no {expr.type}"
    if isinstance(t, ListOf):
        demand(isinstance(expr, Reduce) and t.ndim == 1, shown)
        assert isinstance(expr, Reduce)
        demand(expr.axes is None and not expr.keepdims, "axes of a list")
        demand(expr.op not in ("argmin", "argmax"), shown)
        demand(is_scalar(expr.type), shown)
        return
    demand(isinstance(t, Array) and isinstance(expr.type, (Num, Array)), shown)
    assert isinstance(t, Array) and isinstance(expr.type, (Num, Array))
    if isinstance(expr, Scan):
        demand(expr.axis is None or expr.axis in range(t.ndim), f"axis {expr.axis} of {t}")
        demand(_ndim(expr.type) == (1 if expr.axis is None else t.ndim), shown)
        return
    axes = tuple(range(t.ndim)) if expr.axes is None else expr.axes
    demand(len(set(axes)) == len(axes), f"axes {axes}")
    demand(all(a in range(t.ndim) for a in axes), f"axes {axes} of {t}")
    demand(_ndim(expr.type) == (t.ndim if expr.keepdims else t.ndim - len(axes)), shown)
    match expr.op:
        case "any" | "all":
            demand(expr.type.dtype == "bool", shown)
        case "argmin" | "argmax":
            demand(expr.type.dtype == "int64", shown)
            demand(expr.axes is None or len(axes) == 1, f"axes {axes} of {expr.op}")
        case "min" | "max":
            demand(expr.type.dtype == t.dtype, shown)
        case _:
            pass


def _check_contract(spec: str, args: Sequence[Expr], result: Type) -> None:
    left, arrow, right = spec.partition("->")
    terms = left.split(",")
    demand(bool(arrow) and len(terms) == len(args), f"{len(args)} operands for {spec}")
    demand(all(c.isalpha() for c in "".join(terms) + right), f"letters of {spec}")
    demand(len(set(right)) == len(right) and set(right) <= set("".join(terms)), f"output of {spec}")
    for term, arg in zip(terms, args, strict=True):
        demand(
            isinstance(arg.type, Array) and _ndim(arg.type) == len(term), f"{arg.type} as {term}"
        )
    demand(isinstance(result, (Num, Array)) and _ndim(result) == len(right), f"{spec} is {result}")
    dtypes = [a.type.dtype for a in args if isinstance(a.type, Array)]
    demand(
        isinstance(result, (Num, Array)) and np.result_type(*dtypes) == np.dtype(result.dtype),
        f"{spec} of {', '.join(dtypes)} is no {result}",
    )
