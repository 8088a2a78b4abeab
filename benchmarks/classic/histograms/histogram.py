"""Counts of numbers in bins of equal width; numbers outside are left out."""

import numpy as np


def kernel(values, low, high, bins):
    counts = np.zeros(bins, dtype=np.int64)
    scale = bins / (high - low)
    for v in values:
        if low <= v < high:
            counts[int((v - low) * scale)] += 1
    return counts


def idiom(values, low, high, bins):
    inside = values[(values >= low) & (values < high)]
    scale = bins / (high - low)
    return np.bincount(((inside - low) * scale).astype(np.int64), minlength=bins)


C = r"""
void kernel(long n, long bins, double low, double high, const double *values, long *counts)
{
    double scale = bins / (high - low);
    memset(counts, 0, bins * sizeof *counts);
    #pragma omp parallel for schedule(static) reduction(+ : counts[:bins]) if (n > 20000)
    for (long i = 0; i < n; i++)
        if (low <= values[i] && values[i] < high)
            counts[(long)((values[i] - low) * scale)]++;
}
"""


def call_c(c, values, low, high, bins):
    counts = np.empty(bins, dtype=np.int64)
    c(len(values), bins, low, high, values, counts)
    return counts


SIZES = {"small": 500, "medium": 30_000, "large": 3_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.normal(size=size), -3.0, 3.0, 60


def work(size: int) -> tuple[float, float]:
    return 2.0 * size, 8.0 * size
