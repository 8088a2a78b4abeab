"""Mean shift: move every point uphill on a Gaussian density estimate, then merge the modes."""

import math

import numpy as np


def shift_point(point, X, bandwidth):
    """Weighted mean of the samples around point."""
    dim = len(point)
    total = 0.0
    shifted = [0.0] * dim
    for x in X:
        sq = 0.0
        for d in range(dim):
            sq += (point[d] - x[d]) ** 2
        weight = math.exp(-sq / (2.0 * bandwidth**2))
        total += weight
        for d in range(dim):
            shifted[d] += weight * x[d]
    return np.array([s / total for s in shifted])


def merge_modes(points, radius):
    """Group the shifted points: a point joins the first mode closer than radius."""
    modes = []
    labels = []
    for p in points:
        for k, mode in enumerate(modes):
            if np.linalg.norm(p - mode) < radius:
                labels.append(k)
                break
        else:
            modes.append(p)
            labels.append(len(modes) - 1)
    return np.array(modes), np.array(labels)


def kernel(X, bandwidth, n_iter=10):
    points = X.copy()
    for _ in range(n_iter):
        for i in range(len(points)):
            points[i] = shift_point(points[i], X, bandwidth)
    modes, labels = merge_modes(points, bandwidth)
    return points, modes, labels


SIZES = {"test": 18, "bench": 180}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    centers = np.array([[0.0, 0.0], [6.0, 1.0], [1.0, 7.0]])
    X = centers[np.arange(size) % 3] + rng.normal(scale=0.6, size=(size, 2))
    return X, 1.2
