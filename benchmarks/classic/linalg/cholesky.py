"""Cholesky factor of a symmetric positive definite matrix, row by row.

Source: Golub and Van Loan, Matrix Computations, section 4.2. The C version goes by columns, so that the
rows below the diagonal can be shared among threads.
"""

import math

import numpy as np


def kernel(A):
    n = len(A)
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = A[i, j]
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j:
                L[i, i] = math.sqrt(total)
            else:
                L[i, j] = total / L[j, j]
    return L


def idiom(A):
    return np.linalg.cholesky(A)


C = r"""
void kernel(long n, const double *A, double *L)
{
    #pragma omp parallel if (n > 200)
    for (long j = 0; j < n; j++) {
        const double *row = L + j * n;
        #pragma omp single
        {
            double total = A[j * n + j];
            #pragma omp simd reduction(- : total)
            for (long k = 0; k < j; k++)
                total -= row[k] * row[k];
            L[j * n + j] = sqrt(total);
        }
        #pragma omp for schedule(static)
        for (long i = j + 1; i < n; i++) {
            double total = A[i * n + j];
            #pragma omp simd reduction(- : total)
            for (long k = 0; k < j; k++)
                total -= L[i * n + k] * row[k];
            L[i * n + j] = total / row[j];
        }
    }
}
"""


def call_c(c, A):
    L = np.zeros(A.shape)
    c(len(A), A, L)
    return L


SIZES = {"small": 24, "medium": 90, "large": 320}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    M = rng.random((size, size))
    return (M @ M.T / size + np.eye(size),)


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return n**3 / 3, 8 * 1.5 * n * n
