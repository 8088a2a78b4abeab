"""Running sum of an array.

Source: Hillis and Steele, "Data parallel algorithms", CACM 1986 (the scan within a vector). The C
version sums eight places by three shifted additions, so that one addition of eight is in the chain.
"""

import numpy as np


def kernel(x):
    out = np.empty(len(x))
    total = 0.0
    for i in range(len(x)):
        total += x[i]
        out[i] = total
    return out


def idiom(x):
    return np.cumsum(x)


C = r"""
typedef double v8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef long l8 __attribute__((vector_size(64)));

void kernel(long n, const double *x, double *out)
{
    const v8 zero = {0};
    double total = 0;
    long i = 0;
    for (; i + 8 <= n; i += 8) {
        v8 s = *(const v8 *)(x + i);
        s += __builtin_shuffle(zero, s, (l8){0, 8, 9, 10, 11, 12, 13, 14});
        s += __builtin_shuffle(zero, s, (l8){0, 0, 8, 9, 10, 11, 12, 13});
        s += __builtin_shuffle(zero, s, (l8){0, 0, 0, 0, 8, 9, 10, 11});
        *(v8 *)(out + i) = s + total;
        total += s[7];
    }
    for (; i < n; i++)
        out[i] = total += x[i];
}
"""


def call_c(c, x):
    out = np.empty(len(x))
    c(len(x), x, out)
    return out


SIZES = {"small": 500, "medium": 30_000, "large": 8_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.random(size),)


def work(size: int) -> tuple[float, float]:
    return 1.0 * size, 16.0 * size
