"""LOWESS: locally weighted linear smoothing with robustness iterations."""

import numpy as np


def tricube(u: float) -> float:
    u = abs(u)
    if u >= 1.0:
        return 0.0
    return (1.0 - u**3) ** 3


def local_fit(
    x: np.ndarray, y: np.ndarray, robust: np.ndarray, at: float, n_neighbors: int
) -> float:
    distances = sorted(abs(xi - at) for xi in x)
    width = distances[n_neighbors - 1] * 1.0001 + 1e-12
    sw = swx = swy = swxx = swxy = 0.0
    for i in range(len(x)):
        w = robust[i] * tricube((x[i] - at) / width)
        if w == 0.0:
            continue
        sw += w
        swx += w * x[i]
        swy += w * y[i]
        swxx += w * x[i] * x[i]
        swxy += w * x[i] * y[i]
    if sw == 0.0:
        return float(np.mean(y))
    det = sw * swxx - swx * swx
    if det < 1e-12:
        return swy / sw
    slope = (sw * swxy - swx * swy) / det
    return swy / sw + slope * (at - swx / sw)


def lowess(x: np.ndarray, y: np.ndarray, fraction: float, iterations: int) -> np.ndarray:
    n = len(x)
    n_neighbors = max(3, int(fraction * n))
    robust = np.ones(n)
    fitted = np.zeros(n)
    for _ in range(iterations):
        for i in range(n):
            fitted[i] = local_fit(x, y, robust, x[i], n_neighbors)
        residuals = np.abs(y - fitted)
        scale = 6.0 * np.median(residuals) + 1e-12
        for i in range(n):
            u = residuals[i] / scale
            robust[i] = (1.0 - u * u) ** 2 if u < 1 else 0.0
    return fitted


def kernel(x: np.ndarray, y: np.ndarray, fraction: float, iterations: int):
    return lowess(x, y, fraction, iterations)


SIZES = {"test": 24, "bench": 600}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    x = np.sort(rng.uniform(0, 6, size))
    y = np.sin(x) + 0.2 * rng.normal(size=size)
    y[size // 2] += 5.0
    return x, y, 0.3, 2
