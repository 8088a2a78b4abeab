"""A draw for each pair in one row or two."""

from __future__ import annotations

import numpy as np


def f(rng: np.random.Generator, n: int) -> list[tuple[float, float]]:
    return [(rng.random(), rng.random()) for _ in range(min(n, 50))]


def g(rng, n):
    n = max(min(n, 50), 0)
    a = rng.random(n)
    b = rng.random(n)
    return list(zip(a.tolist(), b.tolist(), strict=True))


def h(rng, n):
    n = max(min(n, 50), 0)
    return [(a, b) for a, b in rng.random((n, 2)).tolist()]
