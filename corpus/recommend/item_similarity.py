"""Item-item collaborative filtering: adjusted cosine over users who rated both items."""

import math

import numpy as np
from numpy.typing import NDArray


def user_means(ratings: NDArray[np.float64]) -> list[float]:
    """Mean of the known ratings of each user; NaN marks an unknown rating."""
    means = []
    for row in ratings:
        known = [r for r in row if not math.isnan(r)]
        means.append(sum(known) / len(known) if known else 0.0)
    return means


def item_similarity(ratings: NDArray[np.float64], min_common: int = 3) -> NDArray[np.float64]:
    n_users, n_items = ratings.shape
    means = user_means(ratings)
    sim = np.zeros((n_items, n_items))
    for i in range(n_items):
        sim[i, i] = 1.0
        for j in range(i + 1, n_items):
            dot = norm_i = norm_j = 0.0
            common = 0
            for u in range(n_users):
                if math.isnan(ratings[u, i]) or math.isnan(ratings[u, j]):
                    continue
                a = ratings[u, i] - means[u]
                b = ratings[u, j] - means[u]
                dot += a * b
                norm_i += a * a
                norm_j += b * b
                common += 1
            if common >= min_common and norm_i > 0 and norm_j > 0:
                sim[i, j] = dot / math.sqrt(norm_i * norm_j)
                sim[j, i] = sim[i, j]
    return sim


def kernel(ratings: NDArray[np.float64]):
    return item_similarity(ratings)


SIZES = {"test": 10, "bench": 110}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    ratings = rng.integers(1, 6, size=(3 * size, size)).astype(float)
    ratings[rng.random(size=ratings.shape) < 0.5] = np.nan
    return (ratings,)
