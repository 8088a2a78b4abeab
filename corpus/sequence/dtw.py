"""Dynamic time warping between two series, with the warping path."""

import numpy as np
from numpy.typing import NDArray


def dtw_matrix(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Accumulated cost; row and column zero are the border."""
    n, m = len(a), len(b)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d = abs(a[i - 1] - b[j - 1])
            cost[i, j] = d + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost


def traceback(cost: NDArray[np.float64]) -> list[tuple[int, int]]:
    i, j = cost.shape[0] - 1, cost.shape[1] - 1
    path = []
    while i > 0 and j > 0:
        path.append((i - 1, j - 1))
        best = min(cost[i - 1, j - 1], cost[i - 1, j], cost[i, j - 1])
        if best == cost[i - 1, j - 1]:
            i -= 1
            j -= 1
        elif best == cost[i - 1, j]:
            i -= 1
        else:
            j -= 1
    path.reverse()
    return path


def kernel(a: NDArray[np.float64], b: NDArray[np.float64]):
    cost = dtw_matrix(a, b)
    return cost[len(a), len(b)], traceback(cost)


SIZES = {"test": 25, "small": 150, "bench": 800}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    a = np.cumsum(rng.normal(size=size))
    b = np.cumsum(rng.normal(size=size - size // 10))
    return a, b
