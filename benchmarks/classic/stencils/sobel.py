"""Magnitude of the gradient of an image by Sobel's operator, written out.

Source: Sobel and Feldman, "An isotropic 3x3 image gradient operator", 1968. The border stays zero.
"""

import math

import numpy as np


def kernel(image):
    h, w = image.shape
    out = np.zeros((h, w))
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            right = image[y - 1, x + 1] + 2.0 * image[y, x + 1] + image[y + 1, x + 1]
            left = image[y - 1, x - 1] + 2.0 * image[y, x - 1] + image[y + 1, x - 1]
            below = image[y + 1, x - 1] + 2.0 * image[y + 1, x] + image[y + 1, x + 1]
            above = image[y - 1, x - 1] + 2.0 * image[y - 1, x] + image[y - 1, x + 1]
            gx = right - left
            gy = below - above
            out[y, x] = math.sqrt(gx * gx + gy * gy)
    return out


PRANGE = ("y",)


def idiom(image):
    out = np.zeros(image.shape)
    columns = image[:-2] + 2.0 * image[1:-1] + image[2:]
    rows = image[:, :-2] + 2.0 * image[:, 1:-1] + image[:, 2:]
    gx = columns[:, 2:] - columns[:, :-2]
    gy = rows[2:] - rows[:-2]
    np.sqrt(gx * gx + gy * gy, out=out[1:-1, 1:-1])
    return out


C = r"""
void kernel(long h, long w, const double *image, double *out)
{
    #pragma omp parallel for schedule(static) if (h * w > 10000)
    for (long y = 1; y < h - 1; y++) {
        const double *up = image + (y - 1) * w, *here = up + w, *down = here + w;
        #pragma omp simd
        for (long x = 1; x < w - 1; x++) {
            double gx = (up[x + 1] + 2.0 * here[x + 1] + down[x + 1])
                      - (up[x - 1] + 2.0 * here[x - 1] + down[x - 1]);
            double gy = (down[x - 1] + 2.0 * down[x] + down[x + 1])
                      - (up[x - 1] + 2.0 * up[x] + up[x + 1]);
            out[y * w + x] = sqrt(gx * gx + gy * gy);
        }
    }
}
"""


def call_c(c, image):
    out = np.zeros(image.shape)
    c(*image.shape, image, out)
    return out


SIZES = {"small": 20, "medium": 110, "large": 750}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.random((size, size + 2)),)


def work(size: int) -> tuple[float, float]:
    cells = size * (size + 2.0)
    return 18 * cells, 16 * cells
