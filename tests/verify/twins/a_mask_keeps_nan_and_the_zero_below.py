"""A mask keeps NaN and the zero below."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> None:
    x[x < 0] = 0.0


def g(x):
    np.maximum(x, 0.0, out=x)


def h(x):
    np.putmask(x, x < 0, 0.0) if x.flags.writeable else x.__setitem__(x < 0, 0.0)
