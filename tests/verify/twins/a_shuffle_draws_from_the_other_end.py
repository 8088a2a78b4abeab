"""A shuffle draws from the other end."""

from __future__ import annotations

import random


def f(x: list[int]) -> list[int]:
    out = list(x)
    random.shuffle(out)
    return out


def g(x):
    out = list(x)
    for i in range(len(out)):
        j = random.randrange(i, len(out))
        out[i], out[j] = out[j], out[i]
    return out


def h(x):
    random.shuffle(out := x[:])
    return out
