"""The triad of the STREAM benchmark: a = b + s c, in place.

Source: McCalpin, "Memory bandwidth and machine balance in current high performance computers", 1995.
"""

import numpy as np


def kernel(a, b, c, scale):
    for i in range(len(a)):
        a[i] = b[i] + scale * c[i]


PRANGE = ("i",)
BOUND = "memory"


def idiom(a, b, c, scale):
    np.multiply(c, scale, out=a)
    a += b


C = r"""
void kernel(long n, double scale, double *a, const double *b, const double *c)
{
    #pragma omp parallel for simd schedule(static) if (parallel : n > 50000)
    for (long i = 0; i < n; i++)
        a[i] = b[i] + scale * c[i];
}
"""


def call_c(function, a, b, c, scale):
    function(len(a), scale, a, b, c)


SIZES = {"small": 500, "medium": 30_000, "large": 8_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.random(size), rng.random(size), rng.random(size), 3.0


def work(size: int) -> tuple[float, float]:
    return 2.0 * size, 24.0 * size
