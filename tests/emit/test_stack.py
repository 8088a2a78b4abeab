"""Which arrays of a function C keeps on the stack."""

from __future__ import annotations

import pytest

from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.frontend.lower_source import lower_function
from loopwright.pipeline import Passes, compiled_passes

HEAD = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
def inner(x):
    return x * 2.0
"""
LOOP = (
    "def f(x: F1):\n    b = np.empty({n})\n    s = 0.0\n    for i in range(len(x)):\n"
    "        for k in range({n}):\n            b[k] = x[i] * k\n        for k in range({n}):\n"
    "            s += b[k] * b[{n} - 1 - k]\n    return {result}\n"
)
CALLED = """
def g(n: int, x: F1):
    b = np.empty(40)
    for k in range(40):
        b[k] = x[0] * k
    s = b[3] * b[5]
    {end}
def f(x: F1, n: int):
    return g(n, x)
"""
CASES = {
    "a small array": (LOOP.format(n=8, result="s"), True),
    "an array that is returned": (LOOP.format(n=8, result="s, b"), False),
    "a large array": (LOOP.format(n=5000, result="s"), False),
    "in each call of a function that calls itself": (
        CALLED.format(end="return s if n == 0 else g(n - 1, x) + s"), False
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "on_stack"), CASES.values(), ids=CASES)
def test_what_is_on_the_stack(source: str, on_stack: bool) -> None:
    program = Passes(lower_function(HEAD + source)).run(compiled_passes(())).program
    made = by_name("cython").emit(program, "kernel")
    assert isinstance(made, KernelSource)
    kept = [
        line for line in made.text.splitlines() if ": cython.double[" in line and "[:" not in line
    ]
    assert bool([line for line in kept if "::" not in line]) == on_stack, made.text
    assert ("np.empty(" in made.text) != on_stack
