"""What the quantum programs must satisfy: the same operators as full matrices."""

from functools import reduce
from typing import Any

import numpy as np
from numpy.testing import assert_allclose

X = np.array([[0, 1], [1, 0]])
Z = np.diag([1, -1])


def on(n: int, gates: dict[int, Any]) -> Any:
    """Kronecker product with qubit 0 as the lowest bit."""
    return reduce(np.kron, [gates.get(q, np.eye(2)) for q in reversed(range(n))])


def rotation(axis: Any, angle: float) -> Any:
    return np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * axis


def state_vector(args: Any, result: Any) -> None:
    (n, angles), (state, probabilities) = args, result
    expected = np.full(2**n, 2 ** (-n / 2), dtype=complex)
    for layer in angles:
        turns = {q: rotation(X, a / 2) @ rotation(Z, a) for q, a in enumerate(layer)}
        expected = on(n, turns) @ expected
        for q in range(n - 1):
            up, down = np.diag([1, 0]), np.diag([0, 1])
            expected = (on(n, {q: up}) + on(n, {q: down, q + 1: X})) @ expected
    assert_allclose(state, expected, atol=1e-12)
    assert_allclose(probabilities, abs(expected) ** 2, atol=1e-12)
    assert_allclose(probabilities.sum(), 1.0)


def ising_expectation(args: Any, result: Any) -> None:
    state, n, coupling, field = args
    zz = -coupling * sum(on(n, {q: Z, q + 1: Z}) for q in range(n - 1))
    x = -field * sum(on(n, {q: X}) for q in range(n))
    expected = [(state.conj() @ h @ state).real for h in (zz, x, zz + x)]
    assert_allclose(result, expected, atol=1e-12)


PROPERTIES = {
    "state_vector": state_vector,
    "ising_expectation": ising_expectation,
}
