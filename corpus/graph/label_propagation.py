"""Semi-supervised label propagation over an edge list."""

import numpy as np


class LabelPropagation:
    """Spreads class scores along weighted edges; labelled nodes stay clamped."""

    def __init__(self, n_classes, max_iter=30):
        self.n_classes = n_classes
        self.max_iter = max_iter

    def fit(self, n_nodes, sources, targets, weights, labels):
        scores = np.zeros((n_nodes, self.n_classes))
        for node in range(n_nodes):
            if labels[node] >= 0:
                scores[node, labels[node]] = 1.0
        for _ in range(self.max_iter):
            spread = np.zeros_like(scores)
            for e in range(len(sources)):
                s, t, w = sources[e], targets[e], weights[e]
                for c in range(self.n_classes):
                    spread[t, c] += w * scores[s, c]
                    spread[s, c] += w * scores[t, c]
            for node in range(n_nodes):
                if labels[node] >= 0:
                    continue
                total = spread[node].sum()
                if total > 0:
                    scores[node] = spread[node] / total
        self.scores = scores
        return self


def kernel(n_nodes, sources, targets, weights, labels):
    model = LabelPropagation(3).fit(n_nodes, sources, targets, weights, labels)
    return model.scores, np.argmax(model.scores, axis=1)


SIZES = {"test": 15, "bench": 1500}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    n_edges = 4 * size
    sources = rng.integers(0, size, n_edges)
    targets = (sources + rng.integers(1, 4, n_edges)) % size
    labels = np.full(size, -1)
    labels[[0, size // 3, 2 * size // 3]] = [0, 1, 2]
    return size, sources, targets, rng.uniform(0.1, 1.0, n_edges), labels
