"""Product of two dense matrices, three nested loops.

The C version keeps 4 rows by 16 columns of the result in registers (Goto and van de Geijn, "Anatomy of
high-performance matrix multiplication", ACM TOMS 2008, the innermost level only).
"""

import numpy as np


def kernel(A, B):
    n, m = A.shape
    p = B.shape[1]
    out = np.zeros((n, p))
    for i in range(n):
        for j in range(p):
            total = 0.0
            for k in range(m):
                total += A[i, k] * B[k, j]
            out[i, j] = total
    return out


PRANGE = ("i",)


def idiom(A, B):
    return A @ B


C = r"""
typedef double v8 __attribute__((vector_size(64), aligned(8), may_alias));

static void tile(long m, long p, const double *A, const double *B, double *out)
{
    v8 s[4][2] = {{{0}}};
    for (long k = 0; k < m; k++) {
        v8 left = *(const v8 *)(B + k * p), right = *(const v8 *)(B + k * p + 8);
        for (int r = 0; r < 4; r++) {
            s[r][0] += A[r * m + k] * left;
            s[r][1] += A[r * m + k] * right;
        }
    }
    for (int r = 0; r < 4; r++) {
        *(v8 *)(out + r * p) = s[r][0];
        *(v8 *)(out + r * p + 8) = s[r][1];
    }
}

static void edge(long rows, long columns, long m, long p, const double *A, const double *B, double *out)
{
    for (long r = 0; r < rows; r++) {
        double s[16] = {0};
        for (long k = 0; k < m; k++)
            for (long c = 0; c < columns; c++)
                s[c] += A[r * m + k] * B[k * p + c];
        for (long c = 0; c < columns; c++)
            out[r * p + c] = s[c];
    }
}

void kernel(long n, long m, long p, const double *A, const double *B, double *out)
{
    #pragma omp parallel for schedule(static) if (n * m * p > 500000)
    for (long i = 0; i < n; i += 4)
        for (long j = 0; j < p; j += 16) {
            long rows = n - i < 4 ? n - i : 4, columns = p - j < 16 ? p - j : 16;
            if (rows == 4 && columns == 16)
                tile(m, p, A + i * m, B + j, out + i * p + j);
            else
                edge(rows, columns, m, p, A + i * m, B + j, out + i * p + j);
        }
}
"""


def call_c(c, A, B):
    out = np.empty((len(A), B.shape[1]))
    c(len(A), A.shape[1], B.shape[1], A, B, out)
    return out


SIZES = {"small": 20, "medium": 70, "large": 200}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random((size, size + 3)), rng.random((size + 3, size + 1))


def work(size: int) -> tuple[float, float]:
    n, m, p = size, size + 3, size + 1
    return 2.0 * n * m * p, 8.0 * (n * m + m * p + n * p)
