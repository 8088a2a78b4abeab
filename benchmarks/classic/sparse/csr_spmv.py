"""Sparse matrix times vector, the matrix in compressed rows.

Source: Saad, Iterative Methods for Sparse Linear Systems, section 3.4.
"""

import numpy as np


def kernel(values, columns, offsets, x):
    n = len(offsets) - 1
    y = np.zeros(n)
    for row in range(n):
        total = 0.0
        for k in range(offsets[row], offsets[row + 1]):
            total += values[k] * x[columns[k]]
        y[row] = total
    return y


PRANGE = ("row",)


def idiom(values, columns, offsets, x):
    from scipy.sparse import csr_array

    return csr_array((values, columns, offsets), shape=(len(offsets) - 1, len(x))) @ x


C = r"""
void kernel(long n, const double *values, const long *columns, const long *offsets, const double *x,
            double *y)
{
    #pragma omp parallel for schedule(static) if (n > 3000)
    for (long row = 0; row < n; row++) {
        double total = 0;
        for (long k = offsets[row]; k < offsets[row + 1]; k++)
            total += values[k] * x[columns[k]];
        y[row] = total;
    }
}
"""


def call_c(c, values, columns, offsets, x):
    y = np.empty(len(offsets) - 1)
    c(len(y), values, columns, offsets, x, y)
    return y


SIZES = {"small": 100, "medium": 5000, "large": 200_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    offsets = np.concatenate([[0], np.cumsum(rng.integers(0, 25, size))])
    columns = rng.integers(0, size, offsets[-1])
    return rng.random(offsets[-1]), columns, offsets, rng.random(size)


def work(size: int) -> tuple[float, float]:
    entries = 12.0 * size
    return 2 * entries, 16 * entries + 24 * size
