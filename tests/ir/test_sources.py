"""Lowered Python: the interpreter, the printed IR and CPython agree, and enclosures hold the result."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.exact_math import is_decided
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.interp_exact import enclose, rebuild_exact
from loopwright.ir.show import HEADER, show
from loopwright.ir.walk import copy_func

HEAD = """\
import math
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
Vec = Annotated[NDArray[np.float64], "n"]
"""
RNG = np.random.default_rng(5)
V, W, M = RNG.normal(size=7), RNG.normal(size=5), RNG.normal(size=(6, 4))

SOURCES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "a sum of squares",
        """
def f(x: Annotated[NDArray[np.float64], "n"]) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s
""",
        (V,),
    ),
    (
        "pairwise distances",
        """
def f(x: Annotated[NDArray[np.float64], "n d"]) -> NDArray[np.float64]:
    n, d = x.shape
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            s = 0.0
            for k in range(d):
                t = x[i, k] - x[j, k]
                s += t * t
            out[i, j] = math.sqrt(s)
            out[j, i] = out[i, j]
    return out
""",
        (M,),
    ),
    (
        "warping distance",
        """
def f(a: Annotated[NDArray[np.float64], "n"], b: Annotated[NDArray[np.float64], "m"]) -> float:
    n, m = len(a), len(b)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d = abs(a[i - 1] - b[j - 1])
            cost[i, j] = d + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[n, m]
""",
        (V, W),
    ),
    (
        "softmax of rows, in place",
        """
def f(x: Annotated[NDArray[np.float64], "n d"]) -> None:
    for i in range(x.shape[0]):
        row = x[i]
        row -= row.max()
        x[i] = np.exp(row) / np.exp(row).sum()
""",
        (M,),
    ),
    (
        "running means in a list",
        """
def f(values: list[float]) -> list[float]:
    out = []
    total = 0.0
    for k, v in enumerate(values):
        total += v
        out.append(total / (k + 1))
    return out
""",
        (V.tolist(),),
    ),
    (
        "the nearest, with a helper",
        """
def gap(p: float, q: float) -> float:
    return abs(p - q)

def f(x: list[float], at: float) -> tuple[int, float]:
    best, where = 1e300, -1
    for i in range(len(x)):
        d = gap(x[i], at)
        if d < best:
            best = d
            where = i
    return where, best
""",
        (V.tolist(), 0.25),
    ),
    (
        "Newton's root",
        """
def f(a: float) -> float:
    x = a
    while abs(x * x - a) > 1e-9:
        x = 0.5 * (x + a / x)
    return x
""",
        (2.0,),
    ),
    (
        "an index beyond the end raises",
        """
def f(x: Annotated[NDArray[np.float64], "n"]) -> float:
    s = 0.0
    for i in range(len(x) + 1):
        s += x[i]
    return s
""",
        (V,),
    ),
    (
        "a division by zero raises",
        """
def f(a: float, b: float) -> float:
    return a / b
""",
        (1.0, 0.0),
    ),
    (
        "integers without bound",
        """
def f(n: int) -> int:
    r = 1
    for i in range(2, n + 1):
        r = r * i
    return r
""",
        (30,),
    ),
]


def ran(function: Any, args: tuple[Any, ...]) -> tuple[str, str]:
    """The result and the arguments afterwards, or that it raised."""
    args = copy.deepcopy(args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*args)
        except (ArithmeticError, IndexError, KernelFailed):
            return "raised", ""
    return f"{type(result).__name__} {result!r}", repr(args)


@pytest.mark.parametrize(
    ("source", "args"), [row[1:] for row in SOURCES], ids=[row[0] for row in SOURCES]
)
def test_the_interpreter_and_the_text_agree_with_python(source: str, args: tuple[Any, ...]) -> None:
    names: dict[str, Any] = {}
    exec(HEAD + source, names)
    program = lower_function(HEAD + source)
    check(program)
    expected = ran(names["f"], args)
    assert ran(lambda *a: rebuild(program, run(program, a), a), args) == expected

    shown: dict[str, Any] = {}
    exec(HEADER + show(program), shown)
    function = shown[program.main.name]

    def printed(*a: Any) -> Any:
        results = function(*a)
        results = results if isinstance(results, tuple) else (results,)
        return rebuild(program, results, a)

    assert ran(printed, args) == expected
    copied = copy_func(program.main)
    check(type(program)(copied, program.rebuild, program.helpers))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple, np.ndarray)):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


@pytest.mark.parametrize(
    ("source", "args"), [row[1:] for row in SOURCES[:7]], ids=[row[0] for row in SOURCES[:7]]
)
def test_enclosures_lie_by_the_result(source: str, args: tuple[Any, ...]) -> None:
    program = lower_function(HEAD + source)
    args = copy.deepcopy(args)
    found = enclose(program, args)
    ordinary = rebuild(program, [r.ordinary for r in found.results], args)
    pairs = list(zip(leaves(ordinary), leaves(rebuild_exact(program, found)), strict=True))
    for given, parameter in zip(args, found.params, strict=True):
        if parameter.exact is not None:
            pairs += zip(leaves(given), leaves(parameter.exact), strict=True)
    for value, exact in pairs:
        if not isinstance(exact, (int, type(None))):
            assert is_decided(exact)
            assert abs(float(exact.mid()) - value) <= 1e-12 * max(1.0, abs(value))
