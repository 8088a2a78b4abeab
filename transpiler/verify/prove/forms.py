"""Integer expressions, conditions and array views as exact Presburger objects, or nothing.

A machine integer counts as the unbounded integer only where its range is proved, so that no wrap-around
hides in a form. Views are followed to the memory that they show.
"""

from __future__ import annotations

import islpy as isl

from loopwright.ir.nodes import (
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    IndexItem,
    Load,
    Logic,
    NewAxis,
    Pt,
    Select,
    Slc,
    Sym,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Py, Type, kind_of
from loopwright.verify.prove.presburger import everywhere, known_constant
from loopwright.verify.prove.state import State, int_range
from loopwright.verify.prove.terms import Cell, NotProved, View

Position = tuple[isl.PwAff, ...]


def is_int(t: Type) -> bool:
    return t == Py("int") or (isinstance(t, Num) and kind_of(t.dtype) in "iu")


def is_bool(t: Type) -> bool:
    return t in (Py("bool"), Num("bool"))


def affine(e: Expr, s: State) -> isl.PwAff | None:
    """The value of an integer expression; None if it is not affine, or might wrap around."""
    if not is_int(e.type):
        return None
    found = _form(e, s)
    if found is None or not isinstance(e.type, Num):
        return found
    return found if s.fits(found, *int_range(e.type.dtype)) else None


def _form(e: Expr, s: State) -> isl.PwAff | None:
    match e:
        case Const(int() as value, _) if not isinstance(value, bool):
            return s.number(value)
        case Var(sym):
            known = s.env.get(sym)
            return known if isinstance(known, isl.PwAff) else None
        case Unary(("neg" | "pos") as op, x, _) if is_int(x.type):
            inner = affine(x, s)
            return None if inner is None else inner.neg() if op == "neg" else inner
        case Binary(op, a, b, t) if is_int(a.type) and is_int(b.type):
            return _binary(op, _operand(a, t, s), _operand(b, t, s))
        case Cast(x, _) if is_int(x.type):
            return affine(x, s)
        case Dim(x, axis, _):
            shown = view(x, s)
            return None if shown is None else shown.extents[axis]
        case Select(cond, a, b, _):
            where = condition(cond, s)
            if where is None:
                return None
            with s.where(where):
                left = affine(a, s)
            with s.where(where.complement()):
                right = affine(b, s)
            if left is None or right is None:
                return None
            right = right.intersect_domain(where.complement())
            return left.intersect_domain(where).union_add(right)
        case Call(("min2" | "max2") as fn, (a, b), _) if is_int(a.type) and is_int(b.type):
            left, right = affine(a, s), affine(b, s)
            if left is None or right is None:
                return None
            return left.min(right) if fn == "min2" else left.max(right)
        case _:
            return None


def _operand(e: Expr, result: Type, s: State) -> isl.PwAff | None:
    """A Python int that the dtype of a NumPy operation cannot hold raises there."""
    found = affine(e, s)
    if found is None or not isinstance(result, Num) or isinstance(e.type, Num):
        return found
    return found if s.fits(found, *int_range(result.dtype)) else None


def _binary(op: str, x: isl.PwAff | None, y: isl.PwAff | None) -> isl.PwAff | None:
    if x is None or y is None:
        return None
    match op:
        case "add":
            return x.add(y)
        case "sub":
            return x.sub(y)
        case "minimum":
            return x.min(y)
        case "maximum":
            return x.max(y)
    left, right = known_constant(x), known_constant(y)
    if op == "mul" and (left is not None or right is not None):
        return x.mul(y)
    if right is None or right <= 0:
        return None
    by = isl.Val.int_from_si(x.get_ctx(), right) if right < 2**31 else None
    if by is None:
        return None
    if op == "floordiv":
        return x.scale_down_val(by).floor()
    return x.mod_val(by) if op == "mod" else None


def condition(e: Expr, s: State) -> isl.Set | None:
    """Where a truth value is true; None if it is not affine."""
    match e:
        case Const(bool() as value, _):
            whole = everywhere(s.ctx)
            return whole if value else whole.complement()
        case Unary("not", x, _) | Call("np.logical_not", (x,), _) if is_bool(x.type):
            inner = condition(x, s)
            return None if inner is None else inner.complement()
        case Unary("invert", x, Num("bool")) if x.type == Num("bool"):
            inner = condition(x, s)
            return None if inner is None else inner.complement()
        case Cast(x, t) if is_bool(t) and is_bool(x.type):
            return condition(x, s)
        case Logic(op, a, b, _) if is_bool(a.type) and is_bool(b.type):
            return _logic(op, a, b, s)
        case Binary(("and" | "or") as op, a, b, _) if is_bool(a.type) and is_bool(b.type):
            left, right = condition(a, s), condition(b, s)
            if left is None or right is None:
                return None
            return left.intersect(right) if op == "and" else left.union(right)
        case Compare(op, a, b, _) if is_int(a.type) and is_int(b.type):
            return _compare(op, affine(a, s), affine(b, s))
        case Call(("lw.add_ok" | "lw.sub_ok" | "lw.mul_ok") as fn, (a, b), _):
            exact = _binary(fn[3:6], affine(a, s), affine(b, s))
            if exact is None:
                return None
            low, high = (s.number(end) for end in int_range("int64"))
            return exact.ge_set(low).intersect(exact.le_set(high))
        case _:
            return None


def _logic(op: str, a: Expr, b: Expr, s: State) -> isl.Set | None:
    """The second operand is evaluated only where the first leaves the answer open."""
    x = condition(a, s)
    if x is None:
        return None
    with s.where(x if op == "and" else x.complement()):
        y = condition(b, s)
    if y is None:
        return None
    return x.intersect(y) if op == "and" else x.union(y)


def _compare(op: str, x: isl.PwAff | None, y: isl.PwAff | None) -> isl.Set | None:
    if x is None or y is None:
        return None
    match op:
        case "lt":
            return x.lt_set(y)
        case "le":
            return x.le_set(y)
        case "gt":
            return x.gt_set(y)
        case "ge":
            return x.ge_set(y)
        case "eq":
            return x.eq_set(y)
        case _:
            return x.ne_set(y)


# ---------------------------------------------------------------------- views


def whole(cell: Cell, s: State) -> View:
    """All of an array."""
    axes = range(len(cell.extents))
    zero = s.number(0)
    return View(cell, tuple(zero for _ in axes), (1,) * len(axes), tuple(axes), cell.extents)


def view(x: Expr, s: State) -> View | None:
    """The view that an array-valued expression is; None if it is none."""
    match x:
        case Var(sym) if isinstance(sym.type, (Array, ListOf)):
            return known(sym, s)
        case Load(inner, index, Array() as t) | Load(inner, index, ListOf() as t):
            base = view(inner, s)
            if base is None or any(not isinstance(i, (Pt, Slc, NewAxis)) for i in index):
                return None
            if isinstance(t, ListOf) and not _is_row(index):
                return None  # a slice of a list is a copy
            return sliced(base, index, s)
        case Transpose(inner, axes, _):
            base = view(inner, s)
            if base is None:
                return None
            to = {old: new for new, old in enumerate(axes)}
            axis = tuple(None if k is None else to[k] for k in base.axis)
            extents = tuple(base.extents[k] for k in axes)
            return View(base.cell, base.base, base.step, axis, extents)
        case _:
            return None


def _is_row(index: tuple[IndexItem, ...]) -> bool:
    points = [isinstance(i, Pt) for i in index]
    return points[0] and all(p or i == Slc() for p, i in zip(points, index, strict=True))


def known(sym: Sym, s: State) -> View:
    found = s.env.get(sym)
    if not isinstance(found, View):
        raise NotProved(f"it is not known which array `{sym.name}` is")
    return found


def place(v: View, at: Position) -> Position:
    """Where in the cell position `at` of the view is."""
    found = []
    for base, step, axis in zip(v.base, v.step, v.axis, strict=True):
        if axis is None:
            found.append(base)
            continue
        ctx = base.get_ctx()
        by = isl.Val.int_from_si(ctx, step)
        found.append(base.add(at[axis].scale_val(by)))
    return tuple(found)


def sliced(v: View, index: tuple[IndexItem, ...], s: State) -> View:
    """`v[index]`, with points and slices."""
    base: list[isl.PwAff] = []  # per axis of v
    step: list[int] = []
    axis: list[int | None] = []
    extents: list[isl.PwAff] = []
    at = 0
    for item in index:
        match item:
            case NewAxis():
                extents.append(s.number(1))
                continue
            case Pt(e):
                base.append(point(e, v.extents[at], s))
                step.append(1)
                axis.append(None)
            case Slc():
                start, by, count = _slice(item, v.extents[at], s)
                base.append(start)
                step.append(by)
                axis.append(len(extents))
                extents.append(count)
            case _:
                raise NotProved("indexing by an array")
        at += 1
    return _composed(v, base, step, axis, tuple(extents))


def _composed(
    v: View, base: list[isl.PwAff], step: list[int], axis: list[int | None], extents: Position
) -> View:
    bases: list[isl.PwAff] = []
    steps: list[int] = []
    axes: list[int | None] = []
    for b, by, k in zip(v.base, v.step, v.axis, strict=True):
        if k is None:
            bases.append(b)
            steps.append(1)
            axes.append(None)
            continue
        scaled = base[k].scale_val(isl.Val.int_from_si(b.get_ctx(), by))
        bases.append(b.add(scaled))
        steps.append(by * step[k])
        axes.append(axis[k])
    return View(v.cell, tuple(bases), tuple(steps), tuple(axes), extents)


def point(e: Expr, n: isl.PwAff, s: State) -> isl.PwAff:
    """A position counted from the start.

    The original must be in bounds, or it raises; low-level code must be, or it reads what is not its own;
    array code that is not raises and so gives up.
    """
    at = affine(e, s)
    if at is None:
        raise NotProved("an index that is not affine")
    zero = s.number(0)
    if not s.holds(at.ge_set(zero)):
        if s.low or not s.holds(at.lt_set(zero)):
            raise NotProved("an index that may be negative")
        at = at.add(n)
    if s.strict:
        s.require(at.ge_set(zero).intersect(at.lt_set(n)), "an index that may be out of range")
    return at


def _slice(item: Slc, n: isl.PwAff, s: State) -> tuple[isl.PwAff, int, isl.PwAff]:
    """Start, step and number of positions, clipped as Python does."""
    by = 1
    if item.step is not None:
        form = affine(item.step, s)
        number = None if form is None else known_constant(form)
        if number is None or abs(number) > 2**20 or number == 0:
            raise NotProved("a slice whose step is no constant")
        by = number
    if by < 0:
        if by != -1 or item.lo is not None or item.hi is not None:
            raise NotProved("a slice with ends and a negative step")
        return n.add_constant_val(isl.Val.int_from_si(s.ctx, -1)), -1, n

    def end(e: Expr | None, default: isl.PwAff) -> isl.PwAff:
        if e is None:
            return default
        at = affine(e, s)
        if at is None:
            raise NotProved("an end of a slice that is not affine")
        zero = s.number(0)
        if s.holds(at.lt_set(zero)):
            at = at.add(n)
        else:
            s.require(at.ge_set(zero), "an end of a slice that may be negative")
        return at.max(zero).min(n)

    start, stop = end(item.lo, s.number(0)), end(item.hi, n)
    length = stop.sub(start).max(s.number(0))
    if by != 1:
        value = isl.Val.int_from_si(s.ctx, by)
        length = length.add_constant_val(isl.Val.int_from_si(s.ctx, by - 1))
        length = length.scale_down_val(value).floor()
    return start, by, length
