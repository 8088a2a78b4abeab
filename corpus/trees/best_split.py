"""Best axis-aligned split of a classification node by Gini impurity."""

import numpy as np


def gini(counts, total):
    if total == 0:
        return 0.0
    impurity = 1.0
    for c in counts:
        p = c / total
        impurity -= p * p
    return impurity


def best_split(X, y, n_classes, min_leaf=2):
    """Return (feature, threshold, impurity decrease); feature is -1 when nothing helps."""
    n, d = X.shape
    parent_counts = [0] * n_classes
    for label in y:
        parent_counts[label] += 1
    parent = gini(parent_counts, n)

    best_feature, best_threshold, best_gain = -1, 0.0, 0.0
    for f in range(d):
        order = np.argsort(X[:, f], kind="stable")
        left = [0] * n_classes
        right = list(parent_counts)
        for pos in range(n - 1):
            label = y[order[pos]]
            left[label] += 1
            right[label] -= 1
            here = X[order[pos], f]
            after = X[order[pos + 1], f]
            if here == after:
                continue
            n_left = pos + 1
            n_right = n - n_left
            if n_left < min_leaf or n_right < min_leaf:
                continue
            weighted = (n_left * gini(left, n_left) + n_right * gini(right, n_right)) / n
            gain = parent - weighted
            if gain > best_gain:
                best_gain = gain
                best_feature = f
                best_threshold = (here + after) / 2
    return best_feature, best_threshold, best_gain


def kernel(X, y, n_classes):
    return best_split(X, y, n_classes)


SIZES = {"test": 30, "bench": 35000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    # one decimal, so that ties between neighbours happen
    X = np.round(rng.normal(size=(size, 10)) * 20, 1)
    y = ((X[:, 3] > 2.0).astype(int) + (X[:, 7] > 5.0).astype(int) + (rng.random(size) < 0.1)) % 3
    return X, y, 3
