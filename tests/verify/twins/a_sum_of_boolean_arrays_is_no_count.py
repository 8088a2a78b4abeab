"""A sum of boolean arrays is no count."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

B = Annotated[NDArray[np.bool_], "n"]


def f(a: B, b: B) -> B:
    return a + b


def g(a, b):
    return a.astype(np.int8) + b


def h(a, b):
    return np.logical_or(a, b)
