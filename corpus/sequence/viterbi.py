"""Viterbi decoding: the most probable state path of a hidden Markov model."""

import numpy as np


def viterbi(log_start, log_trans, log_emit, observations):
    T = len(observations)
    S = len(log_start)
    score = np.zeros((T, S))
    back = np.zeros((T, S), dtype=int)

    for s in range(S):
        score[0, s] = log_start[s] + log_emit[s, observations[0]]

    for t in range(1, T):
        for s in range(S):
            best = -np.inf
            arg = 0
            for p in range(S):
                v = score[t - 1, p] + log_trans[p, s]
                if v > best:
                    best = v
                    arg = p
            score[t, s] = best + log_emit[s, observations[t]]
            back[t, s] = arg

    # follow the back pointers from the best final state
    path = [int(np.argmax(score[T - 1]))]
    for t in range(T - 1, 0, -1):
        path.append(int(back[t, path[-1]]))
    path.reverse()
    return path, score[T - 1].max()


def kernel(log_start, log_trans, log_emit, observations):
    return viterbi(log_start, log_trans, log_emit, observations)


SIZES = {"test": 20, "small": 300, "bench": 8000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    S, V = 16 if size > 100 else 5, 12
    start = rng.dirichlet(np.ones(S))
    trans = rng.dirichlet(np.ones(S), size=S)
    emit = rng.dirichlet(np.ones(V), size=S)
    return np.log(start), np.log(trans), np.log(emit), rng.integers(0, V, size)
