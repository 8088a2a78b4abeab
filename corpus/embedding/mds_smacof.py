"""Metric multidimensional scaling by stress majorisation (SMACOF)."""

import math

import numpy as np


def distances(X: np.ndarray) -> np.ndarray:
    n = X.shape[0]
    D = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            s = 0.0
            for d in range(X.shape[1]):
                s += (X[i, d] - X[j, d]) ** 2
            D[i, j] = D[j, i] = math.sqrt(s)
    return D


def smacof(target: np.ndarray, start: np.ndarray, n_iter: int) -> tuple[np.ndarray, list[float]]:
    """The Guttman transform, repeated; returns the embedding and the stress before each step."""
    n, dim = start.shape
    X = start.copy()
    history = []
    for _ in range(n_iter):
        D = distances(X)
        stress = 0.0
        new = np.zeros((n, dim))
        for i in range(n):
            for j in range(n):
                if i == j or D[i, j] == 0.0:
                    continue
                if i < j:
                    stress += (D[i, j] - target[i, j]) ** 2
                ratio = target[i, j] / D[i, j]
                for d in range(dim):
                    new[i, d] += ratio * (X[i, d] - X[j, d])
        history.append(stress)
        X = new / n
    return X, history


def kernel(target: np.ndarray, start: np.ndarray, n_iter: int):
    return smacof(target, start, n_iter)


SIZES = {"test": 12, "bench": 140}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    points = rng.normal(size=(size, 4))
    target = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    return target, rng.normal(size=(size, 2)), 15 if size > 50 else 4
