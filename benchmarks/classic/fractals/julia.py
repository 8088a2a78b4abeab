"""Escape times of a Julia set on a square grid, with complex numbers.

Source: Peitgen and Richter, The Beauty of Fractals. The counts are exact, so no product and sum may
become one rounding. The C version carries 8 neighbours until the last of them has escaped.
"""

import numpy as np


def kernel(size, c, limit):
    counts = np.zeros((size, size), dtype=np.int64)
    for row in range(size):
        for column in range(size):
            z = complex(-1.5 + 3.0 * column / size, -1.5 + 3.0 * row / size)
            count = 0
            while count < limit and z.real * z.real + z.imag * z.imag <= 4.0:
                z = z * z + c
                count += 1
            counts[row, column] = count
    return counts


PRANGE = ("row",)


def idiom(size, c, limit):
    steps = -1.5 + 3.0 * np.arange(size) / size
    x = np.tile(steps, size)
    y = np.repeat(steps, size)
    counts = np.zeros(size * size, dtype=np.int64)
    alive = np.arange(size * size)
    for _ in range(limit):
        inside = x * x + y * y <= 4.0
        alive, x, y = alive[inside], x[inside], y[inside]
        x, y = x * x - y * y + c.real, 2.0 * x * y + c.imag
        counts[alive] += 1
    return counts.reshape(size, size)


C_FLAGS = ("-ffp-contract=off",)
C = r"""
typedef double v8 __attribute__((vector_size(64)));
typedef long l8 __attribute__((vector_size(64)));

static void eight(long size, long limit, long first, double cx, double cy, double start, long *counts)
{
    v8 x, y = start - (v8){0};
    l8 n = {0}, inside;
    for (long l = 0; l < 8; l++)
        x[l] = -1.5 + 3.0 * (first + l) / size;
    for (long k = 0; k < limit; k += 8) {
        for (long step = k; step < k + 8 && step < limit; step++) {
            v8 xx = x * x, yy = y * y;
            inside = xx + yy <= 4.0;            /* -1 where it holds; who has left stays outside */
            n -= inside;
            y = 2.0 * x * y + cy;
            x = xx - yy + cx;
        }
        long any = 0;
        for (long l = 0; l < 8; l++)
            any |= inside[l];
        if (!any)
            break;
    }
    for (long l = 0; l < 8 && first + l < size; l++)
        counts[first + l] = n[l];
}

void kernel(long size, double cx, double cy, long limit, long *counts)
{
    #pragma omp parallel for schedule(dynamic, 4) if (size > 30)
    for (long row = 0; row < size; row++)
        for (long first = 0; first < size; first += 8)
            eight(size, limit, first, cx, cy, -1.5 + 3.0 * row / size, counts + row * size);
}
"""


def call_c(c, size, constant, limit):
    counts = np.empty((size, size), dtype=np.int64)
    c(size, constant.real, constant.imag, limit, counts)
    return counts


SIZES = {"small": 20, "medium": 80, "large": 300}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return size, complex(-0.4, 0.6), 100 + int(rng.integers(0, 5))


def work(size: int) -> tuple[float, float]:
    steps = 14.0  # of a point, on average
    return 7 * steps * size * size, 8.0 * size * size
