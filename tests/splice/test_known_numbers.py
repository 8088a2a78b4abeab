"""Numbers from outside that a function of NumPy must know before it runs: the kernel is made for the one that
was seen, and leaves the others to the original."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

WHERE = 0

def along(X, axis=1):
    out = 0.0
    for k in range(len(X)):
        out += np.linalg.norm(X[k], axis=axis).sum() * axis
    return out

def from_the_end(X, axis):
    axis = axis - 2
    out = np.zeros(X.shape[1])
    for k in range(len(X)):
        out += X[k].sum(axis)
    return out

def kept(X, keepdims):
    out = 0.0
    for k in range(len(X)):
        m = X[k].mean(axis=0, keepdims=keepdims)
        out += m.ndim + m.sum()
    return out

def middle(x, where):
    return x.mean(where)

def by_helper(X, where):
    out = 0.0
    for k in range(len(X)):
        out += middle(X[k], where).max()
    return out

def by_global(X):
    out = 0.0
    for k in range(len(X)):
        out += np.median(X[k], WHERE).max()
    return out

def nested(X, axis):
    def part(x):
        return x.sum(axis=axis)
    out = 0.0
    for k in range(len(X)):
        out += part(X[k]).max()
    return out

def moving(X, axis):
    out = 0.0
    for k in range(len(X)):
        out += X[k].sum(axis=axis).max()
        axis = 1 - axis
    return out

def filtered(X, gain, keep=False, scaled=False):
    x = 0.0
    found = np.zeros(len(X))
    if keep:
        steps = np.zeros(len(X))
    for k in range(len(X)):
        step = X[k].sum() - x
        x = x + gain * step
        found[k] = x * 2 if scaled else x
        if keep:
            steps[k] = step
    if keep:
        return found, steps
    return found

class Layer:
    def __init__(self, dim):
        self.dim = dim
        self.params = {"axes": {"last": dim}}
        self.seen = 0
        self.total = 0.0

    def stat(self, x):
        return x.mean(axis=self.dim)

    def fit(self, X):
        for k in range(len(X)):
            self.seen += self.dim
            self.total += self.stat(X[k]).max() - X[k].min(axis=self.params["axes"]["last"]).min()
        return self.total

    def turn(self, X):
        for k in range(len(X)):
            self.total += X[k].sum(axis=self.dim).max()
            self.dim = 1 - self.dim
        return self.total
"""

X = np.random.default_rng(0).normal(size=(5, 4, 4))


CASES: dict[str, tuple[str, tuple[Any, ...], tuple[Any, ...]]] = {
    "an axis that is a parameter": ("along", (X, 1), (X, 0)),
    "an axis of another type": ("along", (X, 1), (X, True)),
    "a flag": ("kept", (X, True), (X, False)),
    "an axis that a helper gets": ("by_helper", (X, 0), (X, 1)),
    "a flag that decides on what is returned": (
        "filtered",
        (X, 0.5, False, True),
        (X, 0.5, True, True),
    ),
    "a flag with which more is returned": (
        "filtered",
        (X, 0.5, True, False),
        (X, 0.5, False, False),
    ),
    "an axis that a nested function reads": ("nested", (X, 0), (X, 1)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_only_the_number_that_was_seen_is_taken(
    case: tuple[str, tuple[Any, ...], tuple[Any, ...]],
) -> None:
    name, seen, other = case
    made = guarded(SOURCE, name, *seen)
    assert agrees(made, *seen)
    assert not agrees(made, *other)


def test_a_flag_that_decides_on_no_type_may_be_any() -> None:
    made = guarded(SOURCE, "filtered", X, 0.5, True, False)
    assert agrees(made, X, 0.5, True, True)
    assert not agrees(made, X, 0.5, False, True)


def test_an_axis_that_is_a_global_may_be_changed() -> None:
    made = guarded(SOURCE, "by_global", X)
    assert agrees(made, X)
    made.space["WHERE"] = 1
    assert not agrees(made, X)


def test_attributes_tell_axes_to_methods_while_others_are_set() -> None:
    made = guarded(SOURCE, "Layer.fit", lambda s: s["Layer"](1), X)
    cls = made.space["Layer"]
    assert agrees(made, cls(1), X)
    assert not agrees(made, cls(0), X)


@pytest.mark.parametrize("name", ["moving", "from_the_end", "Layer.turn"])
def test_an_axis_that_is_computed_is_declined(name: str) -> None:
    args = (lambda s: s["Layer"](0), X) if name == "Layer.turn" else (X, 0)
    assert "axis must be a constant" in declined(SOURCE, name, *args).why
