"""Which functions a recording saw in variables and attributes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from loopwright.frontend.function_ref import FunctionRef
from loopwright.workload.record import record
from loopwright.workload.store import Recording, load

LIBRARY = """
import math
from helpers import outer

class Net:
    def __init__(self, name):
        self.act = {"relu": self.relu, "leaky": self.leaky}[name]

    def relu(self, v):
        return v if v > 0 else 0.0

    def leaky(self, v):
        return v if v > 0 else 0.1 * v

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.act(x)
        return t

def total(xs, f):
    t = 0.0
    for x in xs:
        t += f(x)
    return t

def shifted(k):
    return lambda v: v + k

def imported(xs):
    t = 0.0
    for x in xs:
        t += outer(x)
    return t

def local(xs, scale):
    if scale:
        def g(v):
            return v * scale
    else:
        def g(v):
            return v
    t = 0.0
    for x in xs:
        t += g(x)
    return t

class Base:
    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.fn(x)
        return t

class One(Base):
    def fn(self, v):  # one
        return v

class Two(One):
    def fn(self, v):  # two
        return -v

import numpy as np

def filled(n, dtype):
    a = np.zeros(n, dtype)
    for i in range(n):
        a[i] = i
    return a

class Gain:
    def __call__(self, v):  # called
        return v * 2.0

class Loud(Gain):
    pass
"""
SCRIPT = """
import functools, math, numpy as np
import lib
XS = [1.0, -2.0]
lib.Net("leaky").run(XS)
lib.total(XS, math.fabs)
lib.total(XS, lib.shifted(2.5))
lib.total(XS, lambda v: v)
lib.total(XS, abs)
lib.total(XS, functools.partial(pow, 2))
lib.imported(XS)
lib.local(XS, 2.0)
lib.One().run(XS)
lib.Two().run(XS)
lib.total(XS, lib.Loud())
for dtype in (np.float32, float, np.dtype("int32"), "int16"):
    lib.filled(3, dtype)
other = lib.Loud()
other.__call__ = abs
lib.total(XS, other)
"""
HELPERS = "LIMIT = 3\ndef outer(v):\n    return min(v, inner(v))\ndef inner(v):\n    return LIMIT\n"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("src")
    for name, text in (("lib", LIBRARY), ("script", SCRIPT), ("helpers", HELPERS)):
        (folder / f"{name}.py").write_text(text)
    out = folder.parent / f"{folder.name}.trace"
    result = record([sys.executable, str(folder / "script.py")], [folder], out, time_limit=60.0)
    assert result.exit_code == 0
    return load(out)


def held(recording: Recording, place: str, name: str) -> set[FunctionRef | None]:
    (found,) = (r for r in recording.regions.values() if r.id.startswith(f"{place}/0:"))
    return {s.functions.get(name) for s in found.signatures}


def test_a_method_that_an_attribute_holds(recording: Recording) -> None:
    (found,) = held(recording, "Net.run", "self_act")
    assert found == FunctionRef("Net.leaky", 12, "self")


def test_functions_that_a_parameter_is(recording: Recording) -> None:
    found = {f.name: f for f in held(recording, "total", "f") if f is not None}
    assert found["math.fabs"].library and found["builtins.abs"].library
    assert found["shifted.<locals>.<lambda>"].values == (("k", "2.5"),)
    other = found["<lambda>"]
    assert Path(other.file).name == "script.py" and other.line == 8
    assert None in held(recording, "total", "f"), "an object that can be called is not one of them"


def test_an_object_that_is_called(recording: Recording) -> None:
    found = held(recording, "total", "f___call__") - {None}
    line = LIBRARY.split("\n").index("    def __call__(self, v):  # called") + 1
    kept = FunctionRef("Gain.__call__", line, "f")
    assert kept in found
    assert {f.bound for f in found - {kept} if f is not None} == {""}, "no methods of the object"


def test_classes_of_numbers(recording: Recording) -> None:
    found = held(recording, "filled", "dtype")
    names = ("numpy.float32", "builtins.float")
    assert found == {None, *(FunctionRef(name, library=True) for name in names)}


def test_a_function_of_another_module(recording: Recording) -> None:
    (found,) = held(recording, "imported", "outer")
    assert found is not None
    assert Path(found.file).name == "helpers.py"
    assert found.values == (("LIMIT", "3"),), "also what the functions read that it calls"


def test_a_function_of_the_call_itself_has_no_constants(recording: Recording) -> None:
    found = [r for r in recording.regions.values() if r.id.startswith("local/")]
    refs = [s.functions["g"] for r in found for s in r.signatures if "g" in s.functions]
    assert {(r.name, r.values) for r in refs} == {("local.<locals>.g", ())}


def test_the_method_that_a_subclass_overrides(recording: Recording) -> None:
    lines = LIBRARY.split("\n")
    assert held(recording, "Base.run", "self_fn") == {
        FunctionRef("One.fn", lines.index("    def fn(self, v):  # one") + 1, "self"),
        FunctionRef("Two.fn", lines.index("    def fn(self, v):  # two") + 1, "self"),
    }
