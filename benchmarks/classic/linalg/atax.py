"""y = A' (A x): a matrix times a vector, and its transpose times the result, in one pass over the matrix.

Source: Blackford et al., "An updated set of basic linear algebra subprograms", ACM TOMS 2002; also in
PolyBench.
"""

import numpy as np


def kernel(A, x):
    m, n = A.shape
    y = np.zeros(n)
    for i in range(m):
        total = 0.0
        for j in range(n):
            total += A[i, j] * x[j]
        for j in range(n):
            y[j] += A[i, j] * total
    return y


def idiom(A, x):
    return A.T @ (A @ x)


C = r"""
void kernel(long m, long n, const double *A, const double *x, double *y)
{
    memset(y, 0, n * sizeof *y);
    #pragma omp parallel for schedule(static) reduction(+ : y[:n]) if (m * n > 40000)
    for (long i = 0; i < m; i += 4) {       /* four rows at once; where there is none, the first with 0 */
        const double *a = A + i * n, *b = i + 1 < m ? a + n : a, *c = i + 2 < m ? b + n : a;
        const double *d = i + 3 < m ? c + n : a;
        double s = 0, t = 0, u = 0, v = 0;
        #pragma omp simd reduction(+ : s, t, u, v)
        for (long j = 0; j < n; j++) {
            s += a[j] * x[j];
            t += b[j] * x[j];
            u += c[j] * x[j];
            v += d[j] * x[j];
        }
        t = b == a ? 0 : t;
        u = c == a ? 0 : u;
        v = d == a ? 0 : v;
        #pragma omp simd
        for (long j = 0; j < n; j++)
            y[j] += a[j] * s + b[j] * t + c[j] * u + d[j] * v;
    }
}
"""


def call_c(c, A, x):
    y = np.empty(A.shape[1])
    c(*A.shape, A, x, y)
    return y


SIZES = {"small": 40, "medium": 250, "large": 1600}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random((size + 5, size)), rng.random(size)


def work(size: int) -> tuple[float, float]:
    m, n = size + 5.0, float(size)
    return 4 * m * n, 8 * (m * n + 2 * n)
