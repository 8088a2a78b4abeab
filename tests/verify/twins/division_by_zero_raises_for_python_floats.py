"""Division by zero raises for Python floats."""

from __future__ import annotations

import numpy as np


def f(a: float, b: float) -> float:
    return a / b


def g(a, b):
    return float(np.float64(a) / np.float64(b))


def h(a, b):
    if b == 0.0:
        raise ZeroDivisionError
    return float(np.float64(a) / np.float64(b))
