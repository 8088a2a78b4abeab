"""Place and value of the largest number of a vector; the first place if there are several."""

import numpy as np


def kernel(x):
    best = x[0]
    place = 0
    for i in range(1, len(x)):
        if x[i] > best:
            best = x[i]
            place = i
    return place, best


BOUND = "memory"


def idiom(x):
    place = np.argmax(x)
    return int(place), x[place]


C = r"""
long kernel(long n, const double *x, double *top)
{
    long place = 0;
    double best = x[0];
    #pragma omp parallel if (n > 50000)
    {
        long mine = 0;
        double most = x[0];
        #pragma omp for schedule(static) nowait
        for (long low = 0; low < n; low += 1024) {
            long high = low + 1024 < n ? low + 1024 : n;
            double block = x[low];
            #pragma omp simd reduction(max : block)
            for (long i = low; i < high; i++)
                block = x[i] > block ? x[i] : block;
            if (block > most) {
                most = block;
                for (mine = low; x[mine] != block; mine++)
                    ;
            }
        }
        #pragma omp critical
        if (most > best || (most == best && mine < place)) {
            best = most;
            place = mine;
        }
    }
    *top = best;
    return place;
}
"""


def call_c(c, x):
    top = np.empty(1)
    return c(len(x), x, top), float(top[0])


SIZES = {"small": 500, "medium": 30_000, "large": 16_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.normal(size=size),)


def work(size: int) -> tuple[float, float]:
    return 1.0 * size, 8.0 * size
