"""Inputs for timing: they grow, keep relations and stay within bounds."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.domain import Domain, Param
from loopwright.ir.sizes import size_of
from loopwright.ir.types import Array, ListOf, Py, Rng
from loopwright.verify.representative import representative

DOMAIN = Domain(
    (
        Param("X", "X", Array("float64", 2)),
        Param("n", "n", Py("int")),
        Param("idx", "idx", Array("int64", 1)),
        Param("rows", "rows", ListOf(Py("float"), 2)),
    )
)


def sizes(inputs: list[dict[str, Any]]) -> list[int]:
    return [leaves["X"].size for leaves in inputs]


def test_samples_are_scaled_together() -> None:
    rng = np.random.default_rng(0)
    sample = {
        "X": rng.normal(size=(800, 3)), "n": 800, "idx": rng.permutation(800),
        "rows": [[0.0, 1.0]] * 800,
    }  # fmt: skip
    inputs: Any = representative(DOMAIN, [sample])
    assert len(inputs) >= 4 and sizes(inputs) == sorted(set(sizes(inputs)))
    assert inputs[-1]["X"].shape == (800, 3)
    for leaves in inputs:
        n = leaves["n"]
        assert leaves["X"].shape == (n, 3)
        assert len(leaves["rows"]) == n and len(leaves["idx"]) == n
        assert leaves["idx"].max() < n


def test_bytes_that_look_like_positions_of_a_long_axis_stay() -> None:
    domain = Domain((Param("X", "X", Array("float64", 2)), Param("b", "b", Array("uint8", 1))))
    rng = np.random.default_rng(0)
    sample = {"X": rng.normal(size=(3000, 2)), "b": rng.integers(0, 32, 3000).astype(np.uint8)}
    inputs: Any = representative(domain, [sample])
    assert [len(leaves["b"]) for leaves in inputs] == [len(leaves["X"]) for leaves in inputs]
    assert all(np.array_equal(leaves["b"], sample["b"][: len(leaves["b"])]) for leaves in inputs)


def test_without_samples_values_are_made_up() -> None:
    inputs: Any = representative(DOMAIN, [])
    assert len(inputs) >= 3 and sizes(inputs) == sorted(set(sizes(inputs)))
    for leaves in inputs:
        assert np.isfinite(leaves["X"]).all()
        assert leaves["idx"].min() >= 0 and leaves["idx"].max() < len(leaves["idx"])


def test_a_limit_of_elements_holds() -> None:
    assert max(sizes(representative(DOMAIN, [], max_elements=5000))) <= 5000


def test_a_deep_loop_nest_gets_short_inputs() -> None:
    program = lower_function(
        "from typing import Annotated\nimport numpy as np\nfrom numpy.typing import NDArray\n"
        "def f(x: Annotated[NDArray[np.float64], 'n']) -> float:\n    s = 0.0\n"
        "    for i in range(len(x)):\n        for j in range(len(x)):\n"
        "            for k in range(len(x)):\n                s = s + x[i] * x[j] * x[k]\n"
        "    return s\n"
    )
    domain = Domain((Param("x", "x", Array("float64", 1)),))
    inputs: Any = representative(domain, [], program=program)
    assert max(len(leaves["x"]) for leaves in inputs) <= 100


def test_ints_that_tell_how_much_is_drawn_are_scaled() -> None:
    domain = Domain((Param("n", "n", Py("int")), Param("rng", "rng", Rng("Random"))))
    made = [{"n": n, "rng": random.Random(1)} for n in (10, 3000)]
    inputs: Any = representative(domain, made)
    assert len(inputs) >= 4
    assert inputs[-1]["n"] == 3000 and min(leaves["n"] for leaves in inputs) == 10
    assert [size_of(domain, leaves) for leaves in inputs] == [leaves["n"] + 1 for leaves in inputs]


def test_ints_count_as_one_where_no_stream_is_lent() -> None:
    domain = Domain((Param("n", "n", Py("int")), Param("rng", "rng", Rng())))
    assert size_of(domain, {"n": 500, "rng": np.random.default_rng(1)}) == 2
