"""Heat equation in three dimensions, explicit steps with seven points.

Source: PolyBench. Two grids take turns; the border stays.
"""

import numpy as np


def kernel(start, steps):
    n = len(start)
    old = start.copy()
    new = start.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                for k in range(1, n - 1):
                    centre = old[i, j, k]
                    new[i, j, k] = (
                        centre
                        + 0.125 * (old[i + 1, j, k] - 2.0 * centre + old[i - 1, j, k])
                        + 0.125 * (old[i, j + 1, k] - 2.0 * centre + old[i, j - 1, k])
                        + 0.125 * (old[i, j, k + 1] - 2.0 * centre + old[i, j, k - 1])
                    )
        old, new = new, old
    return old


PRANGE = ("i",)


def idiom(start, steps):
    old, new = start.copy(), start.copy()
    for _ in range(steps):
        inner = new[1:-1, 1:-1, 1:-1]
        np.add(old[2:, 1:-1, 1:-1], old[:-2, 1:-1, 1:-1], out=inner)
        inner += old[1:-1, 2:, 1:-1]
        inner += old[1:-1, :-2, 1:-1]
        inner += old[1:-1, 1:-1, 2:]
        inner += old[1:-1, 1:-1, :-2]
        inner *= 0.125
        inner += 0.25 * old[1:-1, 1:-1, 1:-1]
        old, new = new, old
    return old


C = r"""
void kernel(long n, long steps, double *old, double *new)
{
    #pragma omp parallel if (n > 20)
    {
        double *from = old, *to = new;
        for (long t = 0; t < steps; t++) {
            #pragma omp for collapse(2) schedule(static)
            for (long i = 1; i < n - 1; i++)
                for (long j = 1; j < n - 1; j++) {
                    const double *a = from + (i * n + j) * n;
                    double *b = to + (i * n + j) * n;
                    #pragma omp simd
                    for (long k = 1; k < n - 1; k++)
                        b[k] = 0.25 * a[k] + 0.125 * (a[k + n * n] + a[k - n * n] + a[k + n] + a[k - n]
                                                      + a[k + 1] + a[k - 1]);
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
    c(len(start), steps, old, new)
    return new if steps % 2 else old


SIZES = {"small": 8, "medium": 22, "large": 60}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random((size, size, size)), 6


def work(size: int) -> tuple[float, float]:
    cells = float(size) ** 3
    return 6 * 15 * cells, 6 * 16 * cells
