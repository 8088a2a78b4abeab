"""Gauss-Seidel iteration on a grid with nine points, in place: each point uses those already renewed.

Source: PolyBench. There is no array form in this order. The C version adds up in vectors what does not
depend on the left neighbour, and leaves one multiplication and addition to the chain.
"""

import numpy as np


def kernel(grid, steps):
    n, m = grid.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                grid[i, j] = (
                    grid[i - 1, j - 1] + grid[i - 1, j] + grid[i - 1, j + 1]
                    + grid[i, j - 1] + grid[i, j] + grid[i, j + 1]
                    + grid[i + 1, j - 1] + grid[i + 1, j] + grid[i + 1, j + 1]
                ) / 9.0  # fmt: skip


C = r"""
void kernel(long n, long m, long steps, double *grid)
{
    double *rest = malloc(m * sizeof *rest);
    for (long t = 0; t < steps; t++)
        for (long i = 1; i < n - 1; i++) {
            const double *up = grid + (i - 1) * m, *down = grid + (i + 1) * m;
            double *here = grid + i * m, left = here[0];
            #pragma omp simd
            for (long j = 1; j < m - 1; j++)
                rest[j] = (up[j - 1] + up[j] + up[j + 1] + here[j] + here[j + 1]
                           + down[j - 1] + down[j] + down[j + 1]) * (1.0 / 9.0);
            for (long j = 1; j < m - 1; j++)
                here[j] = left = left * (1.0 / 9.0) + rest[j];
        }
    free(rest);
}
"""


def call_c(c, grid, steps):
    c(*grid.shape, steps, grid)


SIZES = {"small": 20, "medium": 70, "large": 320}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random((size, size + 3)), 10


def work(size: int) -> tuple[float, float]:
    cells = size * (size + 3.0)
    return 10 * 9 * cells, 10 * 16 * cells
