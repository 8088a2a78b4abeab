"""Intrinsics that have one exact result, and where the original's raise."""

from __future__ import annotations

from typing import Protocol

from loopwright.ir.types import DType, Num, Py, kind_of
from loopwright.verify.prove.exact import (
    ROUNDED_ONCE,
    arithmetic,
    choice,
    comparison,
    literal,
    negation,
)
from loopwright.verify.prove.state import State, scalar_dtype
from loopwright.verify.prove.terms import Literal_, NotProved, Op, Term

Side = tuple[Term, Num | Py]


class Context(Protocol):
    """What a call needs of the reader of expressions."""

    s: State

    def compared(self, op: str, a: Side, b: Side) -> Term: ...

    def truncated(self, term: Term, t: Num | Py, target: DType) -> Term: ...

    def must(self, truth: Term, why: str, a: Term | None = None) -> None: ...


def call(c: Context, fn: str, args: tuple[Side, ...], result: Num | Py, *, python: bool) -> Term:
    """`fn(*args)`; NotProved unless its result is a function of the arguments that no library rounds."""
    family, _, name = fn.rpartition(".")
    dtype = scalar_dtype(result)
    if name in ("min2", "max2"):
        a, b = args
        better = c.compared("lt" if name == "min2" else "gt", b, a)
        x, y = (c.truncated(term, t, dtype) for term, t in (a, b))
        return choice(better, dtype, y, x)
    if name in ("isnan", "isinf", "isfinite"):
        (side,) = args
        source = scalar_dtype(side[1])
        if source != "float64" and (family == "math" or kind_of(source) != "f"):
            raise NotProved(f"{fn} of {source}")
        return Op(f"{name}:{source}", "bool", (side[0],))
    if name in ("logical_and", "logical_or", "logical_xor", "logical_not"):
        return _logical(name, args)
    if name == "where":
        if scalar_dtype(args[0][1]) != "bool":
            raise NotProved("np.where on numbers")
        x, y = (c.truncated(term, t, dtype) for term, t in args[1:])
        return choice(args[0][0], dtype, x, y)
    xs = tuple(c.truncated(term, t, dtype) for term, t in args)
    if kind_of(dtype) == "f":
        return _floating(c, family, name, dtype, xs)
    if name == "square" and kind_of(dtype) in "iu":
        return arithmetic("mul", dtype, xs[0], xs[0])
    raise NotProved(f"{fn} of {dtype}")


def _logical(name: str, args: tuple[Side, ...]) -> Term:
    if any(scalar_dtype(t) != "bool" for _, t in args):
        raise NotProved(f"np.{name} of numbers")
    if name == "logical_not":
        return negation(args[0][0])
    return Op(name.removeprefix("logical_"), "bool", (args[0][0], args[1][0]))


def _floating(c: Context, family: str, name: str, dtype: DType, xs: tuple[Term, ...]) -> Term:
    if name in ("abs", "absolute", "fabs"):
        return Op("fabs", dtype, xs)
    if name == "square":
        return arithmetic("mul", dtype, xs[0], xs[0])
    if name == "clip":
        return _clipped(_clipped(xs[0], "lt", xs[1], dtype), "gt", xs[2], dtype)
    if family == "math" and dtype != "float64":
        raise NotProved(f"math.{name} of {dtype}")
    if name not in ROUNDED_ONCE or (family == "math" and name != "sqrt"):
        raise NotProved(f"{family}.{name}, which libraries round as they like")
    if family == "math" and name == "sqrt":
        negative = comparison("lt", dtype, xs[0], literal(0.0, dtype))
        c.must(negation(negative), "math.sqrt of a negative number")
    return Op(name, dtype, xs)


def _clipped(x: Term, beyond: str, bound: Term, dtype: DType) -> Term:
    """Of two equal zeros NumPy keeps the number; a bound that is NaN is the result."""
    takes = comparison(beyond, dtype, x, bound)
    if not (isinstance(bound, Literal_) and float(bound.text) == float(bound.text)):
        takes = Op("or", "bool", (takes, comparison("ne", dtype, bound, bound)))
    return choice(takes, dtype, bound, x)
