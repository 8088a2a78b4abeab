"""From annotations to kinds, and values drawn from kinds that keep what the annotations say."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from loopwright.verify.annotations import find_function, parameters_of, scope_of
from loopwright.verify.constants import mine
from loopwright.verify.draw import Style, draw_case
from loopwright.verify.kinds import Parameter, describe
from loopwright.verify.shrink import conforms
from loopwright.verify.values import Source

TABLE = {
    "int": "int",
    "float | None": "float | None",
    "Optional[bool]": "bool | None",
    "Literal['a', 2]": "'a' | 2",
    "list[list[float]]": "list[list[float]]",
    "tuple[int, str]": "tuple[int, str]",
    "tuple[int, ...]": "tuple[int]",
    "dict[str, float]": "dict[str, float]",
    "Iterable[int]": "iterable[int]",
    "Callable[[float], float]": "callable",
    "np.float32": "np.float32",
    "NDArray[np.float64]": "float64[...]",
    "npt.NDArray[np.int32]": "int32[...]",
    "Annotated[NDArray[np.float64], 'n m']": "float64[n, m]",
    "Float64[np.ndarray, 'n 3']": "float64[n, 3]",
    "Int64[ndarray, '*batch n']": "int64[...]",
    "np.ndarray[tuple[int, int], np.dtype[np.uint8]]": "uint8[_, _]",
    "Vector": "float64[n]",
    "np.random.Generator": "Generator",
    "Point": "Point",
    "'list[int]'": "list[int]",
}
MODULE = """
Vector = Annotated[NDArray[np.float64], "n"]

@dataclass
class Point:
    x: float
    near: list[int]

def f(v: {0}) -> None: ...
"""


def parameters(source: str) -> tuple[Parameter, ...]:
    tree = ast.parse(source)
    node = find_function(tree, "f")
    assert node is not None
    return parameters_of(node, scope_of(tree))


@pytest.mark.parametrize(("text", "kind"), TABLE.items())
def test_an_annotation_reads(text: str, kind: str) -> None:
    (parameter,) = parameters(MODULE.format(text))
    assert describe(parameter.kind) == kind


@pytest.mark.parametrize("text", TABLE)
def test_every_kind_can_be_drawn(text: str) -> None:
    found = parameters(MODULE.format(text))
    source = Source(5, mine([]))
    for _ in range(40):
        case = draw_case(source, found, Style(wild=0.3, reach=1, layout=0.5, alias=0.5))
        assert conforms(found, case.values)
        case.fresh()


def test_one_symbol_is_one_length() -> None:
    found = parameters(
        "def f(a: Annotated[NDArray[np.float64], 'n m'], b: Float64[ndarray, 'm n+1']): ..."
    )
    source = Source(1, mine([]))
    shapes = set()
    for _ in range(60):
        values = draw_case(source, found, Style(reach=1, together=0.0)).values
        (n, m), (k, plus) = values["a"].shape, values["b"].shape
        assert (k, plus) == (m, n + 1)
        shapes.add((n, m))
    assert len(shapes) > 10


def test_symbols_are_independent() -> None:
    found = parameters("def f(a: Float64[ndarray, 'n'], b: Float64[ndarray, 'm']): ...")
    source = Source(1, mine([]))
    drawn = [draw_case(source, found, Style(together=0.5)).values for _ in range(60)]
    equal = [len(v["a"]) == len(v["b"]) for v in drawn]
    assert any(equal) and not all(equal)


def test_drawing_repeats_itself() -> None:
    found = parameters("def f(a: NDArray[np.float64], n: int, s: str): ...")

    def draw() -> list[bytes]:
        source = Source(9, mine(["x = 17"]))
        cases = [draw_case(source, found, Style(wild=0.5, reach=2)) for _ in range(20)]
        for case in cases:
            case.fresh()
        return [case.data for case in cases]

    assert draw() == draw()


def test_constants_come_with_neighbours_products_and_sizes() -> None:
    found = mine(["def f(x):\n    'doc 99'\n    return x > 8 * 4 and x != 0.5 and 'mode'\n"])
    assert {7, 8, 9, 31, 32, 33} <= set(found.ints)
    assert {0.5, np.nextafter(0.5, 1), -0.5} <= set(found.floats)
    assert {8, 16, 32, 64, 65} <= set(found.sizes)
    assert found.texts == ("mode",)
