"""What the sampling programs must satisfy; replays draw whole arrays from an equal generator."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def ising_gibbs(args: Any, result: Any) -> None:
    (start, beta, n_sweeps, rng), (spins, energies, magnetisation) = args, result
    n = len(start)
    draws = rng.random((n_sweeps, n, n))
    state = start.copy()
    for sweep in range(n_sweeps):
        for i, j in np.ndindex(n, n):
            field = state[[i - 1, (i + 1) % n], j].sum() + state[i, [j - 1, (j + 1) % n]].sum()
            # the odds of up are exp(2 beta field)
            state[i, j] = 1 if draws[sweep, i, j] < 1 / (1 + np.exp(-2 * beta * field)) else -1
        bonds = state * (np.roll(state, 1, axis=0) + np.roll(state, 1, axis=1))
        assert energies[sweep] == -bonds.sum()
        assert_allclose(magnetisation[sweep], abs(state.mean()))
    assert_array_equal(spins, state)
    assert energies[-1] < 0


def metropolis(args: Any, result: Any) -> None:
    (xs, ys, n_samples, step, rng), (chain, rate) = args, result

    def log_posterior(p: Any) -> Any:
        r = (ys - p[0] - p[1] * xs) / 0.5
        return -0.5 * p @ p / 100 - 2.5 * np.log1p(r**2 / 4).sum()

    position = np.zeros(2)
    moved = 0
    for sample in chain:
        proposal = position + step * rng.normal(size=2)
        if np.log(rng.random()) < log_posterior(proposal) - log_posterior(position):
            position = proposal
            moved += 1
        assert_allclose(sample, position)
    assert len(chain) == n_samples
    assert rate == moved / n_samples > 0.1


def particle_filter(args: Any, result: Any) -> None:
    (ys, n, seed), (estimates, sizes) = args, result
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=n), np.full(n, 1 / n)
    for t, y in enumerate(ys):
        x = x / 2 + 25 * x / (1 + x**2) + 8 * np.cos(1.2 * t) + np.sqrt(10) * rng.normal(size=n)
        w = w * np.exp(-0.5 * (y - x**2 / 20) ** 2) + 1e-300
        w /= w.sum()
        assert_allclose(estimates[t], w @ x, rtol=1e-9)
        assert_allclose(sizes[t], 1 / (w @ w), rtol=1e-9)
        if 1 / (w @ w) < n / 2:
            at = np.searchsorted(w.cumsum(), (np.arange(n) + rng.random()) / n)
            x, w = x[np.minimum(at, n - 1)], np.full(n, 1 / n)
    assert min(sizes) < n / 2  # it had to resample


def bootstrap(args: Any, result: Any) -> None:
    (a, b, n_boot, _), (low, high, differences) = args, result
    assert len(differences) == n_boot
    assert differences == sorted(differences)
    assert low in differences and high in differences and low < high
    error = np.sqrt(a.var() / len(a) + b.var() / len(b))
    assert abs(np.mean(differences) - (a.mean() - b.mean())) < 5 * error / np.sqrt(n_boot)
    assert 0.5 * error < np.std(differences) < 1.7 * error


PROPERTIES = {
    "ising_gibbs": ising_gibbs,
    "metropolis": metropolis,
    "particle_filter": particle_filter,
    "bootstrap": bootstrap,
}
