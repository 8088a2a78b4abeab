"""QR decomposition by modified Gram-Schmidt.

Source: Golub and Van Loan, Matrix Computations, section 5.2. The C version works on the transposed
matrix, so that columns are contiguous.
"""

import math

import numpy as np


def kernel(A):
    m, n = A.shape
    V = A.copy()
    Q = np.zeros((m, n))
    R = np.zeros((n, n))
    for k in range(n):
        total = 0.0
        for i in range(m):
            total += V[i, k] * V[i, k]
        R[k, k] = math.sqrt(total)
        for i in range(m):
            Q[i, k] = V[i, k] / R[k, k]
        for j in range(k + 1, n):
            total = 0.0
            for i in range(m):
                total += Q[i, k] * V[i, j]
            R[k, j] = total
            for i in range(m):
                V[i, j] -= Q[i, k] * total
    return Q, R


PRANGE = ("j",)


def idiom(A):
    V = A.copy()
    Q, R = np.empty(A.shape), np.zeros((A.shape[1], A.shape[1]))
    for k in range(A.shape[1]):
        R[k, k] = np.linalg.norm(V[:, k])
        Q[:, k] = V[:, k] / R[k, k]
        R[k, k + 1 :] = Q[:, k] @ V[:, k + 1 :]
        V[:, k + 1 :] -= np.outer(Q[:, k], R[k, k + 1 :])
    return Q, R


C = r"""
void kernel(long m, long n, double *V, double *R)       /* V: the columns of A one after the other */
{
    #pragma omp parallel if (m * n > 5000)
    for (long k = 0; k < n; k++) {
        double *q = V + k * m;
        #pragma omp single
        {
            double total = 0;
            #pragma omp simd reduction(+ : total)
            for (long i = 0; i < m; i++)
                total += q[i] * q[i];
            R[k * n + k] = sqrt(total);
            #pragma omp simd
            for (long i = 0; i < m; i++)
                q[i] /= R[k * n + k];
        }
        #pragma omp for schedule(static)
        for (long j = k + 1; j < n; j++) {
            double *v = V + j * m, total = 0;
            #pragma omp simd reduction(+ : total)
            for (long i = 0; i < m; i++)
                total += q[i] * v[i];
            R[k * n + j] = total;
            #pragma omp simd
            for (long i = 0; i < m; i++)
                v[i] -= q[i] * total;
        }
    }
}
"""


def call_c(c, A):
    V = A.T.copy()
    R = np.zeros((len(V), len(V)))
    c(len(A), len(V), V, R)
    return V.T.copy(), R


SIZES = {"small": 16, "medium": 50, "large": 150}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    A = rng.random((size + 10, size))
    A[:size] += 3.0 * np.eye(size)
    return (A,)


def work(size: int) -> tuple[float, float]:
    m, n = size + 10.0, float(size)
    return 2 * m * n * n, 8 * (2 * m * n + n * n)
