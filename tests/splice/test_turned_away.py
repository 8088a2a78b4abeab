"""The condition of a guard that turns an input away is told in words."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.tune.turned_away import condition

from .dispatching import guarded

SOURCE = """
import numpy as np
def scaled(n, X, Y):
    for i in range(n):
        X[i] += Y[i] * 2.0
    return n

def summed(values):
    s = 0.0
    for v in values:
        s += v * v
    return s
"""
X, Y = np.arange(4.0), np.ones(4)
READ_ONLY = np.arange(4.0)
READ_ONLY.flags.writeable = False

CASES: dict[str, tuple[tuple[Any, ...], str]] = {
    "a type": ((2, [1.0, 2.0], Y), "`X` is of type list, not ndarray"),
    "a number's type": ((np.int64(2), X, Y), "`n` is of type int64, not int"),
    "a dtype": ((2, X.astype(np.float32), Y), "`X` is of dtype float32, not float64"),
    "axes": ((2, X, Y[None]), "`Y` has 2 axes, not 1"),
    "a range": ((2**70, X, Y), f"`n` is {2**70}, not from -2147483648 to 2147483648"),
    "writing": ((2, READ_ONLY, Y), "`X` is read-only"),
    "one array twice": ((2, X, X), "`X` and `Y` are one object"),
    "memory": ((2, X[:3], X[1:]), "`X` and `Y` share memory"),
    "what the kernel found": ((9, X.copy(), Y), "the kernel gave up midway"),
}


@pytest.fixture(scope="module")
def dispatch(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Callable[..., Any]]:
    folder = tmp_path_factory.mktemp("dispatch")

    def load(name: str, *usual: Any) -> Callable[..., Any]:
        made = guarded(SOURCE, name, *usual)
        path: Path = folder / f"{name}.py"
        path.write_text(made.text)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        module.__dict__.update(made.kernel.__globals__)
        spec.loader.exec_module(module)
        found: Callable[..., Any] = module.fast
        return found

    return load


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_condition_is_told(
    dispatch: Callable[..., Callable[..., Any]], case: tuple[tuple[Any, ...], str]
) -> None:
    arguments, told = case
    found = condition(dispatch("scaled", 4, X.copy(), Y), arguments)
    assert found is not None and found.startswith(told)


def test_of_a_list_the_elements_are_told(dispatch: Callable[..., Callable[..., Any]]) -> None:
    found = condition(dispatch("summed", [1.0, 2.0]), ([1.0, "2"],))
    assert found == "the elements of `values` are not of the types that the kernel was made for"


def test_an_input_that_is_taken_has_no_condition(
    dispatch: Callable[..., Callable[..., Any]],
) -> None:
    assert condition(dispatch("scaled", 4, X.copy(), Y), (4, X.copy(), Y)) is None
    assert condition(len, ([],)) is None
