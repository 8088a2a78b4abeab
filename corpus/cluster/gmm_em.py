"""Expectation-maximisation for a Gaussian mixture with diagonal covariances."""

import math

import numpy as np
from numpy.typing import NDArray


def log_density(
    x: NDArray[np.float64], mean: NDArray[np.float64], var: NDArray[np.float64]
) -> float:
    """Log density of one point under an axis-aligned Gaussian."""
    total = 0.0
    for d in range(len(x)):
        diff = x[d] - mean[d]
        total += math.log(2.0 * math.pi * var[d]) + diff * diff / var[d]
    return -0.5 * total


def e_step(
    X: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float]:
    """Responsibilities of each component for each point, and the log likelihood."""
    n, k = X.shape[0], means.shape[0]
    resp = np.zeros((n, k))
    log_likelihood = 0.0
    for i in range(n):
        logp = []
        for c in range(k):
            logp.append(math.log(weights[c]) + log_density(X[i], means[c], variances[c]))
        top = max(logp)
        norm = 0.0
        for c in range(k):
            norm += math.exp(logp[c] - top)
        log_norm = top + math.log(norm)
        for c in range(k):
            resp[i, c] = math.exp(logp[c] - log_norm)
        log_likelihood += log_norm
    return resp, log_likelihood


def m_step(
    X: NDArray[np.float64], resp: NDArray[np.float64], eps: float = 1e-6
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """New weights, means and variances from the responsibilities."""
    n, dim = X.shape
    k = resp.shape[1]
    weights = np.zeros(k)
    means = np.zeros((k, dim))
    variances = np.zeros((k, dim))
    for c in range(k):
        mass = 0.0
        for i in range(n):
            mass += resp[i, c]
        weights[c] = mass / n
        for d in range(dim):
            acc = 0.0
            for i in range(n):
                acc += resp[i, c] * X[i, d]
            means[c, d] = acc / mass
            acc = 0.0
            for i in range(n):
                acc += resp[i, c] * (X[i, d] - means[c, d]) ** 2
            variances[c, d] = acc / mass + eps
    return weights, means, variances


def kernel(X, weights, means, variances):
    resp, log_likelihood = e_step(X, weights, means, variances)
    new_weights, new_means, new_variances = m_step(X, resp)
    return new_weights, new_means, new_variances, resp, log_likelihood


SIZES = {"test": 60, "bench": 14000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    dim, k = 4, 4
    centers = rng.normal(scale=3.0, size=(k, dim))
    X = centers[rng.integers(0, k, size)] + rng.normal(size=(size, dim))
    means = centers + rng.normal(scale=0.5, size=(k, dim))
    return X, np.full(k, 1.0 / k), means, np.ones((k, dim))
