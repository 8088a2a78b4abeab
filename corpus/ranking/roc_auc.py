"""ROC AUC by counting correctly ordered (positive, negative) pairs, and the ROC curve."""

import numpy as np
from numpy.typing import NDArray


def auc_by_pairs(y_true: NDArray[np.int64], y_score: NDArray[np.float64]) -> float:
    """Fraction of pairs that are ordered correctly; a tie counts one half."""
    positives = [s for s, t in zip(y_score, y_true, strict=True) if t == 1]
    negatives = [s for s, t in zip(y_score, y_true, strict=True) if t == 0]
    if not positives or not negatives:
        return float("nan")
    wins = 0.0
    for p in positives:
        for q in negatives:
            if p > q:
                wins += 1.0
            elif p == q:
                wins += 0.5
    return wins / (len(positives) * len(negatives))


def roc_curve(
    y_true: NDArray[np.int64], y_score: NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """False and true positive rates as the threshold falls."""
    order = np.argsort(-y_score, kind="stable")
    n_pos = int(np.sum(y_true))
    n_neg = len(y_true) - n_pos
    tp = fp = 0
    fpr, tpr = [0.0], [0.0]
    for k, i in enumerate(order):
        if y_true[i] == 1:
            tp += 1
        else:
            fp += 1
        last_of_tie = k + 1 == len(order) or y_score[order[k + 1]] != y_score[i]
        if last_of_tie:
            fpr.append(fp / n_neg)
            tpr.append(tp / n_pos)
    return fpr, tpr


def kernel(y_true: NDArray[np.int64], y_score: NDArray[np.float64]):
    fpr, tpr = roc_curve(y_true, y_score)
    return auc_by_pairs(y_true, y_score), fpr, tpr


SIZES = {"test": 40, "bench": 8000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    y_true = rng.integers(0, 2, size)
    y_true[:2] = [0, 1]
    # two decimals, so that ties occur
    y_score = np.round(rng.normal(size=size) + y_true, 2)
    return y_true, y_score
