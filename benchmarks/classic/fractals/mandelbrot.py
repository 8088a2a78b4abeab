"""Escape times of the Mandelbrot set on a square grid.

Source: Peitgen and Richter, The Beauty of Fractals. The counts are exact, so no product and sum may
become one rounding. The C version carries 8 neighbours until the last of them has escaped.
"""

import numpy as np


def kernel(size, limit):
    counts = np.zeros((size, size), dtype=np.int64)
    for row in range(size):
        cy = -1.25 + 2.5 * row / size
        for column in range(size):
            cx = -2.0 + 2.5 * column / size
            x = 0.0
            y = 0.0
            count = 0
            while count < limit and x * x + y * y <= 4.0:
                x, y = x * x - y * y + cx, 2.0 * x * y + cy
                count += 1
            counts[row, column] = count
    return counts


PRANGE = ("row",)


def idiom(size, limit):
    steps = 2.5 * np.arange(size) / size
    cx = np.tile(-2.0 + steps, size)
    cy = np.repeat(-1.25 + steps, size)
    x = np.zeros(size * size)
    y = np.zeros(size * size)
    counts = np.zeros(size * size, dtype=np.int64)
    alive = np.arange(size * size)
    for _ in range(limit):
        x, y = x * x - y * y + cx, 2.0 * x * y + cy
        counts[alive] += 1
        inside = x * x + y * y <= 4.0
        alive, x, y, cx, cy = alive[inside], x[inside], y[inside], cx[inside], cy[inside]
    return counts.reshape(size, size)


C_FLAGS = ("-ffp-contract=off",)
C = r"""
typedef double v8 __attribute__((vector_size(64)));
typedef long l8 __attribute__((vector_size(64)));

static void eight(long size, long limit, long first, double cy, long *counts)
{
    v8 x = {0}, y = {0}, cx;
    l8 n = {0}, inside;
    for (long l = 0; l < 8; l++)
        cx[l] = -2.0 + 2.5 * (first + l) / size;
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

void kernel(long size, long limit, long *counts)
{
    #pragma omp parallel for schedule(dynamic, 4) if (size > 30)
    for (long row = 0; row < size; row++)
        for (long first = 0; first < size; first += 8)
            eight(size, limit, first, -1.25 + 2.5 * row / size, counts + row * size);
}
"""


def call_c(c, size, limit):
    counts = np.empty((size, size), dtype=np.int64)
    c(size, limit, counts)
    return counts


SIZES = {"small": 20, "medium": 80, "large": 360}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return size, 100 + int(rng.integers(0, 5))


def work(size: int) -> tuple[float, float]:
    steps = 30.0  # of a point, on average
    return 7 * steps * size * size, 8.0 * size * size
