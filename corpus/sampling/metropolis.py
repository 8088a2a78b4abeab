"""Random-walk Metropolis sampling of the posterior of a robust linear model."""

import math

import numpy as np


def log_posterior(a, b, xs, ys):
    """Normal prior on intercept and slope, Student-t noise with four degrees of freedom."""
    lp = -0.5 * (a * a + b * b) / 100.0
    for x, y in zip(xs, ys, strict=True):
        r = (y - a - b * x) / 0.5
        lp -= 2.5 * math.log(1.0 + r * r / 4.0)
    return lp


def metropolis(xs, ys, n_samples, step, rng):
    a, b = 0.0, 0.0
    current = log_posterior(a, b, xs, ys)
    chain = []
    accepted = 0
    for _ in range(n_samples):
        new_a = a + step * rng.normal()
        new_b = b + step * rng.normal()
        proposed = log_posterior(new_a, new_b, xs, ys)
        if math.log(rng.random()) < proposed - current:
            a, b = new_a, new_b
            current = proposed
            accepted += 1
        chain.append((a, b))
    return np.array(chain), accepted / n_samples


def kernel(xs, ys, n_samples, step, rng):
    return metropolis(xs, ys, n_samples, step, rng)


SIZES = {"test": 60, "bench": 15000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    xs = np.linspace(-2, 2, 25)
    ys = 1.0 - 0.7 * xs + 0.3 * rng.standard_t(4, size=25)
    return xs, ys, size, 0.15, np.random.default_rng(11)
