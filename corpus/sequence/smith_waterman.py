"""Smith-Waterman local alignment score with affine gaps, on integer-coded sequences."""

import numpy as np


def smith_waterman(a, b, scores, gap_open, gap_extend):
    """Best local score and the cell where it ends."""
    n = len(a)
    m = len(b)
    H = np.zeros((n + 1, m + 1), dtype=np.int32)
    E = np.zeros((n + 1, m + 1), dtype=np.int32)
    F = np.zeros((n + 1, m + 1), dtype=np.int32)
    best = 0
    best_i = best_j = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            E[i, j] = max(H[i, j - 1] - gap_open, E[i, j - 1] - gap_extend)
            F[i, j] = max(H[i - 1, j] - gap_open, F[i - 1, j] - gap_extend)
            diagonal = H[i - 1, j - 1] + scores[a[i - 1], b[j - 1]]
            H[i, j] = max(0, diagonal, E[i, j], F[i, j])
            if H[i, j] > best:
                best = H[i, j]
                best_i, best_j = i, j
    return int(best), best_i, best_j


def kernel(a, b, scores):
    return smith_waterman(a, b, scores, 5, 1)


SIZES = {"test": 20, "bench": 560}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    scores = np.full((20, 20), -2, dtype=np.int32)
    np.fill_diagonal(scores, 4)
    a = rng.integers(0, 20, size)
    b = rng.integers(0, 20, size + 4)
    # plant a common stretch with one deletion
    part = size // 2
    b[2 : 2 + part] = a[3 : 3 + part]
    b[5 : part + 1] = b[6 : part + 2].copy()
    return a, b, scores
