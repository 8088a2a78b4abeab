"""Cholesky factor of a symmetric positive definite matrix, row by row.

Source: Golub and Van Loan, Matrix Computations, section 4.2. The C version takes each row of the
transposed factor from all rows below it at once, which vectors and threads can share.
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
void kernel(long n, double *U, double *L)                /* U: a copy of A, whose upper half is used */
{
    #pragma omp parallel if (n > 150)
    {
        for (long k = 0; k < n; k++) {
            double *top = U + k * n;
            #pragma omp single
            {
                double root = sqrt(top[k]);
                #pragma omp simd
                for (long j = k; j < n; j++)
                    top[j] /= root;
            }
            #pragma omp for schedule(static, 4)
            for (long i = k + 1; i < n; i++) {
                double *row = U + i * n, factor = top[i];
                #pragma omp simd
                for (long j = i; j < n; j++)
                    row[j] -= factor * top[j];
            }
        }
        #pragma omp for
        for (long i = 0; i < n; i++)
            for (long j = 0; j < n; j++)
                L[i * n + j] = j <= i ? U[j * n + i] : 0.0;
    }
}
"""


def call_c(c, A):
    L = np.empty(A.shape)
    c(len(A), A.copy(), L)
    return L


SIZES = {"small": 24, "medium": 90, "large": 320}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    M = rng.random((size, size))
    return (M @ M.T / size + np.eye(size),)


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return n**3 / 3, 8 * 1.5 * n * n
