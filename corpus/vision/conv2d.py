"""Two-dimensional convolution layer, seven nested loops, with stride and zero padding."""

import numpy as np


def pad2d(x, pad):
    c, h, w = x.shape
    out = np.zeros((c, h + 2 * pad, w + 2 * pad), dtype=x.dtype)
    out[:, pad : pad + h, pad : pad + w] = x
    return out


def conv2d(images, filters, bias, stride=1, pad=0):
    """images (N, C, H, W), filters (K, C, R, S) -> (N, K, H', W')."""
    N, C, H, W = images.shape
    K, _, R, S = filters.shape
    out_h = (H + 2 * pad - R) // stride + 1
    out_w = (W + 2 * pad - S) // stride + 1
    out = np.zeros((N, K, out_h, out_w))
    for n in range(N):
        x = pad2d(images[n], pad)
        for k in range(K):
            for i in range(out_h):
                for j in range(out_w):
                    acc = bias[k]
                    for c in range(C):
                        for r in range(R):
                            for s in range(S):
                                acc += x[c, i * stride + r, j * stride + s] * filters[k, c, r, s]
                    out[n, k, i, j] = acc
    return out


def kernel(images, filters, bias, stride, pad):
    return conv2d(images, filters, bias, stride, pad)


SIZES = {"test": 7, "small": 16, "bench": 130}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    images = rng.normal(size=(2, 3, size, size + 2))
    filters = rng.normal(scale=0.2, size=(4, 3, 3, 3))
    return images, filters, rng.normal(size=4), 2, 1
