"""Kalman filter for a constant-velocity target, with small matrices."""

import numpy as np
from numpy.typing import NDArray


class KalmanFilter:
    def __init__(self, dt: float, process_var: float, obs_var: float) -> None:
        self.F = np.array([[1.0, dt], [0.0, 1.0]])
        self.H = np.array([[1.0, 0.0]])
        self.Q = process_var * np.array([[dt**4 / 4, dt**3 / 2], [dt**3 / 2, dt**2]])
        self.R = np.array([[obs_var]])
        self.x = np.zeros(2)
        self.P = 100.0 * np.eye(2)

    def predict(self) -> None:
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z: float) -> float:
        """Fold in one position measurement; returns the innovation."""
        innovation = z - (self.H @ self.x)[0]
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T / S[0, 0]
        self.x = self.x + K[:, 0] * innovation
        self.P = (np.eye(2) - K @ self.H) @ self.P
        return innovation


def kernel(measurements: NDArray[np.float64], dt: float):
    kf = KalmanFilter(dt, 0.5, 4.0)
    track = np.zeros((len(measurements), 2))
    innovations = []
    for t in range(len(measurements)):
        kf.predict()
        innovations.append(kf.update(measurements[t]))
        track[t] = kf.x
    return track, kf.P, innovations


SIZES = {"test": 40, "bench": 25000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    velocity = np.cumsum(0.1 * rng.normal(size=size)) + 1.0
    position = np.cumsum(velocity * 0.5)
    return position + 2.0 * rng.normal(size=size), 0.5
