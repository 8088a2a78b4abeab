"""What the simulations must satisfy."""

from itertools import product
from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def game_of_life(args: Any, result: Any) -> None:
    (grid, generations), (final, population) = args, result
    expected = [grid.sum()]
    for _ in range(generations):
        around = sum(np.roll(grid, s, axis=(0, 1)) for s in product((-1, 0, 1), repeat=2)) - grid
        grid = ((around == 3) | ((around == 2) & (grid == 1))).astype(int)
        expected.append(grid.sum())
    assert_array_equal(final, grid)
    assert population == expected


def nbody(args: Any, result: Any) -> None:
    pos, vel, mass, dt, n_steps = args

    def forces(x: Any) -> tuple[Any, Any]:
        gap = x[None] - x[:, None]
        reach = np.sqrt((gap**2).sum(axis=2) + 0.05**2)
        return np.einsum("ijd,ij,j->id", gap, reach**-3.0, mass), reach

    def energy(x: Any, v: Any) -> float:
        pairs = np.triu(np.outer(mass, mass) / forces(x)[1], 1)
        return float(0.5 * mass @ (v**2).sum(axis=1) - pairs.sum())

    assert_allclose(result[2], energy(pos, vel))
    momentum = mass @ vel
    for _ in range(n_steps):
        vel = vel + 0.5 * dt * forces(pos)[0]
        pos = pos + dt * vel
        vel = vel + 0.5 * dt * forces(pos)[0]
    assert_allclose(result[0], pos, atol=1e-12)
    assert_allclose(result[1], vel, atol=1e-12)
    assert_allclose(result[3], energy(pos, vel))
    assert_allclose(mass @ result[1], momentum, atol=1e-12)
    assert abs(result[3] - result[2]) < 0.01 * abs(result[2])


def heat_equation(args: Any, result: Any) -> None:
    (u, conductivity, n_steps), (final, changes) = args, result
    assert len(changes) == n_steps
    for change in changes:
        inner = u[1:-1, 1:-1]
        laplacian = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4 * inner
        step = 0.2 * conductivity[1:-1, 1:-1] * laplacian
        u = u.copy()
        u[1:-1, 1:-1] += step
        assert_allclose(change, abs(step).max())
    assert_allclose(final, u, atol=1e-12)
    assert final.min() >= 0 and final.max() <= 100  # no new extremes inside


PROPERTIES = {
    "game_of_life": game_of_life,
    "nbody": nbody,
    "heat_equation": heat_equation,
}
