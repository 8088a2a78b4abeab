"""Single-head causal self-attention with plain loops."""

import numpy as np


def project(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return x @ weight


def attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Token i attends to the tokens 0..i; returns the output and the weights."""
    n, d = q.shape
    scale = 1.0 / np.sqrt(d)
    weights = np.zeros((n, n))
    out = np.zeros((n, v.shape[1]))
    for i in range(n):
        scores = []
        for j in range(i + 1):
            s = 0.0
            for t in range(d):
                s += q[i, t] * k[j, t]
            scores.append(s * scale)
        top = max(scores)
        exps = [np.exp(s - top) for s in scores]
        total = sum(exps)
        for j in range(i + 1):
            weights[i, j] = exps[j] / total
            for t in range(v.shape[1]):
                out[i, t] += weights[i, j] * v[j, t]
    return out, weights


def kernel(x: np.ndarray, wq: np.ndarray, wk: np.ndarray, wv: np.ndarray):
    return attention(project(x, wq), project(x, wk), project(x, wv))


SIZES = {"test": 10, "small": 40, "bench": 220}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    model, head = 24, 16
    x = rng.normal(size=(size, model))
    wq, wk, wv = (rng.normal(scale=model**-0.5, size=(model, head)) for _ in range(3))
    return x, wq, wk, wv
