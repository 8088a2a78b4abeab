"""Max pooling with the argmax kept for the backward pass, and that backward pass."""

import numpy as np
from numpy.typing import NDArray


def max_pool_forward(
    x: NDArray[np.float32], size: int, stride: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    channels, height, width = x.shape
    out_h = (height - size) // stride + 1
    out_w = (width - size) // stride + 1
    out = np.zeros((channels, out_h, out_w), dtype=np.float32)
    where = np.zeros((channels, out_h, out_w), dtype=np.int64)
    for c in range(channels):
        for i in range(out_h):
            for j in range(out_w):
                best = -float("inf")
                arg = 0
                for di in range(size):
                    for dj in range(size):
                        value = x[c, i * stride + di, j * stride + dj]
                        if value > best:
                            best = value
                            arg = (i * stride + di) * width + j * stride + dj
                out[c, i, j] = best
                where[c, i, j] = arg
    return out, where


def max_pool_backward(
    grad: NDArray[np.float32], where: NDArray[np.int64], shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    dx = np.zeros(shape, dtype=np.float32)
    for c in range(grad.shape[0]):
        for i in range(grad.shape[1]):
            for j in range(grad.shape[2]):
                row, col = divmod(where[c, i, j], shape[2])
                dx[c, row, col] += grad[c, i, j]
    return dx


def kernel(x: NDArray[np.float32], size: int, stride: int):
    out, where = max_pool_forward(x, size, stride)
    return out, max_pool_backward(np.ones_like(out), where, x.shape)


SIZES = {"test": 9, "bench": 400}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.normal(size=(4, size, size + 1)).astype(np.float32), 3, 2
