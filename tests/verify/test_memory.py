"""Stray accesses and memory that was never written are differences, even where the answers agree."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from loopwright.verify import codec, guard
from loopwright.verify.conditions import Condition
from loopwright.verify.functions import Verdict, render

from .pool import verify_functions

HEAD = """from typing import Annotated
import numpy as np
from numba import njit
from numpy.typing import NDArray
V = Annotated[NDArray[np.float64], 'n']
def f(x: V) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i]
    return s
"""


def verify(folder: Path, source: str, **options: object) -> Verdict:
    file = folder / "pair.py"
    file.write_text(HEAD + source)
    given = {"time_limit": 25.0, "inputs": 80, **options}
    return verify_functions(file, "f", file, "g", **given)  # type: ignore[arg-type]


LONGER = "    y = np.lib.stride_tricks.as_strided({}, (len(x) + 1,))\n"
STRAY = {
    "a read beyond the end": (
        LONGER.format("x") + "    s = min(0.0, abs(y[len(x)]))\n", "x was read, beyond its end",
    ),
    "a read before the start": (
        LONGER.format("x[::-1]") + "    s = min(0.0, abs(y[len(x)])) if len(x) else 0.0\n",
        "x was read, before its start",
    ),
    "a write beyond the end": (
        LONGER.format("x") + "    s = 0.0\n    if x.flags.writeable:\n        y[len(x)] = y[len(x)]\n",
        "x was written, beyond its end",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "words"), STRAY.values(), ids=STRAY)
def test_a_stray_access_is_different(body: str, words: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, f"def g(x):\n{body}    for v in x:\n        s += v\n    return s\n")
    assert verdict.status == "different", render(verdict)
    assert f"memory outside of {words}" in verdict.reason
    assert verdict.counterexample is not None
    assert "placed({'x': x}, Condition(" in verdict.counterexample.program


NEVER_WRITTEN = """def g(x):
    out = np.empty(len(x) + 1)
    out[1:] = x
    np.cumsum(out, out=out)
    return {}
"""


def test_an_answer_that_hangs_on_memory_that_nobody_wrote_is_different(tmp_path: Path) -> None:
    wrong = NEVER_WRITTEN.format("f(x) + (1e300 < abs(out[0]) < 1e305)")
    verdict = verify(tmp_path, wrong)
    assert verdict.status == "different", render(verdict)
    assert "when memory that nobody wrote holds other bytes" in verdict.reason
    assert verdict.counterexample is not None
    assert "with fresh_memory(" in verdict.counterexample.program


def test_memory_that_is_never_returned_does_no_harm(tmp_path: Path) -> None:
    verdict = verify(tmp_path, NEVER_WRITTEN.format("f(x)"))
    assert verdict.status == "same", render(verdict)


INDICES = """@njit
def at(x, i):
    return x[i]
@njit
def total(x):
    s = 0.0
    for i in range(len(x)):
        s += at(x, i)
    return s{}
def g(x):
    return total(x.copy())
"""


def test_the_indices_of_compiled_functions_are_tested(tmp_path: Path) -> None:
    verdict = verify(tmp_path, INDICES.format(" + min(0.0, abs(at(x, len(x) + 3000)))"))
    assert verdict.status == "different", render(verdict)
    assert verdict.reason.startswith("index out of bounds in the compiled function")


def test_a_negative_index_of_a_compiled_function_wraps(tmp_path: Path) -> None:
    verdict = verify(tmp_path, INDICES.format(" + 0 * len(x[-1:])"))
    assert verdict.status == "same", render(verdict)


CYTHON = """cimport cython
@cython.boundscheck(False)
@cython.wraparound(False)
def g(const double[:] x):
    cdef double s = 0.0
    cdef Py_ssize_t i
    for i in range(x.shape[0] + 1):
        s += (1.0 if i < x.shape[0] else 0.0) * x[i]
    return s
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_a_file_of_cython_is_built_and_may_not_stray(tmp_path: Path) -> None:
    file, fast = tmp_path / "slow.py", tmp_path / "fast.pyx"
    file.write_text(HEAD)
    fast.write_text(CYTHON)
    verdict = verify_functions(file, "f", fast, "g", time_limit=60.0, inputs=40)
    assert verdict.status == "different", render(verdict)
    assert verdict.reason != "outcome differs at outcome"


def arrays() -> dict[str, object]:
    base = np.arange(24.0).reshape(4, 6)
    locked = np.arange(3)
    locked.flags.writeable = False
    return {
        "c": base.copy(), "fortran": np.asfortranarray(base), "strided": base[::2, 1::2],
        "reversed": base[::-1, ::-1], "row": base[1], "repeated": np.broadcast_to(base[:1], (3, 6)),
        "locked": locked, "nothing": np.zeros((0, 3)), "number": np.array(3.5),
        "objects": np.array([1, None], object), "records": np.zeros(3, [("a", "i4"), ("b", "f8")]),
        "odd": np.frombuffer(b"\1" * 17, np.uint8)[1:].view(np.float64), "text": np.array(["a", "bc"]),
        "listed": [base[2], (base[3], 1)],
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["end", "start"])
def test_arrays_look_the_same_at_another_place(kind: str) -> None:
    values = codec.copy(arrays())
    moved = guard.placed(codec.copy(values), Condition(kind, 0x7E))  # type: ignore[arg-type]
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            other = moved[name]
            assert (other.dtype, other.shape) == (value.dtype, value.shape)
            assert other.strides == value.strides or not value.size
            assert str(other.flags) == str(value.flags), name
            assert np.array_equal(other, value)
    assert np.shares_memory(moved["strided"], moved["listed"][0])
    assert not guard.written_outside()


def test_places_are_given_back() -> None:
    def mappings() -> int:
        return Path("/proc/self/maps").read_text().count("\n")

    values = arrays()
    guard.placed(codec.copy(values), Condition("end", 1))
    before = mappings()
    for _ in range(300):
        guard.placed(codec.copy(values), Condition("end", 1))
    assert mappings() < before + 30
