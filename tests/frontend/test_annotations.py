"""Annotations as types, and the signatures that a region's source suggests."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.annotations import annotation_choices, annotation_type, signatures
from loopwright.frontend.outline import outline, region_of_function
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Module, Region
from loopwright.ir.types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    NONE,
    STR,
    Array,
    Chars,
    ListOf,
    Num,
    Ragged,
    Rng,
    RowOf,
    TupleOf,
    Type,
)

F1, F2, I1 = Array("float64", 1), Array("float64", 2), Array("int64", 1)

EXACT: dict[str, Type] = {
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "complex": COMPLEX,
    "str": STR,
    "None": NONE,
    "np.float64": Num("float64"),
    "np.bool_": Num("bool"),
    "np.bool": Num("bool"),
    "np.intp": Num("int64"),
    "np.random.Generator": Rng(),
    "np.random.RandomState": Rng("RandomState"),
    "random.Random": Rng("Random"),
    "list[str]": Ragged(Chars()),
    "list[float]": ListOf(FLOAT),
    "List[int]": ListOf(INT),
    "Sequence[float]": ListOf(FLOAT),
    "list[list[list[float]]]": ListOf(FLOAT, 3),
    "tuple[int, float]": TupleOf((INT, FLOAT)),
    'Annotated[NDArray[np.float64], "n m"]': F2,
    'Annotated[npt.NDArray[np.int64], "n"]': I1,
    'Annotated[np.ndarray, "n m"]': Array("float64", 2),
    'Float[np.ndarray, "n m"]': F2,
    'Float64[ndarray, "n m"]': F2,
    'Float32[np.ndarray, "a b c"]': Array("float32", 3),
    'UInt8[np.ndarray, "h w"]': Array("uint8", 2),
    'Int64[NDArray, "n"]': I1,
    'Bool[np.ndarray, "n"]': Array("bool", 1),
    "np.ndarray[tuple[int, int], np.dtype[np.float32]]": Array("float32", 2),
    "'list[float]'": ListOf(FLOAT),
    "Final[int]": INT,
    "tuple[int, ...]": RowOf(INT),
}


@pytest.mark.parametrize(("text", "expected"), EXACT.items(), ids=EXACT.keys())
def test_an_annotation_that_fixes_the_type(text: str, expected: Type) -> None:
    node = ast.parse(text, mode="eval").body
    if text.startswith("Annotated[np.ndarray"):
        assert annotation_choices(node)[0] == expected
    else:
        assert annotation_type(node) == expected


OPEN: dict[str, tuple[Type, ...]] = {
    "np.ndarray": (F1, F2, I1),
    "NDArray[np.float64]": (F1, F2),
    "npt.NDArray[np.int32]": (Array("int32", 1), Array("int32", 2)),
    "NDArray[float]": (F1, F2),
    'Float[np.ndarray, "..."]': (F1, F2),
    "float | None": (FLOAT, NONE),
    "None | float": (FLOAT, NONE),
    "Optional[int]": (INT, NONE),
    "int | float": (INT, FLOAT),
    "pd.DataFrame": (),
    "dict[str, float]": (),
    "NDArray[np.object_]": (),
    "list[bytes]": (),
    "'not python ['": (),
}


@pytest.mark.parametrize(("text", "expected"), OPEN.items(), ids=OPEN.keys())
def test_an_annotation_that_leaves_something_open(text: str, expected: tuple[Type, ...]) -> None:
    node = ast.parse(text, mode="eval").body
    assert annotation_choices(node) == expected
    assert annotation_type(node) is None


def region_of(source: str, name: str) -> Region:
    module = parse_text("import numpy as np\n" + textwrap.dedent(source), Path("m.py"), "m")
    assert isinstance(module, Module)
    region = region_of_function(module, name)
    assert isinstance(region, Region)
    return region


def first(source: str, name: str = "f") -> dict[str, Type]:
    found = signatures(region_of(source, name))
    assert not isinstance(found, Declined)
    return dict(found[0])


def test_parameters_by_annotation_and_default() -> None:
    source = "def f(x: list[float], k: int, lr=0.1, flag=True, *, eps=1e-8, z): return x, k, lr, flag, eps, z"
    assert first(source) == {
        "x": ListOf(FLOAT),
        "k": INT,
        "lr": FLOAT,
        "flag": BOOL,
        "eps": FLOAT,
    }


def test_a_future_import_changes_nothing() -> None:
    source = "from __future__ import annotations\ndef f(x: list[float]): return x"
    module = parse_text(source, Path("m.py"), "m")
    assert isinstance(module, Module)
    region = region_of_function(module, "f")
    assert isinstance(region, Region)
    assert signatures(region) == ({"x": ListOf(FLOAT)},)


def test_an_alias_of_the_module_is_followed() -> None:
    source = "V = np.ndarray[tuple[int], np.dtype[np.float64]]\ndef f(x: V): return x"
    assert first(source) == {"x": F1}


ATTRIBUTES = {
    "a class-level annotation": "w: list[float]\n    def __init__(self): pass",
    "an annotated assignment": "def __init__(self, w):\n        self.w: list[float] = w",
    "an annotated argument stored by __init__": "def __init__(self, w: list[float]):\n        self.w = w",
    "a literal stored by __init__": "def __init__(self):\n        self.w = [1.0, 2.0]",
}


@pytest.mark.parametrize("text", ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_attributes_of_self(text: str) -> None:
    source = f"class A:\n    {text}\n    def f(self):\n        return self.w[0]\n"
    assert first(source, "A.f") == {"self_w": ListOf(FLOAT)}


def test_globals_by_their_value() -> None:
    assert first("N = 3\nR: float = 1\ndef f(): return N * R") == {"N": INT, "R": FLOAT}


def test_open_ranks_agree_first_and_are_bounded() -> None:
    found = signatures(
        region_of("def f(a: np.ndarray, b: np.ndarray, c: np.ndarray): return a + b + c", "f")
    )
    assert not isinstance(found, Declined)
    assert len(found) == 6
    assert [set(s.values()) for s in found[:3]] == [{F1}, {F2}, {I1}]


RANKS = {
    "two indices": "x[i, j]",
    "index of an index": "x[i][j]",
    "the second length": "x.shape[1]",
    "a slice and an index": "x[:, j]",
}


@pytest.mark.parametrize("text", RANKS.values(), ids=RANKS.keys())
def test_indexing_tells_the_rank(text: str) -> None:
    source = f"from numpy.typing import NDArray\ndef f(x: NDArray[np.float32], i: int, j: int): return {text}"
    assert first(source)["x"] == Array("float32", 2)


def test_nothing_known_is_declined() -> None:
    found = signatures(region_of("def f(a, b): return a + b", "f"))
    assert isinstance(found, Declined)
    assert found.code == "LW301"


def test_locals_of_a_block_are_left_out() -> None:
    module = parse_text(
        "def f(n: int, m):\n    print()\n    k = m\n    for i in range(n):\n        k += i\n    print(k)",
        Path("m.py"),
        "m",
    )
    assert isinstance(module, Module)
    (group,) = outline(module)
    (loop,) = group.inner
    assert signatures(loop) == ({"n": INT},)


def test_attributes_of_other_objects_have_the_types_of_their_class() -> None:
    region = region_of(
        "class Base:\n    N = 3\n    def __init__(self, gain: float):\n        self.w = np.zeros(3)\n"
        "        self.gain = gain\n"
        "class Env(Base):\n    def step(self, x):\n        return self.w[0] * self.gain + self.N\n"
        "def f(env: Env, n: int):\n    t = 0.0\n    for i in range(n):\n        t += env.step(i)\n"
        "    return t\n",
        "f",
    )
    found = signatures(region)
    assert not isinstance(found, Declined)
    assert found[0] == {"n": INT, "env_w": Array("float64", 1), "env_gain": FLOAT, "env_N": INT}
