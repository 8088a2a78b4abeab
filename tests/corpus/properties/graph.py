"""What the graph programs must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def pagerank(args: Any, result: Any) -> None:
    (links,), (rank, iterations) = args, result
    n = len(links)
    transition = np.full((n, n), 1 / n)
    for page, targets in enumerate(links):
        if targets:
            transition[page] = 0
            transition[page, targets] = 1 / len(targets)
    expected = np.linalg.solve(np.eye(n) - 0.85 * transition.T, np.full(n, 0.15 / n))
    assert_allclose(rank, expected, atol=1e-9)
    assert_allclose(rank.sum(), 1.0)
    assert 1 < iterations <= 100


def floyd_warshall(args: Any, result: Any) -> None:
    (weights,), (dist, hop) = args, result
    n = len(weights)
    closed = np.where(np.eye(n, dtype=bool), 0.0, weights)
    for _ in range(n.bit_length()):
        closed = (closed[:, :, None] + closed[None]).min(axis=1)
    assert_allclose(dist, closed)
    assert np.all(dist[:, None] <= dist[:, :, None] + dist[None] + 1e-9 * np.ones((n, n, n)))
    for i, j in np.ndindex(n, n):
        if not np.isfinite(dist[i, j]):
            assert hop[i, j] == -1
        elif i != j:
            assert_allclose(dist[i, j], weights[i, hop[i, j]] + dist[hop[i, j], j])


def label_propagation(args: Any, result: Any) -> None:
    n, sources, targets, weights, labels = args
    adjacency = np.zeros((n, n))
    np.add.at(adjacency, (sources, targets), weights)
    adjacency += adjacency.T
    free = labels < 0
    scores = np.zeros((n, 3))
    scores[~free] = np.eye(3)[labels[~free]]
    for _ in range(30):
        spread = adjacency @ scores
        total = spread.sum(axis=1, keepdims=True)
        moved = free & (total[:, 0] > 0)
        scores[moved] = (spread / np.where(total > 0, total, 1))[moved]
    assert_allclose(result[0], scores, atol=1e-12)
    assert_array_equal(result[1], result[0].argmax(axis=1))
    assert len(set(result[1])) == 3


def dijkstra(args: Any, result: Any) -> None:
    (indptr, indices, data, source), (dist, prev) = args, result
    tails = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    expected = np.full(len(indptr) - 1, np.inf)
    expected[source] = 0
    for _ in range(len(expected)):
        np.minimum.at(expected, indices, expected[tails] + data)
    assert_allclose(dist, expected)
    assert np.isfinite(dist).sum() > 1
    for node, before in enumerate(prev):
        if before == -1:
            assert node == source or dist[node] == np.inf
        else:
            edge = data[(tails == before) & (indices == node)].min()
            assert_allclose(dist[node], dist[before] + edge)


PROPERTIES = {
    "pagerank": pagerank,
    "floyd_warshall": floyd_warshall,
    "label_propagation": label_propagation,
    "dijkstra": dijkstra,
}
