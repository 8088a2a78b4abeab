"""Expressions of high IR as machine expressions; what may fail is emitted before them."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from loopwright.analysis.range_expr import DIM_MAX
from loopwright.ir.intrinsics import LINALG
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Contract,
    Dim,
    Expr,
    Item,
    Load,
    Logic,
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
from loopwright.ir.types import B1, I64, Array, ListOf, Num, Type, is_scalar, machine_dtype
from loopwright.ir.walk import index_exprs
from loopwright.passes.legalise_arith import arithmetic
from loopwright.passes.legalise_build import (
    FALSE,
    TRUE,
    Build,
    binary,
    compare,
    conj,
    disj,
    integer,
    low_type,
    refuse,
    to,
    truth,
)
from loopwright.passes.legalise_calls import conversion, intrinsic_call
from loopwright.passes.legalise_compare import comparison, unary
from loopwright.passes.legalise_index import copied, fold, place

_WHOLE = frozenset({
    "np.sort", "np.argsort", "np.searchsorted", "np.flatnonzero", "np.unique", "np.tril", "np.triu",
    *LINALG,
})  # fmt: skip
"""Functions that backends for compiled code take from a library."""


def condition(b: Build, e: Expr) -> Expr:
    """The machine truth value of a high-level scalar."""
    return truth(expression(b, e))


def expression(b: Build, e: Expr) -> Expr:
    """The machine form of `e`, of type `low_type(e.type)`."""
    match e:
        case Const(value, type_):
            if not is_scalar(type_):
                raise refuse(b.span, "LW306", f"{value!r} has no machine representation")
            return _constant(b, value, type_)
        case Var(sym):
            return Var(b.sym(sym))
        case Unary():
            return unary(b, e, expression(b, e.x))
        case Binary():
            return arithmetic(b, e, expression(b, e.a), expression(b, e.b))
        case Compare():
            return comparison(b, e, expression(b, e.a), expression(b, e.b))
        case Logic():
            return _logic(b, e)
        case Select():
            return _select(b, e)
        case Cast(x, _) if is_scalar(x.type) and is_scalar(e.type):
            return conversion(b, e, expression(b, x))
        case Call():
            return _call(b, e)
        case Item(Tup(items, _), at, _):
            return expression(b, items[at])
        case Dim() | Load() | Transpose() | Reshape() | Alloc() | Contract():
            return _array(b, e)
        case Cast(x, t) if isinstance(t, (Array, ListOf)):
            made = isinstance(x, Call) and x.fn in _WHOLE
            known = isinstance(x, (Var, Load)) or made
            if not known or (isinstance(t, Array) and t.layout != "C"):
                raise refuse(b.span, "LW307", f"conversion of {x.type} to {t}")
            view = _view(b, x) if isinstance(x, Load) else expression(b, x)
            return copied(b, view, x.type, t)
        case Cast() | Reduce() | Scan() | Tup() | Item():
            name = type(e).__name__.lower()
            raise refuse(b.span, "LW307", f"{name} of {e.type} on whole arrays")
        case _:
            assert_never(e)


def _constant(b: Build, value: object, t: Type) -> Expr:
    dtype = machine_dtype(t)
    if isinstance(value, int) and dtype == "int64" and not -(2**63) <= value < 2**63:
        raise refuse(b.span, "LW306", f"{value} does not fit 64 bits")
    assert isinstance(value, (bool, int, float, complex))
    return Const(value, Num(dtype))


def _logic(b: Build, e: Logic) -> Expr:
    a = condition(b, e.a)
    with b.when(e.a, e.op == "and") as stmts:
        right = condition(b, e.b)
    if not stmts:
        return (conj if e.op == "and" else disj)(a, right)
    if e.op == "and":
        return b.choose(a, (stmts, right), ([], FALSE), B1)
    return b.choose(a, ([], TRUE), (stmts, right), B1)


def _select(b: Build, e: Select) -> Expr:
    if not is_scalar(e.type):
        raise refuse(b.span, "LW307", f"a choice between values of type {e.type}")
    cond = condition(b, e.cond)
    with b.when(e.cond, True) as then:
        x = expression(b, e.a)
    with b.when(e.cond, False) as orelse:
        y = expression(b, e.b)
    t = Num(machine_dtype(e.type))
    return b.choose(cond, (then, x), (orelse, y), t)


def _call(b: Build, e: Call) -> Expr:
    if isinstance(e.type, (Array, ListOf)) and e.fn not in _WHOLE:
        raise refuse(b.span, "LW307", f"{e.fn} on whole arrays")
    if any(isinstance(a.type, (Array, ListOf)) for a in e.args) and e.fn not in _WHOLE:
        raise refuse(b.span, "LW307", f"{e.fn} on whole arrays")
    return intrinsic_call(b, e, tuple(expression(b, a) for a in e.args))


# ---------------------------------------------------------------- arrays


def array(b: Build, e: Expr) -> Expr:
    """An array-valued expression as a variable."""
    low = expression(b, e)
    if isinstance(low, Var):
        return low
    sym = b.fresh("view", low.type)
    b.emit(Assign(sym, low, b.span))
    return Var(sym)


def _array(b: Build, e: Dim | Load | Transpose | Reshape | Alloc | Contract) -> Expr:
    match e:
        case Dim(x, axis, _):
            return Dim(array(b, x), axis, I64)
        case Load():
            return _load(b, e)
        case Transpose(x, axes, _):
            return Transpose(array(b, x), axes, low_type(e.type, b.span))
        case Reshape():
            return _reshape(b, e)
        case Alloc():
            return _alloc(b, e)
        case Contract():
            return _contract(b, e)
        case _:
            assert_never(e)


def _load(b: Build, e: Load) -> Expr:
    e = fold(e)
    view = _view(b, e)
    if isinstance(e.type, ListOf) and _copies(e):
        return copied(b, view, e.type, e.type)
    return view


def _view(b: Build, e: Load) -> Load:
    base = array(b, e.x)
    lows = [expression(b, i) for i in index_exprs(e.index)]
    index = place(b, e.x, base, e.index, lows)
    t = low_type(e.type, b.span)
    if isinstance(t, Array) and isinstance(e.type, ListOf) and _copies(e):
        t = replace(t, layout="A")
    return Load(base, index, t)


def _copies(e: Load) -> bool:
    """Whether a list-valued load makes a new list: its last fixed position is followed by a slice
    that is not just the missing rest of the index."""
    if _is_row(e):
        return False
    points = sum(isinstance(i, Pt) for i in e.index)
    return points == 0 or any(i != Slc() for i in e.index if not isinstance(i, Pt))


def _is_row(e: Load) -> bool:
    """Whether a load is of one of several joined rows (`types.Ragged`). Those are only read, so that a view
    serves for the new list."""
    match e.x, e.index:
        case Var(), (
            Slc(
                Load(Var(lows), (Pt(at), Pt(Const(value=0)))),
                Load(Var(highs), (Pt(same), Pt(Const(value=1)))),
                None,
            ),
            *rest,
        ):
            return lows is highs and at == same and all(item == Slc() for item in rest)
        case _:
            return False


def lengths(b: Build, shape: tuple[Expr, ...]) -> list[Expr]:
    """Machine forms of the lengths of a new array; fails on negative ones."""
    out = []
    limit = 2 * b.ranges.dim_max
    for n in shape:
        low = to(expression(b, n), "int64")
        known = b.interval(n)
        least = known.lo < 0
        most = known.hi > limit and (len(shape) > 1 or limit < DIM_MAX)
        if least or most:
            low = b.atom(low, "length")
            conds = [compare("ge", low, integer(0))] if least else []
            conds += [compare("le", low, integer(limit))] if most else []
            b.check(conj(*conds), "length of a new array")
        out.append(low)
    return out


def _alloc(b: Build, e: Alloc) -> Expr:
    shape = tuple(lengths(b, e.shape))
    t = low_type(e.type, b.span)
    assert isinstance(t, Array)
    fill = e.fill
    if fill is None:
        return Alloc(shape, None, t)
    low = conversion(b, Cast(fill, Num(t.dtype)), expression(b, fill))
    return Alloc(shape, low, t)


def _reshape(b: Build, e: Reshape) -> Expr:
    t = e.x.type
    if not isinstance(t, Array) or t.layout != "C":
        raise refuse(b.span, "LW309", "reshape of an array that may not be contiguous")
    base = array(b, e.x)
    total: Expr = integer(1)
    for k in range(t.ndim):
        n = Dim(base, k, I64)
        total = n if total == integer(1) else binary("mul", total, n)
    total = b.atom(total, "size")
    given = [None if _is_free(n) else n for n in e.shape]
    lows = iter(lengths(b, tuple(n for n in given if n is not None)))
    shape = [None if n is None else b.atom(next(lows), "length") for n in given]
    known: Expr = integer(1)
    for low in shape:
        if low is not None:
            if known != integer(1):
                known = b.atom(known)
                b.check(Call("lw.mul_ok", (known, low), B1), "size beyond 64 bits")
            known = low if known == integer(1) else binary("mul", known, low)
    known = b.atom(known, "size")
    if None not in shape:
        b.check(compare("eq", known, total), "reshape to another size")
        rest: Expr = total
    else:
        b.check(compare("gt", known, integer(0)), "reshape to an empty shape")
        rest = b.atom(binary("floordiv", total, known), "length")
        b.check(compare("eq", binary("mul", rest, known), total), "reshape to another size")
        if b.ranges.dim_max < DIM_MAX:
            b.check(compare("le", rest, integer(b.ranges.dim_max)), "length of a new shape")
    final = tuple(rest if n is None else n for n in shape)
    return Reshape(base, final, low_type(e.type, b.span))


def _is_free(n: Expr) -> bool:
    match n:
        case Const(value, _):
            return value == -1
        case Unary("neg", Const(value, _), _):
            return value == 1
        case _:
            return False


def _contract(b: Build, e: Contract) -> Expr:
    args = tuple(array(b, a) for a in e.args)
    terms = e.spec.partition("->")[0].split(",")
    seen: dict[str, tuple[Expr, int, Expr]] = {}
    for term, high, low in zip(terms, e.args, args, strict=True):
        for axis, letter in enumerate(term):
            n = Dim(low, axis, I64)
            if letter not in seen:
                seen[letter] = (high, axis, n)
                continue
            other, k, m = seen[letter]
            if not _same_length(b, (high, axis), (other, k)):
                b.check(compare("eq", n, m), f"lengths of axis {letter} of a product")
    return Contract(e.spec, args, low_type(e.type, b.span))


def _same_length(b: Build, x: tuple[Expr, int], y: tuple[Expr, int]) -> bool:
    a, c = b.scope.dim(*x), b.scope.dim(*y)
    return a is not None and a == c
