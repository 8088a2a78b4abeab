"""Exercise similaritymeasures on two noisy curves at a few sizes."""

import numpy as np
import similaritymeasures


def curve(n, seed):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0.0, 10.0, n))
    return np.column_stack([x, np.sin(x) + rng.normal(scale=0.1, size=n)])


for n in (20, 150, 600):
    first, second = curve(n, 1), curve(n - 5, 2)
    similaritymeasures.frechet_dist(first, second)
    similaritymeasures.dtw(first, second)
    distance, cost = similaritymeasures.dtw(first, second, metric="cityblock")
    similaritymeasures.dtw_path(cost)
    similaritymeasures.curve_length_measure(first, second)
for n in (20, 100, 400):
    first, second = curve(n, 1), curve(n - 5, 2)
    similaritymeasures.area_between_two_curves(first, second)
    similaritymeasures.pcm(first, second)
