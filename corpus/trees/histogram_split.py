"""Gradient-boosting split search: gradient histograms per feature over binned data."""

import numpy as np
from numpy.typing import NDArray


class HistogramSplitter:
    """Finds the split with the largest second-order gain for one tree node."""

    def __init__(self, n_bins: int, l2: float = 1.0, min_hessian: float = 1.0) -> None:
        self.n_bins = n_bins
        self.l2 = l2
        self.min_hessian = min_hessian

    def build(
        self,
        binned: NDArray[np.uint8],
        grad: NDArray[np.float64],
        hess: NDArray[np.float64],
        rows: NDArray[np.int64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        n_features = binned.shape[1]
        hist_grad = np.zeros((n_features, self.n_bins))
        hist_hess = np.zeros((n_features, self.n_bins))
        hist_count = np.zeros((n_features, self.n_bins), dtype=np.int64)
        for r in rows:
            for f in range(n_features):
                b = binned[r, f]
                hist_grad[f, b] += grad[r]
                hist_hess[f, b] += hess[r]
                hist_count[f, b] += 1
        return hist_grad, hist_hess, hist_count

    def score(self, g: float, h: float) -> float:
        return g * g / (h + self.l2)

    def find(self, hist_grad: np.ndarray, hist_hess: np.ndarray) -> tuple[int, int, float]:
        """(feature, last bin on the left, gain); feature -1 when no split is allowed."""
        best = (-1, -1, 0.0)
        for f in range(hist_grad.shape[0]):
            total_g = hist_grad[f].sum()
            total_h = hist_hess[f].sum()
            left_g = 0.0
            left_h = 0.0
            for b in range(self.n_bins - 1):
                left_g += hist_grad[f, b]
                left_h += hist_hess[f, b]
                right_g = total_g - left_g
                right_h = total_h - left_h
                if left_h < self.min_hessian or right_h < self.min_hessian:
                    continue
                gain = self.score(left_g, left_h) + self.score(right_g, right_h)
                gain -= self.score(total_g, total_h)
                if gain > best[2]:
                    best = (f, b, gain)
        return best


def kernel(binned, grad, hess, rows):
    splitter = HistogramSplitter(n_bins=32)
    hist_grad, hist_hess, hist_count = splitter.build(binned, grad, hess, rows)
    return hist_grad, hist_hess, hist_count, splitter.find(hist_grad, hist_hess)


SIZES = {"test": 80, "bench": 50000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    binned = rng.integers(0, 32, size=(size, 8)).astype(np.uint8)
    p = rng.uniform(0.05, 0.95, size)
    y = (binned[:, 2] > 12).astype(float)
    rows = np.flatnonzero(rng.random(size) < 0.8)
    return binned, p - y, p * (1 - p), rows
