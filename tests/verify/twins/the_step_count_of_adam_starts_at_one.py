"""The step count of adam starts at one."""

from __future__ import annotations

import math


def f(grads: list[float], rate: float) -> float:
    m = s = w = 0.0
    for t, d in enumerate(grads, 1):
        m = 0.9 * m + 0.1 * d
        s = 0.999 * s + 0.001 * d * d
        w -= rate * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return w


def g(grads, rate):
    m = s = w = 0.0
    t = 1
    for d in grads:
        m = 0.9 * m + 0.1 * d
        s = 0.999 * s + 0.001 * d * d
        w -= rate * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
        t = min(t + 1, 40)
    return w


def h(grads, rate):
    m = s = w = 0.0
    for k, d in enumerate(grads):
        m = 0.9 * m + 0.1 * d
        s = 0.999 * s + 0.001 * d * d
        w = w - rate * (m / (1 - 0.9 ** (k + 1))) / (math.sqrt(s / (1 - 0.999 ** (k + 1))) + 1e-8)
    return w
