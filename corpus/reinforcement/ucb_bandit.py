"""UCB1 on a Bernoulli bandit, with the regret over time."""

import math

import numpy as np


class UCB1:
    def __init__(self, n_arms: int) -> None:
        self.counts = [0] * n_arms
        self.values = [0.0] * n_arms

    def select(self, t: int) -> int:
        for arm in range(len(self.counts)):
            if self.counts[arm] == 0:
                return arm
        best = 0
        best_score = -1.0
        for arm in range(len(self.counts)):
            bonus = math.sqrt(2.0 * math.log(t) / self.counts[arm])
            score = self.values[arm] + bonus
            if score > best_score:
                best_score = score
                best = arm
        return best

    def update(self, arm: int, reward: float) -> None:
        self.counts[arm] += 1
        self.values[arm] += (reward - self.values[arm]) / self.counts[arm]


def kernel(means: np.ndarray, horizon: int, rng: np.random.Generator):
    agent = UCB1(len(means))
    best_mean = max(means)
    regret = 0.0
    history = []
    for t in range(1, horizon + 1):
        arm = agent.select(t)
        reward = 1.0 if rng.random() < means[arm] else 0.0
        agent.update(arm, reward)
        regret += best_mean - means[arm]
        history.append(regret)
    return agent.counts, agent.values, history


SIZES = {"test": 100, "bench": 200000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.uniform(0.1, 0.9, 8), size, np.random.default_rng(42)
