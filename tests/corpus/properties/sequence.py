"""What the programs on sequences must satisfy."""

from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.testing import assert_allclose


def dtw(args: Any, result: Any) -> None:
    (a, b), (cost, path) = args, result

    @cache
    def best(i: int, j: int) -> float:
        before = [(i - 1, j), (i, j - 1), (i - 1, j - 1)]
        steps = [best(*p) for p in before if min(p) >= 0]
        return float(abs(a[i] - b[j]) + min(steps, default=0.0))

    assert_allclose(cost, best(len(a) - 1, len(b) - 1))
    assert_allclose(cost, sum(abs(a[i] - b[j]) for i, j in path))
    assert path[0] == (0, 0) and path[-1] == (len(a) - 1, len(b) - 1)
    for (i, j), (k, m) in pairwise(path):
        assert (k - i, m - j) in {(0, 1), (1, 0), (1, 1)}


def edit_distance(args: Any, result: Any) -> None:
    (refs, hyps), (distances, rate) = args, result
    for ref, hyp, got in zip(refs, hyps, distances, strict=True):

        @cache
        def best(i: int, j: int, ref: Any = tuple(ref), hyp: Any = tuple(hyp)) -> int:
            if i == 0 or j == 0:
                return i + j
            swap = best(i - 1, j - 1) + (ref[i - 1] != hyp[j - 1])
            return int(min(best(i - 1, j) + 1, best(i, j - 1) + 1, swap))

        assert got == best(len(ref), len(hyp))
    assert sum(distances) > 0
    assert rate == sum(distances) / sum(len(ref) for ref in refs)


def viterbi(args: Any, result: Any) -> None:
    (start, trans, emit, obs), (path, score) = args, result
    v = start + emit[:, obs[0]]
    for o in obs[1:]:
        v = (v[:, None] + trans).max(axis=0) + emit[:, o]
    along = start[path[0]] + trans[path[:-1], path[1:]].sum() + emit[path, obs].sum()
    assert_allclose(score, v.max())
    assert_allclose(along, v.max())


def forward_backward(args: Any, result: Any) -> None:
    (start, trans, emit, obs), (posterior, log_likelihood) = args, result
    alpha = [start * emit[:, obs[0]]]
    beta = [np.ones(len(start))]
    for o in obs[1:]:
        alpha.append((alpha[-1] @ trans) * emit[:, o])
    for o in obs[:0:-1]:
        beta.insert(0, trans @ (emit[:, o] * beta[0]))
    joint = np.array(alpha) * np.array(beta)
    assert_allclose(posterior, joint / alpha[-1].sum())
    assert_allclose(posterior.sum(axis=1), 1.0)
    assert_allclose(log_likelihood, np.log(alpha[-1].sum()))


def holt_winters(args: Any, result: Any) -> None:
    """The same model in its error-correction form."""
    series, season, steps, horizon = args

    def smooth(alpha: float, beta: float, gamma: float) -> tuple[float, list[float]]:
        first = np.array(series[:season])
        level, seasonal = first.mean(), list(first - first.mean())
        trend = (np.mean(series[season : 2 * season]) - level) / season
        sse = 0.0
        for y in series[season:]:
            s = seasonal.pop(0)
            e = y - level - trend - s
            sse += e * e
            level, trend = level + trend + alpha * e, trend + alpha * beta * e
            seasonal.append(s + gamma * (1 - alpha) * e)
        ahead = np.arange(1, horizon + 1)
        return sse, list(level + ahead * trend + np.array(seasonal))

    grid = {p: smooth(*p) for p in product(steps, repeat=3)}
    params, sse, forecast = result
    assert_allclose(sse, min(value for value, _ in grid.values()))
    assert_allclose(sse, grid[params][0])
    assert_allclose(forecast, grid[params][1])


def smith_waterman(args: Any, result: Any) -> None:
    """A gap of length k costs 4 + k, tried at every length."""
    (a, b, scores), (best, end_i, end_j) = args, result
    H = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, j in product(range(1, len(a) + 1), range(1, len(b) + 1)):
        down = [H[i - k, j] - 4 - k for k in range(1, i + 1)]
        right = [H[i, j - k] - 4 - k for k in range(1, j + 1)]
        H[i, j] = max(0, H[i - 1, j - 1] + scores[a[i - 1], b[j - 1]], *down, *right)
    assert best == H.max() == H[end_i, end_j] > 8


PROPERTIES = {
    "dtw": dtw,
    "edit_distance": edit_distance,
    "viterbi": viterbi,
    "forward_backward": forward_backward,
    "holt_winters": holt_winters,
    "smith_waterman": smith_waterman,
}
