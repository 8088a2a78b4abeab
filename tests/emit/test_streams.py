"""Compiled draws of RandomState and Random: the numbers, the bits taken, and what is kept for the next."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from loopwright.ir.hidden import spare_of
from loopwright.runtime.streams import Legacy, Standard

sys.path.insert(0, str(Path(__file__).parents[1]))
from splice.dispatching import guarded, low_program

SOURCE = """
import numpy as np

def legacy(rng, n):
    out = np.zeros((n, 9))
    for i in range(n):
        out[i, 0] = rng.random_sample()
        out[i, 1] = rng.randn()
        out[i, 2] = rng.normal(1.0, 2.0)
        out[i, 3] = rng.randint(0, 2**33)
        out[i, 4] = rng.exponential(2.0)
        out[i, 5] = rng.uniform(-1.0, 3.0)
        out[i, 6] = rng.choice(n)
        out[i, 7] = rng.binomial(20, 0.7)
        out[i, 8] = rng.laplace()
    return out, rng.permutation(n), rng.choice(n, 3, replace=False), rng.normal(size=3)

def standard(rng, n):
    out = np.zeros((n, 9))
    for i in range(n):
        out[i, 0] = rng.random()
        out[i, 1] = rng.gauss(0.0, 1.0)
        out[i, 2] = rng.normalvariate(1.0, 2.0)
        out[i, 3] = rng.randint(0, 2**40)
        out[i, 4] = rng.expovariate(2.0)
        out[i, 5] = rng.uniform(-1.0, 3.0)
        out[i, 6] = rng.randrange(i + 1)
        out[i, 7] = rng.getrandbits(50)
        out[i, 8] = rng.triangular(0.0, 1.0, 0.3)
    order = list(range(n))
    rng.shuffle(order)
    return out, np.array(order), np.array(rng.sample(range(1000), 30)), np.array(rng.choices([1, 2, 3], k=5))
"""
MADE = {"legacy": np.random.RandomState, "standard": random.Random}


@pytest.fixture(scope="module", params=["numba", "cython"])
def made(load: Callable[..., ModuleType], request: pytest.FixtureRequest) -> ModuleType:
    programs = {
        name: low_program(guarded(SOURCE, name, make(1), 3).lowered) for name, make in MADE.items()
    }
    return load(request.param, programs)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("seed", range(3))
def test_compiled_draws_are_the_originals(made: ModuleType, name: str, seed: int) -> None:
    space: dict[str, object] = {}
    exec(SOURCE, space)
    mine, theirs = MADE[name](seed), MADE[name](seed)
    for _ in range(seed):
        mine.normalvariate(0, 1) if name == "standard" else mine.randn()
        theirs.normalvariate(0, 1) if name == "standard" else theirs.randn()
    lent = Standard(mine) if name == "standard" else Legacy(mine)  # type: ignore[arg-type]
    ok, *found = getattr(made, name)(200, lent.bits, lent.spare)
    lent.keep()
    assert ok
    expected = space[name](theirs, 200)  # type: ignore[operator]
    for one, other in zip(found, expected, strict=True):
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    assert spare_of(mine).tolist() == spare_of(theirs).tolist()
    assert mine.random() == theirs.random()
