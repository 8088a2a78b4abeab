"""Gibbs sampling of the two-dimensional Ising model on a torus."""

import math

import numpy as np


def sweep(spins: np.ndarray, beta: float, rng: np.random.Generator) -> None:
    """Resample every spin once, in place."""
    n = spins.shape[0]
    for i in range(n):
        for j in range(n):
            field = (
                spins[(i - 1) % n, j]
                + spins[(i + 1) % n, j]
                + spins[i, (j - 1) % n]
                + spins[i, (j + 1) % n]
            )
            p_up = 1.0 / (1.0 + math.exp(-2.0 * beta * field))
            if rng.random() < p_up:
                spins[i, j] = 1
            else:
                spins[i, j] = -1


def energy(spins: np.ndarray) -> int:
    n = spins.shape[0]
    total = 0
    for i in range(n):
        for j in range(n):
            # each bond once: right and down
            total -= int(spins[i, j] * (spins[i, (j + 1) % n] + spins[(i + 1) % n, j]))
    return total


def kernel(spins: np.ndarray, beta: float, n_sweeps: int, rng: np.random.Generator):
    spins = spins.copy()
    energies = []
    magnetisation = []
    for _ in range(n_sweeps):
        sweep(spins, beta, rng)
        energies.append(energy(spins))
        magnetisation.append(abs(float(spins.mean())))
    return spins, energies, magnetisation


SIZES = {"test": 8, "small": 24, "bench": 64}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    spins = rng.choice(np.array([-1, 1]), size=(size, size))
    return spins, 0.6, 50 if size > 50 else 10, np.random.default_rng(7)
