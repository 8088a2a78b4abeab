"""Forward substitution: L x = b for a lower triangular matrix.

Source: Golub and Van Loan, Matrix Computations, section 3.1. The C version solves blocks of 64 rows and
then takes their part from all rows below, which threads share.
"""

import numpy as np


def kernel(L, b):
    n = len(b)
    x = np.empty(n)
    for i in range(n):
        total = b[i]
        for j in range(i):
            total -= L[i, j] * x[j]
        x[i] = total / L[i, i]
    return x


def idiom(L, b):
    from scipy.linalg import solve_triangular

    return solve_triangular(L, b, lower=True, check_finite=False)


C = r"""
static double part(const double *row, const double *x, long low, long high)
{
    double total = 0;
    #pragma omp simd reduction(+ : total)
    for (long j = low; j < high; j++)
        total += row[j] * x[j];
    return total;
}

void kernel(long n, const double *L, const double *b, double *x)
{
    memcpy(x, b, n * sizeof *x);
    #pragma omp parallel if (n > 500)
    for (long low = 0; low < n; low += 64) {
        long high = low + 64 < n ? low + 64 : n;
        #pragma omp single
        for (long i = low; i < high; i++)
            x[i] = (x[i] - part(L + i * n, x, low, i)) / L[i * n + i];
        #pragma omp for schedule(static)
        for (long i = high; i < n; i++)
            x[i] -= part(L + i * n, x, low, high);
    }
}
"""


def call_c(c, L, b):
    x = np.empty(len(b))
    c(len(b), L, b, x)
    return x


SIZES = {"small": 50, "medium": 400, "large": 2500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    L = np.tril(rng.random((size, size))) / size
    return L + np.eye(size), rng.uniform(1.0, 2.0, size)


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return n * n, 8 * (n * n / 2 + 2 * n)
