"""A `random.Random` that is lent to a kernel and taken back."""

from __future__ import annotations

import random

import pytest

from loopwright.runtime import streams


@pytest.fixture(params=["in place", "copied"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    assert streams._is_open()
    if request.param == "copied":
        monkeypatch.setattr(streams, "_is_open", lambda: False)
    return str(request.param)


@pytest.mark.parametrize("before", [0, 3, 700])
@pytest.mark.parametrize("drawn", [0, 1, 1000])
def test_what_a_kernel_draws_is_drawn(way: str, before: int, drawn: int) -> None:
    given, twin = random.Random(5), random.Random(5)
    assert [given.random() for _ in range(before)] == [twin.random() for _ in range(before)]
    lent = streams.Standard(given)
    assert [lent.bits.random() for _ in range(drawn)] == [twin.random() for _ in range(drawn)]
    lent.keep()
    assert given.getstate() == twin.getstate()
    assert [given.gauss(0.0, 1.0) for _ in range(3)] == [twin.gauss(0.0, 1.0) for _ in range(3)]


def test_what_is_not_kept_leaves_the_stream_as_it_was(way: str) -> None:
    given = random.Random(7)
    given.gauss(0.0, 1.0)
    before = given.getstate()
    lent = streams.Standard(given)
    assert lent.spare.tolist() == [1.0, before[2]]
    lent.bits.random(100)
    lent.undo()
    assert given.getstate() == before


def test_the_number_that_is_kept_for_the_next_draw_is_taken_back(way: str) -> None:
    given = random.Random(9)
    given.gauss(0.0, 1.0)
    lent = streams.Standard(given)
    lent.spare[:] = 0.0, 0.0
    lent.keep()
    assert given.getstate()[2] is None
    lent = streams.Standard(given)
    lent.spare[:] = 1.0, 0.25
    lent.keep()
    assert given.gauss(0.0, 2.0) == 0.5
