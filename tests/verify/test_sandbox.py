"""Forked children under limits: what the parent reads of their board."""

from __future__ import annotations

import os
import signal
import time

from loopwright.verify.sandbox import Board


def test_the_board_never_shows_half_a_note() -> None:
    board = Board()
    board.post("o", b"")
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        while True:
            board.post("o", b"")
            board.post("-", b"")
    try:
        seen = [board.read() for _ in range(300_000)]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert {side for side, _, _ in seen} <= {"o", "-"}
    assert all(since >= begun - 1.0 for _, since, _ in seen)
