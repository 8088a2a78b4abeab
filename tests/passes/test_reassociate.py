"""Which loops give up the order of their sums, and what stays exactly as it was."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import run
from loopwright.ir.nodes import For, Program
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.legalise import Legalise
from loopwright.passes.parallel import Parallel
from loopwright.passes.reassociate import Reassociate
from loopwright.pipeline import Passes, compiled_passes

HEADER = """
import math
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
G1 = Annotated[NDArray[np.float32], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
I1 = Annotated[NDArray[np.int64], "n"]
"""


def low(source: str) -> Program:
    outcome = Legalise().run(lower_function(HEADER + source))
    assert isinstance(outcome, Applied)
    return outcome.program


MOVED = {
    "a plain sum": "def f(x: F1):\n    s = np.float64(0.0)\n    for v in x:\n        s += v\n    return s",
    "differences": (
        "def f(x: F1):\n    s = np.float64(1.0)\n    for i in range(1, len(x)):\n"
        "        d = x[i] - x[i - 1]\n        s -= d * d\n    return s"
    ),
    "a sum and a count under a condition": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    n = 0\n    for v in x:\n        if v > 0.5:\n"
        "            s += v\n            n += 1\n    return s, n"
    ),
    "two sums at once": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    t = np.float64(0.0)\n    for v in x:\n"
        "        s += v\n        t += v * v\n    return s, t"
    ),
    "one variable counts in two loops": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    t = np.float64(0.0)\n    for i in range(len(x)):\n"
        "        d = x[i]\n        s += d\n    for i in range(len(x)):\n        d = x[i] * 0.5\n"
        "        t += d * d\n    return s, t"
    ),
    "one element for each row": (
        "def f(a: F2, y: F1):\n    for i in range(min(len(a), len(y))):\n"
        "        for k in range(a.shape[1]):\n            y[i] += a[i, k] * 0.5"
    ),
    "whether there was one": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    seen = 0\n    for v in x:\n        if v > 3.0:\n"
        "            seen = 7\n            s += v\n    return s, seen"
    ),
    "single precision": (
        "def f(x: G1):\n    s = np.float32(0.0)\n    for v in x:\n        s = s + abs(v)\n    return s"
    ),
    "a plain sum of single precision": (
        "def f(x: G1):\n    s = np.float32(0.0)\n    for v in x:\n        s += v\n    return s"
    ),
}
KEPT = {
    "the sums are read": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    m = np.float64(0.0)\n    for v in x:\n        s += v\n"
        "        m = s * 2.0\n    return s", "also read"),
    "something is carried over": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    last = np.float64(0.0)\n    for v in x:\n"
        "        s += last\n        last = v\n    return s", "carried"),
    "the last one is used": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    v = np.float64(0.0)\n    for i in range(len(x)):\n"
        "        v = x[i]\n        s += v\n    return s + v", "used later"),
    "the last one is the bound of the next round": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    m = 2\n    for r in range(9):\n        if m > len(x):\n"
        "            break\n        for i in range(m):\n            m = i + 2\n            s += x[i]\n"
        "    return s",
        "used later"),
    "something else is stored": (
        "def f(x: F1, y: F1):\n    s = np.float64(0.0)\n    for i in range(min(len(x), len(y))):\n"
        "        s += x[i]\n        y[i] = x[i]\n    return s", "more than"),
    "each element has its own": (
        "def f(x: F1, y: F1):\n    for i in range(min(len(x), len(y))):\n        y[i] += x[i]",
        "more than one element"),
    "the element is read by another index": (
        "def f(x: F1):\n    for i in range(len(x)):\n        x[0] += x[i]", "also read"),
    "it may end early": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for v in x:\n        if v < 0.0:\n            break\n"
        "        s += v\n    return s", "more than"),
    "two assignments of one sum": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for v in x:\n        s += v\n        s += 1.0\n"
        "    return s", "assigned twice"),
}  # fmt: skip
NOTHING = {
    "only integers": "def f(x: I1):\n    s = 0\n    for v in x:\n        s += int(v) & 7\n    return s",
    "no array": (
        "def f(x: float, n: int):\n    s = np.float64(0.0)\n    for i in range(n):\n        s += x\n"
        "    return s"
    ),
    "a function takes the time": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for v in x:\n        s += np.exp(v)\n    return s"
    ),
}


@pytest.mark.parametrize("source", MOVED.values(), ids=MOVED)
def test_a_loop_that_only_adds_gets_a_function(source: str) -> None:
    outcome = Reassociate().run(low(source))
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert [f.reorders for f in outcome.program.helpers] == [False, True]


@pytest.mark.parametrize(("source", "why"), KEPT.values(), ids=KEPT)
def test_a_loop_that_does_more_keeps_its_order(source: str, why: str) -> None:
    outcome = Reassociate().run(low(source))
    assert isinstance(outcome, Unchanged)
    assert why in " ".join(each.why for each in outcome.declined)
    assert {each.code for each in outcome.declined} == {"LW209"}


@pytest.mark.parametrize("source", NOTHING.values(), ids=NOTHING)
def test_what_would_not_gain_is_left_alone_without_a_word(source: str) -> None:
    outcome = Reassociate().run(low(source))
    assert outcome == Unchanged()


def test_a_sum_that_threads_share_stays_one_that_the_compiler_knows() -> None:
    """What each thread adds up by itself must stand as `c += 1` in the loop that they share."""
    source = (
        "def f(a: F2, y: F1):\n    c = 0\n    for i in range(len(a)):\n        t = np.float64(0.0)\n"
        "        for v in a[i]:\n            t += v\n            if v > 3.0:\n                c += 1\n"
        "        y[i] = t\n    return c"
    )
    program = lower_function(HEADER + source)
    shared = Passes(program).run((*compiled_passes(()), Parallel())).program
    assert any(isinstance(s, For) and s.parallel for s in walk_stmts(shared.main.body))
    outcome = Reassociate().run(shared)
    assert isinstance(outcome, Unchanged)
    assert "several threads" in " ".join(each.why for each in outcome.declined)


def test_what_was_moved_stays_where_it_is() -> None:
    once = Reassociate().run(low(MOVED["two sums at once"]))
    assert isinstance(once, Applied)
    assert isinstance(Reassociate().run(once.program), Unchanged)


# ------------------------------------------------------------------- compiled

BIG = np.finfo(np.float64).max
RNG = np.random.default_rng(5)
EXACT = {
    "nothing": np.array([]),
    "not a number": np.concatenate([RNG.normal(size=90), [np.nan], RNG.normal(size=90)]),
    "infinities of both signs": np.concatenate([[np.inf], np.ones(80), [-np.inf]]),
    "a partial sum that overflows in another order": np.tile([BIG, -BIG], 64),
    "a partial sum that overflows in this order": np.repeat([BIG, -BIG], 64),
    "nothing but cancellation": np.concatenate([np.full(70, 1e17), np.ones(3), np.full(70, -1e17)]),
    "negative zeros": np.full(100, -0.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def totals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    """The plain sums of both precisions, compiled by Numba."""
    file = tmp_path_factory.mktemp("sums") / "kernels.py"
    backend = by_name("numba")
    texts = [backend.prelude]
    for name in ("a plain sum", "a plain sum of single precision"):
        program = Passes(lower_function(HEADER + MOVED[name])).run(
            (*compiled_passes(()), Reassociate())
        )
        source = backend.emit(program.program, f"total_{len(texts)}")
        assert isinstance(source, KernelSource)
        assert 'fastmath={"reassoc"}' in source.text
        texts.append(source.text)
    Path(file).write_text("\n\n".join(texts), "utf-8")
    spec = importlib.util.spec_from_file_location("kernels", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"float64": module.total_1, "float32": module.total_2}


def in_order(x: np.ndarray[Any, Any]) -> float:
    s = x.dtype.type(0.0)
    with np.errstate(all="ignore"):
        for v in x:
            s += v
    return float(s)


@pytest.mark.parametrize("x", EXACT.values(), ids=EXACT)
def test_what_hangs_on_the_order_has_the_bits_of_the_loop(totals: Any, x: Any) -> None:
    assert np.array_equal(totals["float64"](x)[-1], in_order(x), equal_nan=True)


def test_single_precision_has_fewer_digits_to_lose(totals: Any) -> None:
    """Where a part of the sum keeps the large number, it loses all the ones that follow."""
    x = np.concatenate([[2.0**24, -(2.0**24)], np.ones(6400)]).astype(np.float32)
    assert totals["float32"](x)[-1] == in_order(x) == 6400.0


def test_other_sums_are_as_good_and_in_another_order(totals: Any) -> None:
    differs = 0
    for size in (1, 7, 64, 1000, 4097):
        for x in (RNG.normal(size=size), RNG.random(size), RNG.normal(size=size) * 1e280):
            expected, found = in_order(x), totals["float64"](x)[-1]
            assert abs(found - expected) <= 4 * size * np.finfo(float).eps * np.abs(x).sum()
            differs += found != expected
    assert differs  # else nothing was reordered, and the tests above show nothing


@pytest.mark.parametrize("name", MOVED)
def test_one_after_the_other_the_sums_are_the_same(name: str) -> None:
    before = low(MOVED[name])
    outcome = Reassociate().run(before)
    assert isinstance(outcome, Applied)
    for x in EXACT.values():
        with np.errstate(over="ignore"):
            args: list[Any] = [x.astype(np.float32) if "single precision" in name else x]
        if name == "one element for each row":
            args = [np.reshape(x, (-1, 1)), np.arange(3.0)]
        copies = [[a.copy() for a in args] for _ in range(2)]
        assert repr(run(before, copies[0])) == repr(run(outcome.program, copies[1]))
        for left, right in zip(*copies, strict=True):
            assert np.array_equal(left, right, equal_nan=True)
