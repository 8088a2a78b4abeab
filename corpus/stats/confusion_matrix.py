"""Confusion matrix with per-class precision, recall, F1 and Cohen's kappa."""

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    for t, p in zip(y_true, y_pred, strict=True):
        matrix[t][p] += 1
    return matrix


def precision_recall_f1(matrix):
    n_classes = len(matrix)
    report = []
    for c in range(n_classes):
        tp = matrix[c, c]
        predicted = 0
        actual = 0
        for k in range(n_classes):
            predicted += matrix[k, c]
            actual += matrix[c, k]
        precision = tp / predicted if predicted > 0 else 0.0
        recall = tp / actual if actual > 0 else 0.0
        if precision + recall > 0:
            f1 = 2 * precision * recall / (precision + recall)
        else:
            f1 = 0.0
        report.append((precision, recall, f1))
    return report


def cohen_kappa(matrix):
    total = matrix.sum()
    agree = 0
    chance = 0.0
    for c in range(len(matrix)):
        agree += matrix[c, c]
        chance += matrix[c, :].sum() * matrix[:, c].sum() / total
    return (agree - chance) / (total - chance)


def kernel(y_true, y_pred, n_classes):
    matrix = confusion_matrix(y_true, y_pred, n_classes)
    return matrix, precision_recall_f1(matrix), cohen_kappa(matrix)


SIZES = {"test": 100, "bench": 1600000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    n_classes = 7
    y_true = rng.integers(0, n_classes - 1, size)  # the last class never occurs
    noise = rng.integers(0, n_classes, size)
    y_pred = np.where(rng.random(size) < 0.7, y_true, noise)
    return y_true, y_pred, n_classes
