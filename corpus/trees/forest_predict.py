"""Prediction of a random forest stored as flat arrays: walk each tree down to its leaf."""

import numpy as np


class Tree:
    """Nodes in arrays; a negative feature marks a leaf."""

    def __init__(self, feature, threshold, left, right, value):
        self.feature = feature
        self.threshold = threshold
        self.left = left
        self.right = right
        self.value = value

    def predict(self, X):
        out = np.empty(len(X))
        for i in range(len(X)):
            node = 0
            while self.feature[node] >= 0:
                if X[i, self.feature[node]] <= self.threshold[node]:
                    node = self.left[node]
                else:
                    node = self.right[node]
            out[i] = self.value[node]
        return out


def forest_predict(trees, X):
    total = np.zeros(len(X))
    for tree in trees:
        total += tree.predict(X)
    return total / len(trees)


def kernel(features, thresholds, lefts, rights, values, X):
    trees = []
    for t in range(len(features)):
        trees.append(Tree(features[t], thresholds[t], lefts[t], rights[t], values[t]))
    return forest_predict(trees, X)


SIZES = {"test": 40, "bench": 4000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    n_trees, depth, n_features = 20, 6, 5
    n_inner = 2**depth - 1
    n_nodes = 2 ** (depth + 1) - 1
    features = rng.integers(0, n_features, size=(n_trees, n_nodes))
    features[:, n_inner:] = -1
    # a few branches end early
    features[:, 20] = -1
    thresholds = rng.normal(scale=0.7, size=(n_trees, n_nodes))
    node = np.arange(n_nodes)
    lefts = np.tile(2 * node + 1, (n_trees, 1))
    rights = np.tile(2 * node + 2, (n_trees, 1))
    values = rng.normal(size=(n_trees, n_nodes))
    return features, thresholds, lefts, rights, values, rng.normal(size=(size, n_features))
