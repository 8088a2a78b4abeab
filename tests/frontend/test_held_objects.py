"""Names that hold an object for short: `P = self.parameters`, and then `P['A']`."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.check import check
from loopwright.ir.interp import rebuild, run

from .lowering import same, type_of

MODEL = """
import numpy as np

class Inner:
    pass

class Model:
    def __init__(self):
        self.parameters = {"A": np.arange(6.0).reshape(2, 3), "b": np.ones(3)}
        self.sizes = {"n": 2}
        self.inner = Inner()
        self.inner.scale = 2.0
        self.w = np.arange(4.0)

    def weights(self, i):
        P = self.parameters
        A, n = P["A"], self.sizes["n"]
        t = 0.0
        for k in range(n):
            t += A[k, i]
        return t

    def swap(self):
        self.parameters = {"A": self.parameters["b"], "b": self.parameters["b"]}

    def f(self, x):
"""
AS_PATHS = {
    "entries": ("P = self.parameters\nA = P['A']\nreturn A[0] * x + P['b'].sum()", "self.parameters['A']"),
    "attributes": (
        "m = self.inner\nfor i in range(3):\n    x = x + m.scale * i\nreturn x",
        "self.inner.scale",
    ),
    "in a loop and a comprehension": (
        "P = self.parameters\nt = 0.0\nfor i in range(3):\n    t += sum([P['b'][k] * i for k in range(3)])\n"
        "return t + x", "self.parameters['b']"),
    "entries that are set": (
        "P = self.parameters\nP['b'] = P['b'] * x\nreturn P['b'].sum()", "self.parameters['b']"),
    "a method that holds it, too": ("return self.weights(1) + self.weights(2) + x", "self.parameters['A']"),
}  # fmt: skip
AS_BEFORE = {
    "read before it is bound": "if x > 1:\n    P = self.parameters\nreturn P['b'].sum()",
    "bound twice": "P = self.parameters\nP = self.sizes\nreturn P['n'] + x",
    "taken from what is replaced": "P = self.parameters\nself.swap()\nreturn P['A'].sum() + x",
    "an array": "w = self.w\nreturn w.sum() + w.shape[0] * x",
}


def _region(body: str) -> tuple[Region | Declined, str]:
    text = MODEL + "".join(f"        {row}\n" for row in body.splitlines())
    module = Module(Path("m.py"), "m", text, ast.parse(text))
    return region_of_function(module, "Model.f"), text


def _agree(body: str) -> list[str]:
    """Lower and run the method beside Python; the paths that the kernel takes."""
    region, text = _region(body)
    assert isinstance(region, Region), region
    space: dict[str, Any] = {}
    exec(text, space)
    model = space["Model"]()
    values = {"self": copy.deepcopy(model), "x": 1.5}
    types = {v.name: type_of(eval(v.path, space, values)) for v in region.live_ins}
    lowered = lower(region, types)
    assert isinstance(lowered, Lowered), lowered
    check(lowered.program)
    paths = [p.path for p in lowered.domain.params]
    given = [eval(path, space, values) for path in paths]
    got = rebuild(lowered.program, run(lowered.program, given), given)
    want = model.f(1.5)
    stored = [eval(path, space, {"self": model}) for path in region.stores]
    assert same(got, (*stored, want) if stored else want), (got, want)
    return paths


@pytest.mark.parametrize(("body", "path"), AS_PATHS.values(), ids=AS_PATHS)
def test_what_is_used_of_the_object_goes_in_by_itself(body: str, path: str) -> None:
    assert path in _agree(body)


@pytest.mark.parametrize("body", AS_BEFORE.values(), ids=AS_BEFORE)
def test_a_name_that_may_be_another_object_is_a_value_of_its_own(body: str) -> None:
    region, _ = _region(body)
    if isinstance(region, Region):
        paths = {v.path for v in region.live_ins}
        assert paths & {"self.parameters", "P", "self.sizes", "self.w"}, paths
    else:
        assert region.code in ("LW280", "LW281")
