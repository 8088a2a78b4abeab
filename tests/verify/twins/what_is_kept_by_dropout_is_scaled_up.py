"""What is kept by dropout is scaled up."""

from __future__ import annotations

import numpy as np


def f(rng: np.random.Generator, x: list[float], p: float) -> list[float]:
    if not 0 <= p < 1:
        raise ValueError("p")
    return [v / (1 - p) if rng.random() >= p else 0.0 for v in x]


def g(rng, x, p):
    if not 0 <= p < 1:
        raise ValueError("p")
    return [v / (1 - p) if rng.random() > p else 0.0 * v for v in x]


def h(rng, x, p):
    if not 0 <= p < 1:
        raise ValueError("p")
    draws = rng.random(len(x)).tolist()
    return [0.0 if u < p else v / (1 - p) for u, v in zip(draws, x, strict=True)]
