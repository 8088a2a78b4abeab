"""Binary logistic regression trained by stochastic gradient descent, one sample at a time."""

import math

import numpy as np


def sigmoid(z):
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    e = math.exp(z)
    return e / (1.0 + e)


class LogisticRegression:
    def __init__(self, lr=0.1, l2=1e-3, epochs=5, seed=0):
        self.lr = lr
        self.l2 = l2
        self.epochs = epochs
        self.seed = seed

    def decision(self, x):
        z = self.b
        for j in range(len(x)):
            z += self.w[j] * x[j]
        return z

    def fit(self, X, y):
        rng = np.random.default_rng(self.seed)
        n, d = X.shape
        self.w = np.zeros(d)
        self.b = 0.0
        self.losses = []
        for epoch in range(self.epochs):
            lr = self.lr / (1 + 0.5 * epoch)
            loss = 0.0
            for i in rng.permutation(n):
                p = sigmoid(self.decision(X[i]))
                error = p - y[i]
                for j in range(d):
                    self.w[j] -= lr * (error * X[i, j] + self.l2 * self.w[j])
                self.b -= lr * error
                # clip so that a saturated prediction does not give log(0)
                p = min(max(p, 1e-12), 1 - 1e-12)
                loss -= y[i] * math.log(p) + (1 - y[i]) * math.log(1 - p)
            self.losses.append(loss / n)
        return self

    def predict_proba(self, X):
        return np.array([sigmoid(self.decision(x)) for x in X])


def kernel(X, y):
    model = LogisticRegression().fit(X, y)
    return model.w, model.b, model.losses, model.predict_proba(X)


SIZES = {"test": 50, "small": 500, "bench": 5000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 8))
    w = rng.normal(size=8)
    y = (X @ w + 0.3 * rng.normal(size=size) > 0).astype(int)
    return X, y
