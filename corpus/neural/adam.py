"""The Adam optimiser, element by element, minimising a badly scaled quadratic."""

import math

import numpy as np
from numpy.typing import NDArray


class Adam:
    def __init__(
        self,
        params: NDArray[np.float64],
        lr: float = 0.05,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        self.params = params
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.m = np.zeros_like(params)
        self.v = np.zeros_like(params)
        self.t = 0

    def step(self, grad: NDArray[np.float64]) -> None:
        self.t += 1
        correct1 = 1.0 - self.beta1**self.t
        correct2 = 1.0 - self.beta2**self.t
        for i in range(len(self.params)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * grad[i]
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * grad[i] ** 2
            m_hat = self.m[i] / correct1
            v_hat = self.v[i] / correct2
            self.params[i] -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)


def kernel(start: NDArray[np.float64], scales: NDArray[np.float64], n_steps: int):
    params = start.copy()
    optimiser = Adam(params)
    losses = []
    for _ in range(n_steps):
        losses.append(0.5 * float(np.sum(scales * params**2)))
        optimiser.step(scales * params)
    return params, losses


SIZES = {"test": 20, "bench": 5000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.normal(size=size), 10.0 ** rng.uniform(-2, 2, size), 100 if size > 100 else 25
