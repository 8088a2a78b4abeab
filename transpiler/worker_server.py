"""The process that `Workers` has fork its jobs.

    python -m loopwright.worker_server FD MODULE FUNCTION

It calls the function, which imports and sets up what jobs will need, then forks a process for each job. It
starts no thread and runs no job itself, so what a job breaks ends with its process. When the socket FD is
closed, it ends with all that it forked.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from loopwright.workers import FORK, NUMBER, ORDER, WorkerFailed


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    getattr(import_module(sys.argv[2]), sys.argv[3])()
    warnings.simplefilter("ignore")
    gc.collect()
    gc.freeze()  # pages that the collector does not write to stay shared with what is forked
    living: set[int] = set()
    try:
        _serve(control, living)
    finally:
        for pid in living:
            _kill(pid)


def _serve(control: socket.socket, living: set[int]) -> None:
    while True:
        data, fds, _, _ = socket.recv_fds(control, ORDER.size, 1, socket.MSG_WAITALL)
        if len(data) < ORDER.size:
            return
        order, pid = ORDER.unpack(data)
        if order == FORK:
            pid = _fork(control, fds[0])
            living.add(pid)
            control.sendall(NUMBER.pack(pid))
        else:
            _kill(pid)
            living.discard(pid)
            # until it is waited for, no other process gets its number and is ended for it
            control.sendall(NUMBER.pack(os.waitpid(pid, 0)[1]))


def _fork(control: socket.socket, job: int) -> int:
    pid = os.fork()
    if pid == 0:
        control.close()
        _work(job)
    os.close(job)
    with contextlib.suppress(PermissionError):
        os.setpgid(pid, pid)
    return pid


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _work(job: int) -> None:
    code = 1
    try:
        os.setpgid(0, 0)
        connection = Connection(job)
        run, argument = pickle.loads(connection.recv_bytes())
        connection.send_bytes(pickle.dumps(_answer(run, argument)))
        code = 0
    finally:
        os._exit(code)


def _answer(run: Callable[[Any], object], argument: object) -> object:
    try:
        return run(argument)
    except Exception as error:
        return WorkerFailed(traceback.format_exception_only(error)[-1].strip())


if __name__ == "__main__":
    main()
