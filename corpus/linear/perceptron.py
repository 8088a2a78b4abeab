"""Rosenblatt's perceptron: correct the weights on every misclassified sample."""

import numpy as np


class Perceptron:
    """Labels are -1 and +1; stops early after an epoch without mistakes."""

    def __init__(self, lr: float = 1.0, epochs: int = 20) -> None:
        self.lr = lr
        self.epochs = epochs
        self.w: np.ndarray = np.zeros(0)
        self.b: float = 0.0
        self.mistakes: list[int] = []

    def predict_one(self, x: np.ndarray) -> int:
        return 1 if np.dot(self.w, x) + self.b > 0 else -1

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Perceptron":
        self.w = np.zeros(X.shape[1])
        for _ in range(self.epochs):
            wrong = 0
            for i in range(X.shape[0]):
                if self.predict_one(X[i]) != y[i]:
                    self.w += self.lr * y[i] * X[i]
                    self.b += self.lr * y[i]
                    wrong += 1
            self.mistakes.append(wrong)
            if wrong == 0:
                break
        return self


def kernel(X: np.ndarray, y: np.ndarray):
    model = Perceptron(lr=0.5, epochs=30).fit(X, y)
    return model.w, model.b, model.mistakes


SIZES = {"test": 60, "bench": 12000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    X = rng.normal(size=(size, 6))
    w = rng.normal(size=6)
    y = np.where(X @ w > 0, 1, -1)
    y[: size // 20] *= -1  # some label noise, so that it has to keep working
    return X, y
