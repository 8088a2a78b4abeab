"""Code that also takes tables of pandas: for arrays it is compiled, tables are the original's."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, guarded

SOURCE = """
import numpy as np
import pandas as pd
from scipy import sparse

def unpacking(X, n):
    if isinstance(X, (pd.DataFrame, pd.Series)):
        X = X.to_numpy()
    if not isinstance(X, (np.ndarray, pd.Series)):
        X = np.asarray(X)
    return total(X, n)

def choosing(X, n):
    Y = X.values if isinstance(X, pd.DataFrame) else X
    if isinstance(X, pd.Series) or isinstance(X, pd.DataFrame):
        n = len(X.index)
    elif sparse.issparse(X):
        n = 0
    return total(Y, n)

def asking(X, n):
    if hasattr(X, "toarray") or hasattr(X, "iloc"):
        X = X.toarray()
    if not hasattr(X, "shape") or callable(n):
        return 0.0
    scale = n if hasattr(n, "real") else n(X)
    if hasattr(n, "shape"):
        scale = 0
    return total(X, scale)

def total(X, n):
    s = 0.0
    for v in X:
        s += v * n
    return s
"""
X = np.arange(6.0)


class Frame:
    def __init__(self, values: Any) -> None:
        self.values = values
        self.index = range(len(values))

    def to_numpy(self) -> Any:
        return self.values

    toarray = to_numpy


@pytest.fixture(autouse=True)
def pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ModuleType("pandas")
    made.__dict__.update(DataFrame=Frame, Series=type("Series", (), {}))
    monkeypatch.setitem(sys.modules, "pandas", made)


@pytest.mark.parametrize("name", ["unpacking", "choosing", "asking"])
def test_arrays_are_compiled_and_tables_are_not(name: str) -> None:
    made = guarded(SOURCE, name, X, 3)
    assert [live.path for live in made.region.live_ins] == ["X", "n"]
    assert agrees(made, X, 2)
    assert not agrees(made, Frame(X), 2)
