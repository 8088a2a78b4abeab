"""The tests at the door: what is let in, and what is not looked at."""

from __future__ import annotations

import pickle
import sys
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from loopwright.runtime import guard
from loopwright.runtime.code import code_digest
from loopwright.runtime.guard import MISSING

FLOAT64 = np.dtype("float64")


class Plain:
    shared = 5

    def __init__(self) -> None:
        self.w = 1.0

    def method(self) -> None: ...


class WithProperty(Plain):
    @property
    def w(self) -> float:  # type: ignore[override]
        return 2.0

    def __init__(self) -> None:
        self.__dict__["w"] = 1.0


class WithGetattr:
    def __getattr__(self, name: str) -> float:
        return 3.0


class WithGetattribute(Plain):
    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


class WithSetattr(Plain):
    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


class Slotted:
    __slots__ = ("empty", "w")

    def __init__(self) -> None:
        self.w = 1.0


@dataclass(frozen=True)
class Frozen:
    w: float = 1.0


MODULE = ModuleType("settings")
MODULE.w = 1.0  # type: ignore[attr-defined]


class Pair(NamedTuple):
    w: float
    b: float = 2.0


class Odd(Pair):
    @property
    def b(self) -> float:  # type: ignore[override]
        return 5.0


class Named(dict[str, int]):
    shared = 5


READS = {
    "a field of a named tuple is read": (Pair(1.0), "w", 1.0),
    "a field that a subclass defines anew is not": (Odd(1.0), "b", MISSING),
    "a class attribute of a dict is read": (Named(), "shared", 5),
    "an instance attribute is read": (Plain(), "w", 1.0),
    "a class attribute without descriptor is read": (Plain(), "shared", 5),
    "a slot is read": (Slotted(), "w", 1.0),
    "a module's global is read": (MODULE, "w", 1.0),
    "an unset slot is not": (Slotted(), "empty", MISSING),
    "a property is not": (WithProperty(), "w", MISSING),
    "an attribute that only __getattr__ makes is not": (WithGetattr(), "w", MISSING),
    "an object with its own __getattribute__ is not": (WithGetattribute(), "w", MISSING),
    "a method is not": (Plain(), "method", MISSING),
    "an absent attribute is not": (Plain(), "nothing", MISSING),
    "nothing is read of what is missing": (MISSING, "w", MISSING),
    "a number has no such attribute": (1.5, "w", MISSING),
}


@pytest.mark.parametrize("case", READS.values(), ids=READS)
def test_attribute(case: tuple[object, str, object]) -> None:
    obj, name, wanted = case
    assert guard.attribute(obj, name) is wanted or guard.attribute(obj, name) == wanted


STORES = {
    "a plain instance takes a store": (Plain(), "w", True),
    "also of a new attribute": (Plain(), "new", True),
    "a slot takes a store": (Slotted(), "w", True),
    "an object without slot of that name does not": (Slotted(), "new", False),
    "a property does not": (WithProperty(), "w", False),
    "an object with its own __setattr__ does not": (WithSetattr(), "w", False),
    "a frozen dataclass does not": (Frozen(), "w", False),
    "a namespace does": (SimpleNamespace(), "w", True),
    "what is missing does not": (MISSING, "w", False),
}


@pytest.mark.parametrize("case", STORES.values(), ids=STORES)
def test_assignable(case: tuple[object, str, bool]) -> None:
    obj, name, wanted = case
    assert guard.assignable(obj, name) is wanted


class OwnDict(dict[str, int]):
    pass


class Counting(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 7


class Shouting(dict[str, int]):
    def __getitem__(self, key: str) -> int:
        return -1


class Guessing(OwnDict):
    def get(self, key: str, default: object = None) -> int:  # type: ignore[override]
        return -1


ITEMS = {
    "a key of a dict": ({"W": 1}, "W", 1),
    "an absent key": ({}, "W", MISSING),
    "a key of a subclass of dict": (OwnDict(W=1), "W", 1),
    "a key of an ordered dict": (OrderedDict(W=1), "W", 1),
    "a key that a default dict has": (defaultdict(int, W=1), "W", 1),
    "an absent key of a default dict": (defaultdict(int), "W", MISSING),
    "an absent key that the class makes up": (Counting(), "W", MISSING),
    "a subclass of dict that reads in its own way is not read": (Shouting(W=1), "W", MISSING),
    "nor one that does so by another method": (Guessing(W=1), "W", MISSING),
    "a position of a tuple": ((4, 5), 1, 5),
    "from the end of a list": ([4, 5], -1, 5),
    "a position out of range": ((4, 5), 2, MISSING),
    "a text is not indexed": ("abc", 1, MISSING),
}


@pytest.mark.parametrize("case", ITEMS.values(), ids=ITEMS)
def test_item(case: tuple[object, str | int, object]) -> None:
    obj, key, wanted = case
    assert guard.item(obj, key) == wanted


DTYPES = {
    "an unpickled copy is the same": (pickle.loads(pickle.dumps(np.zeros(1))).dtype, True),
    "the other byte order is not": (np.dtype(">f8"), False),
    "float32 is not": (np.dtype("float32"), False),
    "one with metadata is not": (np.dtype("float64", metadata={"unit": "m"}), False),
}


@pytest.mark.parametrize("case", DTYPES.values(), ids=DTYPES)
def test_same_dtype(case: tuple[np.dtype[Any], bool]) -> None:
    assert guard.same_dtype(case[0], FLOAT64) is case[1]


def test_long_and_longlong_are_told_apart() -> None:
    other = next(c for c in "lq" if np.dtype(c).num != np.dtype("int64").num)
    if np.dtype(other).itemsize == 8:
        assert not guard.same_dtype(np.dtype(other), np.dtype("int64"))


def test_quiet_sees_every_way_to_ask_for_errors() -> None:
    assert guard.quiet()
    with np.errstate(divide="raise"):
        assert not guard.quiet()
        with np.errstate(divide="ignore"):
            assert guard.quiet()
        assert not guard.quiet()
    old = np.seterr(over="call")
    try:
        assert not guard.quiet()
    finally:
        np.seterr(**old)
    assert guard.quiet() and guard.quiet()


def test_quiet_works_without_the_private_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_settings", None)
    assert guard.quiet() and guard.quiet()
    with np.errstate(invalid="raise"):
        assert not guard.quiet()


def test_contiguous_keeps_shape_and_type() -> None:
    for array in (np.zeros((3, 4)).T, np.arange(10)[::-2], np.array(5.0), np.zeros((0, 3)).T):
        copy = guard.contiguous(array)
        assert copy.shape == array.shape and copy.flags.c_contiguous and copy.flags.aligned
        assert copy is not array and np.array_equal(copy, array)


_LINE = np.arange(24.0)
VIEWS = {
    "an array": (_LINE.reshape(4, 6), True),
    "a view with steps": (_LINE.reshape(4, 6)[::2, ::-3], True),
    "a transposed view": (_LINE.reshape(2, 3, 4).transpose(1, 2, 0)[:, 1:], True),
    "one row of a column": (_LINE.reshape(4, 6)[:, :1].T, True),
    "nothing": (_LINE[:0], True),
    "one element for all": (as_strided(_LINE, (3,), (0,)), False),
    "one row for all": (as_strided(_LINE, (3, 4), (0, 8)), False),
    "windows": (as_strided(_LINE, (5, 3), (8, 8)), False),
    "windows that do not touch": (as_strided(_LINE, (5, 3), (24, 8)), True),
    "an axis of length one with any step": (as_strided(_LINE, (1, 5), (0, 8)), True),
}


@pytest.mark.parametrize("case", VIEWS.values(), ids=VIEWS)
def test_separate(case: tuple[np.ndarray[Any, Any], bool]) -> None:
    view, wanted = case
    assert guard.separate(view) is wanted


SOURCE = """
import functools

def helper(x):
    return x

class Model:
    def step(self, x):
        return x

    @staticmethod
    def norm(x):
        return x

    @classmethod
    def made(cls, x):
        return x

class Other(Model):
    def step(self, x):
        return 2 * x

class Same(Model):
    pass
"""


@pytest.fixture
def user() -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "user"}
    exec(SOURCE, space)
    return space


def test_is_function(user: dict[str, Any]) -> None:
    assert guard.is_function(user, "helper")
    original = user["helper"]
    user["helper"] = lambda x: x
    assert not guard.is_function(user, "helper")
    user["helper"] = abs
    assert not guard.is_function(user, "helper")
    exec("def helper(x):\n    return 3 * x", other := {})
    user["helper"] = other["helper"]
    assert not guard.is_function(user, "helper")
    exec("helper = lambda x: 3 * x", user)
    assert not guard.is_function(user, "helper")
    user["helper"] = original
    assert guard.is_function(user, "helper")
    del user["helper"]
    assert not guard.is_function(user, "helper")
    assert guard.is_function(None, "helper")


def test_is_method(user: dict[str, Any]) -> None:
    model = user["Model"]()
    assert guard.is_method(user, model, "step", "Model.step")
    assert guard.is_method(user, model, "norm", "Model.norm", "staticmethod")
    assert not guard.is_method(user, model, "norm", "Model.norm")
    assert guard.is_method(user, model, "made", "Model.made", "classmethod")
    assert not guard.is_method(user, model, "made", "Model.made", "staticmethod")
    assert not guard.is_method(user, model, "norm", "Model.norm", "classmethod")
    assert not guard.is_method(user, model, "step", "Model.step", "staticmethod")
    exec("Other.step = staticmethod(Model.step)", user)
    assert not guard.is_method(user, user["Other"](), "step", "Model.step")
    assert guard.is_method(user, user["Same"](), "step", "Model.step")
    assert not guard.is_method(user, user["Other"](), "step", "Model.step")
    exec("Same.step = lambda self, x: 2 * x", user)
    assert not guard.is_method(user, user["Same"](), "step", "Model.step")
    model.step = lambda x: x
    assert not guard.is_method(user, model, "step", "Model.step")
    assert not guard.is_method(user, object(), "step", "Model.step")


def test_class_has_and_class_is(user: dict[str, Any]) -> None:
    own = guard.own_class(user, "Model")
    assert own is user["Model"]
    assert guard.own_class(user, "helper") is guard.MISSING
    assert not guard.class_has(user, guard.MISSING, "step", "Model.step", "method")
    for cls in (own, user["Same"]):
        assert guard.class_has(user, cls, "made", "Model.made", "classmethod")
        assert guard.class_has(user, cls, "norm", "Model.norm", "staticmethod")
        assert guard.class_has(user, cls, "step", "Model.step", "method")
        assert not guard.class_has(user, cls, "made", "Model.made", "method")
        assert not guard.class_has(user, cls, "step", "Model.step", "staticmethod")
    assert not guard.class_has(user, user["Other"], "step", "Model.step", "method")
    assert not guard.class_has(user, own(), "made", "Model.made", "classmethod")
    own.rate = 2.0
    assert guard.class_is(user, user["Same"], "rate", 2.0)
    assert not guard.class_is(user, own, "rate", 2)
    assert not guard.class_is(user, own(), "rate", 2.0)
    assert guard.class_is(None, guard.MISSING, "rate", 2.0)


def test_a_class_of_classes_that_holds_the_name_too(user: dict[str, Any]) -> None:
    meta = type("Meta", (type,), {"rate": property(lambda cls: 3.0)})
    user["Model"].rate = 2.0
    assert not guard.class_is(user, meta("Made", (user["Model"],), {}), "rate", 2.0)
    named = type("Named", (), {"__flags__": 2.0})
    assert not guard.class_is(user, named, "__flags__", 2.0)


def test_the_numpy_of_autograd_stands_for_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its functions are wrappers that call NumPy's; the compiler takes one for the other."""
    wrapper = ModuleType("autograd.numpy")
    wrapper.exp = lambda x: np.exp(x)  # type: ignore[attr-defined]
    other = ModuleType("other.numpy")
    monkeypatch.setitem(sys.modules, "autograd.numpy", wrapper)
    monkeypatch.setitem(sys.modules, "other.numpy", other)

    def called(namespace: dict[str, Any]) -> FunctionType:
        exec("def f(x):\n    return np.exp(x)", namespace)
        function: FunctionType = namespace["f"]
        return function

    digest = code_digest(called({}).__code__)
    for module, stands in ((np, True), (wrapper, True), (other, False)):
        assert guard.has_code({}, called({"np": module}), digest, np="numpy") is stands
        assert guard.stands_for({"np": module}, "np", "numpy") is stands
    assert guard.is_library({}, wrapper.exp, "numpy.exp")
    assert not guard.is_library({}, wrapper.exp, "numpy.log")
    for name in ("numpy.exp", "numpy.no_such_thing", "no_such_module.exp"):
        assert not guard.is_library({}, MISSING, name)
        assert not guard.stands_for({"exp": MISSING}, "exp", name)


def test_objects_that_share_their_attributes_are_one() -> None:
    a, b = Plain(), Plain()
    assert guard.is_one(a, a) and not guard.is_one(a, b)
    b.__dict__ = a.__dict__
    assert guard.is_one(a, b)
    assert not guard.is_one(1, 2)
