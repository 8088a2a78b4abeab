"""Joint histogram of two images of bytes, as for mutual information.

Source: Wells et al., "Multi-modal volume registration by maximization of mutual information", 1996.
"""

import numpy as np


def kernel(first, second):
    counts = np.zeros((64, 64), dtype=np.int64)
    for y in range(first.shape[0]):
        for x in range(first.shape[1]):
            counts[first[y, x] // 4, second[y, x] // 4] += 1
    return counts


def idiom(first, second):
    cells = (first >> 2).astype(np.int64) * 64 + (second >> 2)
    return np.bincount(cells.ravel(), minlength=64 * 64).reshape(64, 64)


C = r"""
void kernel(long n, const unsigned char *first, const unsigned char *second, long *counts)
{
    memset(counts, 0, 64 * 64 * sizeof *counts);
    #pragma omp parallel for schedule(static) reduction(+ : counts[:64 * 64]) if (n > 100000)
    for (long i = 0; i < n; i++)
        counts[(first[i] >> 2) * 64 + (second[i] >> 2)]++;
}
"""


def call_c(c, first, second):
    counts = np.empty((64, 64), dtype=np.int64)
    c(first.size, first, second, counts)
    return counts


SIZES = {"small": 24, "medium": 200, "large": 1500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    first = rng.integers(0, 256, (size, size), dtype=np.uint8)
    noise = rng.integers(0, 32, (size, size), dtype=np.uint8)
    return first, first // 2 + noise


def work(size: int) -> tuple[float, float]:
    return 0.0, 2.0 * size * size
