"""Blur of an image with a window of weights, as in every book on image processing.

Only places where the whole window fits are computed.
"""

import numpy as np


def kernel(image, weights):
    height = image.shape[0] - weights.shape[0] + 1
    width = image.shape[1] - weights.shape[1] + 1
    out = np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            total = 0.0
            for dy in range(weights.shape[0]):
                for dx in range(weights.shape[1]):
                    total += weights[dy, dx] * image[y + dy, x + dx]
            out[y, x] = total
    return out


PRANGE = ("y",)


def idiom(image, weights):
    height = image.shape[0] - weights.shape[0] + 1
    width = image.shape[1] - weights.shape[1] + 1
    out = np.zeros((height, width))
    for dy in range(weights.shape[0]):
        for dx in range(weights.shape[1]):
            out += weights[dy, dx] * image[dy : dy + height, dx : dx + width]
    return out


C = r"""
static inline __attribute__((always_inline)) void
row(long m, long width, long rows, long columns, const double *image, const double *weights, double *out)
{
    #pragma omp simd
    for (long x = 0; x < width; x++) {
        double total = 0;
        for (long dy = 0; dy < rows; dy++)
            for (long dx = 0; dx < columns; dx++)
                total += weights[dy * columns + dx] * image[dy * m + x + dx];
        out[x] = total;
    }
}

void kernel(long n, long m, long rows, long columns, const double *image, const double *weights, double *out)
{
    long height = n - rows + 1, width = m - columns + 1;
    #pragma omp parallel for schedule(static) if (height * width > 5000)
    for (long y = 0; y < height; y++)
        if (rows == 5 && columns == 5)                /* with constants the window is unrolled */
            row(m, width, 5, 5, image + y * m, weights, out + y * width);
        else
            row(m, width, rows, columns, image + y * m, weights, out + y * width);
}
"""


def call_c(c, image, weights):
    shape = np.subtract(image.shape, weights.shape) + 1
    out = np.empty(tuple(shape))
    c(*image.shape, *weights.shape, image, weights, out)
    return out


SIZES = {"small": 20, "medium": 80, "large": 400}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    line = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    return rng.random((size, size + 7)), np.outer(line, line)


def work(size: int) -> tuple[float, float]:
    cells = (size - 4.0) * (size + 3.0)
    return 50 * cells, 16 * cells
