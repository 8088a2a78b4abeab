"""A draw too many for the last element."""

from __future__ import annotations

import numpy as np


def f(rng: np.random.Generator, p: list[float]) -> list[bool]:
    return [q > 0 and rng.random() < q for q in p]


def g(rng, p):
    return [q > 0 and u < q for q, u in zip(p, rng.random(len(p)).tolist(), strict=True)]


def h(rng, p):
    out = []
    for q in p:
        out.append(rng.random() < q if q > 0 else False)
    return out
