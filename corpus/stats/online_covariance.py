"""Streaming mean and covariance (Welford), with the correlation matrix at the end."""

import math

import numpy as np


class RunningCovariance:
    def __init__(self, dim):
        self.dim = dim
        self.count = 0
        self.mean = np.zeros(dim)
        self.comoment = np.zeros((dim, dim))

    def update(self, x):
        self.count += 1
        before = [x[d] - self.mean[d] for d in range(self.dim)]
        for d in range(self.dim):
            self.mean[d] += before[d] / self.count
        for a in range(self.dim):
            for b in range(self.dim):
                self.comoment[a, b] += before[a] * (x[b] - self.mean[b])

    def correlation(self):
        corr = np.eye(self.dim)
        for a in range(self.dim):
            for b in range(a):
                scale = math.sqrt(self.comoment[a, a] * self.comoment[b, b])
                corr[a, b] = corr[b, a] = self.comoment[a, b] / scale
        return corr


def kernel(X):
    acc = RunningCovariance(X.shape[1])
    for x in X:
        acc.update(x)
    return acc.mean, acc.comoment / (acc.count - 1), acc.correlation()


SIZES = {"test": 40, "bench": 20000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    mix = rng.normal(size=(6, 6))
    return (rng.normal(size=(size, 6)) @ mix + 3.0,)
