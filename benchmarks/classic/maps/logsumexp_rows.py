"""Logarithm of the sum of the exponentials of each row of a matrix.

Source: Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", 2021.
"""

import math

import numpy as np


def kernel(x):
    out = np.empty(len(x))
    for i in range(x.shape[0]):
        top = x[i, 0]
        for j in range(x.shape[1]):
            if x[i, j] > top:
                top = x[i, j]
        total = 0.0
        for j in range(x.shape[1]):
            total += math.exp(x[i, j] - top)
        out[i] = top + math.log(total)
    return out


PRANGE = ("i",)
BOUND = "math"


def idiom(x):
    top = x.max(axis=1)
    return top + np.log(np.exp(x - top[:, None]).sum(axis=1))


C = r"""
#include "vector_math.h"

void kernel(long n, long m, const double *x, double *out)
{
    #pragma omp parallel for schedule(static) if (n * m > 10000)
    for (long i = 0; i < n; i++) {
        const double *row = x + i * m;
        double top = row[0], total = 0;
        #pragma omp simd reduction(max : top)
        for (long j = 0; j < m; j++)
            top = row[j] > top ? row[j] : top;
        #pragma omp simd reduction(+ : total)
        for (long j = 0; j < m; j++)
            total += vexp(row[j] - top);
        out[i] = top + log(total);
    }
}
"""


def call_c(c, x):
    out = np.empty(len(x))
    c(*x.shape, x, out)
    return out


SIZES = {"small": 10, "medium": 150, "large": 4000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(size=(size, 600)) * 2.0,)


def work(size: int) -> tuple[float, float]:
    return 18.0 * 600 * size, 8.0 * 600 * size
