"""LU factors of a matrix in one array, without pivoting.

Source: Golub and Van Loan, Matrix Computations, section 3.2 (outer products). The matrices are diagonally
dominant, so that no pivoting is needed.
"""

import numpy as np


def kernel(A):
    n = len(A)
    LU = A.copy()
    for k in range(n):
        for i in range(k + 1, n):
            LU[i, k] /= LU[k, k]
            for j in range(k + 1, n):
                LU[i, j] -= LU[i, k] * LU[k, j]
    return LU


PRANGE = ("i",)


def idiom(A):
    LU = A.copy()
    for k in range(len(A)):
        LU[k + 1 :, k] /= LU[k, k]
        LU[k + 1 :, k + 1 :] -= np.outer(LU[k + 1 :, k], LU[k, k + 1 :])
    return LU


C = r"""
void kernel(long n, double *LU)
{
    #pragma omp parallel if (n > 150)
    for (long k = 0; k < n; k++) {
        const double *pivot = LU + k * n;
        #pragma omp for schedule(static)
        for (long i = k + 1; i < n; i++) {
            double *row = LU + i * n;
            double factor = row[k] / pivot[k];
            row[k] = factor;
            #pragma omp simd
            for (long j = k + 1; j < n; j++)
                row[j] -= factor * pivot[j];
        }
    }
}
"""


def call_c(c, A):
    LU = A.copy()
    c(len(A), LU)
    return LU


SIZES = {"small": 20, "medium": 70, "large": 230}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.random((size, size)) + size * np.eye(size),)


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return 2 * n**3 / 3, 8 * 2 * n * n
