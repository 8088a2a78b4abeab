"""Insertion sort of an array.

Source: Knuth, The Art of Computer Programming, volume 3, section 5.2.1. `np.sort` is another algorithm,
so it is no array form of this one.
"""

import numpy as np


def kernel(x):
    out = x.copy()
    for i in range(1, len(out)):
        item = out[i]
        j = i - 1
        while j >= 0 and out[j] > item:
            out[j + 1] = out[j]
            j -= 1
        out[j + 1] = item
    return out


C = r"""
void kernel(long n, double *out)
{
    for (long i = 1; i < n; i++) {
        double item = out[i];
        long j = i - 1;
        while (j >= 0 && out[j] > item) {
            out[j + 1] = out[j];
            j--;
        }
        out[j + 1] = item;
    }
}
"""


def call_c(c, x):
    out = x.copy()
    c(len(out), out)
    return out


SIZES = {"small": 40, "medium": 400, "large": 4000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.random(size),)


def work(size: int) -> tuple[float, float]:
    return size * size / 4, 16.0 * size
