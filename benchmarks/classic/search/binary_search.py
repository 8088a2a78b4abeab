"""Place of each query in a sorted array: the number of entries that are smaller.

Source: Knuth, The Art of Computer Programming, volume 3, section 6.2.1. The C version has no branches to
guess (Khuong and Morin, "Array layouts for comparison-based searching", 2017).
"""

import numpy as np


def kernel(table, queries):
    places = np.zeros(len(queries), dtype=np.int64)
    for q in range(len(queries)):
        low = 0
        high = len(table)
        while low < high:
            middle = (low + high) // 2
            if table[middle] < queries[q]:
                low = middle + 1
            else:
                high = middle
        places[q] = low
    return places


PRANGE = ("q",)


def idiom(table, queries):
    return np.searchsorted(table, queries)


C = r"""
void kernel(long n, long m, const double *table, const double *queries, long *places)
{
    #pragma omp parallel for schedule(static) if (m > 1000)
    for (long q = 0; q < m; q++) {
        const double *base = table;
        long left = n;
        while (left > 1) {
            long half = left / 2;
            base = base[half - 1] < queries[q] ? base + half : base;
            left -= half;
        }
        places[q] = base - table + (left && *base < queries[q]);
    }
}
"""


def call_c(c, table, queries):
    places = np.empty(len(queries), dtype=np.int64)
    c(len(table), len(queries), table, queries, places)
    return places


SIZES = {"small": 100, "medium": 5000, "large": 300_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return np.sort(rng.random(size)), rng.random(size)


def work(size: int) -> tuple[float, float]:
    return size * np.log2(size), 24.0 * size
