"""Jacobi iteration in one dimension: each point becomes the mean of itself and its two neighbours.

Source: PolyBench. Two arrays take turns; the ends stay.
"""

import numpy as np


def kernel(start, steps):
    n = len(start)
    old = start.copy()
    new = start.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            new[i] = (old[i - 1] + old[i] + old[i + 1]) / 3.0
        for i in range(1, n - 1):
            old[i] = new[i]
    return old


PRANGE = ("i",)


def idiom(start, steps):
    old = start.copy()
    for _ in range(steps):
        old[1:-1] = (old[:-2] + old[1:-1] + old[2:]) / 3.0
    return old


C = r"""
void kernel(long n, long steps, double *old, double *new)    /* the result is in `old` if steps is even */
{
    #pragma omp parallel if (n > 10000)
    {
        double *from = old, *to = new;
        for (long t = 0; t < steps; t++) {
            #pragma omp for simd schedule(static)
            for (long i = 1; i < n - 1; i++)
                to[i] = (from[i - 1] + from[i] + from[i + 1]) / 3.0;
            double *other = from;
            from = to;
            to = other;
        }
    }
}
"""


def call_c(c, start, steps):
    old, new = start.copy(), start.copy()
    c(len(start), steps, old, new)
    return new if steps % 2 else old


SIZES = {"small": 200, "medium": 4000, "large": 60_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random(size), 20


def work(size: int) -> tuple[float, float]:
    return 20 * 3.0 * size, 20 * 16.0 * size
