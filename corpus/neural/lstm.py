"""An LSTM cell run over a sequence, every gate written out."""

import math

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


class LSTMCell:
    """Gate order in the stacked weights: input, forget, candidate, output."""

    def __init__(self, W, U, b):
        self.W = W
        self.U = U
        self.b = b
        self.hidden = U.shape[1]

    def gate(self, row, x, h):
        z = self.b[row]
        for k in range(len(x)):
            z += self.W[row, k] * x[k]
        for k in range(self.hidden):
            z += self.U[row, k] * h[k]
        return z

    def step(self, x, h, c):
        H = self.hidden
        new_h = np.zeros(H)
        new_c = np.zeros(H)
        for u in range(H):
            i = sigmoid(self.gate(u, x, h))
            f = sigmoid(self.gate(H + u, x, h))
            g = math.tanh(self.gate(2 * H + u, x, h))
            o = sigmoid(self.gate(3 * H + u, x, h))
            new_c[u] = f * c[u] + i * g
            new_h[u] = o * math.tanh(new_c[u])
        return new_h, new_c


def run(cell, xs):
    h = np.zeros(cell.hidden)
    c = np.zeros(cell.hidden)
    outputs = []
    for x in xs:
        h, c = cell.step(x, h, c)
        outputs.append(h)
    return np.array(outputs), c


def kernel(W, U, b, xs):
    return run(LSTMCell(W, U, b), xs)


SIZES = {"test": 5, "bench": 400}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    hidden, features = (24, 16) if size > 10 else (6, 5)
    W = rng.normal(scale=0.3, size=(4 * hidden, features))
    U = rng.normal(scale=0.3, size=(4 * hidden, hidden))
    return W, U, 0.1 * rng.normal(size=4 * hidden), rng.normal(size=(size, features))
