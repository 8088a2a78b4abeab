"""Ridge regression by normal equations, a hand-written Cholesky factor and two solves."""

import math

import numpy as np


def gram(X, lam):
    d = X.shape[1]
    G = np.zeros((d, d))
    for i in range(d):
        for j in range(i + 1):
            s = 0.0
            for row in X:
                s += row[i] * row[j]
            G[i, j] = s
            G[j, i] = s
        G[i, i] += lam
    return G


def cholesky(A):
    n = len(A)
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i][k] * L[j][k]
            if i == j:
                if s <= 0:
                    raise ValueError("matrix is not positive definite")
                L[i][j] = math.sqrt(s)
            else:
                L[i][j] = s / L[j][j]
    return L


def solve(L, b):
    """Solve L L^T x = b by forward and backward substitution."""
    n = len(L)
    z = [0.0] * n
    for i in range(n):
        z[i] = (b[i] - sum(L[i][k] * z[k] for k in range(i))) / L[i][i]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (z[i] - sum(L[k][i] * x[k] for k in range(i + 1, n))) / L[i][i]
    return x


def kernel(X, y, lam):
    return np.array(solve(cholesky(gram(X, lam)), X.T @ y))


SIZES = {"test": 10, "bench": 90}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(4 * size, size))
    y = X @ rng.normal(size=size) + rng.normal(size=4 * size)
    return X, y, 0.5
