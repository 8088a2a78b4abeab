"""Functions that variables and attributes hold are compiled along."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.special

from loopwright.runtime.fingerprint import fingerprints

from .alone import agrees_alone
from .callables_source import SOURCE, XS, made, unit
from .dispatching import agrees, declined, guarded

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a method and a function in attributes": ("Unit.run", (unit(), XS)),
    "a method that stores": ("Unit.run", (unit("leaky"), XS)),
    "a static method": ("Unit.run", (unit("plain"), XS)),
    "a function of math": ("Unit.rooted", (unit(), [1.0, 2.0])),
    "None where a function may be": ("Unit.hooked", (unit(), XS)),
    "an attribute of an attribute": ("Pair.run", (lambda s: s["Pair"](s["Unit"](), None), XS)),
    "a parameter": ("total", (XS, lambda s: s["doubled"])),
    "a lambda as a parameter": ("total", (XS, lambda s: s["TABLE"]["cube"].__class__ and s["other_make"]())),
    "a nested function without variables of its surroundings": (
        "total", (XS, lambda s: s["make"](3.0)[1]),
    ),
    "a nested function with a number around it": ("total", (XS, lambda s: s["make"](3.0)[0])),
    "a parameter that is handed on": ("handed_on", (XS, lambda s: s["shifted"])),
    "a function of NumPy": ("elementwise", (XS, lambda s: s["maximum"])),
    "one of two lambdas on a line": ("total", (XS, lambda s: s["TABLE"]["cube"])),
    "a parameter that is compared with other functions": ("told_apart", (XS, lambda s: s["doubled"])),
    "a function of NumPy that is compared with itself": ("told_apart", (XS, lambda s: np.subtract)),
    "no function, compared with functions": ("told_apart", (XS, None)),
    "an object that is called": ("Stack.run", (lambda s: s["Stack"](s["Gain"](2.0)), XS)),
    "an object without attributes that is called": ("Bare.run", (lambda s: s["Bare"](), XS)),
    "methods of objects without attributes": ("Bare.fit", (lambda s: s["Bare"](), XS)),
    "parameters that are objects": (
        "with_object", (XS, lambda s: s["Loss"](), lambda s: s["Gain"](3.0)),
    ),
    "a builtin": ("total", (XS, lambda s: abs)),
    "a function of SciPy": ("total", (XS, lambda s: scipy.special.expit)),
    "a distance of SciPy in an attribute": (
        "Space.farthest", (lambda s: s["Space"](scipy.spatial.distance.euclidean), np.eye(3)),
    ),
    "a variable of the module": ("by_global", (XS,)),
    "a variable of the function": ("Unit.local", (unit("leaky"), XS)),
    "a table of methods": ("Unit.tabled", (unit(), XS, "leaky")),
}  # fmt: skip


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_kernel_runs_and_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    assert agrees(case, *made(case.space, args))


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_stand_alone_text_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    assert agrees_alone(guarded(SOURCE, name, *args), args)


def test_a_lambda_is_told_from_another_one_of_its_name() -> None:
    case = guarded(SOURCE, "total", XS, lambda s: s["other_make"]())
    assert agrees(case, XS, case.space["other_make"]())
    made_anew: dict[str, Any] = case.space
    exec("def other_make():\n    return lambda v: v - 2.0\n", made_anew)
    ran, got = case.fast(XS, case.space["other_make"]())
    assert not ran
    assert got == sum(XS) - 2.0 * len(XS)


NOT_KEPT: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a function that the region exchanges": ("Unit.switching", (unit(), XS)),
    "a function with an array around it": ("total", (XS, lambda s: s["make"](np.ones(2))[0])),
    "a lambda within another": ("total", (XS, lambda s: s["nested"](1.0))),
    "a function of another package": ("total", (XS, lambda s: functools.reduce)),
    "a callable object": ("total", (XS, lambda s: functools.partial(s["identity"]))),
    "a method of an object that is not reached": ("total", (XS, lambda s: s["Unit"]().relu)),
}


@pytest.mark.parametrize(("name", "args"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_is_not_certain_is_declined(name: str, args: tuple[Any, ...]) -> None:
    assert declined(SOURCE, name, *args).code in ("LW301", "LW302")


def test_a_number_around_a_function_must_be_the_same() -> None:
    case = guarded(SOURCE, "total", XS, lambda s: s["make"](3.0)[0])
    make = case.space["make"]
    assert agrees(case, XS, make(3.0)[0])
    for other in (2.0, 3, True, np.float64(3.0)):
        ran, got = case.fast(XS, make(other)[0])
        assert not ran
        assert got == case.original(XS, make(other)[0])


def test_a_function_that_raises_leaves_what_the_original_leaves() -> None:
    case = guarded(SOURCE, "Unit.ratio", unit("plain"), XS)
    assert agrees(case, unit("plain")(case.space), XS)
    assert not agrees(case, unit("plain")(case.space), [1.0, 0.0, 2.0])


def test_what_only_another_function_would_set_is_left_alone() -> None:
    case = guarded(SOURCE, "Unit.run", unit(), XS)
    obj = unit()(case.space)
    del obj.n
    case.space["Unit"].n = 3
    assert agrees(case, obj, XS)
    assert case.fast(obj, XS)[0]
    assert "n" not in vars(obj)
    obj.w = obj.w.copy()
    del case.space["Unit"].n
    assert agrees(case, obj, XS), "also where the attribute is missing"


def test_one_object_under_two_names_is_left_to_the_original() -> None:
    source = (
        SOURCE
        + """
def crossed(a: Unit, b: Unit, xs):
    t = 0.0
    for x in xs:
        t += a.act(x)
        b.act = identity
    return t
"""
    )
    found = declined(source, "crossed", unit(), unit(), XS)
    assert found.code.startswith(("LW1", "LW3"))


def test_a_kernel_goes_stale_with_a_function_that_an_attribute_holds(tmp_path: Any) -> None:
    text = (
        "def _load_kernels():\n    '_loopwright'\n_kernels = _load_kernels()\n"
        "class U:\n    def __init__(self):\n        self.act = {'r': self.relu}['r']\n"
        "    def relu(self, v):\n        return helper(v)\n"
        "    def run(self, x):\n        if (out := _kernels.run(self, x)) is not None:\n"
        "            return out\n        return self.act(x)\n"
        "def helper(v):\n    return v + 1\n"
    )
    along = {"run": ("U.relu",)}
    before = fingerprints(text.encode(), along)
    assert (
        fingerprints(text.replace("return helper", "return 2 * helper").encode(), along) != before
    )
    assert fingerprints(text.replace("v + 1", "v + 2").encode(), along) != before
    assert fingerprints(text.encode() + b"\ny = 3\n", along) == before


def test_arrays_in_a_loop_of_methods() -> None:
    source = (
        SOURCE
        + """
class Map:
    def __init__(self, size, dist="l2", decay=None):
        self.weights = np.arange(2.0 * size).reshape(size, 2) / size
        self.rate = 0.5
        dists = {"l2": self.l2, "l1": self.l1}
        self.dist = dists[dist]
        self.decay = decay or self.halving
        self.last = np.zeros(size)

    def l2(self, x, w):
        return ((w - x) ** 2).sum(axis=1)

    def l1(self, x, w):
        return np.abs(w - x).sum(axis=1)

    def halving(self, rate, t):
        return rate / (1 + t)

    def winner(self, x):
        self.last = self.dist(x, self.weights)
        return np.argmin(self.last)

    def update(self, x, k, t):
        self.weights[k] += self.decay(self.rate, t) * (x - self.weights[k])

    def train(self, data):
        for t, x in enumerate(data):
            self.update(x, self.winner(x), t)
"""
    )
    data = np.linspace(-1.0, 3.0, 20).reshape(10, 2)
    case = guarded(source, "Map.train", lambda s: s["Map"](4), data)
    assert agrees(case, case.space["Map"](4), data)
    assert not agrees(case, case.space["Map"](4, "l1"), data)
    assert not agrees(case, case.space["Map"](4, "l2", lambda r, t: r), data)


def test_a_function_defined_inside_is_no_function_of_the_module() -> None:
    source = """
def total(values):
    k = 3
    def moved(v):
        return v + k
    t = 0
    for v in values:
        t += moved(v)
    return t
"""
    assert agrees(guarded(source, "total", [1, 2]), [4, 5])
