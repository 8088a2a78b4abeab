"""Shortest paths from one node with a binary heap, on a compressed sparse graph."""

import heapq

import numpy as np


def dijkstra(indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, source: int):
    """Distances and predecessors; unreachable nodes keep inf and -1."""
    n = len(indptr) - 1
    dist = [float("inf")] * n
    prev = [-1] * n
    dist[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue  # an outdated entry
        for e in range(indptr[u], indptr[u + 1]):
            v = int(indices[e])
            alt = d + float(data[e])
            if alt < dist[v]:
                dist[v] = alt
                prev[v] = u
                heapq.heappush(heap, (alt, v))
    return dist, prev


def kernel(indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, source: int):
    return dijkstra(indptr, indices, data, source)


SIZES = {"test": 30, "bench": 80000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    degree = rng.integers(0, 8, size)
    degree[0] = 5
    indptr = np.concatenate([[0], np.cumsum(degree)])
    indices = rng.integers(0, size, indptr[-1])
    return indptr, indices, rng.uniform(0.1, 2.0, indptr[-1]), 0
