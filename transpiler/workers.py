"""Worker processes that are ready at once: forked from a server that has the imports behind it."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")

ORDER = struct.Struct("=cq")
"""What a server is told: FORK, with the descriptor of a socket to the job, or END, with a process id."""

NUMBER = struct.Struct("=q")
"""What it answers: the id of the new process, or the wait status of the ended one."""

FORK, END = b"f", b"e"
_SETTINGS = {"PYTHONHASHSEED": "0", "HYPOTHESIS_NO_PLUGINS": "1"}
_FOLDERS = ("TMPDIR", "HYPOTHESIS_STORAGE_DIRECTORY")
"""Variables for the folder that holds what jobs leave on disk; it goes with the server."""

_PATIENCE = 30.0
"""Seconds for an order that takes a server no time."""


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """There is no answer: the job raised, or its process died or ran out of time."""

    reason: str


def nothing() -> None:
    """The set-up of a server whose jobs import what they need."""


class Workers:
    """Runs jobs in processes of their own. `first` is run by the server before it forks any.

    `first` and the functions given to `ask` are sent by name. The server is started by the first job, or by
    `start`, with the environment and working folder of that time. `ask` may be called from several threads.
    """

    def __init__(self, first: Callable[[], object] = nothing) -> None:
        self._first = first
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._closed = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Let the server begin, so that later jobs need not wait for it."""
        with self._lock, contextlib.suppress(OSError):
            self._running()

    def close(self) -> None:
        """End the server and all jobs; those that wait for answers get WorkerFailed."""
        self._closed = True
        if self._server is not None:
            self._server.close()
            with self._lock:  # no other thread uses the connection
                self._server.control.close()

    def ask(
        self, run: Callable[[Job], Answer], job: Job, *, time_limit: float
    ) -> Answer | WorkerFailed:
        """`run(job)`, computed in a process of its own that is ended after `time_limit` seconds.

        Its output is thrown away.
        """
        deadline = time.monotonic() + time_limit
        ours, theirs = socket.socketpair()
        with contextlib.closing(Connection(ours.detach())) as connection:
            try:
                with theirs, self._lock:
                    server = self._running()
                    pid = server.fork(theirs.fileno(), deadline)
            except OSError as error:
                return WorkerFailed(f"no worker process could be started: {error}")
            try:
                connection.send_bytes(pickle.dumps((run, job)))
                if not connection.poll(max(0.0, deadline - time.monotonic())):
                    return WorkerFailed(f"no answer within {time_limit:.1f} s")
                answer: Answer | WorkerFailed = pickle.loads(connection.recv_bytes())
                return answer
            except (EOFError, OSError):
                pass
            finally:
                with self._lock:
                    ended = server.end(pid)
            return WorkerFailed(f"the worker process died ({ended})")

    def _running(self) -> _Server:
        if self._closed:
            raise ConnectionError("the work was cut off")
        if self._server is not None and self._server.process.poll() is not None:
            self._server.control.close()
            self._server = None
        if self._server is None:
            self._server = _Server(self._first)
        return self._server


class _Server:
    """This side of a server process (`worker_server`)."""

    def __init__(self, first: Callable[[], object]) -> None:
        self.control, theirs = socket.socketpair()
        self._serves = False
        self._scratch = tempfile.TemporaryDirectory(
            prefix="loopwright-", ignore_cleanup_errors=True
        )
        with theirs:
            number = theirs.fileno()
            command = ["-P", "-m", "loopwright.worker_server", str(number)]
            self.process = subprocess.Popen(
                [sys.executable, *command, first.__module__, first.__qualname__],
                pass_fds=(number,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_SETTINGS, **dict.fromkeys(_FOLDERS, self._scratch.name)},
                start_new_session=True,
            )

    def fork(self, fd: int, deadline: float) -> int:
        """The id of a new process that reads its job from `fd`. Raises OSError."""
        try:
            self.control.settimeout(max(0.01, deadline - time.monotonic()))
            socket.send_fds(self.control, [ORDER.pack(FORK, 0)], [fd])
            pid = self._number()
        except OSError:
            self.close()  # a late answer would be taken for that to another order
            raise
        self._serves = True
        return pid

    def end(self, pid: int) -> str:
        """End a process and all that it started; how it ended."""
        try:
            self.control.settimeout(_PATIENCE)
            self.control.sendall(ORDER.pack(END, pid))
            return f"exit code {os.waitstatus_to_exitcode(self._number())}"
        except OSError:
            self.close()
            return "with its server"

    def close(self) -> None:
        """Cut the connection, upon which the server ends all; or end it, if it has not begun to serve."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)
        if self._serves:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_PATIENCE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._scratch.cleanup()

    def _number(self) -> int:
        data = self.control.recv(NUMBER.size, socket.MSG_WAITALL)
        if len(data) < NUMBER.size:
            raise ConnectionError("their server ended")
        number: int = NUMBER.unpack(data)[0]
        return number
