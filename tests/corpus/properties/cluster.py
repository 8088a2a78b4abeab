"""What the clustering programs must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def square_distances(X: Any, Y: Any) -> Any:
    return ((X[:, None] - Y[None]) ** 2).sum(axis=2)


def kmeans(args: Any, result: Any) -> None:
    (X, k), (centers, labels, inertia) = args, result
    sq = square_distances(X, centers)
    assert_array_equal(labels, sq.argmin(axis=1))
    assert_allclose(inertia, sq.min(axis=1).sum())
    for c in range(k):
        if np.any(labels == c):
            assert_allclose(centers[c], X[labels == c].mean(axis=0))


def gmm_em(args: Any, result: Any) -> None:
    X, weights, means, variances = args
    diff = (X[:, None] - means) ** 2 / variances
    logp = np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + diff).sum(axis=2)
    norm = np.logaddexp.reduce(logp, axis=1)
    resp = np.exp(logp - norm[:, None])
    mass = resp.sum(axis=0)
    mu = resp.T @ X / mass[:, None]
    var = np.einsum("ik,ikd->kd", resp, (X[:, None] - mu) ** 2) / mass[:, None] + 1e-6
    expected = (mass / len(X), mu, var, resp, norm.sum())
    for got, want in zip(result, expected, strict=True):
        assert_allclose(got, want, rtol=1e-9, atol=1e-15)


def silhouette(args: Any, result: Any) -> None:
    X, labels, k = args
    D = np.sqrt(square_distances(X, X))
    member = np.eye(k)[labels]
    counts = member.sum(axis=0)
    totals = D @ member
    n = np.arange(len(X))
    inside = totals[n, labels] / np.maximum(counts[labels] - 1, 1)
    outside = totals / counts
    outside[n, labels] = np.inf
    nearest = outside.min(axis=1)
    expected = (nearest - inside) / np.maximum(inside, nearest)
    expected[counts[labels] == 1] = 0.0
    assert_allclose(result[0], expected)
    assert_allclose(result[1], expected.mean())


def mean_shift(args: Any, result: Any) -> None:
    (X, bandwidth), (points, modes, labels) = args, result
    expected = X
    for _ in range(10):
        W = np.exp(-square_distances(expected, X) / (2 * bandwidth**2))
        expected = W @ X / W.sum(axis=1, keepdims=True)
    assert_allclose(points, expected)
    assert len(modes) == 3
    gaps = np.sqrt(square_distances(modes, modes)) + 1e9 * np.eye(len(modes))
    assert gaps.min() >= bandwidth
    assert np.all(((points - modes[labels]) ** 2).sum(axis=1) < bandwidth**2)


def dbscan(args: Any, result: Any) -> None:
    X, eps, min_samples = args
    near = square_distances(X, X) <= eps**2
    core = near.sum(axis=1) >= min_samples
    assert core.any()
    linked = near & core[:, None] & core[None]
    for _ in range(len(X)):
        linked = linked @ linked
    same_label = result[:, None] == result[None]
    both = core[:, None] & core[None]
    assert_array_equal(linked[both], same_label[both])
    assert_array_equal(result == -1, ~(near & core).any(axis=1))
    border = ~core & (result >= 0)
    assert np.all((near & core & same_label).any(axis=1)[border])


PROPERTIES = {
    "kmeans": kmeans,
    "gmm_em": gmm_em,
    "silhouette": silhouette,
    "mean_shift": mean_shift,
    "dbscan": dbscan,
}
