"""Random programs on every level of the compiler agree with CPython; and those that once did not."""

from __future__ import annotations

import pytest
from levels import Counts, examine
from strategies import draw_source

PROGRAMS = 18
BACKENDS = ("numpy", "numba")

F1 = 'Annotated[NDArray[np.float64], "n"]'
B1 = 'Annotated[NDArray[np.bool_], "n"]'
FOUND = {
    "round of a boolean of NumPy raises": f"""
def f(n: int, h: {B1}):
    return round(h[0])
""",
    "bounds that move, of another type than the array": f"""
def f(n: int, v: {F1}, g: Annotated[NDArray[np.int64], "n"]):
    return np.clip(g, n, v)
""",
    "a sum of arrays that is stored into has memory of its own": """
def f(n: int, k: int):
    z = np.zeros((n, 3)) + np.ones((n, 3))
    z[0, 0] *= k
""",
    "an array that a view stores into is not computed again": f"""
def f(v: {F1}):
    z = v + 1.0
    y = z[1:]
    y[0] = 5.0
    return z[1]
""",
    "bounds that fail, of a loop that does nothing": f"""
def f(n: int, w: {F1}):
    for i in range(len(w)):
        for k in range(i, n << -1):
            z = w
""",
    "a running product of unsigned numbers": """
def f(n: int, u: Annotated[NDArray[np.uint8], "n"]):
    u *= np.cumprod(u)
""",
    "an array that a helper stores into is not computed again": f"""
def helper(y, i):
    y[i] = 7.0

def f(v: {F1}):
    z = v + 1.0
    helper(z[1:], 0)
    return z[1]
""",
}


def test_random_programs() -> None:
    counts = Counts()
    for seed in range(PROGRAMS):
        source = draw_source(seed)
        found = examine(source, seed, BACKENDS, counts, inputs=3)
        assert found is None, f"seed {seed}: {found}\n{source}"
    assert counts.calls > 5 * PROGRAMS
    assert counts.spurious < counts.calls // 5


@pytest.mark.parametrize("name", FOUND)
def test_a_program_that_went_wrong(name: str) -> None:
    for seed in range(5):
        found = examine(FOUND[name], seed, BACKENDS, Counts(), inputs=10)
        assert found is None, found
