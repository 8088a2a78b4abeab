"""Numbers as terms of a solver, in one of several theories. The only module that builds terms of z3.

Integers are unbounded or bit vectors, floats are reals or IEEE doubles. A term is `exact` if the theory
loses no behaviour of Python's: only then does "no solution" mean that there is no input. Every theory is
good for finding inputs, as those are run.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import z3

Kind = Literal["int", "float", "bool"]
Term = Any
_POWERS = 4
_RELATIONS = {"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE"}
_FP = {"Lt": z3.fpLT, "LtE": z3.fpLEQ, "Gt": z3.fpGT, "GtE": z3.fpGEQ, "Eq": z3.fpEQ}


@dataclass(frozen=True, slots=True)
class Num:
    """A number. `wraps`: it is of a NumPy dtype, whose arithmetic wraps or rounds otherwise."""

    kind: Kind
    term: Term
    exact: bool = True
    wraps: bool = False


@dataclass
class Theory:
    """`width` 0 is unbounded integers, else bit vectors of that width; `doubles` IEEE instead of reals.

    `wanted_bits` is set when an operation on the bits of an unbounded integer was met.
    """

    width: int = 0
    doubles: bool = False
    wanted_bits: bool = False
    names: Any = field(default_factory=itertools.count)

    # -------------------------------------------------------------- leaves

    def fresh(self, kind: Kind, name: str = "v", wraps: bool = False) -> Num:
        """A number that may be anything."""
        text = f"{name}!{next(self.names)}"
        match kind:
            case "bool":
                return Num(kind, z3.Bool(text))
            case "int":
                term = z3.BitVec(text, self.width) if self.width else z3.Int(text)
                return Num(kind, term, not self.width, wraps)
            case _:
                term = z3.FP(text, z3.Float64()) if self.doubles else z3.Real(text)
                return Num(kind, term, self.doubles, wraps)

    def number(self, value: object) -> Num | None:
        """A Python number as a term; None if the theory does not hold it."""
        match value:
            case bool():
                return Num("bool", z3.BoolVal(value))
            case int() if not self.width:
                return Num("int", z3.IntVal(value))
            case int() if abs(value) < 2 ** (self.width - 1):
                return Num("int", z3.BitVecVal(value, self.width), False)
            case float() if self.doubles:
                return Num("float", z3.FPVal(value, z3.Float64()))
            case float() if math.isfinite(value):
                ratio = Fraction(value)
                return Num("float", z3.Q(ratio.numerator, ratio.denominator), False)
            case _:
                return None

    # ----------------------------------------------------------- operations

    def as_int(self, a: Num) -> Num:
        if a.kind != "bool":
            return a
        one, zero = self.number(1), self.number(0)
        assert one is not None and zero is not None
        return Num("int", z3.If(a.term, one.term, zero.term), a.exact and one.exact)

    def truth(self, a: Num) -> Num:
        """Whether a number is not zero."""
        if a.kind == "bool":
            return a
        zero = self.number(0 if a.kind == "int" else 0.0)
        assert zero is not None
        term = z3.Not(z3.fpIsZero(a.term)) if self._ieee(a) else a.term != zero.term
        return Num("bool", term, a.exact)

    def compared(self, relation: str, a: Num, b: Num) -> Num | None:
        """The outcome of a comparison; None if it is out of the theory."""
        if relation not in _RELATIONS:
            return None
        if a.kind == b.kind == "bool" and relation not in ("Eq", "NotEq"):
            a, b = self.as_int(a), self.as_int(b)
        both = self._alike(a, b)
        if both is None:
            return None
        x, y = both
        if self._ieee(x):
            term = (
                z3.Not(z3.fpEQ(x.term, y.term))
                if relation == "NotEq"
                else _FP[relation](x.term, y.term)
            )
        else:
            term = _related(relation, x.term, y.term)
        return Num("bool", term, x.exact and y.exact)

    def arithmetic(self, operation: str, a: Num, b: Num) -> Num | None:
        """The value of a binary operation; None if it is out of the theory."""
        if operation == "Pow":
            return self._power(a, b)
        both = self._alike(self.as_int(a), self.as_int(b))
        if both is None:
            return None
        x, y = both
        if x.kind == "float":
            return self._float_operation(operation, x, y)
        exact = x.exact and y.exact and not (x.wraps or y.wraps)
        wraps = x.wraps or y.wraps
        match operation:
            case "Add":
                return Num("int", x.term + y.term, exact, wraps)
            case "Sub":
                return Num("int", x.term - y.term, exact, wraps)
            case "Mult":
                return Num("int", x.term * y.term, exact, wraps)
            case "FloorDiv" | "Mod":
                return Num("int", self._floor(operation, x.term, y.term), exact, wraps)
            case "Div" if not self.width and not self.doubles:
                return Num("float", z3.ToReal(x.term) / z3.ToReal(y.term), False)
            case "BitAnd" | "BitOr" | "BitXor" | "LShift" | "RShift":
                return self._bits(operation, x, y, wraps)
            case _:
                return None

    def negated(self, a: Num) -> Num:
        a = self.as_int(a)
        term = z3.fpNeg(a.term) if self._ieee(a) else -a.term
        return Num(a.kind, term, a.exact and not (a.wraps and a.kind == "int"), a.wraps)

    def chosen(self, condition: Term, a: Num, b: Num) -> Num | None:
        """`a` where the condition holds, else `b`; None if their kinds differ."""
        if a.kind != b.kind:
            return None
        return Num(
            a.kind, z3.If(condition, a.term, b.term), a.exact and b.exact, a.wraps or b.wraps
        )

    def as_float(self, a: Num) -> Num | None:
        a = self.as_int(a)
        if a.kind == "float":
            return a
        if self.doubles:
            value = a.term.as_long() if z3.is_int_value(a.term) else None
            return self.number(float(value)) if value is not None and abs(value) < 2**53 else None
        return None if self.width else Num("float", z3.ToReal(a.term), False)

    # -------------------------------------------------------------- details

    def _ieee(self, a: Num) -> bool:
        return a.kind == "float" and self.doubles

    def _alike(self, a: Num, b: Num) -> tuple[Num, Num] | None:
        if a.kind == b.kind:
            return a, b
        if "float" in (a.kind, b.kind):
            x, y = self.as_float(a), self.as_float(b)
            return None if x is None or y is None else (x, y)
        return self.as_int(a), self.as_int(b)

    def _power(self, a: Num, b: Num) -> Num | None:
        count = z3.simplify(b.term) if b.kind == "int" else None
        if count is None or not (z3.is_int_value(count) or z3.is_bv_value(count)):
            return None
        times = count.as_long()
        if not 1 <= times <= _POWERS:
            return None
        out: Num | None = a
        for _ in range(times - 1):
            out = None if out is None else self.arithmetic("Mult", out, a)
        return out

    def _float_operation(self, operation: str, x: Num, y: Num) -> Num | None:
        if self.doubles:
            build = {"Add": z3.fpAdd, "Sub": z3.fpSub, "Mult": z3.fpMul, "Div": z3.fpDiv}
            if operation not in build:
                return None
            return Num(
                "float", build[operation](z3.RNE(), x.term, y.term), not (x.wraps or y.wraps)
            )
        match operation:
            case "Add":
                term = x.term + y.term
            case "Sub":
                term = x.term - y.term
            case "Mult":
                term = x.term * y.term
            case "Div":
                term = x.term / y.term
            case _:
                return None
        return Num("float", term, False)

    def _floor(self, operation: str, x: Term, y: Term) -> Term:
        """Python's rule: the quotient is rounded down, the remainder has the divisor's sign."""
        if self.width:
            rest = z3.SRem(x, y)
            rest = z3.If(z3.And(rest != 0, (rest < 0) != (y < 0)), rest + y, rest)
        else:
            # The remainder of SMT-LIB is never negative.
            rest = x % y
            rest = z3.If(z3.And(y < 0, rest != 0), rest + y, rest)
        return rest if operation == "Mod" else (x - rest) / y

    def _bits(self, operation: str, x: Num, y: Num, wraps: bool) -> Num | None:
        if self.width:
            build = {
                "BitAnd": x.term & y.term, "BitOr": x.term | y.term, "BitXor": x.term ^ y.term,
                "LShift": x.term << y.term, "RShift": x.term >> y.term,
            }  # fmt: skip
            return Num("int", build[operation], False, wraps)
        by = z3.simplify(y.term)
        number = by.as_long() if z3.is_int_value(by) else -1
        exact = x.exact and not wraps
        if operation == "RShift" and 0 <= number < 64:
            return Num("int", x.term / 2**number, exact, wraps)
        if operation == "LShift" and 0 <= number < 64:
            return Num("int", x.term * 2**number, exact, wraps)
        if operation == "BitAnd" and number >= 0 and number & (number + 1) == 0:
            return Num("int", x.term % (number + 1), exact, wraps)
        self.wanted_bits = True
        return None


def _related(relation: str, x: Term, y: Term) -> Term:
    match relation:
        case "Eq":
            return x == y
        case "NotEq":
            return x != y
        case "Lt":
            return x < y
        case "LtE":
            return x <= y
        case "Gt":
            return x > y
        case _:
            return x >= y
