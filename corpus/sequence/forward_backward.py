"""Scaled forward-backward for a discrete hidden Markov model: state posteriors."""

import math

import numpy as np


class HMM:
    def __init__(self, start: np.ndarray, trans: np.ndarray, emit: np.ndarray) -> None:
        self.start = start
        self.trans = trans
        self.emit = emit
        self.n_states = len(start)

    def forward(self, obs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        T = len(obs)
        alpha = np.zeros((T, self.n_states))
        scale = np.zeros(T)
        for t in range(T):
            for j in range(self.n_states):
                if t == 0:
                    a = self.start[j]
                else:
                    a = 0.0
                    for i in range(self.n_states):
                        a += alpha[t - 1, i] * self.trans[i, j]
                alpha[t, j] = a * self.emit[j, obs[t]]
                scale[t] += alpha[t, j]
            alpha[t] /= scale[t]
        return alpha, scale

    def backward(self, obs: np.ndarray, scale: np.ndarray) -> np.ndarray:
        T = len(obs)
        beta = np.zeros((T, self.n_states))
        beta[T - 1, :] = 1.0
        for t in range(T - 2, -1, -1):
            for i in range(self.n_states):
                total = 0.0
                for j in range(self.n_states):
                    total += self.trans[i, j] * self.emit[j, obs[t + 1]] * beta[t + 1, j]
                beta[t, i] = total / scale[t + 1]
        return beta

    def posterior(self, obs: np.ndarray) -> tuple[np.ndarray, float]:
        """P(state at t | all observations), and the log likelihood."""
        alpha, scale = self.forward(obs)
        beta = self.backward(obs, scale)
        log_likelihood = sum(math.log(c) for c in scale)
        return alpha * beta, log_likelihood


def kernel(start: np.ndarray, trans: np.ndarray, emit: np.ndarray, obs: np.ndarray):
    return HMM(start, trans, emit).posterior(obs)


SIZES = {"test": 20, "bench": 9000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    S, V = 8 if size > 100 else 4, 10
    start = rng.dirichlet(np.ones(S))
    trans = rng.dirichlet(np.ones(S), size=S)
    emit = rng.dirichlet(np.ones(V), size=S)
    return start, trans, emit, rng.integers(0, V, size)
