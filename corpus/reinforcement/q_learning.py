"""Tabular Q-learning with an epsilon-greedy policy on a grid with walls."""

import numpy as np

MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]


class GridWorld:
    def __init__(self, walls, goal):
        self.walls = walls
        self.goal = goal
        self.height, self.width = walls.shape

    def step(self, row, col, action):
        dr, dc = MOVES[action]
        r, c = row + dr, col + dc
        if r < 0 or r >= self.height or c < 0 or c >= self.width or self.walls[r, c]:
            r, c = row, col
        if (r, c) == self.goal:
            return r, c, 1.0, True
        return r, c, -0.01, False


def greedy(q_row):
    best = 0
    for a in range(1, len(q_row)):
        if q_row[a] > q_row[best]:
            best = a
    return best


def train(env, episodes, max_steps, rng, alpha=0.2, gamma=0.97, epsilon=0.2):
    Q = np.zeros((env.height, env.width, len(MOVES)))
    lengths = []
    returns = []
    for _ in range(episodes):
        row, col = 0, 0
        total = 0.0
        for step in range(max_steps):
            if rng.random() < epsilon:
                action = int(rng.integers(0, 4))
            else:
                action = greedy(Q[row, col])
            r, c, reward, done = env.step(row, col, action)
            target = reward
            if not done:
                target += gamma * max(Q[r, c])
            Q[row, col, action] += alpha * (target - Q[row, col, action])
            total += gamma**step * reward
            row, col = r, c
            if done:
                break
        lengths.append(step + 1)
        returns.append(total)
    return Q, lengths, returns


def kernel(walls, episodes, rng):
    goal = (walls.shape[0] - 1, walls.shape[1] - 1)
    return train(GridWorld(walls, goal), episodes, 400, rng)


SIZES = {"test": 15, "bench": 6000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    side = 12 if size > 100 else 4
    walls = rng.random(size=(side, side)) < 0.15
    walls[0, :] = False  # a free way along the top and down the right side
    walls[:, -1] = False
    return walls, size, np.random.default_rng(23)
