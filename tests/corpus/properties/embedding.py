"""What the embeddings must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose


def tsne_gradient(args: Any, result: Any) -> None:
    (P, Y, n_steps, lr), (embedded, history, grad) = args, result

    def divergence(Z: Any) -> tuple[float, Any, Any]:
        num = 1 / (1 + ((Z[:, None] - Z[None]) ** 2).sum(axis=2))
        np.fill_diagonal(num, 0)
        Q = num / num.sum()
        off = P > 0
        return float((P[off] * np.log(P[off] / Q[off])).sum()), num, Q

    velocity = np.zeros_like(Y)
    for step in range(n_steps):
        kl, num, Q = divergence(Y)
        pull = (P - Q) * num
        slope = 4 * (np.diag(pull.sum(axis=1)) - pull) @ Y
        assert_allclose(history[step], kl)
        if step == n_steps - 1:
            assert_allclose(grad, slope, rtol=1e-7, atol=1e-12)
            # and it is the derivative of the divergence
            nudge = np.zeros_like(Y)
            nudge[1, 0] = 1e-5
            numeric = (divergence(Y + nudge)[0] - divergence(Y - nudge)[0]) / 2e-5
            assert_allclose(grad[1, 0], numeric, rtol=1e-3, atol=1e-8)
        velocity = 0.5 * velocity - lr * slope
        Y = Y + velocity
        Y = Y - Y.mean(axis=0)
    assert_allclose(embedded, Y, rtol=1e-7, atol=1e-12)
    assert history[-1] < history[0]


def mds_smacof(args: Any, result: Any) -> None:
    (target, X, n_iter), (embedded, history) = args, result
    n = len(X)
    upper = np.triu_indices(n, 1)
    for step in range(n_iter):
        D = np.linalg.norm(X[:, None] - X[None], axis=2)
        assert_allclose(history[step], ((D - target)[upper] ** 2).sum())
        ratio = target / (D + np.eye(n))
        X = (np.diag(ratio.sum(axis=1)) - ratio) @ X / n
    assert_allclose(embedded, X)
    assert np.all(np.diff(history) < 0)  # majorisation never goes uphill


PROPERTIES = {
    "tsne_gradient": tsne_gradient,
    "mds_smacof": mds_smacof,
}
