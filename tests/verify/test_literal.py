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
