"""Levenshtein distance between two lists of integers, with the whole table.

Source: Wagner and Fischer, "The string-to-string correction problem", JACM 1974. The C version goes by
anti-diagonals, whose cells do not depend on each other.
"""

import numpy as np


def kernel(a, b):
    rows = len(a) + 1
    columns = len(b) + 1
    table = [[0] * columns for _ in range(rows)]
    for i in range(rows):
        table[i][0] = i
    for j in range(columns):
        table[0][j] = j
    for i in range(1, rows):
        for j in range(1, columns):
            if a[i - 1] == b[j - 1]:
                table[i][j] = table[i - 1][j - 1]
            else:
                table[i][j] = 1 + min(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1])
    return table[rows - 1][columns - 1]


def idiom(a, b):
    b = np.array(b)
    places = np.arange(len(b) + 1)
    row = places
    for i, item in enumerate(a, 1):
        cells = np.empty(len(b) + 1, dtype=np.int64)
        cells[0] = i
        np.minimum(row[1:] + 1, row[:-1] + (b != item), out=cells[1:])
        row = np.minimum.accumulate(cells - places) + places
    return int(row[-1])


C = r"""
long kernel(long n, long m, const int *a, const int *b)
{
    int *cells = calloc(3 * (n + 1), sizeof *cells), *back = malloc(m * sizeof *back);
    int *older = cells, *old = cells + n + 1, *now = old + n + 1;
    for (long j = 0; j < m; j++)
        back[j] = b[m - 1 - j];
    old[0] = 1;
    if (n > 0)
        old[1] = 1;
    for (long d = 2; d <= n + m; d++) {             /* cell i of diagonal d is row i, column d - i */
        long low = d > m ? d - m : 1, high = d - 1 < n ? d - 1 : n;
        const int *other = back + m - d;
        #pragma omp simd
        for (long i = low; i <= high; i++) {
            int shorter = (old[i - 1] < old[i] ? old[i - 1] : old[i]) + 1;
            int same = older[i - 1] + (a[i - 1] != other[i]);
            now[i] = same < shorter ? same : shorter;
        }
        now[0] = d;
        if (d <= n)
            now[d] = d;
        int *free_row = older;
        older = old;
        old = now;
        now = free_row;
    }
    long distance = n + m == 0 ? 0 : old[n];
    free(cells);
    free(back);
    return distance;
}
"""


def call_c(c, a, b):
    return c(len(a), len(b), np.array(a, dtype=np.int32), np.array(b, dtype=np.int32))


SIZES = {"small": 30, "medium": 200, "large": 1800}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    a = rng.integers(0, 20, size)
    b = np.where(rng.random(size) < 0.3, rng.integers(0, 20, size), a)
    return a.tolist(), b[: size - 3].tolist()


def work(size: int) -> tuple[float, float]:
    return 0.0, 16.0 * size
