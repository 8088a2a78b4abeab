"""A one-hidden-layer network on nested lists, trained by backpropagation, as in a textbook."""

import math


def forward(net, x):
    """Activations of the hidden layer (tanh) and of the single linear output."""
    hidden = []
    for j in range(len(net["w1"])):
        z = net["b1"][j]
        for i in range(len(x)):
            z += net["w1"][j][i] * x[i]
        hidden.append(math.tanh(z))
    out = net["b2"]
    for j in range(len(hidden)):
        out += net["w2"][j] * hidden[j]
    return hidden, out


def train_epoch(net, data, targets, lr):
    loss = 0.0
    for x, target in zip(data, targets, strict=True):
        hidden, out = forward(net, x)
        error = out - target
        loss += 0.5 * error * error
        for j in range(len(hidden)):
            grad_hidden = error * net["w2"][j] * (1.0 - hidden[j] ** 2)
            net["w2"][j] -= lr * error * hidden[j]
            for i in range(len(x)):
                net["w1"][j][i] -= lr * grad_hidden * x[i]
            net["b1"][j] -= lr * grad_hidden
        net["b2"] -= lr * error
    return loss / len(data)


def kernel(w1, w2, data, targets, epochs):
    net = {
        "w1": [list(row) for row in w1],
        "b1": [0.0] * len(w1),
        "w2": list(w2),
        "b2": 0.0,
    }
    history = []
    for _ in range(epochs):
        history.append(train_epoch(net, data, targets, lr=0.02))
    predictions = [forward(net, x)[1] for x in data]
    return history, predictions


SIZES = {"test": 15, "bench": 5000}


def inputs(size: int, rng) -> tuple:
    features, hidden = 4, 10
    w1 = rng.normal(scale=0.5, size=(hidden, features)).tolist()
    w2 = rng.normal(scale=0.5, size=hidden).tolist()
    data = rng.uniform(-1, 1, size=(size, features))
    targets = data[:, 0] * data[:, 1] + 0.5 * data[:, 2]
    return w1, w2, data.tolist(), targets.tolist(), 5
