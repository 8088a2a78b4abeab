"""Gaussian naive Bayes: class statistics and the log likelihood of each class per sample."""

import math

import numpy as np


class GaussianNB:
    def __init__(self, var_smoothing: float = 1e-9) -> None:
        self.var_smoothing = var_smoothing

    def fit(self, X: np.ndarray, y: np.ndarray) -> "GaussianNB":
        self.classes = np.unique(y)
        k, d = len(self.classes), X.shape[1]
        self.prior = np.zeros(k)
        self.mean = np.zeros((k, d))
        self.var = np.zeros((k, d))
        eps = self.var_smoothing * X.var(axis=0).max()
        for c, cls in enumerate(self.classes):
            rows = X[y == cls]
            self.prior[c] = len(rows) / len(X)
            for j in range(d):
                self.mean[c, j] = sum(rows[:, j]) / len(rows)
                self.var[c, j] = sum((rows[:, j] - self.mean[c, j]) ** 2) / len(rows) + eps
        return self

    def joint_log_likelihood(self, X: np.ndarray) -> np.ndarray:
        out = np.zeros((X.shape[0], len(self.classes)))
        for i in range(X.shape[0]):
            for c in range(len(self.classes)):
                ll = math.log(self.prior[c])
                for j in range(X.shape[1]):
                    ll -= 0.5 * math.log(2 * math.pi * self.var[c, j])
                    ll -= (X[i, j] - self.mean[c, j]) ** 2 / (2 * self.var[c, j])
                out[i, c] = ll
        return out

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.classes[np.argmax(self.joint_log_likelihood(X), axis=1)]


def kernel(X: np.ndarray, y: np.ndarray):
    model = GaussianNB().fit(X, y)
    return model.joint_log_likelihood(X), model.predict(X)


SIZES = {"test": 40, "bench": 6000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    y = np.arange(size) % 3
    X = rng.normal(scale=1.5, size=(3, 8))[y] + rng.normal(size=(size, 8))
    return X, y
