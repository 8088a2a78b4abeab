"""PageRank by power iteration over adjacency lists, with dangling nodes."""

import numpy as np


def pagerank(
    links: list[list[int]], damping: float = 0.85, max_iter: int = 100, tol: float = 1e-10
) -> tuple[np.ndarray, int]:
    """Rank of every page and the number of iterations used."""
    n = len(links)
    rank = np.full(n, 1.0 / n)
    for iteration in range(1, max_iter + 1):
        new = np.full(n, (1.0 - damping) / n)
        dangling = 0.0
        for page in range(n):
            targets = links[page]
            if len(targets) == 0:
                dangling += rank[page]
                continue
            share = damping * rank[page] / len(targets)
            for target in targets:
                new[target] += share
        for page in range(n):
            new[page] += damping * dangling / n
        change = 0.0
        for page in range(n):
            change += abs(new[page] - rank[page])
        rank = new
        if change < tol:
            return rank, iteration
    return rank, max_iter


def kernel(links: list[list[int]]):
    return pagerank(links)


SIZES = {"test": 20, "small": 300, "bench": 10000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    links = []
    for _ in range(size):
        degree = int(rng.integers(0, 9))
        # squaring prefers the low numbers: a few popular pages
        targets = {int(size * u * u) for u in rng.random(degree)}
        links.append(sorted(targets))
    return (links,)
