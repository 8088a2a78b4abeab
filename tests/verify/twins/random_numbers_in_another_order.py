"""Random numbers in another order."""

from __future__ import annotations

from typing import Literal

import numpy as np


def f(rng: np.random.Generator, n: Literal[3, 5]) -> list[float]:
    return [rng.random() + rng.normal() for _ in range(n)]


def g(rng, n):
    a = rng.random(n)
    return (a + rng.normal(size=n)).tolist()


def h(rng, n):
    out = []
    for _ in range(n):
        a = rng.random()
        out.append(a + rng.normal())
    return out
