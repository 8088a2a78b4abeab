"""Skip-gram with negative sampling; the training pairs and negatives are drawn beforehand."""

import numpy as np


class SkipGram:
    def __init__(self, W_in, W_out, lr=0.05):
        self.W_in = W_in
        self.W_out = W_out
        self.lr = lr

    def sigmoid(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def train_pair(self, center, context, negatives):
        """One update; returns the negative-sampling loss before it."""
        v = self.W_in[center]
        grad_v = np.zeros_like(v)
        loss = 0.0
        targets = [(context, 1.0)] + [(w, 0.0) for w in negatives]
        for word, label in targets:
            if label == 0.0 and word == context:
                continue
            u = self.W_out[word]
            p = self.sigmoid(np.dot(u, v))
            g = p - label
            grad_v += g * u
            self.W_out[word] = u - self.lr * g * v
            loss -= np.log(p + 1e-10) if label else np.log(1.0 - p + 1e-10)
        self.W_in[center] = v - self.lr * grad_v
        return loss

    def train(self, pairs, negatives):
        losses = []
        for i in range(len(pairs)):
            center, context = pairs[i]
            losses.append(self.train_pair(center, context, negatives[i]))
        return losses


def kernel(W_in, W_out, pairs, negatives):
    model = SkipGram(W_in.copy(), W_out.copy())
    losses = model.train(pairs, negatives)
    return model.W_in, model.W_out, losses


SIZES = {"test": 40, "bench": 8000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    vocab, dim = 50, 16
    W_in = rng.uniform(-0.5, 0.5, size=(vocab, dim))
    W_out = rng.uniform(-0.5, 0.5, size=(vocab, dim))
    pairs = rng.integers(0, vocab, size=(size, 2))
    return W_in, W_out, pairs, rng.integers(0, vocab, size=(size, 5))
