"""What the statistics programs must satisfy."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.testing import assert_allclose, assert_array_equal


def confusion_matrix(args: Any, result: Any) -> None:
    (y_true, y_pred, k), (matrix, report, kappa) = args, result
    expected = np.bincount(y_true * k + y_pred, minlength=k * k).reshape(k, k)
    assert_array_equal(matrix, expected)
    right, predicted, actual = np.diag(expected), expected.sum(axis=0), expected.sum(axis=1)
    ratios = (
        right / np.maximum(predicted, 1),
        right / np.maximum(actual, 1),
        2 * right / np.maximum(predicted + actual, 1),
    )
    assert_allclose(report, np.transpose(ratios))
    chance = actual @ predicted / len(y_true) ** 2
    assert_allclose(kappa, (right.sum() / len(y_true) - chance) / (1 - chance))


def isotonic(args: Any, result: Any) -> None:
    """The max-min formula: the largest over starts of the smallest mean over ends."""
    (y, weights), (fitted, error) = args, result
    y, weights = np.array(y), np.array(weights)
    mass = np.concatenate([[0], weights.cumsum()])
    total = np.concatenate([[0], (weights * y).cumsum()])
    starts, ends = np.triu_indices(len(y))
    means = np.full((len(y), len(y)), np.inf)
    means[starts, ends] = (total[ends + 1] - total[starts]) / (mass[ends + 1] - mass[starts])
    expected = [max(means[a, i:].min() for a in range(i + 1)) for i in range(len(y))]
    assert_allclose(fitted, expected, atol=1e-12)
    assert_allclose(error, np.sum(weights * (y - expected) ** 2))


def lowess(args: Any, result: Any) -> None:
    x, y, fraction, iterations = args
    k = max(3, int(fraction * len(x)))
    gap = abs(x[:, None] - x)
    width = np.sort(gap, axis=1)[:, [k - 1]] * 1.0001 + 1e-12
    near = (1 - np.minimum(gap / width, 1) ** 3) ** 3
    robust = np.ones(len(x))
    fitted = np.zeros(len(x))
    for _ in range(iterations):
        for i in range(len(x)):
            root = np.sqrt(near[i] * robust)
            design = np.column_stack([np.ones(len(x)), x - x[i]])
            solution = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
            fitted[i] = solution[0][0]
        u = abs(y - fitted) / (6 * np.median(abs(y - fitted)))
        robust = (1 - np.minimum(u, 1) ** 2) ** 2
    assert_allclose(result, fitted, rtol=1e-6, atol=1e-8)


def rolling(args: Any, result: Any) -> None:
    series, window = args
    view = sliding_window_view(series, window)
    expected = view.mean(axis=1), view.std(axis=1, ddof=1), view.min(axis=1), view.max(axis=1)
    for got, want in zip(result, expected, strict=True):
        assert np.isnan(got[: window - 1]).all()
        assert_allclose(got[window - 1 :], want)


def naive_bayes(args: Any, result: Any) -> None:
    (X, y), (log_likelihood, predicted) = args, result
    eps = 1e-9 * X.var(axis=0).max()
    columns = []
    for cls in np.unique(y):
        rows = X[y == cls]
        var = rows.var(axis=0) + eps
        log_pdf = -0.5 * (np.log(2 * np.pi * var) + (X - rows.mean(axis=0)) ** 2 / var)
        columns.append(np.log(len(rows) / len(X)) + log_pdf.sum(axis=1))
    assert_allclose(log_likelihood, np.transpose(columns))
    assert_array_equal(predicted, np.argmax(columns, axis=0))


def online_covariance(args: Any, result: Any) -> None:
    (X,), (mean, covariance, correlation) = args, result
    assert_allclose(mean, X.mean(axis=0))
    assert_allclose(covariance, np.cov(X, rowvar=False), atol=1e-12)
    lower = np.corrcoef(X, rowvar=False)
    assert_allclose(correlation, lower, atol=1e-12)


PROPERTIES = {
    "confusion_matrix": confusion_matrix,
    "isotonic": isotonic,
    "lowess": lowess,
    "rolling": rolling,
    "naive_bayes": naive_bayes,
    "online_covariance": online_covariance,
}
