"""Bootstrap particle filter for the classic non-linear growth model."""

import math

import numpy as np


class ParticleFilter:
    def __init__(self, n_particles: int, process_std: float, obs_std: float, seed: int) -> None:
        self.n = n_particles
        self.process_std = process_std
        self.obs_std = obs_std
        self.rng = np.random.default_rng(seed)
        self.particles = self.rng.normal(size=n_particles)
        self.weights = np.ones(n_particles) / n_particles

    def propagate(self, t: int) -> None:
        for i in range(self.n):
            x = self.particles[i]
            drift = 0.5 * x + 25.0 * x / (1.0 + x * x) + 8.0 * math.cos(1.2 * t)
            self.particles[i] = drift + self.process_std * self.rng.normal()

    def reweight(self, y: float) -> None:
        total = 0.0
        for i in range(self.n):
            expected = self.particles[i] ** 2 / 20.0
            z = (y - expected) / self.obs_std
            self.weights[i] *= math.exp(-0.5 * z * z) + 1e-300
            total += self.weights[i]
        for i in range(self.n):
            self.weights[i] /= total

    def resample(self) -> None:
        """Systematic resampling."""
        positions = (np.arange(self.n) + self.rng.random()) / self.n
        new = np.empty(self.n)
        cumulative = self.weights[0]
        j = 0
        for i in range(self.n):
            while cumulative < positions[i] and j < self.n - 1:
                j += 1
                cumulative += self.weights[j]
            new[i] = self.particles[j]
        self.particles = new
        self.weights = np.ones(self.n) / self.n

    def effective_size(self) -> float:
        return 1.0 / sum(w * w for w in self.weights)


def kernel(ys: np.ndarray, n_particles: int, seed: int):
    pf = ParticleFilter(n_particles, math.sqrt(10.0), 1.0, seed)
    estimates = []
    sizes = []
    for t, y in enumerate(ys):
        pf.propagate(t)
        pf.reweight(y)
        estimates.append(float(np.sum(pf.weights * pf.particles)))
        sizes.append(float(pf.effective_size()))
        if sizes[-1] < 0.5 * n_particles:
            pf.resample()
    return estimates, sizes


SIZES = {"test": 50, "bench": 2500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    n_steps = 60 if size > 500 else 8
    x = 0.1
    ys = np.zeros(n_steps)
    for t in range(n_steps):
        drift = 0.5 * x + 25.0 * x / (1.0 + x * x) + 8.0 * math.cos(1.2 * t)
        x = drift + math.sqrt(10.0) * rng.normal()
        ys[t] = x * x / 20.0 + rng.normal()
    return ys, size, 3
