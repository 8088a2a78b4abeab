"""Matrix factorisation with biases, trained by SGD over (user, item, rating) triples."""

import numpy as np


class MatrixFactorization:
    def __init__(self, n_users, n_items, n_factors=8, lr=0.02, reg=0.05, seed=0):
        rng = np.random.default_rng(seed)
        self.P = 0.1 * rng.normal(size=(n_users, n_factors))
        self.Q = 0.1 * rng.normal(size=(n_items, n_factors))
        self.bu = np.zeros(n_users)
        self.bi = np.zeros(n_items)
        self.mu = 0.0
        self.n_factors = n_factors
        self.lr = lr
        self.reg = reg

    def predict(self, u, i):
        pred = self.mu + self.bu[u] + self.bi[i]
        for f in range(self.n_factors):
            pred += self.P[u, f] * self.Q[i, f]
        return pred

    def fit(self, users, items, ratings, epochs):
        self.mu = float(np.mean(ratings))
        rmse = []
        for _ in range(epochs):
            sq = 0.0
            for u, i, r in zip(users, items, ratings, strict=True):
                err = r - self.predict(u, i)
                sq += err**2
                self.bu[u] += self.lr * (err - self.reg * self.bu[u])
                self.bi[i] += self.lr * (err - self.reg * self.bi[i])
                for f in range(self.n_factors):
                    p = self.P[u, f]
                    q = self.Q[i, f]
                    self.P[u, f] += self.lr * (err * q - self.reg * p)
                    self.Q[i, f] += self.lr * (err * p - self.reg * q)
            rmse.append(np.sqrt(sq / len(ratings)))
        return rmse


def kernel(users, items, ratings, n_users, n_items, epochs):
    model = MatrixFactorization(n_users, n_items)
    rmse = model.fit(users, items, ratings, epochs)
    return model.P, model.Q, model.bu, model.bi, rmse


SIZES = {"test": 60, "bench": 11000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    n_users, n_items = max(5, size // 30), max(5, size // 40)
    taste = rng.normal(size=(n_users, 3))
    style = rng.normal(size=(n_items, 3))
    users = rng.integers(0, n_users, size)
    items = rng.integers(0, n_items, size)
    ratings = 3.0 + np.sum(taste[users] * style[items], axis=1) + 0.1 * rng.normal(size=size)
    return users, items, ratings, n_users, n_items, 5
