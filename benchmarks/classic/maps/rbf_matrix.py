"""Gaussian kernel matrix between two sets of points, with every loop written out.

Source: Schölkopf and Smola, Learning with Kernels, section 2.3.
"""

import math

import numpy as np


def kernel(X, Y, gamma):
    K = np.zeros((len(X), len(Y)))
    for i in range(len(X)):
        for j in range(len(Y)):
            d2 = 0.0
            for k in range(X.shape[1]):
                d = X[i, k] - Y[j, k]
                d2 += d * d
            K[i, j] = math.exp(-gamma * d2)
    return K


PRANGE = ("i",)
BOUND = "math"


def idiom(X, Y, gamma):
    from scipy.spatial.distance import cdist

    return np.exp(-gamma * cdist(X, Y, "sqeuclidean"))


C = r"""
#include "vector_math.h"

void kernel(long n, long m, long d, double gamma, const double *X, const double *Y, double *K)
{
    double *T = malloc(m * d * sizeof *T);         /* one array a coordinate, for vectors */
    for (long j = 0; j < m; j++)
        for (long k = 0; k < d; k++)
            T[k * m + j] = Y[j * d + k];
    #pragma omp parallel for schedule(static) if (n * m > 2000)
    for (long i = 0; i < n; i++) {
        double *row = K + i * m;
        memset(row, 0, m * sizeof *row);
        for (long k = 0; k < d; k++) {
            double x = X[i * d + k];
            #pragma omp simd
            for (long j = 0; j < m; j++)
                row[j] += (x - T[k * m + j]) * (x - T[k * m + j]);
        }
        #pragma omp simd
        for (long j = 0; j < m; j++)
            row[j] = vexp(-gamma * row[j]);
    }
    free(T);
}
"""


def call_c(c, X, Y, gamma):
    K = np.empty((len(X), len(Y)))
    c(*K.shape, X.shape[1], gamma, X, Y, K)
    return K


SIZES = {"small": 20, "medium": 120, "large": 700}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.normal(size=(size, 6)), rng.normal(size=(size + 5, 6)), 0.1


def work(size: int) -> tuple[float, float]:
    pairs = size * (size + 5.0)
    return (3 * 6 + 18) * pairs, 8 * pairs
