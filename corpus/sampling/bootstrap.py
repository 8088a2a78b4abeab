"""Bootstrap confidence interval for the difference of two sample means."""

import numpy as np


def resampled_mean(values, rng):
    n = len(values)
    total = 0.0
    for _ in range(n):
        total += values[rng.integers(0, n)]
    return total / n


def bootstrap_difference(a, b, n_boot, rng, level=0.95):
    differences = []
    for _ in range(n_boot):
        differences.append(resampled_mean(a, rng) - resampled_mean(b, rng))
    differences.sort()
    tail = (1.0 - level) / 2
    low = differences[int(tail * n_boot)]
    high = differences[min(n_boot - 1, int((1.0 - tail) * n_boot))]
    return low, high, differences


def kernel(a, b, n_boot, rng):
    return bootstrap_difference(a, b, n_boot, rng)


SIZES = {"test": 30, "bench": 2500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    a = rng.exponential(size=70)
    b = rng.exponential(scale=1.5, size=50)
    return a, b, size, np.random.default_rng(5)
