"""Which variant is chosen from measurements, and from which size on."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from loopwright.tune.choose import rank, threads_from
from loopwright.tune.timings import InputTiming, Measurement


def measured(**seconds: list[float | None]) -> Measurement:
    """Sizes 10, 100, 1000; the original takes 1 s at each."""
    timings = tuple(
        InputTiming(10 ** (k + 1), 1.0, {label: of[k] for label, of in seconds.items()})
        for k in range(3)
    )
    return Measurement(timings)


def test_the_best_over_the_two_largest_sizes_comes_first() -> None:
    winners, out = rank(measured(a=[0.5, 0.1, 0.2], b=[0.1, 0.5, 0.1]), ["a", "b"], 1.2)
    assert [w.label for w in winners] == ["a", "b"] and not out
    assert winners[0].speedup == {10: 2.0, 100: 10.0, 1000: 5.0} and winners[0].min_size == 7


def test_below_the_break_even_the_original_runs() -> None:
    winners, _ = rank(measured(a=[0.1, 2.0, 0.1]), ["a"], 1.2)
    assert winners[0].min_size == 1000 and winners[0].speedup == {1000: 10.0}


def test_an_input_that_was_made_up_and_declined_is_no_break_even() -> None:
    timings = measured(a=[0.1, None, 0.1]).timings
    (seen,), _ = rank(Measurement(timings), ["a"], 1.2)
    assert seen.min_size == 1000
    (made,), _ = rank(
        Measurement((timings[0], replace(timings[1], recorded=False), timings[2])), ["a"], 1.2
    )
    assert made.min_size == 3 and made.speedup == {10: 10.0, 1000: 10.0}


def test_a_variant_that_is_hardly_faster_is_out() -> None:
    winners, out = rank(measured(a=[0.1, 0.1, 0.9]), ["a"], 1.2)
    assert not winners and out == {"a": "1.11x at size 1000"}


def test_a_variant_that_declines_the_largest_input_is_out() -> None:
    winners, out = rank(measured(a=[0.1, 0.1, None]), ["a"], 1.2)
    assert not winners and out == {"a": "declined the input of size 1000"}


def test_a_variant_that_declines_other_calls_must_win_much() -> None:
    close = replace(measured(a=[0.1, 0.1, 0.5]), choosy=frozenset({"a"}))
    told = "2.00x at size 1000, and it declines other calls of that size"
    assert rank(close, ["a"], 1.2) == ([], {"a": told})
    far = replace(measured(a=[0.1, 0.1, 0.1]), choosy=frozenset({"a"}))
    assert [w.label for w in rank(far, ["a"], 1.2)[0]] == ["a"]


def test_calls_that_take_no_time_must_win_more() -> None:
    tiny = replace(measured(a=[0.1, 0.1, 2e-6]).timings[2], original=3e-6)
    told = "1.50x at size 1000, of calls that take no time"
    assert rank(Measurement((tiny,)), ["a"], 1.2) == ([], {"a": told})
    fast = replace(tiny, candidates={"a": 1e-6})
    assert [w.label for w in rank(Measurement((fast,)), ["a"], 1.2)[0]] == ["a"]


@pytest.mark.parametrize(
    ("mean", "out"), [(0.0, False), (4e-6, True), (12e-6, False)], ids=["unknown", "below", "about"]
)
def test_a_variant_that_most_calls_are_too_small_for_is_out(mean: float, out: bool) -> None:
    small, large = InputTiming(10, 4e-6, {"a": 8e-6}), InputTiming(100, 2e-5, {"a": 5e-6})
    winners, why = rank(Measurement((small, large)), ["a"], 1.2, mean)
    assert [w.label for w in winners] == ([] if out else ["a"])
    assert why == ({"a": "pays from calls of 20 µs on; on average they take 4"} if out else {})


def test_a_variant_that_was_far_behind_is_out() -> None:
    winners, out = rank(measured(a=[0.9, 0.9, math.inf], b=[0.01, 0.01, 0.01]), ["a", "b"], 1.2)
    assert [w.label for w in winners] == ["b"] and out == {"a": "far behind at smaller sizes"}


@pytest.mark.parametrize(
    ("threaded", "expected"),
    [
        ([0.9, 0.05, 0.02], 100),
        ([0.01, 0.05, 0.02], 10),
        ([0.9, 0.9, 0.02], 1000),
        ([0.01, 0.01, 0.09], "1.11x of the serial variant"),
        ([0.01, 0.01, 0.5], "0.20x of the serial variant"),
        ([None, 0.05, 0.02], 100),
    ],
)
def test_threads_must_beat_the_serial_variant(
    threaded: list[float | None], expected: int | str
) -> None:
    timing = measured(serial=[0.1, 0.1, 0.1], threaded=threaded)
    assert threads_from(timing, "threaded", "serial") == expected
