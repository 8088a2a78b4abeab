"""Limits count work: a loaded machine does not bring them nearer, and sleeping does not escape."""

from __future__ import annotations

import os
import time

import pytest

from loopwright.verify.clock import Stopwatch, longest_wait
from loopwright.verify.observe import CallTimeout, time_limit
from loopwright.verify.sandbox import Board, Ended, Finished, in_fork


class Hand:
    """The hand of a clock that tests move."""

    def __init__(self) -> None:
        self.at = 5.0

    def __call__(self) -> float:
        return self.at


@pytest.mark.parametrize(
    ("wall", "cpu", "work"),
    [(3.0, 1.0, 1.0), (1.0, 4.0, 1.0), (2.0, 2.0, 2.0)],
    ids=["others hold the processors", "several threads compute", "an idle machine"],
)
def test_work_is_the_shorter_time(wall: float, cpu: float, work: float) -> None:
    hands = Hand(), Hand()
    watch = Stopwatch(*hands)
    hands[0].at += wall
    hands[1].at += cpu
    assert watch.seconds == work


def test_a_fork_goes_on_with_its_own_work() -> None:
    watch = Stopwatch()
    _compute(0.1)
    end = in_fork(
        lambda board: (watch.seconds, _compute(0.05), watch.seconds, os.getpid()),
        deadline=time.monotonic() + 30,
        stuck_after=30,
    )
    assert isinstance(end, Finished)
    first, _, second, process = end.value
    assert process != os.getpid()
    assert 0.0 <= first < second
    assert watch.seconds >= 0.15  # the work of the child, which has ended, is in it


def test_a_call_that_computes_without_end_is_cut_off() -> None:
    with pytest.raises(CallTimeout), time_limit(0.05):
        _compute(60.0)


def test_a_call_that_sleeps_is_cut_off_later() -> None:
    assert longest_wait(0.01) > 1.0
    with pytest.raises(CallTimeout), time_limit(0.01):
        time.sleep(60)
    with time_limit(1.0):
        time.sleep(1.1)  # no work


@pytest.mark.parametrize("busy", [False, True], ids=["asleep", "computing"])
def test_a_call_that_lasts_too_long_is_a_hang(busy: bool) -> None:
    def work(board: Board) -> None:
        board.post("c", b"the case")
        _compute(60.0) if busy else time.sleep(60)

    end = in_fork(work, deadline=time.monotonic() + 40, stuck_after=0.2)
    assert isinstance(end, Ended)
    assert (end.how, end.side, end.case) == ("hang", "c", b"the case")


def _compute(seconds: float) -> None:
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        pass
