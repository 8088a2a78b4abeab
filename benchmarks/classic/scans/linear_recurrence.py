"""First-order linear recurrence with coefficients that vary: y[i] = a[i] y[i-1] + b[i].

Source: Blelloch, "Prefix sums and their applications", 1990. There is no array form that keeps the
digits; nor has the C version anything to gain from two threads, as a scan does twice the work.
"""

import numpy as np


def kernel(a, b, start):
    y = np.empty(len(a))
    last = start
    for i in range(len(a)):
        last = a[i] * last + b[i]
        y[i] = last
    return y


C = r"""
void kernel(long n, const double *a, const double *b, double start, double *y)
{
    for (long i = 0; i < n; i++)
        y[i] = start = a[i] * start + b[i];
}
"""


def call_c(c, a, b, start):
    y = np.empty(len(a))
    c(len(a), a, b, start, y)
    return y


SIZES = {"small": 500, "medium": 30_000, "large": 4_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.uniform(0.5, 0.99, size), rng.random(size), 0.5


def work(size: int) -> tuple[float, float]:
    return 2.0 * size, 24.0 * size
