"""Logistic function of each number of an array."""

import math

import numpy as np


def kernel(x):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = 1.0 / (1.0 + math.exp(-x[i]))
    return out


PRANGE = ("i",)
BOUND = "math"


def idiom(x):
    return 1.0 / (1.0 + np.exp(-x))


C = r"""
#include "vector_math.h"

void kernel(long n, const double *x, double *out)
{
    #pragma omp parallel for simd schedule(static) if (parallel : n > 10000)
    for (long i = 0; i < n; i++)
        out[i] = 1.0 / (1.0 + vexp(-x[i]));
}
"""


def call_c(c, x):
    out = np.empty(len(x))
    c(len(x), x, out)
    return out


SIZES = {"small": 500, "medium": 20_000, "large": 4_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(size=size) * 3.0,)


def work(size: int) -> tuple[float, float]:
    return 20.0 * size, 16.0 * size
