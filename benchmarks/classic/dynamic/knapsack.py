"""Best value of a knapsack with each item at most once, by capacities.

Source: Bellman, Dynamic Programming, 1957; Martello and Toth, Knapsack Problems, section 2.6. The C
version lets two rows take turns, so that it can go by vectors.
"""

import numpy as np


def kernel(weights, values, capacity):
    best = [0] * (capacity + 1)
    for item in range(len(weights)):
        weight = weights[item]
        value = values[item]
        for room in range(capacity, weight - 1, -1):
            taken = best[room - weight] + value
            if taken > best[room]:
                best[room] = taken
    return best[capacity]


def idiom(weights, values, capacity):
    best = np.zeros(capacity + 1, dtype=np.int64)
    for weight, value in zip(weights, values, strict=True):
        best[weight:] = np.maximum(best[weight:], best[: capacity + 1 - weight] + value)
    return int(best[capacity])


C = r"""
long kernel(long items, long capacity, const long *weights, const long *values)
{
    long *rows = calloc(2 * (capacity + 1), sizeof *rows), *old = rows, *now = rows + capacity + 1;
    for (long item = 0; item < items; item++) {
        long weight = weights[item], value = values[item];
        long untouched = weight <= capacity ? weight : capacity + 1;
        memcpy(now, old, untouched * sizeof *now);
        #pragma omp simd
        for (long room = weight; room <= capacity; room++) {
            long taken = old[room - weight] + value;
            now[room] = taken > old[room] ? taken : old[room];
        }
        long *other = old;
        old = now;
        now = other;
    }
    long best = old[capacity];
    free(rows);
    return best;
}
"""


def call_c(c, weights, values, capacity):
    return c(len(weights), capacity, np.array(weights), np.array(values))


SIZES = {"small": 200, "medium": 3000, "large": 50_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    weights = rng.integers(1, size // 10, 100)
    values = weights + rng.integers(1, 50, 100)
    return weights.tolist(), values.tolist(), size


def work(size: int) -> tuple[float, float]:
    return 0.0, 16.0 * 100
