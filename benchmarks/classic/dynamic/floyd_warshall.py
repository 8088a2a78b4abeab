"""Lengths of the shortest paths between all pairs of nodes.

Source: Floyd, "Algorithm 97: Shortest path", CACM 1962.
"""

import numpy as np


def kernel(lengths):
    n = len(lengths)
    shortest = lengths.copy()
    for k in range(n):
        for i in range(n):
            for j in range(n):
                detour = shortest[i, k] + shortest[k, j]
                if detour < shortest[i, j]:
                    shortest[i, j] = detour
    return shortest


PRANGE = ("i",)


def idiom(lengths):
    shortest = lengths.copy()
    for k in range(len(lengths)):
        np.minimum(shortest, shortest[:, k, None] + shortest[k], out=shortest)
    return shortest


C = r"""
void kernel(long n, double *shortest)
{
    #pragma omp parallel if (n > 60)
    for (long k = 0; k < n; k++) {
        const double *via = shortest + k * n;
        #pragma omp for schedule(static)
        for (long i = 0; i < n; i++) {
            double *row = shortest + i * n, first = row[k];
            #pragma omp simd
            for (long j = 0; j < n; j++) {
                double detour = first + via[j];
                row[j] = detour < row[j] ? detour : row[j];
            }
        }
    }
}
"""


def call_c(c, lengths):
    shortest = lengths.copy()
    c(len(lengths), shortest)
    return shortest


SIZES = {"small": 16, "medium": 60, "large": 180}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    lengths = rng.uniform(1.0, 10.0, size=(size, size))
    lengths[rng.random((size, size)) > 6.0 / size] = np.inf
    np.fill_diagonal(lengths, 0.0)
    return (lengths,)


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return 2 * n**3, 16 * n * n
