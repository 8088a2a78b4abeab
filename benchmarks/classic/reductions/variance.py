"""Mean and variance of a vector in two passes.

Source: Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983.
"""

import numpy as np


def kernel(x):
    mean = 0.0
    for i in range(len(x)):
        mean += x[i]
    mean /= len(x)
    total = 0.0
    for i in range(len(x)):
        d = x[i] - mean
        total += d * d
    return mean, total / len(x)


PRANGE = ("i",)


def idiom(x):
    return np.mean(x), np.var(x)


C = r"""
double kernel(long n, const double *x, double *mean)
{
    double sum = 0, total = 0;
    #pragma omp parallel for simd schedule(static) reduction(+ : sum) if (parallel : n > 50000)
    for (long i = 0; i < n; i++)
        sum += x[i];
    double middle = sum / n;
    #pragma omp parallel for simd schedule(static) reduction(+ : total) if (parallel : n > 50000)
    for (long i = 0; i < n; i++)
        total += (x[i] - middle) * (x[i] - middle);
    *mean = middle;
    return total / n;
}
"""


def call_c(c, x):
    mean = np.empty(1)
    spread = c(len(x), x, mean)
    return float(mean[0]), spread


SIZES = {"small": 500, "medium": 30_000, "large": 6_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(3.0, 2.0, size=size),)


def work(size: int) -> tuple[float, float]:
    return 4.0 * size, 16.0 * size
