"""k-nearest-neighbour classification by majority vote."""

import numpy as np


def predict_one(X_train, y_train, x, k):
    """Label of the majority among the k training points closest to x."""
    distances = []
    for i in range(len(X_train)):
        d = np.sqrt(np.sum((X_train[i] - x) ** 2))
        distances.append((d, i))
    distances.sort()

    votes = {}
    for _, i in distances[:k]:
        label = int(y_train[i])
        votes[label] = votes.get(label, 0) + 1

    best_label = None
    best_count = 0
    for label in sorted(votes):
        if votes[label] > best_count:
            best_count = votes[label]
            best_label = label
    return best_label


def kernel(X_train, y_train, X_test, k):
    y_pred = np.zeros(len(X_test), dtype=int)
    for i in range(len(X_test)):
        y_pred[i] = predict_one(X_train, y_train, X_test[i], k)
    return y_pred


SIZES = {"test": 40, "bench": 800}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    centers = rng.normal(scale=2.0, size=(3, 6))
    y_train = rng.integers(0, 3, size)
    X_train = centers[y_train] + rng.normal(size=(size, 6))
    n_test = max(4, size // 8)
    X_test = centers[rng.integers(0, 3, n_test)] + rng.normal(size=(n_test, 6))
    return X_train, y_train, X_test, 5
