"""What the tree programs must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def impurity(y: Any) -> Any:
    p = np.bincount(y) / len(y)
    return float(1 - p @ p)


def best_split(args: Any, result: Any) -> None:
    (X, y, _), (feature, threshold, gain) = args, result

    def gain_of(f: int, t: float) -> Any:
        left = X[:, f] <= t
        share = left.mean()
        if min(left.sum(), (~left).sum()) < 2:
            return 0.0
        return impurity(y) - share * impurity(y[left]) - (1 - share) * impurity(y[~left])

    gains = [gain_of(f, t) for f in range(X.shape[1]) for t in X[:, f]]
    assert gain > 0
    assert_allclose(gain, max(gains))
    assert_allclose(gain, gain_of(feature, threshold))


def histogram_split(args: Any, result: Any) -> None:
    binned, grad, hess, rows = args
    g, h, count, (feature, last_bin, gain) = result
    for f in range(binned.shape[1]):
        bins = binned[rows, f]
        assert_allclose(g[f], np.bincount(bins, grad[rows], 32), atol=1e-14)
        assert_allclose(h[f], np.bincount(bins, hess[rows], 32), atol=1e-14)
        assert_array_equal(count[f], np.bincount(bins, minlength=32))
    left_g, left_h = g.cumsum(axis=1)[:, :-1], h.cumsum(axis=1)[:, :-1]
    total_g, total_h = grad[rows].sum(), hess[rows].sum()
    gains = left_g**2 / (left_h + 1) + (total_g - left_g) ** 2 / (total_h - left_h + 1)
    gains -= total_g**2 / (total_h + 1)
    gains[(left_h < 1) | (total_h - left_h < 1)] = -np.inf
    assert_allclose(gain, gains.max())
    assert_allclose(gain, gains[feature, last_bin])


def adaboost_stumps(args: Any, result: Any) -> None:
    """Weights are the exponential loss, and each round's error is the one its alpha states."""
    (X, y, n_rounds), (stumps, alphas, weights, scores) = args, result
    votes = np.array([s * np.where(X[:, f] <= t, 1, -1) for f, t, s in stumps])
    assert len(stumps) == n_rounds
    assert_allclose(scores, alphas @ votes)
    w = np.ones(len(X)) / len(X)
    bound = 1.0
    for alpha, vote in zip(alphas, votes, strict=True):
        error = w[vote != y].sum()
        assert_allclose(alpha, 0.5 * np.log((1 - error) / error))
        bound *= 2 * np.sqrt(error * (1 - error))
        w = w * np.exp(-alpha * y * vote)
        w /= w.sum()
    assert_allclose(weights, w)
    assert np.mean(np.sign(scores) != y) <= bound < 1


def forest_predict(args: Any, result: Any) -> None:
    features, thresholds, lefts, rights, values, X = args

    def predict(t: int, node: int) -> Any:
        f = features[t, node]
        if f < 0:
            return np.full(len(X), values[t, node])
        goes_left = X[:, f] <= thresholds[t, node]
        return np.where(goes_left, predict(t, lefts[t, node]), predict(t, rights[t, node]))

    assert_allclose(result, np.mean([predict(t, 0) for t in range(len(features))], axis=0))


PROPERTIES = {
    "best_split": best_split,
    "histogram_split": histogram_split,
    "adaboost_stumps": adaboost_stumps,
    "forest_predict": forest_predict,
}
