"""Operations on terms with the meaning that the types of the IR give them, in one notation for both sides.

Only operations whose result IEEE 754 or the integers fix are here; what a library rounds as it likes
(`exp`, `pow`, ...) has no term, as two kernels may call two libraries.
"""

from __future__ import annotations

import numpy as np

from loopwright.ir.types import DType, kind_of
from loopwright.verify.prove.presburger import known_constant
from loopwright.verify.prove.state import State, int_range
from loopwright.verify.prove.terms import Aff, Case, Literal_, NotProved, Op, Term

TRUE = Literal_("True", "bool")
FALSE = Literal_("False", "bool")
EXACT: dict[DType, int] = {"float64": 2**53, "float32": 2**24}
"""Integers up to here have an own value in a float dtype."""

ROUNDED_ONCE = frozenset({"sqrt", "floor", "ceil", "trunc", "rint"})


def literal(value: float, dtype: DType) -> Literal_:
    """A float constant of `dtype`, rounded to it."""
    with np.errstate(over="ignore"):
        return Literal_(repr(float(np.dtype(dtype).type(value))), dtype)


def convert(x: Term, source: DType, target: DType, s: State) -> Term:
    """`x` of dtype `source` as `target`, where no conversion can fail or surprise."""
    if isinstance(x, Aff):
        return _int_as(x, target, s)
    if source == target:
        return x
    a, b = kind_of(source), kind_of(target)
    if isinstance(x, Literal_) and b == "f" and a in "fb":
        return literal(float(x.text == "True") if a == "b" else float(x.text), target)
    if b == "b" or (a in "fc" and b in "iu") or (a == "c" and b != "c"):
        raise NotProved(f"a conversion of {source} to {target}")
    return Op(f"cast:{source}", target, (x,))


def _int_as(x: Aff, target: DType, s: State) -> Term:
    kind = kind_of(target)
    if kind in "iu":
        if not s.fits(x.value, *int_range(target)):
            raise NotProved(f"an int that {target} may not hold")
        return x
    if target not in EXACT:
        raise NotProved(f"an int as {target}")
    number = known_constant(x.value)
    if number is not None and abs(number) <= EXACT[target]:
        return literal(float(number), target)
    if not s.fits(x.value, -EXACT[target], EXACT[target]):
        raise NotProved(f"an int that {target} may round")
    return Op("cast:int64", target, (x,))


def arithmetic(op: str, dtype: DType, x: Term, y: Term) -> Term:
    """`x op y`, both of dtype `dtype`."""
    match kind_of(dtype):
        case "f" if op in ("add", "sub", "mul", "truediv"):
            return Op(op, dtype, (x, y))
        case "f" if op in ("minimum", "maximum") and (_decides(x) or _decides(y)):
            return Op(op, dtype, (x, y))
        case "c" if op in ("add", "sub"):
            return Op(op, dtype, (x, y))
        case "i" | "u" if op in ("add", "sub", "mul", "and", "or", "xor", "minimum", "maximum"):
            return Op(op, dtype, (x, y))
        case "b":
            name = {"add": "or", "maximum": "or", "mul": "and", "minimum": "and"}.get(op, op)
            if name in ("and", "or", "xor"):
                return Op(name, dtype, (x, y))
    raise NotProved(f"{op} of {dtype}")


def _decides(x: Term) -> bool:
    """Of two zeros of different sign any may be the minimum."""
    return isinstance(x, Literal_) and float(x.text) != 0.0


def comparison(op: str, dtype: DType, x: Term, y: Term) -> Term:
    """A truth value; `a > b` is written `b < a`."""
    if op in ("gt", "ge"):
        op, x, y = {"gt": "lt", "ge": "le"}[op], y, x
    return Op(f"{op}:{dtype}", "bool", (x, y))


def negation(x: Term) -> Term:
    match x:
        case Literal_(text, _):
            return FALSE if text == "True" else TRUE
        case Case(where, a, b):
            return Case(where, negation(a), negation(b))
        case Op("not", _, (inner,)):
            return inner
        case Op(name, _, args) if name.startswith(("eq:", "ne:")):
            return Op({"eq": "ne", "ne": "eq"}[name[:2]] + name[2:], "bool", args)
        case _:
            return Op("not", "bool", (x,))


def choice(cond: Term, dtype: DType, x: Term, y: Term) -> Term:
    match cond:
        case Literal_(text, _):
            return x if text == "True" else y
        case Case(where, a, b):
            return Case(where, choice(a, dtype, x, y), choice(b, dtype, x, y))
        case Op("not", _, (inner,)):
            return Op("select", dtype, (inner, y, x))
        case _:
            return Op("select", dtype, (cond, x, y))
