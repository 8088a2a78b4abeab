"""Real functions over enclosures: balls of python-flint (Arb) that contain the exact value for sure.

`UNDECIDED` encloses everything: it stands for what is not a real number, and for discontinuous
functions where the enclosure of the argument meets the discontinuity. Fredrik Johansson, "Arb:
efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE Trans. Computers 66 (2017).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from flint import acb, arb

Ball: TypeAlias = Any
"""`arb` or, for complex numbers, `acb`."""

UNDECIDED: Ball = arb("nan")


def ball(value: Any) -> Ball:
    """The enclosure of a number of Python or NumPy; exact."""
    if isinstance(value, (arb, acb)):
        return value
    if isinstance(value, (complex, np.complexfloating)):
        return acb(ball(float(value.real)), ball(float(value.imag)))
    if isinstance(value, (bool, int, np.bool, np.integer)):
        return arb(int(value))
    number = float(value)
    if math.isinf(number):
        return arb.pos_inf() if number > 0 else arb.neg_inf()
    return arb(number)


def is_decided(x: Ball) -> bool:
    """True if the enclosure says anything."""
    return bool(x.is_finite())


class Known:
    """One object for one number: the same operation on the same operands gives the very same ball.

    Equal numbers that no precision would tell apart, as the square root of 5 computed twice, are thus
    seen to be equal: their balls are one object. Operands are kept, so that an id names one of them.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[object, ...], tuple[Ball, ...]] = {}

    def op(self, name: str, func: Callable[..., Ball]) -> Callable[..., Ball]:
        """`func`, which gives known results again."""

        def apply(*args: Ball) -> Ball:
            made = func(*args)
            if made.is_exact() or not is_decided(made):
                return made
            key = (name, *map(_name_of, args))
            if len(self.found) < _MOST_KNOWN:
                return self.found.setdefault(key, (made, *args))[0]
            return self.found.get(key, (made,))[0]

        return apply


_MOST_KNOWN = 50_000


def _name_of(x: Ball) -> object:
    """Equal for operands that are known to be the same number."""
    return x if isinstance(x, arb) and x.is_exact() and x.is_finite() else id(x)


def compare(op: str, a: Ball, b: Ball) -> bool | None:
    """The exact comparison; None where the enclosures leave it open."""
    if a is b and is_decided(a):
        return op in ("le", "ge", "eq")
    if isinstance(a, acb) or isinstance(b, acb):
        equal = True if a == b else False if a != b else None
        return None if equal is None else equal is (op == "eq")
    yes, no = {
        "lt": (a < b, a >= b),
        "le": (a <= b, a > b),
        "gt": (a > b, a <= b),
        "ge": (a >= b, a < b),
        "eq": (a == b, a != b),
        "ne": (a != b, a == b),
    }[op]
    # NaN is unequal to all and would pass for a certain answer
    if a.is_nan() or b.is_nan():
        return None
    return True if yes else False if no else None


def truth(x: Ball) -> bool | None:
    """Whether x is not zero."""
    return compare("ne", x, arb(0))


def union(a: Ball, b: Ball) -> Ball:
    """An enclosure of both."""
    if isinstance(a, acb) or isinstance(b, acb):
        return UNDECIDED
    return a.union(b)


def _floor(x: Ball) -> Ball:
    found = x.floor()
    return found if found.is_exact() else UNDECIDED


def _ceil(x: Ball) -> Ball:
    return -_floor(-x)


def _trunc(x: Ball) -> Ball:
    if x >= 0:
        return _floor(x)
    if x <= 0:
        return _ceil(x)
    return arb(0) if abs(x) < 1 else UNDECIDED


def _rint(x: Ball) -> Ball:
    shifted = x + arb(0.5)
    up = _floor(shifted)
    if shifted > up:
        return up
    if not (shifted.is_exact() and is_decided(up)):
        return UNDECIDED
    return up if int(up.unique_fmpz()) % 2 == 0 else up - 1


def _sign(x: Ball) -> Ball:
    if x > 0:
        return arb(1)
    if x < 0:
        return arb(-1)
    return arb(0) if x.is_zero() else UNDECIDED


def _cbrt(x: Ball) -> Ball:
    if x >= 0:
        return x.root(3)
    return -((-x).root(3)) if x < 0 else UNDECIDED


def _lgamma(x: Ball) -> Ball:
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def power(a: Ball, b: Ball) -> Ball:
    """`a ** b`; exact integers as exponents may have any base."""
    if isinstance(a, acb) or isinstance(b, acb):
        return acb(a) ** acb(b)
    whole = b.unique_fmpz() if b.is_exact() else None
    if whole is not None:
        return a ** int(whole)
    if a.is_zero():
        return arb(0) if b > 0 else UNDECIDED
    return a**b


def floor_divide(a: Ball, b: Ball) -> Ball:
    """`a // b`."""
    return _floor(a / b)


def remainder(a: Ball, b: Ball) -> Ball:
    """`a % b` with the sign of b."""
    return a - b * _floor(a / b)


def minimum(a: Ball, b: Ball) -> Ball:
    """The lesser; an enclosure even where it is open which one that is."""
    return a.min(b)


def maximum(a: Ball, b: Ball) -> Ball:
    """The greater, likewise."""
    return a.max(b)


def _copysign(a: Ball, b: Ball) -> Ball:
    return abs(a) * _sign(b) if truth(b) else UNDECIDED


def _heaviside(a: Ball, b: Ball) -> Ball:
    sign = _sign(a)
    return b if sign.is_zero() else (sign + 1) / 2


def round_digits(x: Ball, digits: int) -> Ball:
    """x to so many decimal digits, half to even."""
    scale = arb(10) ** digits
    return _rint(x * scale) / scale


def _method(name: str) -> Callable[[Ball], Ball]:
    return lambda x: getattr(x, name)()


_METHODS = (
    "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh",
    "asin", "acos", "atan", "asinh", "acosh", "atanh", "gamma", "erf", "erfc",
)  # fmt: skip

UNARY: dict[str, Callable[[Ball], Ball]] = {
    **{name: _method(name) for name in _METHODS},
    **{f"arc{name[1:]}": _method(name) for name in _METHODS[11:17]},
    "lgamma": _lgamma,
    "gammaln": _lgamma,
    "psi": lambda x: x.digamma(),
    "ndtr": lambda x: (-x / arb(2).sqrt()).erfc() / 2,
    "entr": lambda x: arb(0) if x.is_zero() else -x * x.log(),
    "expit": lambda x: 1 / (1 + (-x).exp()),
    "logit": lambda x: (x / (1 - x)).log(),
    "cbrt": _cbrt,
    "exp2": lambda x: power(arb(2), x),
    "log2": lambda x: x.log() / arb(2).log(),
    "log10": lambda x: x.log() / arb(10).log(),
    "degrees": lambda x: x * 180 / arb.pi(),
    "radians": lambda x: x * arb.pi() / 180,
    "fabs": abs,
    "abs": abs,
    "absolute": abs,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "floor": _floor,
    "ceil": _ceil,
    "trunc": _trunc,
    "rint": _rint,
    "round": _rint,
    "sign": _sign,
    "neg": lambda x: -x,
    "pos": lambda x: x,
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "conj": lambda x: x.conjugate(),
}

BINARY: dict[str, Callable[[Ball, Ball], Ball]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "floordiv": floor_divide,
    "mod": remainder,
    "pow": power,
    "minimum": minimum,
    "maximum": maximum,
    "min2": minimum,
    "max2": maximum,
    "fmin": minimum,
    "fmax": maximum,
    "arctan2": arb.atan2,
    "atan2": arb.atan2,
    "hypot": lambda a, b: (a * a + b * b).sqrt(),
    "copysign": _copysign,
    "fmod": lambda a, b: a - b * _trunc(a / b),
    "remainder": lambda a, b: a - b * _rint(a / b),
    "logaddexp": lambda a, b: (a.exp() + b.exp()).log(),
    "heaviside": _heaviside,
    "xlogy": lambda a, b: arb(0) if a.is_zero() else a * b.log(),
    "xlog1py": lambda a, b: arb(0) if a.is_zero() else a * b.log1p(),
    "rel_entr": lambda a, b: arb(0) if a.is_zero() else a * (a / b).log(),
    "betaln": lambda a, b: _lgamma(a) + _lgamma(b) - _lgamma(a + b),
    "complex": lambda a, b: acb(a, b),
    "round": lambda x, digits: round_digits(x, int(digits.unique_fmpz())),
}
