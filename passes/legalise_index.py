"""Positions and slices: negative ones resolved, all of them in bounds."""

from __future__ import annotations

from collections.abc import Iterator

from loopwright.analysis.affine import Fact
from loopwright.analysis.interval import INT64_MAX
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Cast,
    Const,
    Dim,
    Expr,
    Fancy,
    For,
    IndexItem,
    Load,
    NewAxis,
    Pt,
    Select,
    Slc,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import I64, Array, ListOf, Type, element
from loopwright.ir.walk import subexprs
from loopwright.passes.legalise_build import (
    Build,
    binary,
    compare,
    conj,
    dtype_of,
    integer,
    low_type,
    refuse,
    select,
    to,
)
from loopwright.passes.legalise_calls import conversion
from loopwright.passes.legalise_line import along_a_line


def fold(e: Load) -> Load:
    """`x[i][j]` as `x[i, j]`: an index into a view that only fixes positions."""
    inner = e.x
    if not isinstance(inner, Load) or not isinstance(inner.type, (Array, ListOf)):
        return e
    if not all(isinstance(i, Pt) or i == Slc() for i in inner.index):
        return e
    if any(isinstance(i, Fancy) for i in e.index):  # which may stand for several axes
        return e
    if isinstance(inner.type, ListOf) and isinstance(inner.index[0], Slc):
        return e
    rest = iter(e.index)
    merged: list[IndexItem] = []
    for item in inner.index:
        merged.append(item if isinstance(item, Pt) else _next_axis(rest, merged))
    merged.extend(rest)
    return fold(Load(inner.x, tuple(merged), e.type))


def _next_axis(rest: Iterator[IndexItem], merged: list[IndexItem]) -> IndexItem:
    item = next(rest)
    while isinstance(item, NewAxis):
        merged.append(item)
        item = next(rest)
    return item


def place(
    b: Build, high: Expr, base: Expr, index: tuple[IndexItem, ...], lows: list[Expr]
) -> tuple[IndexItem, ...]:
    """The index into `base` (the machine form of `high`), whose expressions have the forms `lows`."""
    out: list[IndexItem] = []
    rest = iter(lows)
    axis = 0
    for item in index:
        match item:
            case Pt(at):
                out.append(Pt(_known_point(b, high, base, axis, at, next(rest))))
            case Slc():
                out.append(_slice(b, high, base, axis, item, rest))
            case NewAxis():
                out.append(item)
                continue
            case Fancy():
                raise refuse(b.span, "LW307", "indexing by an array")
        axis += 1
    return tuple(out)


def _known_point(b: Build, high: Expr, base: Expr, axis: int, at: Expr, low: Expr) -> Expr:
    """As `_point`, once for each statement."""
    if not isinstance(base, Var):
        return _point(b, high, base, axis, at, low)
    key = base.sym, axis, at
    if key not in b.points:
        b.points[key] = _point(b, high, base, axis, at, low)
    return b.points[key]


def _point(b: Build, high: Expr, base: Expr, axis: int, at: Expr, low: Expr) -> Expr:
    """A position in [0, n): wrapped if negative, proved, guarded or checked."""
    low = _int64(b, at, low)
    known = b.interval(at)
    form = b.scope.affine(at)
    chosen = any(isinstance(e, Select) for e in subexprs(at))
    answer = b.bounds.ask(form, b.scope.dim(high, axis), known, here=chosen)
    n = Dim(base, axis, I64)
    checked = answer.lower or answer.upper
    if checked and not chosen and along_a_line(b, high, at, low, n):
        return low
    if answer.placed is not None:
        b.pending[answer.placed.level].append(answer.placed)
        b.bounds.settle(answer.placed)
    if answer.sign == "neg":
        low = binary("add", low, n) if not _is_minus(low) else binary("sub", n, _negated(low))
    elif answer.sign == "any":
        low = b.atom(low, "k")
        low = select(compare("lt", low, integer(0)), binary("add", low, n), low)
    if answer.lower or answer.upper:
        low = b.atom(low, "k")
        checks = [compare("ge", low, integer(0))] if answer.lower else []
        checks += [compare("lt", low, n)] if answer.upper else []
        b.check(conj(*checks), "index out of range")
        _learn(b, high, axis, at, answer.sign == "nonneg" or known.lo >= 0)
    return low


def _learn(b: Build, high: Expr, axis: int, at: Expr, plain: bool) -> None:
    form, n = b.scope.affine(at), b.scope.dim(high, axis)
    if form is None or n is None:
        return
    least = "0" if plain else f"-{n.text}"
    text = f"{form.text} >= {least} and {form.text} < {n.text}"
    b.scope.facts.append(Fact(text, form.atoms | n.atoms))


def _is_minus(low: Expr) -> bool:
    return isinstance(low, Const) and isinstance(low.value, int) and low.value < 0


def _negated(low: Expr) -> Expr:
    assert isinstance(low, Const) and isinstance(low.value, int)
    return integer(-low.value)


def _int64(b: Build, at: Expr, low: Expr) -> Expr:
    if dtype_of(low) == "uint64" and b.interval(at).hi > INT64_MAX:
        low = b.atom(low)
        b.check(compare("le", low, Const(INT64_MAX, low.type)), "index out of range")
    return to(low, "int64")


# ---------------------------------------------------------------- slices


def _slice(b: Build, high: Expr, base: Expr, axis: int, item: Slc, rest: Iterator[Expr]) -> Slc:
    """Ends clipped to [0, n]; the step a constant, and only 1 or -1 over the whole axis if negative."""
    lo, hi, step = (None if e is None else next(rest) for e in (item.lo, item.hi, item.step))
    if step is not None:
        step = to(step, "int64")
        if not isinstance(step, Const) or step.value == 0:
            raise refuse(b.span, "LW309", "a slice with a step that is no constant")
        assert isinstance(step.value, int)
        if step.value < 0 and (lo is not None or hi is not None):
            raise refuse(b.span, "LW309", "a slice with ends and a negative step")
    return Slc(
        None if lo is None or item.lo is None else _end(b, high, base, axis, item.lo, lo),
        None if hi is None or item.hi is None else _end(b, high, base, axis, item.hi, hi),
        None if step == integer(1) else step,
    )


def _end(b: Build, high: Expr, base: Expr, axis: int, at: Expr, low: Expr) -> Expr:
    """One end of a slice with Python's clipping."""
    low = _int64(b, at, low)
    known = b.interval(at)
    n: Expr = Dim(base, axis, I64)
    form, length = b.scope.affine(at), b.scope.dim(high, axis)

    def never(relation: str) -> bool:
        if form is None or length is None:
            return False
        return b.bounds.impossible(Fact(relation, form.atoms | length.atoms))

    zero = integer(0)
    past = f"{form.text} > {length.text}" if form and length else ""
    short = f"{form.text} + {length.text} < 0" if form and length else ""
    if known.hi < 0:
        low = binary("add", low, n) if not _is_minus(low) else binary("sub", n, _negated(low))
        if never(short):
            return low
        low = b.atom(low, "end")
        return select(compare("lt", low, zero), zero, low)
    if known.lo >= 0:
        if never(past):
            return low
        low = b.atom(low, "end")
        return select(compare("gt", low, n), n, low)
    low = b.atom(low, "end")
    counted = b.atom(binary("add", low, n), "end")
    below = select(compare("lt", counted, zero), zero, counted)
    above = select(compare("gt", low, n), n, low)
    return select(compare("lt", low, zero), below, above)


def copied(b: Build, view: Expr, source: Type, target: Type) -> Expr:
    """A new array with the elements of `view` (of high-level type `source`) converted to `target`."""
    t = low_type(target, b.span)
    assert isinstance(t, Array)
    if not isinstance(view, Var):
        shown = b.fresh("view", view.type)
        b.emit(Assign(shown, view, b.span))
        view = Var(shown)
    lengths = tuple(Dim(view, k, I64) for k in range(t.ndim))
    out = b.fresh("copy", t)
    b.emit(Assign(out, Alloc(lengths, None, t), b.span))
    places = [b.fresh("k", I64) for _ in lengths]
    index = tuple(Pt(Var(k)) for k in places)
    with b.block() as body:
        value: Expr = Load(view, index, element(view.type))
        plain = Var(Sym("element", element(source)))
        value = conversion(b, Cast(plain, element(target)), value)
        b.emit(Store(out, index, value, b.span))
    for k, n in zip(reversed(places), reversed(lengths), strict=True):
        body = [For(k, integer(0), n, integer(1), tuple(body), (), b.span)]
    b.out.extend(body)
    return Var(out)
