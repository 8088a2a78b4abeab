"""Functions that variables and attributes hold: compiled along, and all ways in which a guard must refuse."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.verify.roots import build_roots, load_reference

from .dispatching import agrees, declined, guarded, plain

SOURCE = """
import math
import numpy as np
from numpy import maximum

OFFSET = 0.25
TABLE = {"square": lambda v: v * v, "cube": lambda v: v ** 3}

def identity(v):
    return v

def shifted(v):
    return v + OFFSET

def twice(f, v):
    return f(f(v))

class Unit:
    def __init__(self, act="relu", loss=shifted):
        acts = {"relu": self.relu, "leaky": self.leaky, "plain": self.plain}
        self.slope = 0.5
        self.w = np.array([0.5, -1.0, 2.0])
        self.n = 0
        if act in acts:
            self.act = acts[act]
        else:
            self.act = act
        self.loss = loss
        self.root = math.sqrt
        self.hook = None

    def relu(self, v):
        return v if v > 0 else 0.0

    def leaky(self, v):
        self.n += 1
        return v if v > 0 else self.slope * v

    @staticmethod
    def plain(v):
        return v * 3.0

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.act(x) + self.loss(x)
            self.w[0] += t
        return t

    def rooted(self, xs):
        t = 0.0
        for x in xs:
            t += self.root(x)
        return t

    def hooked(self, xs):
        t = 0.0
        for x in xs:
            if self.hook is not None:
                self.hook(x)
            t += x
        return t

    def local(self, xs):
        act = self.act
        t = 0.0
        for x in xs:
            t += act(x)
        return t

    def switching(self, xs):
        t = 0.0
        for x in xs:
            t += self.act(x)
            self.act = self.leaky
        return t

    def ratio(self, xs):
        t = 0.0
        for x in xs:
            self.n += 1
            t += 1.0 / self.act(x)
        return t

class Pair:
    def __init__(self, one: Unit, two: Unit):
        self.one: Unit = one
        self.two: Unit = two

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.one.act(x)
        return t

def total(xs, f=identity):
    t = 0.0
    for x in xs:
        t += f(x)
    return t

def handed_on(xs, f):
    t = 0.0
    for x in xs:
        t += twice(f, x)
    return t

def elementwise(xs, f):
    t = 0.0
    for x in xs:
        t += f(x, 0.5)
    return t

def doubled(v):
    return 2.0 * v

def make(k):
    def inner(v):
        return v * k
    def free(v):
        return v * 2.0
    return inner, free

def other_make():
    return lambda v: v - 1.0

def nested(k):
    return (lambda: lambda v: v - k)()

class Gain:
    def __init__(self, k):
        self.k = k
        self.uses = 0

    def __call__(self, v):
        self.uses += 1
        return self.scaled(v) * self.k

    def scaled(self, v):
        return v * 0.5

class Plus:
    def __call__(self, v):
        return v + 1.0

class Loss:
    def value(self, v):
        return v * v

    def slope(self, v):
        return 2.0 * v

class Stack:
    def __init__(self, gain: Gain):
        self.gain: Gain = gain

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.gain(x)
        return t

class Bare:
    def __init__(self):
        self.plus = Plus()
        self.loss = Loss()

    def fit(self, xs):
        t = 0.0
        for x in xs:
            t += self.loss.slope(self.plus(x)) + self.loss.value(x)
        return t

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.plus(x)
        return t

def with_object(xs, loss: Loss, gain: Gain):
    t = 0.0
    for x in xs:
        t += loss.value(x) + gain(x)
    return t

CHOSEN = identity

def by_global(xs):
    t = 0.0
    for x in xs:
        t += CHOSEN(x)
    return t
"""
XS = [1.0, -2.0, 0.5, -0.25]
Maker = Callable[[dict[str, Any]], Any]


def unit(act: Any = "relu", loss: str = "shifted") -> Maker:
    return lambda s: s["Unit"](act, s[loss])


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
    "an object that is called": ("Stack.run", (lambda s: s["Stack"](s["Gain"](2.0)), XS)),
    "an object without attributes that is called": ("Bare.run", (lambda s: s["Bare"](), XS)),
    "methods of objects without attributes": ("Bare.fit", (lambda s: s["Bare"](), XS)),
    "parameters that are objects": (
        "with_object", (XS, lambda s: s["Loss"](), lambda s: s["Gain"](3.0)),
    ),
    "a builtin": ("total", (XS, lambda s: abs)),
    "a variable of the module": ("by_global", (XS,)),
    "a variable of the function": ("Unit.local", (unit("leaky"), XS)),
}  # fmt: skip


def made(space: dict[str, Any], args: tuple[Any, ...]) -> list[Any]:
    return [a(space) if callable(a) else a for a in args]


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_kernel_runs_and_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    assert agrees(case, *made(case.space, args))


@pytest.mark.parametrize(("name", "args"), CASES.values(), ids=CASES)
def test_the_stand_alone_text_does_the_same(name: str, args: tuple[Any, ...]) -> None:
    case = guarded(SOURCE, name, *args)
    here = made(case.space, args)
    names = dict(zip([a.arg for a in case.region.function.args.args], here, strict=True))
    values = {p.name: eval(p.path, {}, {**case.space, **names}) for p in case.lowered.domain.params}
    loaded = load_reference(case.lowered.reference)
    roots = build_roots(case.lowered.domain, case.lowered.reference.roots, values, loaded.classes)
    got: Any = loaded.entry(*roots)  # type: ignore[operator]
    want = case.original(*made(case.space, args))
    returned = got[-1] if isinstance(got, tuple) else got
    assert plain(returned) == plain(want)


def a_lambda(space: dict[str, Any], obj: Any) -> None:
    obj.act = lambda v: v + 100.0


def another_method(space: dict[str, Any], obj: Any) -> None:
    obj.act = obj.leaky


def a_method_of_another_object(space: dict[str, Any], obj: Any) -> None:
    obj.act = space["Unit"]().relu


def an_overriding_method(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        def relu(self, v: float) -> float:
            return 7.0

    obj.__class__ = Sub
    obj.act = obj.relu


def a_partial(space: dict[str, Any], obj: Any) -> None:
    obj.act = functools.partial(space["Unit"].relu, obj)


def a_callable_object(space: dict[str, Any], obj: Any) -> None:
    class Act:
        def __call__(self, v: float) -> float:
            return v + 1.0

    obj.act = Act()


def a_property(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        @property
        def act(self) -> Any:
            return lambda v: 3.0

    del obj.act
    obj.__class__ = Sub


def found_by_getattr(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            return lambda v: 3.0

    del obj.act
    obj.__class__ = Sub


def every_read_observed(space: dict[str, Any], obj: Any) -> None:
    class Sub(space["Unit"]):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            if name == "act":
                return lambda v: 3.0
            return super().__getattribute__(name)

    obj.__class__ = Sub


def no_attribute(space: dict[str, Any], obj: Any) -> None:
    del obj.act


def other_code(space: dict[str, Any], obj: Any) -> None:
    space["Unit"].relu.__code__ = (lambda self, v: v - 9.0).__code__


def another_function(space: dict[str, Any], obj: Any) -> None:
    obj.loss = space["identity"]


def one_of_another_module(space: dict[str, Any], obj: Any) -> None:
    elsewhere: dict[str, Any] = {"OFFSET": 50.0}
    exec("def shifted(v):\n    return v + OFFSET\n", elsewhere)
    obj.loss = elsewhere["shifted"]


MEDDLING: dict[str, Callable[[dict[str, Any], Any], None]] = {
    f.__name__.replace("_", " "): f
    for f in (
        a_lambda,
        another_method,
        a_method_of_another_object,
        an_overriding_method,
        a_partial,
        a_callable_object,
        a_property,
        found_by_getattr,
        every_read_observed,
        no_attribute,
        other_code,
        another_function,
        one_of_another_module,
    )
}


@pytest.mark.parametrize("meddle", MEDDLING.values(), ids=MEDDLING)
def test_another_function_runs_the_original(meddle: Callable[[dict[str, Any], Any], None]) -> None:
    case = guarded(SOURCE, "Unit.run", unit(), XS)
    one, two = unit()(case.space), unit()(case.space)
    assert agrees(case, one, XS)
    for each in (one, two):
        meddle(case.space, each)
    taken = case.kernel(*(dict(self=one, xs=XS, **case.space)[r] for r in _roots(case)))
    assert taken is None
    assert plain(vars(one)["w"]) == plain(vars(two)["w"])


def _roots(case: Any) -> tuple[str, ...]:
    from loopwright.kernels_entry import call_roots

    return call_roots(case.lowered).all


def another_class(space: dict[str, Any], obj: Any) -> None:
    class Other(space["Gain"]):  # type: ignore[misc]
        def __call__(self, v: float) -> float:
            return 3.0

    obj.gain.__class__ = Other


def a_method_of_the_instance(space: dict[str, Any], obj: Any) -> None:
    obj.gain.scaled = lambda v: 4.0


def a_function_instead(space: dict[str, Any], obj: Any) -> None:
    obj.gain = space["identity"]


def patched(space: dict[str, Any], obj: Any) -> None:
    space["Gain"].__call__ = lambda self, v: 5.0


@pytest.mark.parametrize(
    "meddle", [another_class, a_method_of_the_instance, a_function_instead, patched]
)
def test_another_object_that_is_called_runs_the_original(
    meddle: Callable[[dict[str, Any], Any], None],
) -> None:
    case = guarded(SOURCE, "Stack.run", lambda s: s["Stack"](s["Gain"](2.0)), XS)
    obj = case.space["Stack"](case.space["Gain"](2.0))
    assert agrees(case, obj, XS)
    meddle(case.space, obj)
    assert not agrees(case, obj, XS)


def test_a_call_of_an_instance_looks_at_its_class_alone() -> None:
    case = guarded(SOURCE, "Bare.run", lambda s: s["Bare"](), XS)
    obj = case.space["Bare"]()
    obj.plus.__dict__["__call__"] = lambda v: 7.0
    ran, got = case.fast(obj, XS)
    assert got == case.original(obj, XS) == sum(XS) + len(XS)


def test_a_method_that_the_class_has_got_anew_is_not_the_one_that_the_object_holds() -> None:
    case = guarded(SOURCE, "Unit.run", unit(), XS)
    obj = unit()(case.space)
    case.space["Unit"].relu = lambda self, v: 9.0
    assert agrees(case, obj, XS)


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
    from loopwright.runtime.fingerprint import fingerprints

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
