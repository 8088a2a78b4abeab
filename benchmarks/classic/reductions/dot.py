"""Dot product of two long vectors."""

import numpy as np


def kernel(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


PRANGE = ("i",)
BOUND = "memory"


def idiom(a, b):
    return a @ b


C = r"""
double kernel(long n, const double *a, const double *b)
{
    double total = 0;
    #pragma omp parallel for simd schedule(static) reduction(+ : total) if (parallel : n > 50000)
    for (long i = 0; i < n; i++)
        total += a[i] * b[i];
    return total;
}
"""


def call_c(c, a, b):
    return c(len(a), a, b)


SIZES = {"small": 500, "medium": 30_000, "large": 8_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random(size), rng.random(size)


def work(size: int) -> tuple[float, float]:
    return 2.0 * size, 16.0 * size
