"""Axes that have length 1 at run time, where broadcasting stretches them."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.passes.base import Applied
from loopwright.passes.scalarise import Scalarise

HEADER = """
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
A = Annotated[NDArray[np.float64], "a"]
B = Annotated[NDArray[np.float64], "b"]
M = Annotated[NDArray[np.float64], "m n"]
K = Annotated[NDArray[np.float64], "k l"]
"""
LENGTHS = (0, 1, 2, 3)
BODIES = {
    "a sum of two": "return x + y * 2.0",
    "three of them": "return x * y + (x - y) * y",
    "a name for a part": "z = x + y\n    return z * x + y[:1]",
    "costly elements, used again": "return np.exp(x) * y + np.exp(y)",
    "a choice": "return np.where(x > y, x, y + 1.0)",
    "a sum of all": "return (x - y).sum() + np.max(x + y + 5.0)",
    "a store": "z = x + y\n    z[...] = x\n    return z + y",
    "a store of part": "z = x + y\n    z[:1] = y[:1] * x[:1]\n    return z",
    "in place": "z = x * 1.0\n    z += y\n    return z",
    "in place from itself": "z = x * 1.0\n    z *= z[:1] + y\n    return z",
    "a store by a mask": "z = x + y\n    z[z > 0.5] = 2.0 * z[z > 0.5]\n    return z",
    "comparisons": "return ((x < y) & (y <= x + 1.0)).sum() + (x == y)",
    "elementwise functions": "return np.maximum(x, y) + np.hypot(x, y)",
}


def programs(body: str, first: str, second: str) -> Any:
    source = f"def f(x: {first}, y: {second}):\n    {body}\n"
    program = lower_function(HEADER + source)
    outcome = Scalarise(stretch=True).run(program)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    namespace: dict[str, Any] = {}
    exec(
        HEADER + source,
        namespace,
    )
    return outcome.program, namespace["f"]


def agree(program: Any, original: Any, x: Any, y: Any) -> bool:
    """Whether the kernel ran; it then gives what the original does, and the same arguments."""
    mine, theirs = copy.deepcopy((x, y)), copy.deepcopy((x, y))
    try:
        wanted = original(*theirs)
    except ValueError:
        wanted = None
    try:
        results = run(program, list(mine))
    except KernelFailed:
        return False
    got = rebuild(program, results, list(mine))
    assert wanted is not None
    np.testing.assert_array_equal(got, wanted, strict=isinstance(wanted, np.ndarray))
    np.testing.assert_array_equal(mine[0], theirs[0])
    return True


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_numpy_stretches_is_computed(body: str) -> None:
    rng = np.random.default_rng(3)
    made = {
        (1, 1): programs(body, "A", "B"),
        (2, 2): programs(body, "M", "K"),
        (2, 1): programs(body, "M", "B"),
    }
    if "z +=" not in body and "z *=" not in body:  # no array gets more axes
        made[1, 2] = programs(body, "A", "K")
    for (p, q), (program, original) in made.items():
        for shape in itertools.product(LENGTHS, repeat=p + q):
            x, y = (np.round(rng.normal(size=s), 1) for s in (shape[:p], shape[p:]))
            ran = agree(program, original, x, y)
            try:
                original(x.copy(), y.copy())
            except ValueError:
                assert not ran
            else:
                assert ran or 0 in shape, (shape, body)


MASKED = {
    "an element": "z[z > 0.5] = c[z > 0.5]",
    "a computed one": "z[z > 0.5] = np.sqrt(c[z > 0.5]) * 2.0",
    "in place": "z[z > 0.5] += c[z > 0.5]",
}


@pytest.mark.parametrize("stretch", [False, True])
@pytest.mark.parametrize("store", MASKED.values(), ids=MASKED)
def test_what_a_mask_picks_from_is_as_long_as_the_mask(store: str, stretch: bool) -> None:
    source = f"def f(x: A, c: B):\n    z = x * 1.0\n    {store}\n    return z\n"
    program = lower_function(HEADER + source)
    outcome = Scalarise(stretch=stretch).run(program)
    assert isinstance(outcome, Applied)
    namespace: dict[str, Any] = {}
    exec(HEADER + source, namespace)
    rng = np.random.default_rng(5)
    ran = 0
    for n, m in itertools.product(LENGTHS, repeat=2):
        x, c = rng.normal(size=n), rng.random(m)
        try:
            wanted = namespace["f"](x.copy(), c.copy())
        except IndexError:
            wanted = None
        try:
            got = rebuild(outcome.program, run(outcome.program, [x, c]), [x, c])
        except KernelFailed:
            continue
        ran += 1
        assert wanted is not None, (n, m)
        np.testing.assert_array_equal(got, wanted)
    assert ran >= len(LENGTHS)


def test_one_bound_for_a_row_is_taken_as_numpy_does() -> None:
    """Of two zeros `np.clip` takes another one where the bound is fixed along the last axis."""
    source = "def f(x: M, y: K):\n    return np.clip(x, y, 2.0)\n"
    program = lower_function(HEADER + source)
    outcome = Scalarise(stretch=True).run(program)
    assert not isinstance(outcome, Applied)
    assert [each.code for each in outcome.declined] == ["LW242"]
