"""Run a workload and record what it shows: `record`.

The command runs unchanged in a child process; a generated folder at the front of PYTHONPATH holds a
`sitecustomize` that starts the recorder in that process and in every Python process below it, and then runs
the `sitecustomize` that it hides. Only a script's own file cannot be reached by an import hook: where the
command runs one, it is run through a small runner.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import loopwright
from loopwright.workload.hook import ELSEWHERE, LOADED
from loopwright.workload.store import Recording, load, merge, save

_PYTHON = re.compile(r"(python[0-9.]*|pypy[0-9.]*|py)(\.exe)?$", re.IGNORECASE)
_WITH_ARGUMENT = ("-W", "-X", "--check-hash-based-pycs")
_GRACE = 3.0
_TOGETHER = 2**27
"""Part files with more bytes than this are not merged at once."""

_SITE = '''\
"""Starts the recorder of `loopwright trace`, then runs the sitecustomize that this file hides."""
import sys

_FOLDER, _LIBRARY, _ROOTS, _PARTS = {folder!r}, {library!r}, {roots!r}, {parts!r}


def _record():
    lent = False
    try:
        import loopwright
    except ImportError:
        sys.path.append(_LIBRARY)
        lent = True
    try:
        from loopwright.workload.hook import install

        hook = install(_ROOTS, _PARTS)
        if "--multiprocessing-fork" in sys.orig_argv:
            from loopwright.workload.runner import follow_main

            follow_main(hook)
    finally:
        if lent and sys.path[-1:] == [_LIBRARY]:
            del sys.path[-1]


def _chain():
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    sys.path[:] = [entry for entry in sys.path if entry != _FOLDER]
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        sys.modules["sitecustomize"] = module = module_from_spec(spec)
        spec.loader.exec_module(module)


try:
    _record()
except Exception as error:
    print("loopwright: this process is not recorded:", error, file=sys.stderr)
_chain()
'''

_RUN = '''\
"""Runs a script under the recorder as Python itself would run it."""
from loopwright.workload.runner import run_script

run_script()
'''


@dataclass(frozen=True, slots=True)
class RecordResult:
    """`exit_code` is the command's (negative for a signal; 124 if the time limit ended it, 127 if it was not
    found), `processes` the number of processes that entered a region, `regions` the number of regions.
    `interrupted`: Ctrl-C came while the command ran, whatever it made of it. `elsewhere`: modules that the
    roots have and that the command imported from another place, with that place. `loaded`: files of the
    roots that were not recorded, with the import hook that loaded them in its own way."""

    exit_code: int
    processes: int
    regions: int
    timed_out: bool = False
    interrupted: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    loaded: Mapping[str, str] = field(default_factory=dict)

    @property
    def oddities(self) -> list[str]:
        """What a user should know of the run, in sentences."""
        told = [
            f"the run imported {name} from {place}, not from the sources"
            for name, place in self.elsewhere.items()
        ]
        for file, loader in self.loaded.items():
            cure = (
                "; pytest does without it if told --assert=plain" if "Assertion" in loader else ""
            )
            told.append(f"{file} is not recorded: {loader} has loaded it{cure}")
        return told if self.regions else [*told, "the run entered no loop below the sources"]


def record(
    command: Sequence[str],
    roots: Sequence[Path],
    out: Path,
    *,
    time_limit: float | None = None,
    stdout_to_stderr: bool = False,
) -> RecordResult:
    """Run `command` and write the recording of the modules below `roots` (files or folders) to `out`.

    Standard streams and the working folder are the caller's own; `stdout_to_stderr` joins the two outputs.
    A recording is written also if the command fails. Raises ValueError for an empty command, OSError if
    `out` cannot be written.
    """
    if not command:
        raise ValueError("there is no command to run")
    places = [str(root.resolve()) for root in roots]
    with tempfile.TemporaryDirectory(prefix="loopwright-trace-") as scratch:
        site, parts = Path(scratch, "site"), Path(scratch, "parts")
        site.mkdir()
        parts.mkdir()
        text = _SITE.format(
            folder=str(site),
            library=str(Path(loopwright.__file__).absolute().parent.parent),
            roots=places,
            parts=str(parts),
        )
        (site / "sitecustomize.py").write_text(text, encoding="utf-8")
        runner = site / "loopwright_run.py"
        runner.write_text(_RUN, encoding="utf-8")
        environment = dict(os.environ)
        inherited = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = f"{site}{os.pathsep}{inherited}" if inherited else str(site)
        line = with_runner(command, roots, runner)
        end = _run(line, environment, time_limit, stdout_to_stderr)
        result, processes = _merged(parts)
        save(result, out)
        return RecordResult(
            end.exit_code,
            processes,
            len(result.regions),
            end.timed_out,
            end.interrupted,
            _pairs(parts / ELSEWHERE),
            _pairs(parts / LOADED),
        )


@dataclass(frozen=True, slots=True)
class _End:
    exit_code: int
    timed_out: bool = False
    interrupted: bool = False


def with_runner(command: Sequence[str], roots: Sequence[Path], runner: Path) -> list[str]:
    """`command` with `runner` before the script that it runs, if that is a file below `roots`."""
    line = list(command)
    at = _script_position(line)
    if at is None or not _is_below(Path(line[at]), roots):
        return line
    if at == 0:
        return [sys.executable, str(runner), *line]
    return [*line[:at], str(runner), *line[at:]]


def _script_position(line: Sequence[str]) -> int | None:
    """Where in a command line the script stands, if it runs one by its file name."""
    if line[0].endswith(".py") and Path(line[0]).is_file():
        return 0
    if not _PYTHON.match(Path(line[0]).name):
        return None
    at = 1
    while at < len(line):
        word = line[at]
        if word in ("-", "-c", "-m") or re.match(r"-[A-Za-z]*[cm]", word):
            return None
        if word == "--":
            at += 1
            break
        if not word.startswith("-"):
            break
        at += 2 if word in _WITH_ARGUMENT else 1
    return at if at < len(line) and Path(line[at]).is_file() else None


def _is_below(file: Path, roots: Sequence[Path]) -> bool:
    real = file.resolve()
    return any(real == r or real.is_relative_to(r) for r in (root.resolve() for root in roots))


def _run(
    line: list[str], environment: dict[str, str], time_limit: float | None, to_stderr: bool
) -> _End:
    # a group of its own lets the limit end the whole family; without a limit the terminal keeps it
    group = 0 if time_limit is not None else None
    try:
        child = subprocess.Popen(
            line, env=environment, process_group=group, stdout=2 if to_stderr else None
        )
    except OSError as error:
        print(f"loopwright: {line[0]}: {error.strerror}", file=sys.stderr)
        return _End(126 if isinstance(error, PermissionError) else 127)
    try:
        return _wait(child, time_limit)
    except subprocess.TimeoutExpired:
        _end(child, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE)
        _end(child, signal.SIGKILL)
        child.wait()
        return _End(124, timed_out=True)
    finally:
        if group is not None:
            _end(child, signal.SIGKILL)


def _wait(child: subprocess.Popen[bytes], time_limit: float | None) -> _End:
    """How the child ends; an interrupt is the child's to handle first."""
    try:
        return _End(child.wait(time_limit))
    except KeyboardInterrupt:
        if time_limit is not None:
            _end(child, signal.SIGINT)
        try:
            return _End(child.wait(_GRACE), interrupted=True)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise KeyboardInterrupt from None


def _end(child: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, how)


def _pairs(file: Path) -> dict[str, str]:
    try:
        rows = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (row.partition("\t") for row in rows)
    return {first: second for first, _, second in pairs}


def _merged(folder: Path) -> tuple[Recording, int]:
    """The recording of all processes, and how many there are. Large ones are not held side by side."""
    found: list[Recording] = []
    number = size = 0
    for part in sorted(folder.glob("*.part")):
        # a process that was killed may leave an empty file behind
        with contextlib.suppress(ValueError):
            found.append(load(part))
            number += 1
        size += part.stat().st_size
        if size > _TOGETHER:
            found, size = [merge(found)], 0
    return merge(found), number


__all__ = ["RecordResult", "record", "with_runner"]
