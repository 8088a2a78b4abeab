"""DBSCAN: grow clusters from points that have enough neighbours; the rest is noise (-1)."""

import numpy as np


class DBSCAN:
    def __init__(self, eps: float, min_samples: int):
        self.eps = eps
        self.min_samples = min_samples

    def _neighbors(self, X: np.ndarray, i: int) -> list[int]:
        found = []
        for j in range(X.shape[0]):
            dist = 0.0
            for d in range(X.shape[1]):
                dist += (X[i, d] - X[j, d]) ** 2
            if dist <= self.eps * self.eps:
                found.append(j)
        return found

    def fit_predict(self, X: np.ndarray) -> np.ndarray:
        n = X.shape[0]
        labels = np.full(n, -1, dtype=np.int64)
        visited = [False] * n
        cluster = 0
        for i in range(n):
            if visited[i]:
                continue
            visited[i] = True
            queue = self._neighbors(X, i)
            if len(queue) < self.min_samples:
                continue
            labels[i] = cluster
            while queue:
                j = queue.pop()
                if labels[j] == -1:
                    labels[j] = cluster
                if visited[j]:
                    continue
                visited[j] = True
                reachable = self._neighbors(X, j)
                if len(reachable) >= self.min_samples:
                    queue.extend(reachable)
            cluster += 1
        return labels


def kernel(X: np.ndarray, eps: float, min_samples: int) -> np.ndarray:
    return DBSCAN(eps, min_samples).fit_predict(X)


SIZES = {"test": 60, "bench": 800}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    blobs = np.array([[0.0, 0.0], [5.0, 5.0], [0.0, 6.0]])
    X = blobs[rng.integers(0, 3, size)] + rng.normal(scale=0.8, size=(size, 2))
    return X, 0.7, 5
