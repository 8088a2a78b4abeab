"""Softmax of each row of a matrix, with the row's maximum taken off first."""

import math

import numpy as np


def kernel(x):
    out = np.empty_like(x)
    for i in range(x.shape[0]):
        top = x[i, 0]
        for j in range(x.shape[1]):
            top = max(top, x[i, j])
        total = 0.0
        for j in range(x.shape[1]):
            out[i, j] = math.exp(x[i, j] - top)
            total += out[i, j]
        for j in range(x.shape[1]):
            out[i, j] /= total
    return out


PRANGE = ("i",)
BOUND = "math"


def idiom(x):
    out = np.exp(x - x.max(axis=1, keepdims=True))
    out /= out.sum(axis=1, keepdims=True)
    return out


C = r"""
#include "vector_math.h"

void kernel(long n, long m, const double *x, double *out)
{
    #pragma omp parallel for schedule(static) if (n * m > 10000)
    for (long i = 0; i < n; i++) {
        const double *row = x + i * m;
        double *to = out + i * m, top = row[0], total = 0;
        #pragma omp simd reduction(max : top)
        for (long j = 0; j < m; j++)
            top = row[j] > top ? row[j] : top;
        #pragma omp simd reduction(+ : total)
        for (long j = 0; j < m; j++) {
            double e = vexp(row[j] - top);
            to[j] = e;
            total += e;
        }
        #pragma omp simd
        for (long j = 0; j < m; j++)
            to[j] /= total;
    }
}
"""


def call_c(c, x):
    out = np.empty(x.shape)
    c(*x.shape, x, out)
    return out


SIZES = {"small": 10, "medium": 150, "large": 3000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(size=(size, 500)),)


def work(size: int) -> tuple[float, float]:
    return 20.0 * 500 * size, 16.0 * 500 * size
