"""Value iteration for a Markov decision process with dense transitions."""

import numpy as np
from numpy.typing import NDArray


def value_iteration(
    P: NDArray[np.float64], R: NDArray[np.float64], gamma: float, tol: float = 1e-6
) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
    """P (actions, states, states), R (states, actions) -> values, greedy policy, sweeps."""
    n_actions, n_states, _ = P.shape
    V = np.zeros(n_states)
    policy = np.zeros(n_states, dtype=np.int64)
    sweeps = 0
    while True:
        sweeps += 1
        delta = 0.0
        new_V = np.zeros(n_states)
        for s in range(n_states):
            best = -np.inf
            for a in range(n_actions):
                q = R[s, a]
                for t in range(n_states):
                    q += gamma * P[a, s, t] * V[t]
                if q > best:
                    best = q
                    policy[s] = a
            new_V[s] = best
            delta = max(delta, abs(best - V[s]))
        V = new_V
        if delta < tol:
            break
    return V, policy, sweeps


def kernel(P: NDArray[np.float64], R: NDArray[np.float64], gamma: float):
    return value_iteration(P, R, gamma)


SIZES = {"test": 6, "bench": 80}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    P = rng.dirichlet(np.full(size, 0.3), size=(3, size))
    return P, rng.normal(size=(size, 3)), 0.9 if size > 10 else 0.7
