"""Where kernels may start threads."""

from __future__ import annotations

import subprocess
import sys
import threading

from loopwright.runtime import guard


def test_a_process_with_one_thread_may() -> None:
    code = "from loopwright.runtime import guard; print(guard.alone())"
    assert answer(code) == "True"


def test_a_process_with_a_second_thread_may_not() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert not guard.alone()
    finally:
        stop.set()
        other.join()


def test_a_child_forked_after_threads_were_started_may_not() -> None:
    code = (
        "import os, sys\n"
        "from loopwright.runtime import guard\n"
        "guard.alone()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(10 + guard.alone())\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert answer(code) == "10"


def test_a_child_forked_before_any_thread_was_started_may() -> None:
    code = (
        "import os, sys\n"
        "from loopwright.runtime import guard\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(10 + guard.alone())\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert answer(code) == "11"


def test_a_worker_of_multiprocessing_may_not() -> None:
    code = (
        "import multiprocessing\n"
        "from loopwright.runtime import guard\n"
        "def work(queue):\n"
        "    queue.put(guard.alone())\n"
        "context = multiprocessing.get_context('fork')\n"
        "queue = context.SimpleQueue()\n"
        "child = context.Process(target=work, args=(queue,))\n"
        "child.start()\n"
        "print(queue.get())\n"
        "child.join()\n"
    )
    assert answer(code) == "False"


def answer(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_threads_that_the_parent_started_before_the_import_are_not_there() -> None:
    code = (
        "import os, sys, types, numpy\n"
        "sys.modules['numba.np.ufunc.parallel'] = types.SimpleNamespace(_is_initialized=True)\n"
        "if (child := os.fork()) == 0:\n"
        "    from loopwright.runtime import guard\n"
        "    os._exit(10 + guard.alone())\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert answer(code) == "10"
