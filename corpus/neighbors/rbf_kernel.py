"""Gaussian (RBF) kernel matrix between two sets of points."""

import numpy as np


def rbf_kernel(X, Y, gamma=None):
    """K[i, j] = exp(-gamma * ||X[i] - Y[j]||^2); gamma defaults to 1 / number of features."""
    if gamma is None:
        gamma = 1.0 / X.shape[1]
    K = np.zeros((X.shape[0], Y.shape[0]))
    for i in range(X.shape[0]):
        for j in range(Y.shape[0]):
            diff = X[i] - Y[j]
            K[i, j] = np.exp(-gamma * np.dot(diff, diff))
    return K


def kernel(X, Y, gamma):
    return rbf_kernel(X, Y, gamma)


SIZES = {"test": 20, "small": 100, "bench": 500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 10))
    Y = rng.normal(size=(size + 5, 10))
    return X, Y, 0.15
