"""Gradient of the t-SNE objective, and a few steps of gradient descent with momentum."""

import numpy as np


def tsne_gradient(P, Y):
    """KL(P || Q) and its gradient for the embedding Y."""
    n, dim = Y.shape
    num = np.zeros((n, n))
    total = 0.0
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            num[i, j] = 1.0 / (1.0 + np.sum((Y[i] - Y[j]) ** 2))
            total += num[i, j]

    grad = np.zeros((n, dim))
    kl = 0.0
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            q = max(num[i, j] / total, 1e-12)
            mult = 4.0 * (P[i, j] - q) * num[i, j]
            for d in range(dim):
                grad[i, d] += mult * (Y[i, d] - Y[j, d])
            if P[i, j] > 0:
                kl += P[i, j] * np.log(P[i, j] / q)
    return kl, grad


def kernel(P, Y, n_steps, lr):
    Y = Y.copy()
    velocity = np.zeros_like(Y)
    history = []
    for _ in range(n_steps):
        kl, grad = tsne_gradient(P, Y)
        history.append(kl)
        velocity = 0.5 * velocity - lr * grad
        Y = Y + velocity
        Y = Y - Y.mean(axis=0)
    return Y, history, grad


SIZES = {"test": 12, "small": 30, "bench": 150}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(3, 6))[np.arange(size) % 3] * 2 + rng.normal(size=(size, 6))
    sq = ((X[:, None] - X[None]) ** 2).sum(axis=2)
    P = np.exp(-sq / 8.0)
    np.fill_diagonal(P, 0.0)
    return P / P.sum(), 0.01 * rng.normal(size=(size, 2)), 3, 5.0
