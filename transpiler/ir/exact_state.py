"""The state of a program that runs in floating point with enclosures beside it.

`State` holds the ordinary value of each variable and, beside it, a *shadow*: for floats an enclosure
(arrays: an object array; lists: a list), for all else a `Doubt`, which is shared by the names and views
of one object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loopwright.ir.exact_math import UNDECIDED, Known, ball
from loopwright.ir.nodes import Sym
from loopwright.ir.types import Array, ListOf, Num, Py, Type, kind_of


@dataclass(slots=True)
class Doubt:
    """True once a value depends on a comparison that rounding may have decided."""

    there: bool = False


@dataclass(slots=True)
class State:
    """`lost`: control itself is in doubt; nothing from here on is decided. `open`: some decision was.
    `whole`: every function that ran has an exact form."""

    env: dict[Sym, Any] = field(default_factory=dict)
    shadow: dict[Sym, Any] = field(default_factory=dict)
    lost: bool = False
    open: bool = False
    whole: bool = True
    known: Known = field(default_factory=Known)


def is_float(t: Type) -> bool:
    """Floating point, real or complex: what has enclosures."""
    match t:
        case Py(kind):
            return kind in ("float", "complex")
        case Num(dtype) | Array(dtype, _, _):
            return kind_of(dtype) in "fc"
        case ListOf(elem, _):
            return is_float(elem)
        case _:
            return False


def balls(value: Any) -> Any:
    """Exact enclosures of a number, array or list, in its shape and memory order."""
    if isinstance(value, list):
        return [balls(v) for v in value]
    if isinstance(value, np.ndarray):
        made = np.empty_like(value, dtype=object)
        made[...] = _BALL(value) if value.size else value
        return made
    return ball(value)


_BALL = np.frompyfunc(ball, 1, 1)


def undecided(value: Any) -> Any:
    """UNDECIDED in the shape of `value`."""
    if isinstance(value, list):
        return [undecided(v) for v in value]
    return np.full_like(value, UNDECIDED, dtype=object) if np.ndim(value) else UNDECIDED


def blur(shadow: Any) -> None:
    """Everything in an array or list becomes undecided, seen by all its views."""
    if isinstance(shadow, Doubt):
        shadow.there = True
    elif isinstance(shadow, np.ndarray):
        shadow[...] = UNDECIDED
    elif isinstance(shadow, list):
        for k, part in enumerate(shadow):
            if isinstance(part, list):
                blur(part)
            else:
                shadow[k] = UNDECIDED


def doubtful(shadow: Any) -> bool:
    """Whether a shadow holds a doubt."""
    if isinstance(shadow, tuple):
        return any(map(doubtful, shadow))
    return isinstance(shadow, Doubt) and shadow.there
