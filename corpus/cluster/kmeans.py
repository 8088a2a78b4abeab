"""Lloyd's k-means: alternate nearest-centre assignment and centre update until labels settle."""

import numpy as np


class KMeans:
    """Plain k-means with centres initialised from randomly chosen samples."""

    def __init__(self, n_clusters, max_iter=100, seed=0):
        self.n_clusters = n_clusters
        self.max_iter = max_iter
        self.seed = seed
        self.centers = None
        self.labels = None
        self.inertia = 0.0

    def _assign(self, X):
        changed = False
        self.inertia = 0.0
        for i in range(len(X)):
            best = float("inf")
            best_k = -1
            for k in range(self.n_clusters):
                dist = np.sum((X[i] - self.centers[k]) ** 2)
                if dist < best:
                    best = dist
                    best_k = k
            if self.labels[i] != best_k:
                self.labels[i] = best_k
                changed = True
            self.inertia += best
        return changed

    def _update(self, X):
        sums = np.zeros_like(self.centers)
        counts = np.zeros(self.n_clusters, dtype=int)
        for i in range(len(X)):
            sums[self.labels[i]] += X[i]
            counts[self.labels[i]] += 1
        for k in range(self.n_clusters):
            # an empty cluster keeps its old centre
            if counts[k] > 0:
                self.centers[k] = sums[k] / counts[k]

    def fit(self, X):
        rng = np.random.default_rng(self.seed)
        first = rng.choice(len(X), self.n_clusters, replace=False)
        self.centers = X[first].copy()
        self.labels = np.full(len(X), -1)
        for _ in range(self.max_iter):
            if not self._assign(X):
                break
            self._update(X)
        return self


def kernel(X, n_clusters):
    model = KMeans(n_clusters).fit(X)
    return model.centers, model.labels, model.inertia


SIZES = {"test": 40, "small": 200, "bench": 1200}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    middles = rng.normal(scale=4.0, size=(5, 3))
    X = middles[rng.integers(0, 5, size)] + rng.normal(size=(size, 3))
    return X, 5
