"""What the recommenders must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def matrix_factorization(args: Any, result: Any) -> None:
    users, items, ratings, n_users, n_items, epochs = args
    rng = np.random.default_rng(0)
    P, Q = 0.1 * rng.normal(size=(n_users, 8)), 0.1 * rng.normal(size=(n_items, 8))
    bu, bi = np.zeros(n_users), np.zeros(n_items)
    rmse = []
    for _ in range(epochs):
        errors = []
        for u, i, r in zip(users, items, ratings, strict=True):
            e = r - ratings.mean() - bu[u] - bi[i] - P[u] @ Q[i]
            bu[u] = (1 - 0.02 * 0.05) * bu[u] + 0.02 * e
            bi[i] = (1 - 0.02 * 0.05) * bi[i] + 0.02 * e
            P[u], Q[i] = 0.999 * P[u] + 0.02 * e * Q[i], 0.999 * Q[i] + 0.02 * e * P[u]
            errors.append(e)
        rmse.append(np.sqrt(np.mean(np.square(errors))))
    expected: list[Any] = [P, Q, bu, bi, rmse]
    for got, want in zip(result, expected, strict=True):
        assert_allclose(got, want, rtol=1e-8, atol=1e-10)
    assert rmse[-1] < rmse[0]


def item_similarity(args: Any, result: Any) -> None:
    (ratings,) = args
    known = ~np.isnan(ratings)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    mean = np.where(known, ratings, 0.0).sum(axis=1, keepdims=True) / count
    centred = np.where(known, ratings - mean, 0.0)
    norms = (centred**2).T @ known
    scale = np.sqrt(norms * norms.T)
    enough = (known.T.astype(int) @ known >= 3) & (scale > 0)
    expected = np.where(enough, centred.T @ centred / np.where(scale > 0, scale, 1), 0.0)
    np.fill_diagonal(expected, 1.0)
    assert_allclose(result, expected, atol=1e-12)
    assert_array_equal(result, result.T)


PROPERTIES = {
    "matrix_factorization": matrix_factorization,
    "item_similarity": item_similarity,
}
