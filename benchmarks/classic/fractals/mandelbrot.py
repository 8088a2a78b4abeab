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
static void eight(long size, long limit, long first, double cy, long *counts)
{
    double x[8] = {0}, y[8] = {0}, cx[8];
    long n[8] = {0};
    for (long l = 0; l < 8; l++)
        cx[l] = -2.0 + 2.5 * (first + l) / size;
    for (long k = 0; k < limit; k++) {
        long inside = 0;
        #pragma omp simd reduction(+ : inside)
        for (long l = 0; l < 8; l++) {
            double xx = x[l] * x[l], yy = y[l] * y[l];
            double renewed = 2.0 * x[l] * y[l] + cy;
            long in = xx + yy <= 4.0;
            x[l] = in ? xx - yy + cx[l] : x[l];
            y[l] = in ? renewed : y[l];
            n[l] += in;
            inside += in;
        }
        if (!inside)
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
    return 7 * 27.0 * size * size, 8.0 * size * size
