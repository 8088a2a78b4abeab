"""The NumPy backend: the same results as the function that was lowered, lists included."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.interp import rebuild

A = np.random.default_rng(3).normal(size=(4, 3))
A[1, 2], A[3, 0] = np.nan, -0.0
FLOATS = "Annotated[NDArray[np.float64], 'n m']"
VECTOR = "Annotated[NDArray[np.float64], 'n']"

FUNCTIONS: dict[str, tuple[str, list[Any]]] = {
    "array code": (
        f"""
def f(a: {FLOATS}, k: float):
    b = np.where(a > 0, np.sqrt(np.abs(a)), -a) * k
    b[1:, 0] = b[:-1, 0] + 1.0
    return b, b.sum(axis=0), b.max(), b.T[1].copy()
""",
        [A, 2.5],
    ),
    "loops over elements": (
        f"""
def f(a: {FLOATS}):
    total = 0.0
    for i in range(a.shape[0] - 1, -1, -1):
        for j in range(a.shape[1]):
            if a[i, j] > total:
                total += a[i, j]
            elif j == 2:
                break
    return total
""",
        [A],
    ),
    "a list that is changed": (
        """
def f(v: list[float], k: int):
    for i in range(len(v)):
        v[i] = v[i] * k
    v[-1] = 0.5
""",
        [[1.0, -0.0, 3.5], 3],
    ),
    "lists that are made": (
        """
def f(v: list[int]):
    out = []
    for x in v:
        if x % 2 == 0:
            out.append(x // 2)
    return out, [[0] * 2 for _ in range(len(out))]
""",
        [[4, 5, 6, -8]],
    ),
    "a helper": (
        f"""
def scale(row, k):
    row *= k
    return row.sum()

def f(a: {FLOATS}):
    s = 0.0
    for i in range(a.shape[0]):
        s += scale(a[i], 2.0)
    return s
""",
        [A],
    ),
    "a power by a number with digits": (
        """
def f(v: list[float], k: float):
    return v[0] ** k, v[1] ** 3.0, v[0] ** -k
""",
        [[2.5, -3.0], 0.5],
    ),
    "a random walk": (
        f"""
def f(v: {VECTOR}, rng: np.random.Generator):
    x = 0.0
    for i in range(v.shape[0]):
        if rng.random() < 0.5:
            x += rng.normal(0.0, 2.0)
        v[i] = x
    return x
""",
        [np.zeros(9), np.random.default_rng(4)],
    ),
}


def text(value: Any) -> str:
    """Something that shows types and bits."""
    if isinstance(value, tuple):
        return f"({', '.join(map(text, value))})"
    if isinstance(value, np.random.Generator):
        return str(value.bit_generator.state)
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype}{value.tolist()!r}"
    return f"{type(value).__name__} {value!r}"


@pytest.fixture(scope="module")
def kernels(load: Callable[..., ModuleType]) -> ModuleType:
    sources = enumerate(source for source, _ in FUNCTIONS.values())
    return load("numpy", {f"k{n}": lower_function(source) for n, source in sources})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_kernels_do_what_the_function_does(kernels: ModuleType, name: str) -> None:
    source, args = FUNCTIONS[name]
    space: dict[str, Any] = {"np": np}
    exec(f"from typing import Annotated\nfrom numpy.typing import NDArray\n{source}", space)
    theirs, mine = copy.deepcopy(args), copy.deepcopy(args)
    expected = space["f"](*theirs)
    machine = [np.array(a) if isinstance(a, list) else a for a in mine]
    got = getattr(kernels, f"k{[*FUNCTIONS].index(name)}")(*machine)
    ok, *results = got if isinstance(got, tuple) else (got,)
    assert ok is True
    assert text(rebuild(lower_function(source), results, mine)) == text(expected)
    for given, array, want in zip(mine, machine, theirs, strict=True):
        assert text(array.tolist() if isinstance(given, list) else array) == text(want)


def test_an_index_out_of_range_is_an_exception(kernels: ModuleType) -> None:
    with pytest.raises(IndexError):
        kernels.k2(np.array([]), 3)


def test_a_power_that_is_complex_is_an_exception(kernels: ModuleType) -> None:
    power = getattr(kernels, f"k{[*FUNCTIONS].index('a power by a number with digits')}")
    with pytest.raises(ValueError):
        power(np.array([-2.5, 1.0]), 0.5)
