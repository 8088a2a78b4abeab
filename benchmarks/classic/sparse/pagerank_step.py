"""One step of PageRank over a list of edges, pushed from their sources.

Source: Page, Brin, Motwani and Winograd, "The PageRank citation ranking", 1999. Pages without links give
their rank to all.
"""

import numpy as np


def kernel(sources, targets, rank, damping):
    n = len(rank)
    degree = np.zeros(n, dtype=np.int64)
    for e in range(len(sources)):
        degree[sources[e]] += 1
    loose = 0.0
    for v in range(n):
        if degree[v] == 0:
            loose += rank[v]
    new = np.full(n, (1.0 - damping + damping * loose) / n)
    for e in range(len(sources)):
        s = sources[e]
        new[targets[e]] += damping * rank[s] / degree[s]
    return new


def idiom(sources, targets, rank, damping):
    n = len(rank)
    degree = np.bincount(sources, minlength=n)
    loose = rank[degree == 0].sum()
    share = damping * rank / np.maximum(degree, 1)
    base = (1.0 - damping + damping * loose) / n
    return base + np.bincount(targets, weights=share[sources], minlength=n)


C = r"""
void kernel(long edges, long n, double damping, const long *sources, const long *targets, const double *rank,
            double *new)
{
    long *degree = calloc(n, sizeof *degree);
    double *share = malloc(n * sizeof *share), loose = 0;
    for (long e = 0; e < edges; e++)
        degree[sources[e]]++;
    for (long v = 0; v < n; v++) {
        loose += degree[v] ? 0.0 : rank[v];
        share[v] = damping * rank[v] / degree[v];
    }
    double base = (1.0 - damping + damping * loose) / n;
    for (long v = 0; v < n; v++)
        new[v] = base;
    for (long e = 0; e < edges; e++)
        new[targets[e]] += share[sources[e]];
    free(share);
    free(degree);
}
"""


def call_c(c, sources, targets, rank, damping):
    new = np.empty(len(rank))
    c(len(sources), len(rank), damping, sources, targets, rank, new)
    return new


SIZES = {"small": 50, "medium": 3000, "large": 120_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    rank = rng.random(size)
    sources = rng.integers(0, size - size // 10, 10 * size)
    return sources, rng.integers(0, size, 10 * size), rank / rank.sum(), 0.85


def work(size: int) -> tuple[float, float]:
    return 13.0 * size, 10 * 24.0 * size + 24 * size
