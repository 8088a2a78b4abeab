"""Modules that import the numpy of autograd, whose functions call NumPy's."""

import ast
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Module, Region
from loopwright.ir.types import Array

IMPORTS = ["import autograd.numpy as np", "from autograd import numpy as np", "import numpy as np"]
BODY = """


def f(x, w):
    out = np.zeros(x.shape[0])
    for i in range(x.shape[0]):
        out[i] = np.tanh(np.dot(x[i], w))
    return out
"""


@pytest.mark.parametrize("text", IMPORTS)
def test_the_numpy_of_autograd_is_known(text: str) -> None:
    source = text + BODY
    module = Module(Path("model.py"), "model", source, ast.parse(source))
    region = region_of_function(module, "f")
    assert isinstance(region, Region)
    types = {"x": Array("float64", 2), "w": Array("float64", 1)}
    lowered = lower(region, {v.name: types[v.path] for v in region.live_ins})
    assert not isinstance(lowered, Declined), lowered


def test_other_modules_of_that_name_are_not() -> None:
    source = "import autograd.scipy as np" + BODY
    module = Module(Path("model.py"), "model", source, ast.parse(source))
    region = region_of_function(module, "f")
    assert isinstance(region, Region)
    types = {"x": Array("float64", 2), "w": Array("float64", 1)}
    assert isinstance(lower(region, {v.name: types[v.path] for v in region.live_ins}), Declined)
