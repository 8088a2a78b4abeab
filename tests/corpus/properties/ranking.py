"""What the ranking measures must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose


def average_precision(args: Any, result: Any) -> None:
    scores, relevance = args
    order = np.argsort(-scores, axis=1)
    ranked = np.take_along_axis(relevance, order, axis=1)
    precision = ranked.cumsum(axis=1) / np.arange(1, ranked.shape[1] + 1)
    hits = ranked.sum(axis=1)
    expected = (precision * ranked).sum(axis=1) / np.maximum(hits, 1)
    assert_allclose(result[0], expected)
    assert_allclose(result[1], expected.mean())
    assert result[0][0] == 0.0


def roc_auc(args: Any, result: Any) -> None:
    """The rank-sum formula with mid-ranks, and the area under the returned curve."""
    (y, score), (auc, fpr, tpr) = args, result
    ranks = (score[:, None] > score).sum(axis=1) + ((score[:, None] == score).sum(axis=1) + 1) / 2
    n_pos = y.sum()
    expected = (ranks[y == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * (len(y) - n_pos))
    assert_allclose(auc, expected)
    assert_allclose(np.trapezoid(tpr, fpr), expected)
    assert (fpr[-1], tpr[-1]) == (1.0, 1.0)


def ndcg(args: Any, result: Any) -> None:
    grades, scores, k = np.array(args[0]), np.array(args[1]), args[2]
    ranked = np.take_along_axis(grades, np.argsort(-scores, axis=1), axis=1)
    ideal = -np.sort(-grades, axis=1)
    discount = 1 / np.log2(np.arange(2, k + 2))
    gains = [(2.0 ** g[:, :k] - 1) @ discount for g in (ranked, ideal)]
    expected = np.divide(gains[0], gains[1], out=np.zeros(len(grades)), where=gains[1] > 0)
    assert_allclose(result[0], expected)
    assert_allclose(result[1], expected.mean())


PROPERTIES = {
    "average_precision": average_precision,
    "roc_auc": roc_auc,
    "ndcg": ndcg,
}
