"""The array code of reductions; see `vectorise_reduce` for what they are."""

from __future__ import annotations

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Expr,
    If,
    Load,
    NewAxis,
    Pt,
    Reduce,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import (
    B1,
    BOOL,
    INT,
    Array,
    DType,
    Num,
    Py,
    Type,
    element,
    is_scalar,
    machine_dtype,
)
from loopwright.passes.vectorise_expr import Lifter, product, where
from loopwright.passes.vectorise_frame import Frame, converted, like, rank, reversed_axis
from loopwright.passes.vectorise_linear import add, constant, expression, nonnegative, sub
from loopwright.passes.vectorise_numbers import truth
from loopwright.passes.vectorise_reduce import Extreme, Flag, Fold, Reduction, Search, Sum

_SMALL = 2**15
"""Terms up to this add up to less than 2**62 over any array."""
_WIDE = 2**32
_TRIPS = 2**30


def fold(f: Frame, r: Reduction, mask: Expr | None, reorder: bool) -> None:
    """Emits the reduction over the iterations in `mask`."""
    match r:
        case Sum():
            _sum(f, r, mask, reorder)
        case Extreme():
            _nonempty(f, _extreme(f, r, mask))
        case Search():
            _search(f, r)
        case Fold():
            _nonempty(f, _fold(f, r, mask))
        case Flag(target) if mask is None:
            _nonempty(f, [target])
        case Flag(target):
            f.out.append(If(Reduce("any", mask, None, False, B1), (target,), (), target.span))


def _nonempty(f: Frame, body: list[Stmt]) -> None:
    """The statements, run only if the loop has an iteration."""
    if nonnegative(sub(f.hi, add(f.lo, constant(1))), f.limits, f.facts):
        f.out.extend(body)
        return
    runs = Compare("lt", expression(f.lo), expression(f.hi), BOOL)
    f.out.append(If(runs, tuple(body), (), f.span))


# ---------------------------------------------------------------------- sums


def _sum(f: Frame, r: Sum, mask: Expr | None, reorder: bool) -> None:
    target = r.target
    t = target.value.type
    dtype = machine_dtype(t)
    inexact = dtype[0] in "fc"
    if inexact and not reorder:
        f.decline("LW206", "floats are added in order")
    if dtype == "bool":
        f.decline("LW250", "a sum of truth values")
    total = _count(f, r, mask, t)
    if total is None:
        total = _total(f, r, mask, t, dtype)
    if inexact and not r_is_positive_zero(f, r):
        _no_negative_zero(f, r.old)
    value = Binary(r.op, r.old, total, t)
    if isinstance(target, Assign):
        f.out.append(Assign(target.sym, value, target.span))
        result: Expr = Var(target.sym)
    else:
        f.out.append(Store(target.x, target.index, value, target.span))
        result = r.old
    f.finite(result if not isinstance(result.type, Py) else _number(result), "a sum overflows")


def _number(x: Expr) -> Expr:
    return Cast(x, Num(machine_dtype(x.type)))


def r_is_positive_zero(f: Frame, r: Sum) -> bool:
    """Whether what is added to is surely not -0.0, which a sum of nothing would turn into 0.0."""
    sym = r.target.sym if isinstance(r.target, Assign) else r.target.x
    return f.never_negative_zero(sym)


def _no_negative_zero(f: Frame, x: Expr) -> None:
    if machine_dtype(x.type)[0] == "c":
        f.decline("LW250", "a sum of complex numbers from an unknown start")
    if isinstance(x.type, Py):
        x = _number(x)
    t = like(x.type, "bool")
    zero = Compare("ne", x, Const(0.0, Py("float")), t)
    plus = Unary("not", Call("np.signbit", (x,), t), t)
    f.check(Binary("or", zero, plus, t), "a sum that starts from -0.0")


def _count(f: Frame, r: Sum, mask: Expr | None, t: Type) -> Expr | None:
    """Adding one int in each of the chosen iterations."""
    if t != INT or r.term.type != INT or f.differs(r.term):
        return None
    n = f.trips() if mask is None else Cast(Reduce("sum", mask, None, False, Num("int64")), INT)
    return n if r.term == Const(1, INT) else Binary("mul", r.term, n, INT)


def _total(f: Frame, r: Sum, mask: Expr | None, t: Type, dtype: DType) -> Expr:
    if isinstance(t, Py) and t.kind not in ("int", "float"):
        f.decline("LW250", f"a sum of Python {t.kind} numbers")
    if not f.differs(r.term):
        f.decline("LW250", "one number is added again and again")
    if dtype[0] in "iu":
        _bounded(f, r, t)
    x = Lifter(f, mask)(r.term)
    made: Array | Num = Array(dtype, rank(r.term.type), "A") if rank(r.term.type) else Num(dtype)
    total = _of_products(x, made) if mask is None else None
    if total is None:
        if mask is not None:
            zero = Const(0, INT) if dtype[0] in "iu" else Const(0.0, Py("float"))
            assert isinstance(x.type, Array)
            x = where(mask, converted(x, dtype), zero, Array(dtype, x.type.ndim, "A"))
        total = Reduce("sum", converted(x, dtype), first_axis(x), False, made)
    return Cast(total, t) if isinstance(t, Py) else total


def first_axis(x: Expr) -> tuple[int, ...] | None:
    return (0,) if rank(x.type) > 1 else None


def _bounded(f: Frame, r: Sum, t: Type) -> None:
    """A sum of Python ints stays below 2**62; one of NumPy ints wraps as the loop does."""
    if not isinstance(t, Py):
        if isinstance(r.term.type, Py) and machine_dtype(t) != "int64":
            f.decline("LW250", f"Python ints added to {t}")
        return
    match r.term:
        case Cast(Reduce("sum", x, _, _, _), _) if machine_dtype(x.type) == "bool":
            return  # at most as many as there are elements in memory
    known = f.interval(r.term)
    size = max(-known.lo, known.hi)
    if size > _WIDE:
        f.decline("LW250", "a sum of integers that may not fit 64 bits")
    if size > _SMALL:
        f.require(sub(constant(_TRIPS), sub(f.hi, f.lo)), "a sum of too many integers")


def _of_products(x: Expr, t: Array | Num) -> Expr | None:
    """The sum over the first axis of a product, as a contraction."""
    if not isinstance(x, Binary) or x.op != "mul" or not isinstance(x.type, Array):
        return None
    if x.type.dtype != t.dtype or t.dtype[0] not in "fc":
        return None
    sides = [_letters(e, x.type.ndim) for e in (x.a, x.b)]
    plain = [s for s in sides if s is not None and isinstance(s[1].type, Array)]
    if len(plain) != 2 or any(e.type.dtype != t.dtype for _, e in plain):  # type: ignore[union-attr]
        return None
    (first, a), (second, b) = plain
    if "i" not in first + second:
        return None
    out = "".join(c for c in "ijkl"[1 : x.type.ndim] if c in first + second)
    if len(out) != x.type.ndim - 1:
        return None
    return product((first, second), out, (a, b), t)


def _letters(e: Expr, ndim: int) -> tuple[str, Expr] | None:
    """The operand without the axes that only broadcast, and the letters of the others."""
    if not isinstance(e.type, Array) or ndim > 4:
        return None
    letters = "ijkl"[ndim - e.type.ndim : ndim]
    match e:
        case Load(x, index, _) if all(i == Slc() or isinstance(i, NewAxis) for i in index):
            kept = "".join(c for c, i in zip(letters, index, strict=True) if i == Slc())
            return kept, x
        case _:
            return letters, e


# ------------------------------------------------------------------ extremes


def _extreme(f: Frame, r: Extreme, mask: Expr | None) -> list[Stmt]:
    if mask is not None or f.step != f.loop_step:
        f.decline("LW250", "an extreme of some iterations, or backwards")
    lift = Lifter(f)
    if not f.differs(r.value) or rank(r.value.type):
        f.decline("LW250", "an extreme of one value")
    x = f.name(lift(r.value), "values")
    assert isinstance(x.type, Array)
    if x.type.dtype[0] == "c" or x.type.dtype != machine_dtype(r.best.type):
        f.decline("LW250", "an extreme of another type")
    also = [(s, lift(s.value)) for s in r.also]
    names = [(s, f.name(v, s.sym.name) if f.differs(s.value) else v) for s, v in also]
    out: list[Stmt] = []
    at = Sym("at", Num("int64"))
    seen = x if r.first else reversed_axis(x, 0)
    pick = Reduce("argmax" if r.op == "max" else "argmin", seen, None, False, Num("int64"))
    out.append(Assign(at, pick, f.span))
    found = _element(seen, Var(at), r.value.type)
    if x.type.dtype[0] == "f":
        number = _element(seen, Var(at), element(x.type))
        out.append(Check(Compare("eq", number, number, B1), "NaN among the values", f.span))
    better: Expr
    kind = BOOL if isinstance(r.best.type, Py) and isinstance(found.type, Py) else B1
    if r.first:
        better = Compare("gt" if r.op == "max" else "lt", found, Var(r.best), kind)
    elif r.also:
        better = Compare("ge" if r.op == "max" else "le", found, Var(r.best), kind)
    else:
        worse = Compare("gt" if r.op == "max" else "lt", Var(r.best), found, kind)
        better = Unary("not", worse, kind)
    taken: list[Stmt] = [Assign(r.best, found, f.span)]
    for s, v in names:
        if not f.differs(s.value):
            taken.append(s)
            continue
        side = v if r.first else reversed_axis(v, 0)
        taken.append(Assign(s.sym, _element(side, Var(at), s.value.type), s.span))
    out.append(If(better, tuple(taken), (), f.span))
    return out


def _element(x: Expr, at: Expr, t: Type) -> Expr:
    """An element as a number of type `t`."""
    found = Load(x, (Pt(at),), element(x.type))
    return Cast(found, t) if isinstance(t, Py) else found


def _fold(f: Frame, r: Fold, mask: Expr | None) -> list[Stmt]:
    t = r.best.type
    if (
        mask is not None
        or not f.differs(r.value)
        or machine_dtype(r.value.type) != machine_dtype(t)
    ):
        f.decline("LW250", "an extreme of some iterations")
    if machine_dtype(t)[0] == "c":
        f.decline("LW250", "an extreme of complex numbers")
    x = Lifter(f)(r.value)
    n = rank(r.value.type)
    made: Array | Num = Array(machine_dtype(t), n, "A") if n else Num(machine_dtype(t))
    least = Reduce("max" if r.op == "maximum" else "min", x, first_axis(x), False, made)
    out: list[Stmt] = [Assign(r.best, Binary(r.op, Var(r.best), least, t), f.span)]
    if machine_dtype(t)[0] == "f":
        plain = Compare("ne", Var(r.best), Const(0.0, Py("float")), like(t, "bool"))
        cond = Reduce("all", plain, None, False, B1) if isinstance(t, Array) else plain
        out.append(Check(cond, "0.0 and -0.0 are alike to np.maximum", f.span))
    return out


# ------------------------------------------------------------------ searches


def _search(f: Frame, r: Search) -> None:
    if f.step != f.loop_step:
        f.decline("LW250", "a search backwards")
    if not f.differs(r.cond):
        f.decline("LW250", "a condition that is the same in all iterations")
    mask = f.name(truth(Lifter(f)(r.cond)), "chosen")
    lift = Lifter(f).where(mask)
    at = Sym("at", Num("int64"))
    used = False

    def there(e: Expr) -> Expr:
        """The value of `e` in the iteration that was found."""
        nonlocal used
        if not f.differs(e):
            return e
        if not is_scalar(e.type):
            f.decline("LW250", "an array that differs between iterations")
        used = True
        x = f.name(lift(e), "values")
        return _element(x if r.stops else reversed_axis(x, 0), Var(at), e.type)

    taken: list[Stmt] = [Assign(s.sym, there(s.value), s.span) for s in r.found]
    if r.leave is not None:
        taken.append(Return(tuple(map(there, r.leave.values)), r.leave.span))
    if used:
        seen = mask if r.stops else reversed_axis(mask, 0)
        pick = Reduce("argmax", seen, None, False, Num("int64"))
        taken.insert(0, Assign(at, pick, f.span))
    found = Reduce("any", mask, None, False, B1)
    f.out.append(If(found, tuple(taken), f.loop.orelse if r.stops else (), f.span))
