"""What the reinforcement-learning programs must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def q_learning(args: Any, result: Any) -> None:
    (walls, episodes, rng), (Q, lengths, returns) = args, result
    assert len(lengths) == len(returns) == episodes
    table = np.zeros((*walls.shape, 4))
    blocked = np.pad(walls, 1, constant_values=True)
    goal = (walls.shape[0] - 1, walls.shape[1] - 1)
    for length in lengths:
        here = (0, 0)
        for _ in range(length):
            explore = rng.random() < 0.2
            action = int(rng.integers(0, 4)) if explore else int(table[here].argmax())
            down, right = ((-1, 0), (1, 0), (0, -1), (0, 1))[action]
            there = (here[0] + down, here[1] + right)
            if blocked[there[0] + 1, there[1] + 1]:
                there = here
            target = 1.0 if there == goal else -0.01 + 0.97 * table[there].max()
            table[here][action] += 0.2 * (target - table[here][action])
            here = there
        assert here == goal or length == 400
    assert_allclose(Q, table, atol=1e-12)
    shortest = sum(walls.shape) - 2
    assert shortest <= min(lengths) and max(lengths) <= 400
    assert_array_equal(Q[walls], 0.0)  # never entered
    assert_array_equal(Q[-1, -1], 0.0)  # terminal
    assert -0.01 / (1 - 0.97) <= Q.min() < 0 < Q.max() < 1
    for length, value in zip(lengths, returns, strict=True):
        cost = 0.01 * (1 - 0.97 ** (length - 1)) / (1 - 0.97)
        reached = 0.97 ** (length - 1) - cost
        cut_off = -0.01 * (1 - 0.97**length) / (1 - 0.97)
        assert np.isclose(value, reached) or (length == 400 and np.isclose(value, cut_off))
    assert np.mean(lengths[-5:]) < np.mean(lengths[:5])


def value_iteration(args: Any, result: Any) -> None:
    """Within the tolerance of the exact value of its own policy, which is greedy for it."""
    (P, R, gamma), (V, policy, sweeps) = args, result
    states = np.arange(len(V))
    exact = np.linalg.solve(np.eye(len(V)) - gamma * P[policy, states], R[states, policy])
    q = R + gamma * (P @ exact).T
    assert sweeps > 1
    assert_allclose(V, exact, atol=1e-5)
    assert_allclose(q.max(axis=1), exact, atol=1e-9)
    assert_array_equal(q.argmax(axis=1), policy)


def ucb_bandit(args: Any, result: Any) -> None:
    (means, horizon, rng), (counts, values, history) = args, result
    draws = rng.random(horizon)
    pulls, wins = np.zeros(len(means)), np.zeros(len(means))
    regret = means.max() - means
    chosen = np.abs(np.diff(history, prepend=0.0)[:, None] - regret).argmin(axis=1)
    for t, arm in enumerate(chosen, start=1):
        if t <= len(means):
            assert arm == t - 1
        else:
            # two arms may tie but for rounding, so ask for the largest bound, not for the first
            bound = wins / pulls + np.sqrt(2 * np.log(t) / pulls)
            assert bound[arm] > bound.max() - 1e-9
        pulls[arm] += 1
        wins[arm] += draws[t - 1] < means[arm]
    assert_array_equal(counts, pulls)
    assert_allclose(values, wins / pulls, atol=1e-12)
    assert_allclose(history, regret[chosen].cumsum())


PROPERTIES = {
    "q_learning": q_learning,
    "value_iteration": value_iteration,
    "ucb_bandit": ucb_bandit,
}
