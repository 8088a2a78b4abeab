"""`[x] * n` for an array that is an argument: a list that holds it `n` times."""

from __future__ import annotations

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, refusal

F = np.array([[1.0, 0.5], [0.25, 2.0]])
V = np.array([3.0, -1.0, 2.0])
READ = {
    "an element": "Fs[n - 1] @ Fs[0] + Fs[-1]",
    "its part": "sum(Fs[k][0, 1] for k in range(n)) + Fs[1][1].sum()",
    "its length": "len(Fs), len(Fs) * Fs[0].shape[1]",
    "what a loop runs over": "[f[0, 1] * 2 for f in Fs], [f.sum() + k for k, f in enumerate(Fs)]",
    "beside another list": "[f[0, 0] * v for f, v in zip(Fs, range(n))]",
    "an array of them": "np.array(Fs) * 2.0, np.sum(Fs)",
}


@pytest.mark.parametrize("value", READ.values(), ids=READ)
@pytest.mark.parametrize("display", ["[F] * n", "n * [F]"])
def test_it_is_read(value: str, display: str) -> None:
    assert_same_on_all_levels(f"def f(F, n):\n    Fs = {display}\n    return {value}\n", F, 3)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_any_number_of_times(n: int) -> None:
    loop = "for v in xs:\n        s += v[0]\n    return s, len(xs)"
    source = f"def f(x, n):\n    xs = [x] * n\n    s = 0.0\n    {loop}\n"
    assert_same(source, V, n)


def test_positions_outside_are_left_to_the_original() -> None:
    source = "def f(F, n, k):\n    Fs = [F] * n\n    return Fs[k][0, 0]\n"
    assert_same(source, F, 3, 2)
    assert by_kernel(source, (F, 3, 3)).failed
    assert by_kernel(source, (F, 3, -4)).failed


def test_what_is_put_into_one_is_put_into_all() -> None:
    source = (
        "def f(F, n):\n    Fs = [F] * n\n    Fs[1][0, 0] = 9.0\n    return Fs[0][0, 0], F[0, 0]\n"
    )
    assert_same(source, F, 3)


def test_a_default_of_matrices() -> None:
    source = (
        "def f(X, F, n, Fs=None):\n    if Fs is None:\n        Fs = [F] * n\n    x = X.copy()\n"
        "    for k in range(n - 2, -1, -1):\n        x[k] += np.dot(Fs[k + 1], x[k + 1])\n    return x\n"
    )
    assert_same(source, np.arange(8.0).reshape(4, 2), F, 4, None)


OTHERS = {
    "an array that is rebound": "Fs = [F] * n\n    F = F + 1.0\n    return Fs[0] + F",
    "an array of its own": "G = F + 1.0\n    Fs = [G] * n\n    return Fs[0] * 2",
    "a list that is handed back": "Fs = [F] * n\n    return Fs",
    "a list that gets another": "Fs = [F] * n\n    Fs.append(F + 1.0)\n    return Fs[0] * 2",
    "a list that gets another in its place": "Fs = [F] * n\n    Fs[0] = F + 1.0\n    return Fs[1] * 2",
}


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS)
def test_other_forms_are_declined(body: str) -> None:
    assert refusal(f"def f(F, n):\n    {body}\n", F, 3).code in ("LW101", "LW103", "LW107", "LW302")
