"""Largest number so far, for each place of an array.

Source: Blelloch, "Prefix sums and their applications", 1990.
"""

import numpy as np


def kernel(x):
    out = np.empty(len(x))
    top = x[0]
    for i in range(len(x)):
        if x[i] > top:
            top = x[i]
        out[i] = top
    return out


def idiom(x):
    return np.maximum.accumulate(x)


C = r"""
void kernel(long n, const double *x, double *out)
{
    double top = x[0];
    for (long low = 0; low < n; low += 32) {
        long high = low + 32 < n ? low + 32 : n;
        double block = x[low];
        #pragma omp simd reduction(max : block)
        for (long i = low; i < high; i++)
            block = x[i] > block ? x[i] : block;
        if (block <= top)                       /* nothing new in the block: the common case */
            for (long i = low; i < high; i++)
                out[i] = top;
        else
            for (long i = low; i < high; i++)
                out[i] = top = x[i] > top ? x[i] : top;
    }
}
"""


def call_c(c, x):
    out = np.empty(len(x))
    c(len(x), x, out)
    return out


SIZES = {"small": 500, "medium": 30_000, "large": 6_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(size=size) + np.linspace(0.0, 5.0, size),)


def work(size: int) -> tuple[float, float]:
    return 1.0 * size, 16.0 * size
