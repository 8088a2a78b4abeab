"""Mean of the numbers of a matrix that a mask lets through, row by row; NaN for rows that it hides."""

import math

import numpy as np


def kernel(x, mask):
    out = np.empty(len(x))
    for i in range(x.shape[0]):
        total = 0.0
        count = 0
        for j in range(x.shape[1]):
            if mask[i, j]:
                total += x[i, j]
                count += 1
        out[i] = total / count if count > 0 else math.nan
    return out


PRANGE = ("i",)


def idiom(x, mask):
    with np.errstate(invalid="ignore"):
        return np.where(mask, x, 0.0).sum(axis=1) / mask.sum(axis=1)


C = r"""
void kernel(long n, long m, const double *x, const unsigned char *mask, double *out)
{
    #pragma omp parallel for schedule(static) if (n * m > 30000)
    for (long i = 0; i < n; i++) {
        double total = 0;
        long count = 0;
        #pragma omp simd reduction(+ : total, count)
        for (long j = 0; j < m; j++) {
            total += mask[i * m + j] ? x[i * m + j] : 0.0;
            count += mask[i * m + j];
        }
        out[i] = count ? total / count : NAN;
    }
}
"""


def call_c(c, x, mask):
    out = np.empty(len(x))
    c(*x.shape, x, mask, out)
    return out


SIZES = {"small": 10, "medium": 200, "large": 12_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    mask = rng.random((size, 500)) < 0.6
    mask[0] = False
    return rng.random((size, 500)), mask


def work(size: int) -> tuple[float, float]:
    return 500.0 * size, 9 * 500.0 * size
