"""Functions of other files: lambdas of a script, helpers of the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.verify.roots import build_roots, load_reference

from .callables_source import SOURCE, XS
from .dispatching import agrees, guarded, plain

FOREIGN = """
import math
import numpy as np
from numpy import tanh

SCALE = 3.0

def squashed(v):
    return abs(SCALE * tanh(v)) + math.sqrt(np.float64(2.0))

def make(value):
    return lambda user: user * value + SCALE

def calling(v):
    return squashed(v)
"""


def elsewhere(folder: Path) -> dict[str, Any]:
    """The namespace of another module, which has a file."""
    file = folder / "elsewhere.py"
    file.write_text(FOREIGN)
    space: dict[str, Any] = {"__name__": "elsewhere"}
    exec(compile(FOREIGN, str(file), "exec"), space)
    return space


@pytest.mark.parametrize(
    "pick", [lambda s: s["squashed"], lambda s: s["make"](2)], ids=["a function", "a lambda"]
)
def test_a_function_of_another_file(pick: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    other = elsewhere(tmp_path)
    function = pick(other)
    case = guarded(SOURCE, "total", XS, lambda s: function)
    assert agrees(case, XS, function)
    loaded: Any = load_reference(case.lowered.reference)
    assert plain(loaded.entry(XS)) == plain(case.original(XS, function))
    other["SCALE"] = 4.0
    ran, got = case.fast(XS, function)
    assert not ran
    assert got == case.original(XS, function)


@pytest.mark.parametrize(
    ("name", "value"),
    [("tanh", np.sin), ("abs", lambda v: 5.0), ("np", np.linalg), ("math", None), ("SCALE", 3)],
)
def test_names_of_the_other_module_must_mean_the_same(
    name: str, value: object, tmp_path: Path
) -> None:
    other = elsewhere(tmp_path)
    case = guarded(SOURCE, "total", XS, lambda s: other["squashed"])
    assert agrees(case, XS, other["squashed"])
    other[name] = value
    assert case.kernel(XS, other["squashed"]) is None


def test_functions_that_a_function_of_another_file_calls_there(tmp_path: Path) -> None:
    other = elsewhere(tmp_path)
    case = guarded(SOURCE, "total", XS, lambda s: other["calling"])
    assert agrees(case, XS, other["calling"])
    loaded: Any = load_reference(case.lowered.reference)
    assert plain(loaded.entry(XS)) == plain(case.original(XS, other["calling"]))
    other["squashed"] = lambda v: v
    assert case.kernel(XS, other["calling"]) is None


IMPORTING = """
from .elsewhere import squashed
from . import elsewhere

def named(xs):
    t = 0.0
    for x in xs:
        t += squashed(x)
    return t

def through_the_module(xs):
    t = 0.0
    for x in xs:
        t += elsewhere.squashed(x) * elsewhere.SCALE + elsewhere.calling(x)
    return t
"""


@pytest.mark.parametrize("name", ["named", "through_the_module"])
def test_functions_that_are_imported_from_the_project(name: str, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    elsewhere(tmp_path / "parts")
    case = guarded(IMPORTING, name, XS, package=tmp_path / "parts")
    assert agrees(case, XS)
    module = case.space["elsewhere"]
    loaded: Any = load_reference(case.lowered.reference)
    values = {
        p.name: eval(p.path, {}, {**case.space, "xs": XS}) for p in case.lowered.domain.params
    }
    roots = build_roots(case.lowered.domain, case.lowered.reference.roots, values, loaded.classes)
    assert plain(loaded.entry(*roots)) == plain(case.original(XS))
    module.squashed = case.space["squashed"] = lambda v: 2.0
    ran, got = case.fast(XS)
    assert not ran
    assert got == case.original(XS)


def test_other_code_of_the_same_name_in_another_file(tmp_path: Path) -> None:
    other = elsewhere(tmp_path)
    case = guarded(SOURCE, "total", XS, lambda s: other["squashed"])
    exec("def squashed(v):\n    return v\n", other)
    assert case.kernel(XS, other["squashed"]) is None
