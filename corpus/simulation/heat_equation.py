"""Explicit finite-difference solution of the two-dimensional heat equation."""

import numpy as np


class HeatSolver:
    """Fixed temperature on the border; material conductivity varies over the plate."""

    def __init__(self, conductivity: np.ndarray, dt: float) -> None:
        self.conductivity = conductivity
        self.dt = dt

    def step(self, u: np.ndarray) -> tuple[np.ndarray, float]:
        """One time step; also the largest change, to watch convergence."""
        height, width = u.shape
        new = u.copy()
        change = 0.0
        for i in range(1, height - 1):
            for j in range(1, width - 1):
                laplacian = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j]
                new[i, j] = u[i, j] + self.dt * self.conductivity[i, j] * laplacian
                change = max(change, abs(new[i, j] - u[i, j]))
        return new, change


def kernel(u: np.ndarray, conductivity: np.ndarray, n_steps: int):
    solver = HeatSolver(conductivity, 0.2)
    changes = []
    for _ in range(n_steps):
        u, change = solver.step(u)
        changes.append(change)
    return u, changes


SIZES = {"test": 10, "small": 40, "bench": 130}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    u = np.zeros((size, size + 2))
    u[0, :] = 100.0
    u[:, -1] = 20.0
    return u, rng.uniform(0.3, 1.2, size=u.shape), 25 if size > 100 else 5
