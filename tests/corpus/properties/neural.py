"""What the neural-network programs must satisfy."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax_cross_entropy(args: Any, result: Any) -> None:
    (logits, targets), (loss, grad) = args, result
    log_norm = np.logaddexp.reduce(logits, axis=1)
    onehot = np.eye(logits.shape[1])[targets]
    assert_allclose(loss, np.mean(log_norm - logits[onehot == 1]))
    assert_allclose(grad, (np.exp(logits - log_norm[:, None]) - onehot) / len(logits), atol=1e-15)


def batch_norm(args: Any, result: Any) -> None:
    (x, gamma, beta), (out, running_mean, running_var) = args, result
    axes = (0, 2, 3)
    centred = x - x.mean(axis=axes, keepdims=True)
    scaled = centred / np.sqrt(x.var(axis=axes, keepdims=True) + 1e-5)
    assert_allclose(out, gamma[:, None, None] * scaled + beta[:, None, None], atol=1e-12)
    assert_allclose(running_mean, 0.1 * x.mean(axis=axes))
    assert_allclose(running_var, 0.9 + 0.1 * x.var(axis=axes, ddof=1))


def layer_norm(args: Any, result: Any) -> None:
    x, gain, bias = args
    wide = x.astype(np.float64)
    centred = wide - wide.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(wide.var(axis=-1, keepdims=True) + 1e-5)
    assert result.dtype == np.float32
    assert_allclose(result, scaled * gain + bias, atol=1e-5)


def lstm(args: Any, result: Any) -> None:
    W, U, b, xs = args
    h = c = np.zeros(U.shape[1])
    outputs = []
    for x in xs:
        i, f, g, o = np.split(W @ x + U @ h + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    assert_allclose(result[0], outputs)
    assert_allclose(result[1], c)


def attention(args: Any, result: Any) -> None:
    x, wq, wk, wv = args
    scores = (x @ wq) @ (x @ wk).T / np.sqrt(wq.shape[1])
    scores[np.triu_indices(len(x), 1)] = -np.inf
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    assert_allclose(result[0], weights @ x @ wv, atol=1e-13)
    assert_allclose(result[1], weights, atol=1e-15)


def word2vec(args: Any, result: Any) -> None:
    W_in, W_out, pairs, negatives = (np.array(a) for a in args)
    losses = []
    for (center, context), drawn in zip(pairs, negatives, strict=True):
        v, pull, loss = W_in[center].copy(), 0.0, 0.0
        for word, label in [(context, 1), *((w, 0) for w in drawn if w != context)]:
            miss = sigmoid(W_out[word] @ v) - label
            loss -= np.log(1 - abs(miss))
            pull = pull + miss * W_out[word]
            W_out[word] -= 0.05 * miss * v
        W_in[center] -= 0.05 * pull
        losses.append(loss)
    assert_allclose(result[0], W_in)
    assert_allclose(result[1], W_out)
    assert_allclose(result[2], losses, rtol=1e-8)


def mlp_backprop(args: Any, result: Any) -> None:
    w1, w2, data, targets, epochs = (np.array(a) for a in args)
    b1, b2 = np.zeros(len(w1)), 0.0
    history = []
    for _ in range(epochs):
        errors = []
        for x, target in zip(data, targets, strict=True):
            hidden = np.tanh(w1 @ x + b1)
            error = hidden @ w2 + b2 - target
            back = error * w2 * (1 - hidden**2)
            w2 = w2 - 0.02 * error * hidden
            w1 = w1 - 0.02 * np.outer(back, x)
            b1, b2 = b1 - 0.02 * back, b2 - 0.02 * error
            errors.append(error)
        history.append(0.5 * np.mean(np.square(errors)))
    assert_allclose(result[0], history)
    assert_allclose(result[1], np.tanh(data @ w1.T + b1) @ w2 + b2, atol=1e-13)
    assert history[-1] < history[0]


def adam(args: Any, result: Any) -> None:
    (start, scales, n_steps), (params, losses) = args, result
    x, m, v = start, 0.0, 0.0
    for t in range(1, n_steps + 1):
        grad = scales * x
        m = m + 0.1 * (grad - m)
        v = v + 0.001 * (grad**2 - v)
        x = x - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert_allclose(params, x, rtol=1e-9, atol=1e-12)
    assert_array_equal(losses[0], 0.5 * np.sum(scales * start**2))
    assert losses[-1] < 0.9 * losses[0]


PROPERTIES = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "lstm": lstm,
    "attention": attention,
    "word2vec": word2vec,
    "mlp_backprop": mlp_backprop,
    "adam": adam,
}
