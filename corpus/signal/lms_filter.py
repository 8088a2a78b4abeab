"""Normalised least-mean-squares adaptive filter for echo cancellation."""

import numpy as np


class NLMS:
    def __init__(self, n_taps, mu=0.5, eps=1e-6):
        self.n_taps = n_taps
        self.mu = mu
        self.eps = eps
        self.w = np.zeros(n_taps)
        self.history = [0.0] * n_taps

    def step(self, x, desired):
        """Feed one sample; returns the error signal."""
        self.history.insert(0, x)
        self.history.pop()
        y = 0.0
        power = self.eps
        for k in range(self.n_taps):
            y += self.w[k] * self.history[k]
            power += self.history[k] ** 2
        error = desired - y
        for k in range(self.n_taps):
            self.w[k] += self.mu * error * self.history[k] / power
        return error


def kernel(far, near, n_taps):
    filt = NLMS(n_taps)
    errors = np.zeros(len(far))
    for t in range(len(far)):
        errors[t] = filt.step(far[t], near[t])
    return filt.w, errors


SIZES = {"test": 60, "bench": 45000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    room = rng.normal(size=16) * 0.7 ** np.arange(16)
    far = rng.normal(size=size)
    near = np.convolve(far, room)[:size] + 0.01 * rng.normal(size=size)
    return far, near, 16
