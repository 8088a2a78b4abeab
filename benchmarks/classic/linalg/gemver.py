"""Rank-2 update of a matrix and two matrix-vector products with it.

B = A + u1 v1' + u2 v2', x = beta B' y + z, w = alpha B x. Source: Blackford et al., "An updated set of
basic linear algebra subprograms", ACM TOMS 2002; also in PolyBench.
"""

import numpy as np


def kernel(alpha, beta, A, u1, v1, u2, v2, y, z):
    n = len(A)
    B = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            B[i, j] = A[i, j] + u1[i] * v1[j] + u2[i] * v2[j]
    x = np.empty(n)
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += B[j, i] * y[j]
        x[i] = beta * total + z[i]
    w = np.empty(n)
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += B[i, j] * x[j]
        w[i] = alpha * total
    return B, x, w


PRANGE = ("i",)


def idiom(alpha, beta, A, u1, v1, u2, v2, y, z):
    B = A + np.outer(u1, v1)
    B += np.outer(u2, v2)
    x = beta * (B.T @ y) + z
    return B, x, alpha * (B @ x)


C = r"""
void kernel(long n, double alpha, double beta, const double *A, const double *u1, const double *v1,
            const double *u2, const double *v2, const double *y, const double *z, double *B, double *x,
            double *w)
{
    memset(x, 0, n * sizeof *x);
    #pragma omp parallel for schedule(static) reduction(+ : x[:n]) if (n > 200)
    for (long i = 0; i < n; i++) {
        #pragma omp simd
        for (long j = 0; j < n; j++) {
            double b = A[i * n + j] + u1[i] * v1[j] + u2[i] * v2[j];
            B[i * n + j] = b;
            x[j] += b * y[i];
        }
    }
    for (long j = 0; j < n; j++)
        x[j] = beta * x[j] + z[j];
    #pragma omp parallel for schedule(static) if (n > 200)
    for (long i = 0; i < n; i++) {
        double total = 0;
        #pragma omp simd reduction(+ : total)
        for (long j = 0; j < n; j++)
            total += B[i * n + j] * x[j];
        w[i] = alpha * total;
    }
}
"""


def call_c(c, alpha, beta, A, u1, v1, u2, v2, y, z):
    n = len(A)
    B, x, w = np.empty((n, n)), np.empty(n), np.empty(n)
    c(n, alpha, beta, A, u1, v1, u2, v2, y, z, B, x, w)
    return B, x, w


SIZES = {"small": 40, "medium": 250, "large": 1400}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return 1.5, 1.2, rng.random((size, size)), *rng.random((6, size))


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return 8 * n * n, 8 * (2 * n * n + 8 * n)
