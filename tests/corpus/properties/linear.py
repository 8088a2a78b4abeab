"""What the linear models and the linear algebra must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose


def logistic_sgd(args: Any, result: Any) -> None:
    (X, y), (w, b, losses, proba) = args, result
    extended = np.column_stack([X, np.ones(len(X))])
    shrink = np.append(np.full(X.shape[1], 1e-3), 0.0)  # the bias is not penalised
    rng = np.random.default_rng(0)
    theta = np.zeros(extended.shape[1])
    for loss, lr in zip(losses, 0.1 / (1 + 0.5 * np.arange(5)), strict=True):
        terms = []
        for i in rng.permutation(len(X)):
            z = extended[i] @ theta
            terms.append(np.logaddexp(0, z) - y[i] * z)
            theta = theta - lr * ((1 / (1 + np.exp(-z)) - y[i]) * extended[i] + shrink * theta)
        assert_allclose(loss, np.mean(terms))
    assert_allclose([*w, b], theta, rtol=1e-9, atol=1e-12)
    assert_allclose(proba, 1 / (1 + np.exp(-(X @ w + b))))
    assert losses[-1] < losses[0] < 1.0
    assert np.mean((proba > 0.5) == y) > 0.8


def perceptron(args: Any, result: Any) -> None:
    X, y = args
    extended = np.column_stack([X, np.ones(len(X))])
    w = np.zeros(extended.shape[1])
    mistakes: list[int] = []
    while len(mistakes) < 30 and 0 not in mistakes:
        mistakes.append(0)
        for x, label in zip(extended, y, strict=True):
            if (w @ x > 0) != (label > 0):
                w = w + 0.5 * label * x
                mistakes[-1] += 1
    assert_allclose(result[0], w[:-1], atol=1e-12)
    assert_allclose(result[1], w[-1])
    assert result[2] == mistakes
    assert mistakes[0] > 0


def linear_svm(args: Any, result: Any) -> None:
    (X, y, n_steps), (w, objective) = args, result
    lam = 0.01
    expected = np.zeros(X.shape[1])
    for t, i in enumerate(np.random.default_rng(1).integers(0, len(X), n_steps), start=1):
        violated = y[i] * (X[i] @ expected) < 1
        expected = (1 - 1 / t) * expected + violated * y[i] * X[i] / (lam * t)
        expected = expected * min(1.0, lam**-0.5 / max(np.linalg.norm(expected), 1e-300))
    assert_allclose(w, expected, rtol=1e-7, atol=1e-10)
    hinge = np.maximum(0, 1 - y * (X @ w)).mean()
    assert_allclose(objective, lam / 2 * w @ w + hinge)
    assert np.linalg.norm(w) <= 1 / np.sqrt(lam) * (1 + 1e-12)
    assert objective < 0.5  # the zero vector costs one
    assert np.mean(np.sign(X @ w) == y) > 0.85


def lasso_cd(args: Any, result: Any) -> None:
    """The optimality conditions: correlation alpha where active, at most alpha elsewhere."""
    (X, y, alpha), (w, sweeps) = args, result
    correlation = X.T @ (y - X @ w) / len(X)
    active = w != 0
    assert sweeps < 200
    assert 0 < active.sum() < len(w)
    assert_allclose(correlation[active], alpha * np.sign(w[active]), rtol=1e-5)
    assert np.abs(correlation).max() <= alpha * (1 + 1e-5)


def power_iteration(args: Any, result: Any) -> None:
    (A,), (eigenvalue, v, steps) = args, result
    values, vectors = np.linalg.eigh(A)
    assert 1 < steps <= 40
    assert_allclose(eigenvalue, values[-1], rtol=1e-6)
    assert_allclose(abs(v @ vectors[:, -1]), 1.0, rtol=1e-4)


def ridge_cholesky(args: Any, result: Any) -> None:
    X, y, lam = args
    assert_allclose(result, np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y))


PROPERTIES = {
    "logistic_sgd": logistic_sgd,
    "perceptron": perceptron,
    "linear_svm": linear_svm,
    "lasso_cd": lasso_cd,
    "power_iteration": power_iteration,
    "ridge_cholesky": ridge_cholesky,
}
