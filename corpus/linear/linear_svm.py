"""Linear support vector machine trained with the Pegasos sub-gradient method."""

import numpy as np


class LinearSVM:
    def __init__(self, lam=0.01, n_steps=1000, seed=1):
        self.lam = lam
        self.n_steps = n_steps
        self.seed = seed

    def fit(self, X, y):
        rng = np.random.default_rng(self.seed)
        picks = rng.integers(0, len(X), self.n_steps)
        self.w = np.zeros(X.shape[1])
        for t in range(1, self.n_steps + 1):
            i = picks[t - 1]
            eta = 1.0 / (self.lam * t)
            margin = 0.0
            for j in range(X.shape[1]):
                margin += self.w[j] * X[i, j]
            margin *= y[i]
            for j in range(X.shape[1]):
                self.w[j] *= 1.0 - eta * self.lam
                if margin < 1:
                    self.w[j] += eta * y[i] * X[i, j]
            # project onto the ball that contains the optimum
            norm = np.sqrt(np.sum(self.w**2))
            if norm > 1.0 / np.sqrt(self.lam):
                self.w *= 1.0 / (np.sqrt(self.lam) * norm)
        return self

    def objective(self, X, y):
        hinge = 0.0
        for i in range(len(X)):
            hinge += max(0.0, 1.0 - y[i] * np.dot(self.w, X[i]))
        return 0.5 * self.lam * np.sum(self.w**2) + hinge / len(X)


def kernel(X, y, n_steps):
    model = LinearSVM(n_steps=n_steps).fit(X, y)
    return model.w, model.objective(X, y)


SIZES = {"test": 60, "bench": 6000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 10))
    y = np.sign(X @ rng.normal(size=10) + 0.1 * rng.normal(size=size))
    return X, y, 5 * size
