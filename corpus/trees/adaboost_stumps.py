"""AdaBoost with decision stumps found by exhaustive search over thresholds."""

import math

import numpy as np


def stump_predict(x, feature, threshold, sign):
    return sign if x[feature] <= threshold else -sign


def best_stump(X, y, weights, thresholds):
    best_error = float("inf")
    best = None
    for f in range(X.shape[1]):
        for t in thresholds[f]:
            error = 0.0
            for i in range(X.shape[0]):
                pred = 1 if X[i, f] <= t else -1
                if pred != y[i]:
                    error += weights[i]
            # the mirrored stump makes exactly the other mistakes
            for sign, e in ((1, error), (-1, 1.0 - error)):
                if e < best_error:
                    best_error = e
                    best = (f, t, sign)
    return best, best_error


class AdaBoost:
    def __init__(self, n_rounds=5):
        self.n_rounds = n_rounds
        self.stumps = []
        self.alphas = []

    def fit(self, X, y, n_thresholds=8):
        n, d = X.shape
        weights = np.ones(n) / n
        quantiles = np.linspace(0.0, 1.0, n_thresholds + 2)[1:-1]
        thresholds = [np.quantile(X[:, f], quantiles) for f in range(d)]
        for _ in range(self.n_rounds):
            stump, error = best_stump(X, y, weights, thresholds)
            error = max(error, 1e-10)
            alpha = 0.5 * math.log((1.0 - error) / error)
            for i in range(n):
                weights[i] *= math.exp(-alpha * y[i] * stump_predict(X[i], *stump))
            weights /= weights.sum()
            self.stumps.append(stump)
            self.alphas.append(alpha)
        self.weights = weights
        return self

    def decision(self, x):
        return sum(a * stump_predict(x, *s) for a, s in zip(self.alphas, self.stumps, strict=True))


def kernel(X, y, n_rounds):
    model = AdaBoost(n_rounds).fit(X, y)
    scores = np.array([model.decision(x) for x in X])
    return model.stumps, model.alphas, model.weights, scores


SIZES = {"test": 25, "bench": 1800}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 6))
    y = np.where(X[:, 0] + X[:, 1] ** 2 > 0.7, 1, -1)
    return X, y, 10 if size > 100 else 4
