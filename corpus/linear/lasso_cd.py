"""Lasso regression by cyclic coordinate descent with soft thresholding."""

import numpy as np
from numpy.typing import NDArray


def soft_threshold(value: float, limit: float) -> float:
    if value > limit:
        return value - limit
    if value < -limit:
        return value + limit
    return 0.0


def lasso(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    alpha: float,
    max_iter: int = 200,
    tol: float = 1e-8,
) -> tuple[NDArray[np.float64], int]:
    """Minimise ||y - X w||^2 / (2 n) + alpha ||w||_1; returns w and the sweeps used."""
    n, d = X.shape
    w = np.zeros(d)
    residual = y.copy()
    norms = [float(np.sum(X[:, j] ** 2)) for j in range(d)]
    sweep = 0
    while sweep < max_iter:
        sweep += 1
        biggest = 0.0
        for j in range(d):
            old = w[j]
            rho = 0.0
            for i in range(n):
                rho += X[i, j] * residual[i]
            rho += norms[j] * old
            w[j] = soft_threshold(rho, n * alpha) / norms[j]
            delta = w[j] - old
            if delta != 0.0:
                for i in range(n):
                    residual[i] -= delta * X[i, j]
            biggest = max(biggest, abs(delta))
        if biggest < tol:
            break
    return w, sweep


def kernel(X: NDArray[np.float64], y: NDArray[np.float64], alpha: float):
    return lasso(X, y, alpha)


SIZES = {"test": 20, "bench": 25000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 12))
    w = np.zeros(12)
    w[:4] = [1.5, -2.0, 0.7, 3.0]
    y = X @ w + 0.1 * rng.normal(size=size)
    return X, y, 0.1
