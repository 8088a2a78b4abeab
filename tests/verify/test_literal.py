"""Values as text that makes them again."""

from __future__ import annotations

import random
from collections import deque
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from loopwright.verify.literal import assignments
from loopwright.verify.stock import Make


class Layer:
    """What the text names; attributes are set past the constructor."""

    def __init__(self) -> None:
        raise TypeError("not called")


def again(**values: Any) -> dict[str, Any]:
    scope: dict[str, Any] = {
        "np": np, "inf": inf, "nan": nan, "random": random, "deque": deque, "Layer": Layer,
    }  # fmt: skip
    exec("\n".join(assignments(values)), scope)
    return {name: scope[name] for name in values}


def test_generators_come_in_the_state_that_they_were_in() -> None:
    generator, state, plain = np.random.default_rng(5), np.random.RandomState(6), random.Random(7)
    generator.random()
    state.standard_normal()
    plain.gauss(0, 1)
    made = again(a=generator, b=state, c=plain)
    assert made["a"].random() == generator.random()
    assert made["b"].standard_normal() == state.standard_normal()
    assert made["c"].gauss(0, 1) == plain.gauss(0, 1)


def test_an_instance_is_made_past_its_constructor() -> None:
    made = again(x=Make("Layer", {"w": [1.0, inf]}, "object"))["x"]
    assert type(made) is Layer and made.w == [1.0, inf]


@pytest.mark.parametrize("value", [(), (1,), (1, 2.5), ((1,), "a"), {"a": (nan,)}])
def test_tuples_read_as_python_writes_them(value: object) -> None:
    assert repr(again(x=value)["x"]) == repr(value)


def test_views_of_one_buffer_stay_views_of_one() -> None:
    buffer = np.arange(6.0)
    made = again(x=buffer[1:4], y=buffer[2:5][::-1])
    assert made["x"].tolist() == [1, 2, 3] and made["y"].tolist() == [4, 3, 2]
    assert np.shares_memory(made["x"], made["y"])


def changed(a: Any, *changes: tuple[Any, Any]) -> Any:
    a = a.copy() if isinstance(a, np.ndarray) else list(a)
    for place, value in changes:
        a[place] = value
    return a


LONG: dict[str, Any] = {
    "zeros": np.zeros(5000),
    "zeros of a sign": np.full((70, 70), -0.0),
    "zeros with one of the other sign": changed(np.zeros(900), (4, -0.0)),
    "one NaN among ones": changed(np.ones((300, 20), np.float32), ((7, 3), nan)),
    "positions": np.arange(2000),
    "positions from the end, with a hole": changed(np.arange(3000)[::-1].copy(), (0, 0), (99, -5)),
    "steps of a float": 0.1 + 0.25 * np.arange(4000),
    "small ints": np.resize(np.array([1, 2, 250], np.uint8), 4000),
    "truth values that repeat": changed(np.resize([True, False, False], 1000), (0, False)),
    "rows that repeat": np.resize([1.5, -2.0, inf, nan], (90, 4)),
    "Fortran's order": np.asfortranarray(changed(np.zeros((40, 50)), ((3, 4), 1.0))),
    "complex numbers": np.full(500, 1 + 2j),
    "a list": [0.0] * 700,
    "a list with changes": changed([2] * 700, (5, 3), (699, -1)),
    "a list of positions": list(range(5, 2005, 2)),
    "a list that repeats": [1.0, 2.0, 3.0] * 200 + [1.0],
    "a text": "ab" * 500 + "a",
    "bytes": b"\0" * 900,
    "in a tuple": (changed(np.zeros(500), (3, 1.0)), changed(np.ones(500), (4, 2.0))),
}  # fmt: skip


@pytest.mark.parametrize("value", LONG.values(), ids=LONG.keys())
def test_long_values_with_a_structure_are_short_to_read(value: Any) -> None:
    assert sum(map(len, assignments({"x": value}))) < 400
    assert alike(again(x=value)["x"], value)


@pytest.mark.parametrize("seed", range(3))
def test_long_values_without_a_structure_are_kept_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for value in (rng.random(3000), rng.integers(0, 9, (90, 7)), rng.random(600).tolist()):
        assert alike(again(x=value)["x"], value)


def test_what_is_shared_or_locked_is_so_in_a_short_text_too() -> None:
    buffer = changed(np.zeros(3000), (17, 2.5))
    locked = np.arange(900.0)
    locked.flags.writeable = False
    made = again(x=buffer[10:2000], y=buffer[::3], z=locked, again=locked)
    assert np.shares_memory(made["x"], made["y"])
    assert made["x"][7] == 2.5 and not made["z"].flags.writeable
    assert made["z"] is made["again"]


def alike(a: Any, b: Any) -> bool:
    """The same kind, and the same bits but for those of NaN."""
    if isinstance(b, tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if not isinstance(b, np.ndarray):
        return type(a) is type(b) and repr(a) == repr(b)
    same = (a == b) & (np.signbit(a) == np.signbit(b)) if b.dtype.kind == "f" else a == b
    return (
        (a.dtype, a.shape, a.flags.f_contiguous) == (b.dtype, b.shape, b.flags.f_contiguous)
        and bool(np.all(same | ((a != a) & (b != b))))
    )  # fmt: skip
