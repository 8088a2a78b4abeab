"""All-pairs distance matrices between the rows of two arrays, under three metrics."""

import math

import numpy as np
from numpy.typing import NDArray


def pairwise_euclidean(X: NDArray[np.float64], Y: NDArray[np.float64]) -> NDArray[np.float64]:
    n, m = len(X), len(Y)
    D = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            D[i, j] = np.sqrt(np.sum((X[i] - Y[j]) ** 2))
    return D


def pairwise_manhattan(X: NDArray[np.float64], Y: NDArray[np.float64]) -> NDArray[np.float64]:
    D = np.zeros((X.shape[0], Y.shape[0]))
    for i in range(X.shape[0]):
        for j in range(Y.shape[0]):
            for k in range(X.shape[1]):
                D[i, j] += abs(X[i, k] - Y[j, k])
    return D


def pairwise_cosine(X: NDArray[np.float64], Y: NDArray[np.float64]) -> NDArray[np.float64]:
    """One minus the cosine of the angle; a zero vector is at distance one from everything."""
    D = np.ones((X.shape[0], Y.shape[0]))
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            dot = 0.0
            norm_x = 0.0
            norm_y = 0.0
            for a, b in zip(x, y, strict=True):
                dot += a * b
                norm_x += a * a
                norm_y += b * b
            if norm_x > 0 and norm_y > 0:
                D[i, j] = 1.0 - dot / math.sqrt(norm_x * norm_y)
    return D


def kernel(X: NDArray[np.float64], Y: NDArray[np.float64]):
    return pairwise_euclidean(X, Y), pairwise_manhattan(X, Y), pairwise_cosine(X, Y)


SIZES = {"test": 12, "small": 60, "bench": 220}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 8))
    Y = rng.normal(size=(size + 3, 8))
    X[0] = 0.0
    return X, Y
