"""Conway's Game of Life on a torus, with the population over time."""

import numpy as np


def step(grid):
    rows, cols = grid.shape
    new = np.zeros_like(grid)
    for i in range(rows):
        for j in range(cols):
            neighbours = 0
            for di in (-1, 0, 1):
                for dj in (-1, 0, 1):
                    if di == 0 and dj == 0:
                        continue
                    neighbours += grid[(i + di) % rows, (j + dj) % cols]
            if grid[i, j] == 1:
                new[i, j] = 1 if neighbours in (2, 3) else 0
            else:
                new[i, j] = 1 if neighbours == 3 else 0
    return new


def kernel(grid, generations):
    population = [int(grid.sum())]
    for _ in range(generations):
        grid = step(grid)
        population.append(int(grid.sum()))
    return grid, population


SIZES = {"test": 12, "small": 40, "bench": 110}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    grid = (rng.random(size=(size, size + 5)) < 0.35).astype(int)
    return grid, 20 if size > 100 else 3
