"""Layer normalisation of single-precision token embeddings."""

import numpy as np
from numpy.typing import NDArray


def layer_norm(
    x: NDArray[np.float32],
    gain: NDArray[np.float32],
    bias: NDArray[np.float32],
    eps: float = 1e-5,
) -> NDArray[np.float32]:
    """Normalise the last axis of (batch, tokens, features) and apply gain and bias."""
    batch, tokens, features = x.shape
    out = np.zeros_like(x)
    for b in range(batch):
        for t in range(tokens):
            mean = np.mean(x[b, t])
            var = np.mean((x[b, t] - mean) ** 2)
            scale = 1.0 / np.sqrt(var + eps)
            for f in range(features):
                out[b, t, f] = (x[b, t, f] - mean) * scale * gain[f] + bias[f]
    return out


def kernel(x: NDArray[np.float32], gain: NDArray[np.float32], bias: NDArray[np.float32]):
    return layer_norm(x, gain, bias)


SIZES = {"test": 8, "bench": 1800}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    x = rng.normal(loc=0.5, size=(4, size, 64)).astype(np.float32)
    gain = rng.uniform(0.8, 1.2, 64).astype(np.float32)
    bias = rng.normal(scale=0.1, size=64).astype(np.float32)
    return x, gain, bias
