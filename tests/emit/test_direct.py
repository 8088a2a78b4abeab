"""The short way into a Cython kernel takes plain arrays only, and tells why it does not run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.emit.build import build_cython
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.nodes import Program
from loopwright.pipeline import Passes, compiled_passes
from loopwright.workers import Workers

from .conftest import _import, shared_name

SOURCE = """
from numpy.typing import NDArray
def f(x: NDArray[np.float64], y: NDArray[np.int32], z: "np.ndarray[tuple[int, int], np.dtype[np.float32]]",
      own: int) -> int:
    for i in range(len(x)):
        x[i] = x[i] + y[i] * z[i, own]
    return own + len(x)
"""


def low(source: str) -> Program:
    return Passes(lower_function(source)).run(compiled_passes(())).program


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory, compilers: Workers) -> Callable[..., Any]:
    """`direct(x, y, z, own, least)`, whatever the order in the kernel."""
    cython, program = by_name("cython"), low(SOURCE)
    made = cython.emit(program, "f")
    assert isinstance(made, KernelSource) and made.direct
    folder = tmp_path_factory.mktemp("direct")
    path = folder / "kernels_direct.py"
    path.write_text("\n\n".join([cython.prelude, made.text, made.direct]), encoding="utf-8")
    built = build_cython(path, workers=compilers, cache_dir=folder / "cache")
    assert isinstance(built, Path), built
    _import(shared_name(), next(folder.glob(f"{shared_name()}.*")))
    function = _import("kernels_direct", built).direct_f
    order = [p.name for p in program.main.params]

    def call(x: Any, y: Any, z: Any, own: int = 1, least: int = 0) -> Any:
        given = {"x": x, "y": y, "z": z, "own": own}
        return function(*(given[name] for name in order), least)

    return call


def args(n: int = 5) -> tuple[Any, Any, Any]:
    return np.arange(float(n)), np.arange(n, dtype=np.int32), np.ones((n, 2), np.float32) * 0.5


def test_plain_arrays_run(direct: Callable[..., Any]) -> None:
    x, y, z = args()
    assert direct(x, y, z) == (True, 6)
    assert x.tolist() == [0.0, 1.5, 3.0, 4.5, 6.0]
    for n in (0, 1, 1000):
        assert direct(*args(n)) == (True, n + 1)
    for _ in range(1000):  # views are counted, and given back
        direct(*args(3))


def test_a_kernel_that_gives_up_says_so(direct: Callable[..., Any]) -> None:
    x, y, z = args()
    before = x.copy()
    assert direct(x, y[:4], z)[0] is False
    assert direct(x, y, z, 2)[0] is False
    assert np.array_equal(x, before)


def test_small_arrays_are_turned_away(direct: Callable[..., Any]) -> None:
    x, y, z = args()
    assert direct(x, y, z, 1, 21) is None
    assert direct(x, y, z, 1, 20) == (True, 6)


class Own(np.ndarray[Any, Any]):
    pass


def _read_only(x: Any) -> Any:
    x.flags.writeable = False
    return x


def _swapped(x: Any) -> Any:
    return x.astype(x.dtype.newbyteorder())


def _unaligned(x: Any) -> Any:
    buffer = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
    buffer[:] = x
    return buffer


NOT_PLAIN: dict[str, Callable[..., tuple[Any, Any, Any]]] = {
    "a list": lambda x, y, z: (x.tolist(), y, z),
    "None": lambda x, y, z: (x, None, z),
    "a number": lambda x, y, z: (x, y, 3),
    "a class of its own": lambda x, y, z: (x.view(Own), y, z),
    "another dtype": lambda x, y, z: (x.astype(np.float32), y, z),
    "as many bytes": lambda x, y, z: (x.view(np.int64), y, z),
    "another order of bytes": lambda x, y, z: (x, _swapped(y), z),
    "another rank": lambda x, y, z: (x, y, z[:, 1]),
    "every second element": lambda x, y, z: (np.repeat(x, 2)[::2], y, z),
    "backwards": lambda x, y, z: (x, y[::-1], z),
    "column by column": lambda x, y, z: (x, y, np.asfortranarray(z)),
    "not aligned": lambda x, y, z: (_unaligned(x), y, z),
    "written but not writeable": lambda x, y, z: (_read_only(x), y, z),
    "shared memory": lambda x, y, z: (x, x.view(np.int32)[5:], z),
    "the last bytes shared": lambda x, y, z: (x, x.view(np.int32)[-1:], z),
}


@pytest.mark.parametrize("change", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_other_arrays_go_the_long_way(
    direct: Callable[..., Any], change: Callable[..., tuple[Any, Any, Any]]
) -> None:
    given = change(*args())
    before = np.array(given[0])
    assert direct(*given) is None
    assert np.array_equal(given[0], before)


def test_read_arrays_may_be_read_only_and_share_memory(direct: Callable[..., Any]) -> None:
    x, y, z = args()
    assert direct(x, _read_only(y), _read_only(z)) == (True, 6)
    shared = np.zeros(10, np.float32)
    assert direct(x, shared.view(np.int32)[:5], shared.reshape(5, 2)) == (True, 6)


def test_settings_of_errors_are_looked_at(direct: Callable[..., Any]) -> None:
    for _ in range(2):
        assert direct(*args()) == (True, 6)
        with np.errstate(over="raise"):
            assert direct(*args()) is None
            with np.errstate(all="warn"):
                assert direct(*args()) == (True, 6)
            assert direct(*args()) is None
    assert direct(*args()) == (True, 6)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: NDArray[np.bool_]) -> int:\n    k = 0\n    for i in range(len(x)):\n"
        "        k += x[i]\n    return k\n",
        "def f(n: int) -> float:\n    s = 0.0\n    for i in range(n):\n        s += i\n    return s\n",
        "def f(x: NDArray[np.float64]):\n    y = np.zeros(len(x))\n    for i in range(len(x)):\n"
        "        y[i] = x[i]\n    return y\n",
    ],
    ids=["truth values", "no arrays", "a new array"],
)
def test_other_kernels_have_no_short_way(source: str) -> None:
    made = by_name("cython").emit(low("from numpy.typing import NDArray\n" + source), "f")
    assert isinstance(made, KernelSource) and not made.direct
    assert "ccall" not in made.text
