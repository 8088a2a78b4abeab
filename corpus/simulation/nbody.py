"""Gravitational n-body simulation with leapfrog steps and softened forces."""

import math

import numpy as np
from numpy.typing import NDArray

SOFTENING = 0.05


def accelerations(pos: NDArray[np.float64], mass: NDArray[np.float64]) -> NDArray[np.float64]:
    n = len(mass)
    acc = np.zeros((n, 3))
    for i in range(n):
        for j in range(i + 1, n):
            dx = pos[j, 0] - pos[i, 0]
            dy = pos[j, 1] - pos[i, 1]
            dz = pos[j, 2] - pos[i, 2]
            inv = (dx * dx + dy * dy + dz * dz + SOFTENING**2) ** -1.5
            # Newton's third law: equal and opposite
            acc[i, 0] += mass[j] * dx * inv
            acc[i, 1] += mass[j] * dy * inv
            acc[i, 2] += mass[j] * dz * inv
            acc[j, 0] -= mass[i] * dx * inv
            acc[j, 1] -= mass[i] * dy * inv
            acc[j, 2] -= mass[i] * dz * inv
    return acc


def energy(pos: NDArray[np.float64], vel: NDArray[np.float64], mass: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(len(mass)):
        total += 0.5 * mass[i] * np.sum(vel[i] ** 2)
        for j in range(i):
            gap = math.sqrt(np.sum((pos[i] - pos[j]) ** 2) + SOFTENING**2)
            total -= mass[i] * mass[j] / gap
    return float(total)


def kernel(
    pos: NDArray[np.float64],
    vel: NDArray[np.float64],
    mass: NDArray[np.float64],
    dt: float,
    n_steps: int,
):
    pos, vel = pos.copy(), vel.copy()
    before = energy(pos, vel, mass)
    acc = accelerations(pos, mass)
    for _ in range(n_steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = accelerations(pos, mass)
        vel += 0.5 * dt * acc
    return pos, vel, before, energy(pos, vel, mass)


SIZES = {"test": 8, "bench": 60}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    pos = rng.normal(size=(size, 3))
    vel = 0.3 * rng.normal(size=(size, 3))
    mass = rng.uniform(0.5, 1.5, size) / size
    return pos, vel, mass, 0.005, 100 if size > 50 else 5
