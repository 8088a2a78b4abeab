"""Programs run side by side on drawn arguments."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Program
from loopwright.ir.types import Array, ListOf, Num, Py, Type

LENGTHS = (0, 1, 2, 3, 9)
ODD = (math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324)


@pytest.fixture
def agree() -> Callable[[Program, Program, float], int]:
    """`agree(before, after, tolerance)` asserts that wherever `after` does not give up both return the
    same and leave the same arguments; tells how often that was. Tolerance 0 means every bit."""
    return _agree


def _agree(before: Program, after: Program, tolerance: float = 0.0) -> int:
    reached = 0
    for seed in range(40):
        args = drawn(before, random.Random(seed))
        old, new = result(before, args), result(after, args)
        if new is None:
            continue
        reached += 1
        assert old is not None, f"{args}: gave up before, not after"
        assert alike(old, new, tolerance), f"{args}: {old} became {new}"
    return reached


def drawn(program: Program, rng: random.Random) -> list[Any]:
    """Arguments for the main function; arrays mostly share their lengths."""
    n = rng.choice(LENGTHS)
    odd = rng.random() < 0.3
    return [_draw(p.type, rng, n, odd) for p in program.main.params]


def _draw(t: Type, rng: random.Random, n: int, odd: bool) -> Any:
    match t:
        case Py("int") | Num("int64"):
            return rng.choice([n, 0, 1, 3, -2])
        case Py("bool"):
            return rng.random() < 0.5
        case Py() | Num():
            return rng.choice([0.0, -0.0, 1.5, rng.gauss(0, 1)])
        case Array(dtype, ndim, _):
            shape = tuple(n if rng.random() < 0.9 else rng.choice(LENGTHS) for _ in range(ndim))
            values = [
                rng.choice([0.0, -0.0, 1.0, rng.gauss(0, 3)]) for _ in range(math.prod(shape))
            ]
            return np.array(values, dtype="float64").reshape(shape).astype(dtype)
        case ListOf(elem, ndim) if ndim > 1:
            return [_draw(ListOf(elem, ndim - 1), rng, n, odd) for _ in range(n)]
        case ListOf(elem, _):
            return [_draw(elem, rng, n, odd) for _ in range(n)]
        case _:
            raise AssertionError(f"no values of type {t}")


def result(program: Program, args: list[Any]) -> tuple[Any, list[Any]] | None:
    """What the program returns, and its arguments afterwards; None if it gives up."""
    args = copy.deepcopy(args)
    try:
        returned = rebuild(program, run(program, args), args)
    except KernelFailed:
        return None
    return returned, args


def alike(a: Any, b: Any, tolerance: float) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(alike(x, y, tolerance) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        same = a.shape == b.shape and a.dtype == b.dtype
        return same and alike(a.ravel().tolist(), b.ravel().tolist(), tolerance)
    if isinstance(a, (float, np.floating)):
        if tolerance and np.isfinite([a, b]).all():
            return bool(abs(float(a) - float(b)) <= tolerance * max(1.0, abs(float(a))))
        return repr(float(a)) == repr(float(b))
    return bool(a == b)
