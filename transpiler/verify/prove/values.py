"""Expressions as terms: numbers, and arrays element by element.

What may raise in the original becomes a `Demand`, which the candidate must have tested as well.
"""

from __future__ import annotations

import islpy as isl

from loopwright.ir.accumulate import unwrapped
from loopwright.ir.nodes import (
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    Load,
    Logic,
    Reduce,
    Select,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import Array, DType, ListOf, Num, Py, Type, element, kind_of
from loopwright.verify.prove.calls import call
from loopwright.verify.prove.exact import (
    FALSE,
    TRUE,
    arithmetic,
    choice,
    comparison,
    convert,
    literal,
    negation,
)
from loopwright.verify.prove.forms import (
    Position,
    affine,
    condition,
    is_bool,
    is_int,
    place,
    sliced,
    view,
)
from loopwright.verify.prove.state import State, scalar_dtype
from loopwright.verify.prove.terms import Aff, Case, Cell, Fold, Literal_, NotProved, Op, Term

Space = tuple[str, ...]
_ARRAYS = (Array, ListOf)
_WITHOUT_ORDER = frozenset({"any", "all"})


def is_array(e: Expr) -> bool:
    return isinstance(e.type, _ARRAYS)


def scalar_type(t: Type) -> Num | Py:
    """The type of an element, or of the number itself."""
    if isinstance(t, _ARRAYS):
        return element(t)
    if isinstance(t, (Num, Py)):
        return t
    raise NotProved(f"a value of type {t}")


class Values:
    """Terms for the values of expressions at position `at` of the array that they make (() for numbers);
    `space` are the iterators that such a position is made of."""

    def __init__(self, state: State, space: Space) -> None:
        self.s = state
        self.space = space

    def value(self, e: Expr, at: Position = ()) -> Term:
        e = unwrapped(e)
        if is_int(e.type):
            form = affine(e, self.s)
            if form is not None:
                return Aff(form)
        elif is_bool(e.type):
            where = condition(e, self.s)
            if where is not None:
                return Case(where, TRUE, FALSE)
        match e:
            case Const(value, t):
                return _constant(value, t)
            case Var(sym) if not is_array(e):
                known = self.s.env.get(sym)
                cell = known if isinstance(known, Cell) else self.s.cell_of(sym)
                return self.s.read(cell, (), self.space)
            case Var() | Load() | Transpose():
                return self._element(e, at)
            case Unary():
                return self._unary(e, at)
            case Binary():
                return self._binary(e, at)
            case Compare(op, a, b, _):
                return self.compared(op, self._side(a, at), self._side(b, at))
            case Logic(op, a, b, _):
                return self._logic(op, a, b)
            case Select(cond, a, b, t):
                return self._select(cond, a, b, t)
            case Cast(x, t):
                return self._cast(x, t, at)
            case Call(fn, args, t):
                sides = tuple(self._side(a, at) for a in args)
                return call(self, fn, sides, scalar_type(t), python=isinstance(t, Py))
            case Reduce():
                return self._reduce(e)
            case _:
                raise NotProved(f"{type(e).__name__} has no term")

    def _side(self, e: Expr, at: Position) -> tuple[Term, Num | Py]:
        """An operand with its type; of an array, its element there, with broadcasting."""
        return self.value(e, self.at(e, at)), scalar_type(e.type)

    def at(self, e: Expr, at: Position) -> Position:
        """The position in `e` of position `at` of an array that it is broadcast to."""
        if not is_array(e):
            return ()
        own = extents(e, self.s)
        found = at[len(at) - len(own) :]
        zero = self.s.number(0)
        return tuple(zero if self.s.is_one(n) else k for n, k in zip(own, found, strict=True))

    def truth(self, e: Expr) -> Term:
        if not is_bool(e.type):
            raise NotProved(f"the truth value of a {e.type}")
        return self.value(e)

    def truncated(self, term: Term, t: Num | Py, target: DType) -> Term:
        return converted(term, t, target, self.s)

    # ------------------------------------------------------------ elements

    def _element(self, e: Expr, at: Position) -> Term:
        if isinstance(e, Load) and not is_array(e):
            base = view(e.x, self.s)
            if base is None:
                raise NotProved("an element of an array expression")
            element = sliced(base, e.index, self.s)
            return self.s.read(element.cell, place(element, ()), self.space)
        shown = view(e, self.s)
        if shown is None:
            raise NotProved("an array expression that is not understood")
        return self.s.read(shown.cell, place(shown, at), self.space)

    # ------------------------------------------------------------ operators

    def _unary(self, e: Unary, at: Position) -> Term:
        x, t = self._side(e.x, at)
        result = scalar_type(e.type)
        if e.op == "not" or (e.op == "invert" and is_bool(t)):
            if not is_bool(t):
                raise NotProved(f"the truth value of a {t}")
            return negation(x)
        dtype = scalar_dtype(result)
        if isinstance(result, Py) and result.kind != "float":
            raise NotProved(f"{e.op} of a {result}")
        x = self.truncated(x, t, dtype)
        if e.op == "pos":
            return x
        if e.op == "neg" and isinstance(x, Literal_) and kind_of(dtype) == "f":
            return literal(-float(x.text), dtype)
        return Op(e.op, dtype, (x,))

    def _binary(self, e: Binary, at: Position) -> Term:
        (x, ta), (y, tb) = self._side(e.a, at), self._side(e.b, at)
        result = scalar_type(e.type)
        dtype = scalar_dtype(result)
        if isinstance(result, Py):
            return self._python(e.op, result, (x, ta), (y, tb))
        if e.op == "pow":
            two = isinstance(e.b, Const) and e.b.type in (Py("int"), Py("float")) and e.b.value == 2
            if not (two and is_array(e.a) and kind_of(dtype) == "f"):
                raise NotProved("a power")
            x = self.truncated(x, ta, dtype)  # NumPy squares arrays, and no others
            return arithmetic("mul", dtype, x, x)
        return arithmetic(e.op, dtype, self.truncated(x, ta, dtype), self.truncated(y, tb, dtype))

    def _python(
        self, op: str, result: Py, a: tuple[Term, Num | Py], b: tuple[Term, Num | Py]
    ) -> Term:
        if result.kind == "bool":
            return arithmetic(op, "bool", a[0], b[0])
        if result.kind != "float" or op not in ("add", "sub", "mul", "truediv"):
            raise NotProved(f"{op} of {result}s")
        x, y = (self.truncated(term, t, "float64") for term, t in (a, b))
        whole = [kind_of(scalar_dtype(t)) in "bi" for _, t in (a, b)]
        if op == "truediv" and all(whole) and not all(isinstance(v, Aff) for v, _ in (a, b)):
            raise NotProved("a quotient of Python ints")
        if op == "truediv":
            zero = literal(0.0, "float64")
            self.must(comparison("ne", "float64", y, zero), "a division by zero", a=y)
        return arithmetic(op, "float64", x, y)

    def must(self, truth: Term, why: str, a: Term | None = None) -> None:
        """The original raises unless `truth`; array code gives up there by itself."""
        if not self.s.strict or self.s.low:
            return
        if isinstance(a, Literal_) and float(a.text) != 0.0:
            return
        if isinstance(a, Op) and a.name == "cast:int64" and isinstance(a.args[0], Aff):
            value = a.args[0].value
            if self.s.holds(value.ne_set(self.s.number(0))):
                return
        self.s.demand(truth, self.space, why)

    def compared(self, op: str, a: tuple[Term, Num | Py], b: tuple[Term, Num | Py]) -> Term:
        """By value, as Python compares, and where NumPy's common dtype holds all values."""
        (x, ta), (y, tb) = a, b
        da, db = scalar_dtype(ta), scalar_dtype(tb)
        for term, t, other in ((x, ta, db), (y, tb, da)):
            if t == Py("int") and not isinstance(term, Aff) and kind_of(other) not in "biu":
                raise NotProved("a comparison of a Python int and a float")
        kinds = {kind_of(da), kind_of(db)}
        dtype: DType
        if da == db:
            dtype = da
        elif kinds <= {"i", "u"} and "uint64" not in (da, db):
            dtype = "int64"
        elif kinds == {"f"} and isinstance(ta, Num) and isinstance(tb, Num):
            dtype = "float64"
        elif "f" in kinds and kinds <= {"f", "i", "b"}:
            dtype = _float_of((ta, da), (tb, db))
        else:
            raise NotProved(f"a comparison of {ta} and {tb}")
        if dtype == "int64":
            x, y = (_widened(term, d) for term, d in ((x, da), (y, db)))
            return comparison(op, dtype, x, y)
        return comparison(op, dtype, convert(x, da, dtype, self.s), convert(y, db, dtype, self.s))

    def _logic(self, op: str, a: Expr, b: Expr) -> Term:
        x = self.truth(a)
        if not isinstance(x, Case):
            y = self.truth(b)
            return Op(op, "bool", (x, y))
        with self.s.where(x.where if op == "and" else x.where.complement()):
            y = self.truth(b)
        return Case(x.where, y, FALSE) if op == "and" else Case(x.where, TRUE, y)

    def _select(self, cond: Expr, a: Expr, b: Expr, t: Type) -> Term:
        test = self.truth(cond)
        dtype = scalar_dtype(t)
        if isinstance(test, Case):
            with self.s.where(test.where):
                x = self.value(a)
            with self.s.where(test.where.complement()):
                y = self.value(b)
        else:
            x, y = self.guarded(test, a), self.guarded(negation(test), b)
        return choice(test, dtype, x, y)

    def guarded(self, guard: Term, e: Expr) -> Term:
        before = self.s.guards
        self.s.guards = (*before, guard)
        found = self.value(e)
        self.s.guards = before
        return found

    def _cast(self, x: Expr, t: Type, at: Position) -> Term:
        if isinstance(t, ListOf) or isinstance(x.type, ListOf):
            raise NotProved(f"a conversion of {x.type} to {t}")
        term, source = self._side(x, at)
        target = scalar_type(t)
        if target in (Py("int"), Py("complex")):
            if (
                isinstance(source, Num)
                and source.dtype != "uint64"
                and kind_of(source.dtype) in "iu"
            ):
                return term
            raise NotProved(f"a conversion of {source} to {target}")
        return convert(term, scalar_dtype(source), scalar_dtype(target), self.s)

    # ------------------------------------------------------------ reductions

    def _reduce(self, e: Reduce) -> Term:
        """Those whose result no order of the elements changes, along one axis and without a conversion."""
        t, result = e.x.type, e.type
        if self.s.low or not isinstance(t, Array) or t.ndim != 1 or not isinstance(result, Num):
            raise NotProved("a reduction")
        whole = kind_of(t.dtype) in "iu"
        if e.op not in (("sum", "prod") if whole else _WITHOUT_ORDER):
            raise NotProved(f"the reduction {e.op}")
        if t.dtype != result.dtype:
            raise NotProved("a reduction in another dtype")
        (extent,) = extents(e.x, self.s)
        name = self.s.fresh("k")
        at = isl.PwAff.read_from_str(self.s.ctx, f"[{name}] -> {{ [({name})] }}")
        inside = at.ge_set(self.s.number(0)).intersect(at.lt_set(extent))
        with self.s.where(inside):
            inner = Values(self.s, (*self.space, name))
            body = inner.value(e.x, (at,))
            domain = self.s.path
        return Fold(e.op, result.dtype, name, extent, inner.space, domain, body)


def _widened(term: Term, dtype: DType) -> Term:
    return (
        term if isinstance(term, Aff) or dtype == "int64" else Op(f"cast:{dtype}", "int64", (term,))
    )


def _float_of(a: tuple[Num | Py, DType], b: tuple[Num | Py, DType]) -> DType:
    """The dtype in which a float is compared with an int, a truth value or another float."""
    (ta, da), (tb, db) = a, b
    floating = [(t, d) for t, d in (a, b) if kind_of(d) == "f"]
    if len(floating) == 2:  # one is a Python float, which is weak
        return da if isinstance(ta, Num) else db
    other = tb if kind_of(da) == "f" else ta
    if isinstance(floating[0][0], Num) and isinstance(other, Num) and floating[0][1] != "float64":
        raise NotProved(f"a comparison of {ta} and {tb}")
    return floating[0][1]


def _constant(value: object, t: Type) -> Term:
    dtype = scalar_dtype(t)
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, float) and kind_of(dtype) == "f":
        return literal(value, dtype)
    raise NotProved(f"a constant of type {t}")


def converted(term: Term, t: Type, target: DType, s: State) -> Term:
    """A number of type `t` as `target`. A Python int that was read from somewhere may be too large for a
    narrow type, which raises, or be rounded twice on its way there."""
    if t == Py("int") and not isinstance(term, Aff) and target not in ("int64", "float64"):
        raise NotProved(f"a Python int as {target}")
    return convert(term, scalar_dtype(t), target, s)


def extents(e: Expr, s: State) -> tuple[isl.PwAff, ...]:
    """The shape of an array expression; NotProved unless its parts surely fit each other."""
    found = _extents(e, s)
    if not isinstance(e.type, _ARRAYS) or len(found) != e.type.ndim:
        raise NotProved(f"the shape of a {type(e).__name__}")
    return found


def _extents(e: Expr, s: State) -> tuple[isl.PwAff, ...]:
    shown = view(e, s) if isinstance(e, (Var, Load, Transpose)) else None
    if shown is not None:
        return shown.extents
    match e:
        case Unary(_, x, _) | Cast(x, _):
            return extents(x, s) if is_array(x) else ()
        case Binary(_, a, b, _) | Compare(_, a, b, _):
            return broadcast([extents(x, s) for x in (a, b) if is_array(x)], s)
        case Call(_, args, _):
            return broadcast([extents(x, s) for x in args if is_array(x)], s)
        case _:
            raise NotProved(f"the shape of a {type(e).__name__}")


def broadcast(shapes: list[tuple[isl.PwAff, ...]], s: State) -> tuple[isl.PwAff, ...]:
    ndim = max(map(len, shapes), default=0)
    found: list[isl.PwAff] = []
    for axis in range(-ndim, 0):
        sizes = [shape[axis] for shape in shapes if len(shape) >= -axis]
        wide = [n for n in sizes if not s.is_one(n)] or sizes[:1]
        for n in wide[1:]:
            if not s.equal(wide[0], n):
                raise NotProved("arrays whose lengths may differ")
        found.append(wide[0])
    return tuple(found)
