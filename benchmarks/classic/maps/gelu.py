"""Gaussian error linear unit, the form with tanh, of each number of a matrix.

Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
"""

import math

import numpy as np


def kernel(x):
    out = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            v = x[i, j]
            inner = 0.7978845608028654 * (v + 0.044715 * v * v * v)
            out[i, j] = 0.5 * v * (1.0 + math.tanh(inner))
    return out


PRANGE = ("i",)
BOUND = "math"


def idiom(x):
    return 0.5 * x * (1.0 + np.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))


C = r"""
#include "vector_math.h"

void kernel(long n, const double *x, double *out)
{
    #pragma omp parallel for simd schedule(static) if (parallel : n > 5000)
    for (long i = 0; i < n; i++)
        out[i] = 0.5 * x[i] * (1.0 + vtanh(0.7978845608028654 * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
}
"""


def call_c(c, x):
    out = np.empty(x.shape)
    c(x.size, x, out)
    return out


SIZES = {"small": 10, "medium": 200, "large": 3000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.uniform(-3.0, 3.0, size=(size, 600)),)


def work(size: int) -> tuple[float, float]:
    return 35.0 * 600 * size, 16.0 * 600 * size
