"""Rolling mean, standard deviation, minimum and maximum of a series."""

import math

import numpy as np


def rolling_stats(series, window):
    """Four arrays as long as series; the first window - 1 entries are NaN."""
    n = len(series)
    mean = np.full(n, np.nan)
    std = np.full(n, np.nan)
    low = np.full(n, np.nan)
    high = np.full(n, np.nan)
    for end in range(window, n + 1):
        chunk = series[end - window : end]
        total = 0.0
        smallest = chunk[0]
        largest = chunk[0]
        for value in chunk:
            total += value
            if value < smallest:
                smallest = value
            if value > largest:
                largest = value
        m = total / window
        ss = 0.0
        for value in chunk:
            ss += (value - m) ** 2
        mean[end - 1] = m
        std[end - 1] = math.sqrt(ss / (window - 1))
        low[end - 1] = smallest
        high[end - 1] = largest
    return mean, std, low, high


def kernel(series, window):
    return rolling_stats(series, window)


SIZES = {"test": 100, "small": 2000, "bench": 70000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return 100 + np.cumsum(rng.normal(size=size)), 20
