"""Sum norm, Euclidean norm and maximum norm of a vector in one pass."""

import math

import numpy as np


def kernel(x):
    one = 0.0
    two = 0.0
    top = 0.0
    for v in x:
        size = abs(v)
        one += size
        two += size * size
        if size > top:
            top = size
    return one, math.sqrt(two), top


def idiom(x):
    size = np.abs(x)
    return size.sum(), math.sqrt(x @ x), size.max()


C = r"""
void kernel(long n, const double *x, double *norms)
{
    double one = 0, two = 0, top = 0;
    #pragma omp parallel for simd schedule(static) reduction(+ : one, two) reduction(max : top) \
        if (parallel : n > 50000)
    for (long i = 0; i < n; i++) {
        double size = fabs(x[i]);
        one += size;
        two += size * size;
        top = size > top ? size : top;
    }
    norms[0] = one;
    norms[1] = sqrt(two);
    norms[2] = top;
}
"""


def call_c(c, x):
    norms = np.empty(3)
    c(len(x), x, norms)
    return float(norms[0]), float(norms[1]), float(norms[2])


SIZES = {"small": 500, "medium": 30_000, "large": 6_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(size=size),)


def work(size: int) -> tuple[float, float]:
    return 4.0 * size, 8.0 * size
