"""Simple exponential smoothing of a series.

Source: Brown, Statistical Forecasting for Inventory Control, 1959. The C version takes four places at a
time, so that one multiplication and addition of four is in the chain.
"""

import numpy as np


def kernel(x, alpha):
    out = np.empty(len(x))
    level = x[0]
    for i in range(len(x)):
        level = alpha * x[i] + (1.0 - alpha) * level
        out[i] = level
    return out


def idiom(x, alpha):
    from scipy.signal import lfilter

    out, _ = lfilter([alpha], [1.0, alpha - 1.0], x, zi=[(1.0 - alpha) * x[0]])
    return out


C = r"""
void kernel(long n, double alpha, const double *x, double *out)
{
    double keep = 1.0 - alpha, keep2 = keep * keep, keep3 = keep2 * keep, keep4 = keep2 * keep2;
    double level = x[0];
    long i = 0;
    for (; i + 4 <= n; i += 4) {
        double a = alpha * x[i], b = alpha * x[i + 1] + keep * a, c = alpha * x[i + 2] + keep * b;
        double d = alpha * x[i + 3] + keep * c;
        out[i] = a + keep * level;
        out[i + 1] = b + keep2 * level;
        out[i + 2] = c + keep3 * level;
        out[i + 3] = level = d + keep4 * level;
    }
    for (; i < n; i++)
        out[i] = level = alpha * x[i] + keep * level;
}
"""


def call_c(c, x, alpha):
    out = np.empty(len(x))
    c(len(x), alpha, x, out)
    return out


SIZES = {"small": 500, "medium": 30_000, "large": 5_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.uniform(1.0, 2.0, size), 0.3


def work(size: int) -> tuple[float, float]:
    return 3.0 * size, 16.0 * size
