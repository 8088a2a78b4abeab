"""y += alpha x, in place.

Source: Lawson et al., "Basic linear algebra subprograms for Fortran usage", ACM TOMS 1979.
"""

import numpy as np


def kernel(alpha, x, y):
    for i in range(len(x)):
        y[i] += alpha * x[i]


PRANGE = ("i",)
BOUND = "memory"


def idiom(alpha, x, y):
    y += alpha * x


C = r"""
void kernel(long n, double alpha, const double *x, double *y)
{
    #pragma omp parallel for simd schedule(static) if (parallel : n > 50000)
    for (long i = 0; i < n; i++)
        y[i] += alpha * x[i];
}
"""


def call_c(c, alpha, x, y):
    c(len(x), alpha, x, y)


SIZES = {"small": 500, "medium": 30_000, "large": 8_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return 0.7, rng.random(size), rng.random(size)


def work(size: int) -> tuple[float, float]:
    return 2.0 * size, 24.0 * size
