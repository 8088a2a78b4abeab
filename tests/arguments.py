"""Arguments for random programs, and what CPython makes of them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from grammar import PARAMETERS

HEADER = """\
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
"""
LENGTHS = (0, 1, 2, 3, 3, 7, 7)
BUDGET = 2000

_ODD_FLOATS = (math.nan, math.inf, -math.inf, -0.0, 1e308, 5e-324, 0.1)
_ODD_INTS = (2**31, -(2**31), 2**31 - 1, 64, -64, 255)


def parameters(source: str) -> list[str]:
    """The names of the parameters of `f`."""
    header = next(line for line in source.splitlines() if line.startswith("def f("))
    return [name for name in PARAMETERS if f"({name}: " in header or f", {name}: " in header]


def draw_arguments(names: Sequence[str], rng: random.Random) -> dict[str, Any]:
    """A value for each parameter. Half of the draws use small dyadic numbers, the others special ones."""
    n = rng.choice(LENGTHS)
    m = n if rng.random() < 0.4 else rng.choice(LENGTHS)
    odd = rng.random() < 0.5
    size = {"o": n if rng.random() < 0.5 else rng.choice(LENGTHS), "n": n, "m": m}
    return {name: _value(name, size, odd, rng) for name in names}


def _value(name: str, size: dict[str, int], odd: bool, rng: random.Random) -> Any:
    shown = PARAMETERS[name]
    if shown == "bool":
        return rng.random() < 0.5
    if shown == "int":
        near = size["n"] if name == "n" else rng.randint(-2, 4)
        return rng.choice(_ODD_INTS) if odd and name != "n" and rng.random() < 0.3 else near
    if shown == "float":
        return _float(odd, rng)
    if shown == "list[int]":
        return [_int(odd, rng) for _ in range(size["n"])]
    if shown == "list[float]":
        return [_float(odd, rng) for _ in range(size["n"])]
    shape = tuple(size[s] for s in shown.split('"')[1].split())
    dtype = shown.split("np.")[1].split("]")[0]
    count = math.prod(shape)
    if dtype.startswith("float"):
        flat = np.array([_float(odd, rng) for _ in range(count)], dtype="float64")
    elif dtype == "int64":
        flat = np.array([_int(odd and rng.random() < 0.2, rng) for _ in range(count)], "int64")
    else:
        flat = np.array([rng.choice((0, 1, 2, 200, 255)) for _ in range(count)], dtype="int64")
    with np.errstate(all="ignore"):
        return _laid_out(flat.astype(dtype).reshape(shape), rng)


def _laid_out(array: Any, rng: random.Random) -> Any:
    """The array, now and then as a strided or reversed view."""
    match rng.choice(("C", "C", "C", "reversed", "strided", "F")):
        case "reversed":
            return np.ascontiguousarray(array[::-1])[::-1]
        case "strided" if array.ndim == 1:
            return np.repeat(array, 2)[::2]
        case "F":
            return np.asfortranarray(array)
        case _:
            return array


def _float(odd: bool, rng: random.Random) -> float:
    if odd and rng.random() < 0.3:
        return rng.choice(_ODD_FLOATS)
    return rng.randint(-8, 8) / 2


def _int(odd: bool, rng: random.Random) -> int:
    return rng.choice(_ODD_INTS) if odd and rng.random() < 0.3 else rng.randint(-2, 4)


# -------------------------------------------------------------------- CPython


class OutOfBudget(BaseException):
    """The drawn program runs for too long."""


def counted(text: str) -> str:
    """The text with a call of `tick` in each loop body."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        body = line.lstrip()
        if body.startswith(("for ", "while ")):
            lines.append(" " * (len(line) - len(body) + 4) + "tick()")
    return "\n".join(lines)


def python_outcome(text: str, args: Sequence[Any], budget: int = BUDGET) -> Any:
    """What CPython returns for `f(*args)`, or the exception as a value; OutOfBudget if it runs long."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks > budget:
            raise OutOfBudget

    space: dict[str, Any] = {"tick": tick}
    exec(HEADER + counted(text), space)
    try:
        with np.errstate(all="ignore"):
            return space["f"](*args)
    except OutOfBudget:
        raise
    except Exception as error:
        return error
