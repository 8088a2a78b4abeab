"""All-pairs shortest paths (Floyd-Warshall) with the next-hop table."""

import numpy as np


def floyd_warshall(weights):
    """weights[i, j] is the length of edge i -> j, infinity where there is none."""
    n = len(weights)
    dist = weights.copy()
    nxt = np.full((n, n), -1)
    for i in range(n):
        for j in range(n):
            if dist[i, j] < np.inf:
                nxt[i, j] = j
    for i in range(n):
        dist[i, i] = 0.0
        nxt[i, i] = i

    for k in range(n):
        for i in range(n):
            for j in range(n):
                if dist[i, k] + dist[k, j] < dist[i, j]:
                    dist[i, j] = dist[i, k] + dist[k, j]
                    nxt[i, j] = nxt[i, k]
    return dist, nxt


def kernel(weights):
    return floyd_warshall(weights)


SIZES = {"test": 16, "small": 48, "bench": 120}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    weights = rng.uniform(1.0, 10.0, size=(size, size))
    weights[rng.random(size=(size, size)) > 3.0 / size] = np.inf
    return (weights,)
