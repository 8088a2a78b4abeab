"""The absolute value of a complex number does not overflow."""

from __future__ import annotations

import math


def f(z: complex) -> float:
    return abs(z)


def g(z):
    return math.sqrt(z.real * z.real + z.imag * z.imag)


def h(z):
    return abs(z.conjugate())
