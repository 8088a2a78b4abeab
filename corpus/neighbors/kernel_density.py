"""One-dimensional kernel density estimate with the Epanechnikov kernel."""

import math


def silverman_bandwidth(sample: list[float]) -> float:
    """Rule-of-thumb bandwidth from the sample deviation."""
    n = len(sample)
    mean = sum(sample) / n
    var = sum((x - mean) ** 2 for x in sample) / (n - 1)
    return 1.06 * math.sqrt(var) * n ** (-1 / 5)


def epanechnikov(u: float) -> float:
    if abs(u) >= 1.0:
        return 0.0
    return 0.75 * (1.0 - u * u)


def density(sample: list[float], grid: list[float]) -> list[float]:
    """Density at each grid position."""
    h = silverman_bandwidth(sample)
    out = []
    for g in grid:
        total = 0.0
        for x in sample:
            total += epanechnikov((g - x) / h)
        out.append(total / (len(sample) * h))
    return out


def kernel(sample: list[float], grid: list[float]) -> list[float]:
    return density(sample, grid)


SIZES = {"test": 50, "bench": 2800}


def inputs(size: int, rng) -> tuple:
    sample = rng.normal(size=size)
    sample[: size // 3] += 4.0
    grid = [-4.0 + 12.0 * i / (size // 2) for i in range(size // 2 + 1)]
    return sample.tolist(), grid
