"""Length of the longest common subsequence of two lists of integers, with two rows of the table.

Source: Wagner and Fischer, "The string-to-string correction problem", JACM 1974; Cormen et al., chapter
on dynamic programming. The C version goes by anti-diagonals, whose cells do not depend on each other.
"""

import numpy as np


def kernel(a, b):
    above = [0] * (len(b) + 1)
    for i in range(1, len(a) + 1):
        row = [0] * (len(b) + 1)
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                row[j] = above[j - 1] + 1
            else:
                row[j] = max(above[j], row[j - 1])
        above = row
    return above[len(b)]


def idiom(a, b):
    b = np.array(b)
    row = np.zeros(len(b) + 1, dtype=np.int64)
    for item in a:
        longer = np.where(b == item, row[:-1] + 1, row[1:])
        np.maximum.accumulate(longer, out=row[1:])
    return int(row[-1])


C = r"""
long kernel(long n, long m, const int *a, const int *b)
{
    int *cells = calloc(3 * (n + 1), sizeof *cells), *back = malloc(m * sizeof *back);
    int *older = cells, *old = cells + n + 1, *now = old + n + 1;
    for (long j = 0; j < m; j++)
        back[j] = b[m - 1 - j];
    for (long d = 2; d <= n + m; d++) {             /* cell i of diagonal d is row i, column d - i */
        long low = d > m ? d - m : 1, high = d - 1 < n ? d - 1 : n;
        const int *other = back + m - d;
        #pragma omp simd
        for (long i = low; i <= high; i++) {
            int longer = old[i - 1] > old[i] ? old[i - 1] : old[i];
            now[i] = a[i - 1] == other[i] ? older[i - 1] + 1 : longer;
        }
        int *free_row = older;
        older = old;
        old = now;
        now = free_row;
    }
    long length = old[n];
    free(cells);
    free(back);
    return length;
}
"""


def call_c(c, a, b):
    return c(len(a), len(b), np.array(a, dtype=np.int32), np.array(b, dtype=np.int32))


SIZES = {"small": 30, "medium": 250, "large": 2500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.integers(0, 8, size).tolist(), rng.integers(0, 8, size + 5).tolist()


def work(size: int) -> tuple[float, float]:
    return 0.0, 16.0 * size
