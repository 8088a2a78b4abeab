"""What the signal-processing programs must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose


def kalman_filter(args: Any, result: Any) -> None:
    """The information form: precisions add up, and so do the weighted measurements."""
    (measurements, dt), (track, covariance, innovations) = args, result
    F = np.array([[1, dt], [0, 1]])
    g = np.array([dt**2 / 2, dt])
    mean, cov = np.zeros(2), 100.0 * np.eye(2)
    for t, z in enumerate(measurements):
        mean, cov = F @ mean, F @ cov @ F.T + 0.5 * np.outer(g, g)
        assert_allclose(innovations[t], z - mean[0], atol=1e-8)
        precision = np.linalg.inv(cov)
        cov = np.linalg.inv(precision + np.diag([1 / 4.0, 0]))
        mean = cov @ (precision @ mean + np.array([z / 4.0, 0]))
        assert_allclose(track[t], mean, rtol=1e-6, atol=1e-8)
    assert_allclose(covariance, cov, rtol=1e-6)


def naive_dft(args: Any, result: Any) -> None:
    (signal,), (spectrum, power) = args, result
    assert_allclose(spectrum, np.fft.fft(signal), atol=1e-10)
    assert_allclose(power, abs(np.fft.rfft(signal)) ** 2 / len(signal), atol=1e-10)
    assert np.argmax(power) == 5


def lms_filter(args: Any, result: Any) -> None:
    (far, near, n_taps), (taps, errors) = args, result
    padded = np.concatenate([np.zeros(n_taps - 1), far])
    w = np.zeros(n_taps)
    for t in range(len(far)):
        recent = padded[t : t + n_taps][::-1]
        error = near[t] - w @ recent
        w = w + 0.5 * error * recent / (1e-6 + recent @ recent)
        assert_allclose(errors[t], error, atol=1e-10)
    assert_allclose(taps, w, atol=1e-10)
    assert np.mean(errors[-10:] ** 2) < np.mean(near**2)


PROPERTIES = {
    "kalman_filter": kalman_filter,
    "naive_dft": naive_dft,
    "lms_filter": lms_filter,
}
