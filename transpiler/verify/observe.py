"""Run one call and keep everything that counts as its behaviour."""

from __future__ import annotations

import ast
import contextlib
import io
import random
import signal
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from loopwright.verify import fills, guard, output, snapshot
from loopwright.verify.clock import Stopwatch, longest_wait
from loopwright.verify.conditions import Condition
from loopwright.verify.state import State


class CallTimeout(BaseException):
    """The call under test ran longer than it may; not an Exception, so that user code lets it pass."""


@dataclass
class Observation:
    """What one call did.

    `outcome` is `returned`, `raised`, `timeout` or `exhausted` (memory or stack). `picture` holds the
    arguments after the call and the result, taken together so that sharing shows.
    `value` is the result itself.
    """

    outcome: str
    picture: dict[str, Any]
    error: str = ""
    message: str = ""
    own_raise: bool = False
    seconds: float = 0.0
    value: Any = None

    @property
    def usable(self) -> bool:
        return self.outcome in ("returned", "raised")


class Raises:
    """The `raise` statements of the original's file: exceptions from these have texts that count."""

    def __init__(self, source: str, file: str) -> None:
        self.file = file
        self.lines: set[int] = set()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Raise) and node.exc is not None:
                self.lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))

    def own(self, error: BaseException) -> bool:
        """True if `error` was raised by a `raise` of the file, not by the interpreter or a library."""
        last: types.TracebackType | None = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        if last is None or last.tb_frame.f_code.co_filename != self.file:
            return False
        return last.tb_lineno in self.lines


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise CallTimeout in the main thread after `seconds` of work, or after some times as many if the
    process sleeps or has to wait; code that never returns to the interpreter is left to the parent process.
    """
    watch = Stopwatch()

    def worked(signum: int, frame: types.FrameType | None) -> None:
        if watch.seconds >= seconds:  # several threads use up the timer sooner
            raise CallTimeout

    def waited(signum: int, frame: types.FrameType | None) -> None:
        raise CallTimeout

    before = signal.signal(signal.SIGPROF, worked), signal.signal(signal.SIGALRM, waited)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.05)
    signal.setitimer(signal.ITIMER_REAL, longest_wait(seconds), 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before[0])
        signal.signal(signal.SIGALRM, before[1])


def observe(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    seed: int,
    limit: float,
    raises: Raises | None = None,
    shown: Mapping[str, Any] | None = None,
    under: Condition | None = None,
    state: State | None = None,
) -> Observation:
    """Call `function` and picture the outcome.

    `shown` are the argument objects by name to be pictured after the call. Both global generators are
    seeded with `seed` before the call, their states are part of the picture. `under` tells what fresh
    memory holds, `state` what else is looked at after the call.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    out, errors = io.StringIO(), io.StringIO()
    picture: dict[str, Any] = {}
    seen = Observation("returned", picture)
    result: Any = None
    fill = under.fill if under is not None and under.moves else None
    watch = Stopwatch()
    try:
        with (
            time_limit(limit),
            contextlib.redirect_stdout(out),
            _written_errors(errors if state is not None and state.errors else None),
            fills.fresh_memory(fill),
        ):
            result = function(*args, **kwargs)
            seen.seconds = watch.seconds
            if snapshot.is_lazy(result):
                _read(result, args, picture)
                result = None
            seen.value = result
            picture.update(snapshot.take({"args": dict(shown or {}), "result": result}))
    except CallTimeout:
        seen.outcome = "timeout"
    except (MemoryError, RecursionError) as error:
        seen.outcome, seen.error = "exhausted", type(error).__name__
    except BaseException as error:
        seen.outcome = "raised"
        seen.error = type(error).__qualname__
        seen.message = str(error)
        seen.own_raise = raises is not None and raises.own(error)
        picture.update(snapshot.take({"args": dict(shown or {}), "result": None}))
    seen.seconds = seen.seconds or watch.seconds
    picture["printed"] = out.getvalue()
    picture["written past sys.stdout"] = output.written()
    picture["written to sys.stderr"] = errors.getvalue()
    picture["memory around the arguments"] = guard.written_outside()
    if state is not None and seen.usable:
        picture["state"] = state.now()
    # Draws tell states apart as well as the states themselves, and much faster; both see cached normals.
    picture["random"] = (random.gauss(0.0, 1.0), random.random())
    picture["np.random"] = (float(np.random.standard_normal()), float(np.random.random_sample()))
    return seen


@contextlib.contextmanager
def _written_errors(into: io.StringIO | None) -> Iterator[None]:
    """What is written to `sys.stderr` inside, warnings left out."""
    if into is None:
        yield
        return
    with contextlib.redirect_stderr(into), warnings.catch_warnings(record=True):
        yield


def refused(error: Exception) -> Observation:
    """What is seen of a call whose arguments cannot be made: the exception, as if the call had raised it."""
    picture: dict[str, Any] = {"printed": "", "random": (), "np.random": ()}
    return Observation("raised", picture, error=type(error).__qualname__, message=str(error))


def _read(result: Iterator[Any], args: Sequence[Any], picture: dict[str, Any]) -> None:
    """Read a lazy result; how far iterator arguments were consumed is noted before and after the first."""
    sources = [a for a in args if type(a).__name__.endswith("_iterator")]
    picture["lazy"] = True
    picture["consumed at first"] = [a.__length_hint__() for a in sources]
    first: list[Any] = []
    error = ""
    try:
        first.append(snapshot.take(next(result)))
    except StopIteration:
        picture["items"] = snapshot.Items([], "", True)
        return
    except Exception as failure:
        error = type(failure).__qualname__
    picture["consumed by one item"] = [a.__length_hint__() for a in sources]
    if error:
        picture["items"] = snapshot.Items([], error, True)
        return
    rest = snapshot.drain(result)
    picture["items"] = snapshot.Items(first + rest.items, rest.error, rest.ended)
