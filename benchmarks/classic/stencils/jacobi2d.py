"""Jacobi iteration on a grid with five points.

Source: PolyBench. Two grids take turns; the border stays.
"""

import numpy as np


def kernel(start, steps):
    n, m = start.shape
    old = start.copy()
    new = start.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                around = old[i - 1, j] + old[i + 1, j] + old[i, j - 1] + old[i, j + 1]
                new[i, j] = 0.2 * (old[i, j] + around)
        old, new = new, old
    return old


PRANGE = ("i",)


def idiom(start, steps):
    old, new = start.copy(), start.copy()
    for _ in range(steps):
        inner = new[1:-1, 1:-1]
        np.add(old[:-2, 1:-1], old[2:, 1:-1], out=inner)
        inner += old[1:-1, :-2]
        inner += old[1:-1, 2:]
        inner += old[1:-1, 1:-1]
        inner *= 0.2
        old, new = new, old
    return old


C = r"""
void kernel(long n, long m, long steps, double *old, double *new)
{
    #pragma omp parallel if (n * m > 10000)
    {
        double *from = old, *to = new;
        for (long t = 0; t < steps; t++) {
            #pragma omp for schedule(static)
            for (long i = 1; i < n - 1; i++) {
                const double *up = from + (i - 1) * m, *here = up + m, *down = here + m;
                #pragma omp simd
                for (long j = 1; j < m - 1; j++)
                    to[i * m + j] = 0.2 * (here[j] + (up[j] + down[j] + here[j - 1] + here[j + 1]));
            }
            double *other = from;
            from = to;
            to = other;
        }
    }
}
"""


def call_c(c, start, steps):
    old, new = start.copy(), start.copy()
    c(*start.shape, steps, old, new)
    return new if steps % 2 else old


SIZES = {"small": 20, "medium": 90, "large": 450}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random((size, size + 2)), 11


def work(size: int) -> tuple[float, float]:
    cells = size * (size + 2.0)
    return 11 * 5 * cells, 11 * 16 * cells
