"""Product of two dense matrices, three nested loops.

The C version keeps 8 rows by 16 columns of the result in registers and copies the columns side by side (Goto
and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 2008, the innermost levels).
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
typedef double v8 __attribute__((vector_size(64)));

static void tile(long rows, long columns, long m, long p, const double *A, const v8 *panel, double *out)
{
    const double *a[8];
    v8 s[8][2] = {{{0}}};
    for (long r = 0; r < 8; r++)                       /* below the last row it is taken again */
        a[r] = A + (r < rows ? r : rows - 1) * m;
    for (long k = 0; k < m; k++) {
        v8 left = panel[2 * k], right = panel[2 * k + 1];
        for (int r = 0; r < 8; r++) {
            s[r][0] += a[r][k] * left;
            s[r][1] += a[r][k] * right;
        }
    }
    for (long r = 0; r < rows; r++)
        memcpy(out + r * p, s[r], columns * sizeof *out);
}

void kernel(long n, long m, long p, const double *A, const double *B, double *out)
{
    #pragma omp parallel if (n * m * p > 500000)
    {
        double *panel = aligned_alloc(64, m * 16 * sizeof *panel);
        #pragma omp for schedule(dynamic)
        for (long j = 0; j < p; j += 16) {
            long columns = p - j < 16 ? p - j : 16;
            for (long k = 0; k < m; k++)
                for (long c = 0; c < 16; c++)
                    panel[k * 16 + c] = c < columns ? B[k * p + j + c] : 0.0;
            for (long i = 0; i < n; i += 8)
                tile(n - i < 8 ? n - i : 8, columns, m, p, A + i * m, (v8 *)panel, out + i * p + j);
        }
        free(panel);
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
