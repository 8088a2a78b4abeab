"""Running code that may crash, hang or eat memory: in a forked child under limits.

How the child ended is a value. It is forked from a worker process, which has a time limit of its own.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loopwright.verify import codec

MEMORY = 2 * 2**30
_BOARD_SIZE = 2**21
_HEADER = struct.Struct("=cdQ")
_COUNTS = struct.Struct("=QQ")
_START = _HEADER.size + _COUNTS.size
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Finished:
    """The child sent its answer."""

    value: Any


@dataclass(frozen=True, slots=True)
class Ended:
    """The child ended without an answer. `how` is `signal 11`, `exit code 0`, or `hang`; `side` and
    `case` tell the call that it was in, `counts` the inputs run and accepted before."""

    how: str
    side: str
    case: bytes
    seconds: float
    counts: tuple[int, int] = (0, 0)


class Board:
    """A shared page on which the child writes what it is about to do."""

    def __init__(self) -> None:
        self.page = mmap.mmap(-1, _BOARD_SIZE)
        self._head("-", 0)
        self.count(0, 0)

    def count(self, inputs: int, accepted: int) -> None:
        """Note how far the work got."""
        _COUNTS.pack_into(self.page, _HEADER.size, inputs, accepted)

    @property
    def counts(self) -> tuple[int, int]:
        inputs, accepted = _COUNTS.unpack_from(self.page, _HEADER.size)
        return inputs, accepted

    def post(self, side: str, case: bytes) -> None:
        """`side` is one letter: `o` original, `c` candidate, `-` neither."""
        length = len(case) if len(case) <= _BOARD_SIZE - _START else 0
        self.page[_START : _START + length] = case[:length]
        self._head(side, length)

    def _head(self, side: str, length: int) -> None:
        # `pack_into` writes zeros first, which the parent would read as a call since the epoch.
        header = _HEADER.pack(side.encode(), time.monotonic(), length)
        self.page[: _HEADER.size] = header

    def read(self) -> tuple[str, float, bytes]:
        side, since, length = _HEADER.unpack_from(self.page, 0)
        return side.decode(), since, bytes(self.page[_START : _START + length])


def in_fork(
    work: Callable[[Board], Any],
    *,
    deadline: float,
    stuck_after: float,
    memory: int = MEMORY,
) -> Finished | Ended:
    """Run `work(board)` in a forked child until `deadline` (time.monotonic).

    A single call posted on the board that lasts longer than `stuck_after` seconds is a hang; those in which
    the child had to wait for a processor do not count. The child may use `memory` bytes more than this
    process does now; beyond that allocations fail.
    """
    board = Board()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _child(work, board, write, memory)
    os.close(write)
    try:
        return _wait(pid, read, board, deadline, stuck_after)
    finally:
        os.close(read)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _child(work: Callable[[Board], Any], board: Board, write: int, memory: int) -> None:
    code = 3
    try:
        limit = _address_space() + memory
        most = resource.getrlimit(resource.RLIMIT_AS)[1]  # of a sandbox that this one is in
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        data = codec.dumps(work(board))
        board.post("-", b"")
        with os.fdopen(write, "wb") as pipe:
            pipe.write(struct.pack("=Q", len(data)) + data)
        code = 0
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 2**30


def _wait(
    pid: int, read: int, board: Board, deadline: float, stuck_after: float
) -> Finished | Ended:
    received = bytearray()
    lasted = _Lasted(pid)
    while True:
        ready, _, _ = select.select([read], [], [], 0.05)
        if ready:
            chunk = os.read(read, 2**16)
            if chunk:
                received += chunk
                continue
            if len(received) >= 8 and len(received) - 8 == struct.unpack_from("=Q", received)[0]:
                return Finished(codec.loads(bytes(received[8:])))
            return _died(pid, board)
        side, since, case = board.read()
        now = time.monotonic()
        seconds = lasted.until(now, since) if side != "-" else 0.0
        if now > deadline or seconds > stuck_after:
            os.kill(pid, signal.SIGKILL)
            return Ended("hang", side, case, seconds, board.counts)


class _Lasted:
    """How long a call in the process `pid` lasts, without what it had to wait for a processor."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.begun = self.seen = self.cpu = self.starved = 0.0

    def until(self, now: float, since: float) -> float:
        """The seconds from `since`, the beginning of the call, to `now`; asked often."""
        runs, cpu = _state(self.pid)
        if since != self.begun:
            self.begun, self.seen, self.starved = since, now, 0.0
        elif runs:
            self.starved += max(0.0, (now - self.seen) - (cpu - self.cpu))
        self.seen, self.cpu = now, cpu
        return now - since - self.starved


def _state(pid: int) -> tuple[bool, float]:
    """Whether a process runs or is ready to, and the seconds of the processors that it used so far."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:  # no Linux, or it has ended
        return False, 0.0
    return fields[0] == "R", (int(fields[11]) + int(fields[12])) / _TICKS


def _died(pid: int, board: Board) -> Ended:
    _, status = os.waitpid(pid, 0)
    side, _, case = board.read()
    if os.WIFSIGNALED(status):
        how = f"signal {os.WTERMSIG(status)} ({signal.Signals(os.WTERMSIG(status)).name})"
    else:
        how = f"exit code {os.WEXITSTATUS(status)}"
    return Ended(how, side, case, 0.0, board.counts)
