"""Power iteration for the dominant eigenpair of a symmetric matrix."""

import math

import numpy as np


def matvec(A: np.ndarray, v: np.ndarray) -> np.ndarray:
    out = np.zeros(A.shape[0])
    for i in range(A.shape[0]):
        s = 0.0
        for j in range(A.shape[1]):
            s += A[i, j] * v[j]
        out[i] = s
    return out


def power_iteration(A: np.ndarray, n_iter: int = 40, tol: float = 1e-10):
    """Rayleigh quotient, eigenvector and the number of iterations."""
    n = A.shape[0]
    v = np.ones(n) / math.sqrt(n)
    eigenvalue = 0.0
    for step in range(1, n_iter + 1):
        w = matvec(A, v)
        norm = math.sqrt(sum(x * x for x in w))
        new_eigenvalue = 0.0
        for i in range(n):
            new_eigenvalue += v[i] * w[i]
        v = w / norm
        if abs(new_eigenvalue - eigenvalue) < tol * abs(new_eigenvalue):
            return new_eigenvalue, v, step
        eigenvalue = new_eigenvalue
    return eigenvalue, v, n_iter


def kernel(A: np.ndarray):
    return power_iteration(A)


SIZES = {"test": 12, "small": 60, "bench": 500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    B = rng.normal(size=(size, size))
    u = rng.uniform(0.5, 1.0, size=size)
    # a clear gap between the first two eigenvalues
    return (B @ B.T / size + 8.0 * np.outer(u, u) / (u @ u),)
