"""What Hypothesis draws from kinds: values that keep what annotations say, and the inputs to aim at."""

from __future__ import annotations

import ast
import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from loopwright.verify.call import Style
from loopwright.verify.case import Case
from loopwright.verify.constants import Constants, mine
from loopwright.verify.kinds import Parameter
from loopwright.verify.parameters import parameters_of
from loopwright.verify.rounds import EXAMPLES, FAR, Learnt, Round, cases
from loopwright.verify.scope import find_function, scope_of
from loopwright.verify.shrink import conforms
from loopwright.verify.sweep import constant_lengths

from .annotated import MODULE, TABLE

BOLD = (Style(wild=0.3, reach=1, together=0.5, layout=0.5, alias=0.5),)


def parameters(source: str) -> tuple[Parameter, ...]:
    tree = ast.parse(source)
    node = find_function(tree, "f")
    assert node is not None
    return parameters_of(node, scope_of(tree))


def drawn(source: str, number: int = 60, start: int = 1, **options: Any) -> list[Case]:
    """Some inputs of the function `f` of `source`, in short runs as the search draws them."""
    out: list[Case] = []
    this = Round(parameters(source), options.pop("constants", Constants()), **options)

    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases(this))
    def keep(case: Case) -> None:
        case.fresh()
        out.append(case)

    for run in itertools.count(1000 * start):
        seed(run)(keep)()
        if len(out) >= number:
            return out
    raise AssertionError


@pytest.mark.parametrize("text", TABLE)
def test_every_kind_can_be_drawn(text: str) -> None:
    source = MODULE.format(text)
    for case in drawn(source, styles=BOLD):
        assert conforms(parameters(source), case.values)


def test_one_symbol_is_one_length() -> None:
    found = drawn(
        "def f(a: Annotated[NDArray[np.float64], 'n m'], b: Float64[ndarray, 'm n+1']): ...",
        styles=(Style(reach=1, together=0.0),),
    )
    shapes = set()
    for case in found:
        (n, m), (k, plus) = case.values["a"].shape, case.values["b"].shape
        assert (k, plus) == (m, n + 1)
        shapes.add((n, m))
    assert len(shapes) > 10


def test_symbols_are_independent() -> None:
    found = drawn("def f(a: Float64[ndarray, 'n'], b: Float64[ndarray, 'm']): ...", styles=BOLD)
    equal = [len(case.values["a"]) == len(case.values["b"]) for case in found]
    assert any(equal) and not all(equal)


def test_drawing_repeats_itself() -> None:
    source = "def f(a: NDArray[np.float64], n: int, s: str): ..."

    def data(start: int) -> list[bytes]:
        return [case.data for case in drawn(source, 20, start, styles=FAR)]

    assert data(9) == data(9) != data(10)


AIMED_AT = """
def f(
    x: Annotated[NDArray[np.float64], "n m"],
    y: Annotated[NDArray[np.float64], "k"],
    i: Annotated[NDArray[np.int64], "j"],
    c: int,
): ...
"""


def negative_zeros(y: Any) -> Any:
    return (y == 0.0) & np.signbit(y)


AIMS: dict[str, Callable[[Any, Any, Any, int], Any]] = {
    "no rows but some columns": lambda x, y, i, c: x.shape[0] == 0 < x.shape[1],
    "a length of one modulo eight": lambda x, y, i, c: len(y) > 8 and len(y) % 8 == 1,
    "a length next to a constant": lambda x, y, i, c: len(y) == 641,
    "a length next to a constant times another": lambda x, y, i, c: len(y) == 5 * 17 + 1,
    "an int next to a constant": lambda x, y, i, c: c == 41078,
    "a float next to a constant": lambda x, y, i, c: math.nextafter(0.7, 1) in y,
    "some thousands of elements": lambda x, y, i, c: len(y) > 4000,
    "an array one shorter than another": lambda x, y, i, c: len(y) == len(i) - 1 > 3,
    "one negative zero among positive numbers":
        lambda x, y, i, c: negative_zeros(y).sum() == 1 and (y > 0.0).sum() == len(y) - 1 > 0,
    "two NaN among numbers": lambda x, y, i, c: np.isnan(y).sum() == 2 < len(y),
    "one infinity among numbers": lambda x, y, i, c: np.isinf(y).sum() == 1 < len(y),
    "a denormal": lambda x, y, i, c: ((y != 0.0) & (abs(y) < 2e-308)).any(),
    "numbers that cancel": lambda x, y, i, c: len(y) > 3 and abs(y.sum()) < 1e-9 * abs(y).max(),
    "ties": lambda x, y, i, c: len(y) > 3 and len(set(y.tolist())) == 2,
    "descending order": lambda x, y, i, c: len(y) > 5 and (np.diff(y) < 0.0).all(),
    "indices of the rows": lambda x, y, i, c: len(i) > 3 and 0 <= i.min() <= i.max() == len(x) - 1,
    "a repeated index":
        lambda x, y, i, c: len(i) > len(x) > 2 and 0 <= i.min() <= i.max() < len(x),
    "a permutation": lambda x, y, i, c: len(i) > 4 and sorted(i.tolist()) == list(range(len(i))),
    "the least and the greatest int64": lambda x, y, i, c: {-(2**63), 2**63 - 1} <= set(i.tolist()),
    "an int beyond 64 bits": lambda x, y, i, c: abs(c) > 2**64,
    "an int of 32 bits and one more": lambda x, y, i, c: c == 2**31,
    "an int that is a length": lambda x, y, i, c: c == len(y) > 10,
    "an int one beyond a length": lambda x, y, i, c: c == len(y) + 1 > 10,
    "a negative int": lambda x, y, i, c: -len(y) < c < 0,
    "an int that is an element": lambda x, y, i, c: abs(c) > 10**6 and c in i,
    "Fortran order": lambda x, y, i, c: x.flags.f_contiguous and not x.flags.c_contiguous,
    "gaps between elements": lambda x, y, i, c: len(y) > 1 and y.strides[0] > y.itemsize,
    "reversed order": lambda x, y, i, c: len(y) > 1 and y.strides[0] < 0,
    "a window of a larger buffer": lambda x, y, i, c: y.base is not None and y.flags.c_contiguous
        and y.base.size == y.size + 4,
    "one row repeated without memory": lambda x, y, i, c: len(x) > 1 and x.strides[0] == 0,
    "a read-only array": lambda x, y, i, c: y.size and y.base is None and not y.flags.writeable,
    "more columns than a block of 64": lambda x, y, i, c: x.shape[1] > 64 and len(x) > 2,
    "a symmetric matrix": lambda x, y, i, c: x.shape[0] == x.shape[1] > 3
        and np.array_equal(x, x.T) and len(np.unique(x)) > 4,
    "offsets of rows": lambda x, y, i, c: len(i) > 3 and i[0] == 0 and i[-1] == len(y) > 3
        and (np.diff(i) >= 0).all() and len(set(i.tolist())) > 2,
    "even steps": lambda x, y, i, c: len(i) > 4 and len(set(np.diff(i).tolist()) - {0}) == 1
        and len(set(i.tolist())) == len(i),
    "the same forwards and backwards": lambda x, y, i, c: len(i) > 5
        and np.array_equal(i, i[::-1]) and len(set(i.tolist())) > 2,
    "numbers that add up to one": lambda x, y, i, c: len(y) > 2 and abs(y.sum() - 1) < 1e-9
        and (y >= 0).all(),
    "an array inside another": lambda x, y, i, c: np.shares_memory(x, y),
}  # fmt: skip


@functools.cache
def aimed() -> list[Case]:
    constants = mine(["a = 640\nb = 41077\nc = 0.7\nd = 5\ne = 17"])
    return drawn(AIMED_AT, 6000, constants=constants, styles=FAR)


@pytest.mark.parametrize("aim", AIMS.values(), ids=AIMS)
def test_an_input_to_aim_at_is_drawn(aim: Callable[[Any, Any, Any, int], Any]) -> None:
    with np.errstate(all="ignore"):
        assert any(aim(*(case.values[name] for name in "xyic")) for case in aimed())


def test_some_lengths_are_next_to_a_constant_that_is_far() -> None:
    huge = tuple(style for style in FAR if style.reach == 3)
    source = 'def f(y: Annotated[NDArray[np.float64], "k"]): ...'
    found = drawn(source, 200, constants=mine(["g = 100_000"]), styles=huge)
    assert huge and {99_999, 100_000, 100_001} <= {len(case.values["y"]) for case in found}


def test_scalars_may_be_equal_and_keys_be_there() -> None:
    found = drawn("def f(a: int, b: int, d: dict[str, int], k: str): ...", 300, styles=BOLD)
    assert any(case.values["a"] == case.values["b"] > 50 for case in found)
    assert sum(case.values["k"] in case.values["d"] for case in found) > 10


def test_lists_of_lists_lose_an_element() -> None:
    source = "def f(a: list[list[int]]): ..."
    base = Case({"a": [[1, 2, 3], [4, 5, 6]]}, {})
    found = drawn(source, 600, styles=BOLD, pool=(base,), near=1.0)
    lengths = {tuple(map(len, case.values["a"])) for case in found}
    assert {(2, 3), (3, 2), (4, 3), (3,)} <= lengths


SHARED = """
def f(a: Annotated[NDArray[np.float64], "n"], b: Annotated[NDArray[np.float64], "m"]): ...
"""


def test_arguments_share_memory_in_every_way() -> None:
    same = shifted = backwards = 0
    for case in drawn(SHARED, 400, styles=(Style(together=0.8, alias=0.8),)):
        a, b = case.values["a"], case.values["b"]
        same += a is b
        if a is not b and np.shares_memory(a, b):
            shifted += a.__array_interface__["data"] != b.__array_interface__["data"]
            backwards += a.strides != b.strides
    assert same and shifted and backwards


def test_ragged_lists_may_be_one_object() -> None:
    source = "def f(a: list[list[int]], b: list[list[int]]): ..."
    found = drawn(source, 300, styles=(Style(alias=1.0, together=1.0),))
    assert any(case.values["a"] is case.values["b"] for case in found)


def test_strays_are_of_other_types() -> None:
    source = "def f(a: Annotated[NDArray[np.float64], 'n'], k: int, v: list[float], s: str): ..."
    found = [c for c in drawn(source, 400, styles=BOLD, strays=1.0) if "other types" in c.labels]
    assert {"float32", "int64", "object"} <= {str(c.values["a"].dtype) for c in found}
    assert {bool, float, np.int64} <= {type(c.values["k"]) for c in found}
    assert {tuple, list} <= {type(c.values["v"]) for c in found}
    assert {str, bytes} <= {type(c.values["s"]) for c in found}


def test_neighbours_keep_lengths_and_change_one_argument() -> None:
    source = "def f(a: Float64[ndarray, 'n'], b: Float64[ndarray, 'n'], k: int): ..."
    base = Case({"a": np.arange(7.0), "b": np.ones(7), "k": 3}, {"n": 7})
    found = drawn(source, 100, styles=BOLD, pool=(base,), near=1.0)
    near = [case for case in found if not case.drawn]
    assert len(near) > 50
    for case in near:
        assert len(case.values["a"]) == len(case.values["b"]) == 7
        changed = [k for k in base.values if repr(case.values[k]) != repr(base.values[k])]
        assert len(changed) <= 1 or np.shares_memory(case.values["a"], case.values["b"])


def test_what_reached_a_line_is_varied_for_good() -> None:
    learnt = Learnt(Round(parameters("def f(x: int): ..."), Constants()), (), False, False)
    reaching = Case({"x": -7}, {})
    reaching.fresh()
    learnt.learn(reaching, True, True)
    for k in range(2000):
        other = Case({"x": k}, {})
        other.fresh()
        learnt.learn(other, True, False)
    assert reaching in learnt.pool
    assert 1 < len(learnt.pool) < 200


def test_lengths_next_to_a_constant_that_is_far_come_in_order() -> None:
    # chance brings one in twelve thousand
    source = "def f(y: Annotated[NDArray[np.float64], 'k']): ..."
    base = next(case for case in drawn(source) if len(case.values["y"]) > 2)
    found = constant_lengths(parameters(source), mine(["g = 100_000"]), base)
    assert {99_999, 100_000, 100_001} <= {len(case.values["y"]) for case in found}
