"""Worker processes: what a job breaks ends with it, limits hold, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loopwright.prepare import prepare
from loopwright.workers import WorkerFailed, Workers

# Jobs are expressions: `eval` is a function that every process has.
OS = "__import__('os')"
SLEEP = "__import__('time').sleep(60)"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as started:
        yield started


def ask(workers: Workers, job: str, time_limit: float = 30.0) -> object:
    return workers.ask(eval, job, time_limit=time_limit)


def reason(answer: object) -> str:
    assert isinstance(answer, WorkerFailed)
    return answer.reason


def alive(pid: int) -> bool:
    """A process that ended but was not waited for does not count."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_each_job_has_a_process_of_its_own(workers: Workers) -> None:
    change = f"(setattr(__import__('sys'), 'mark', 1), {OS}.getpid())[1]"
    first, second = ask(workers, change), ask(workers, change)
    assert first != second and os.getpid() not in (first, second)
    assert ask(workers, "hasattr(__import__('sys'), 'mark')") is False


FAILURES = {
    "it raises": ("{}['k']", "KeyError: 'k'"),
    "it crashes": (f"{OS}.kill({OS}.getpid(), 11)", "the worker process died (exit code -11)"),
    "it ends itself": (f"{OS}._exit(3)", "the worker process died (exit code 3)"),
    "its answer cannot be sent": ("lambda: 0", "the worker process died (exit code 1)"),
}


@pytest.mark.parametrize("case", FAILURES.values(), ids=FAILURES)
def test_a_job_that_fails_harms_no_other(workers: Workers, case: tuple[str, str]) -> None:
    job, why = case
    assert reason(ask(workers, job)) == why
    assert ask(workers, "6 * 7") == 42


def test_a_job_ends_at_its_limit(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    begun = time.monotonic()
    job = f"(open({str(file)!r}, 'w').write(str({OS}.getpid())), {SLEEP})"
    assert reason(ask(workers, job, time_limit=2.0)) == "no answer within 2.0 s"
    assert time.monotonic() - begun < 20
    assert not alive(int(file.read_text()))


def test_what_a_job_started_ends_with_it(workers: Workers) -> None:
    job = "__import__('subprocess').Popen(['sleep', '60'], start_new_session=False).pid"
    pid = ask(workers, job)
    assert isinstance(pid, int) and wait_until(lambda: not alive(pid))


def test_threads_get_their_own_answers(workers: Workers) -> None:
    def job(number: int) -> object:
        return ask(workers, f"(__import__('time').sleep(0.2), {number})[1]")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(job, range(24))) == list(range(24))


def test_a_server_that_died_is_started_anew() -> None:
    with Workers() as workers:
        server = ask(workers, f"{OS}.getppid()")
        assert isinstance(server, int)
        os.kill(server, signal.SIGKILL)
        assert wait_until(lambda: not alive(server))
        assert ask(workers, "6 * 7") == 42


def test_closing_cuts_off_what_runs(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    job = f"(open({str(file)!r}, 'w').write(str({OS}.getpid())), {SLEEP})"
    with Workers() as workers, ThreadPoolExecutor(1) as aside:
        asked = aside.submit(ask, workers, job, 60.0)
        assert wait_until(lambda: file.exists() and file.read_text() != "")
        workers.close()
        assert "the worker process died" in reason(asked.result(timeout=20))
        assert wait_until(lambda: not alive(int(file.read_text())))
        assert "cut off" in reason(ask(workers, "6 * 7"))


def test_a_set_up_is_done_before_the_first_job() -> None:
    with Workers(prepare) as workers:
        assert ask(workers, "'numba' in __import__('sys').modules") is True


ORPHAN = """\
from loopwright.workers import Workers
job = "(print(__import__('os').getppid(), file=open({file!r}, 'w')), __import__('time').sleep(60))"
Workers().ask(eval, job, time_limit=60)
"""


def test_a_killed_program_leaves_no_process(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    process = subprocess.Popen([sys.executable, "-c", ORPHAN.format(file=str(file))])
    assert wait_until(lambda: file.exists() and file.read_text().endswith("\n"))
    server = int(file.read_text())
    jobs = [int(p.name) for p in Path("/proc").glob("[0-9]*") if parent(p) == server]
    assert jobs
    process.kill()
    process.wait()
    assert wait_until(lambda: not any(map(alive, [server, *jobs])))


def parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
