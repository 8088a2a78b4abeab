"""What must be in order before long work starts: sources, workload, and places to write to."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from loopwright.project_discover import SourceFile, discover
from loopwright.usage import UsageError


def python_files(sources: Sequence[Path], exclude: Sequence[str] = ()) -> tuple[SourceFile, ...]:
    """The Python files in `sources`, tests left out unless there is nothing else. UsageError if a source
    does not exist, or there are none at all."""
    files = discover(sources, exclude)
    if not files:
        raise UsageError(f"{', '.join(map(str, sources))}: there are no Python files")
    return tuple(file for file in files if not file.test) or files


def left_as_tests(sources: Sequence[Path], exclude: Sequence[str] = ()) -> int:
    """How many files `python_files` leaves out because they are tests."""
    return len(discover(sources, exclude)) - len(python_files(sources, exclude))


def command_line(command: str) -> list[str]:
    """The words of a workload, which runs without a shell. UsageError if it cannot be started."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"the workload cannot be read: {error}: {command}") from error
    startable(words)
    return words


def startable(words: Sequence[str]) -> None:
    """UsageError if there is no such program. A script may be named without `python` before it."""
    if not words or not words[0]:
        raise UsageError("the workload is empty")
    program = words[0]
    script = program.endswith(".py") and Path(program).is_file()
    if not script and shutil.which(program) is None:
        hint = "; for shell syntax write sh -c '...'" if shutil.which("sh") else ""
        raise UsageError(f"the workload cannot be started: there is no program {program}{hint}")


def writable_file(path: Path) -> None:
    """UsageError if no file can be written at `path`."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    _may_write(path.absolute().parent, path)


def check_output(sources: Sequence[Path], output: Path) -> None:
    """UsageError if `output` is no place for a new tree: a file, a source, inside or around one."""
    out = output.resolve()
    if out.exists() and not out.is_dir():
        raise UsageError(f"{output}: is a file; -o names a folder")
    for source in sources:
        real = source.resolve()
        if out == real or real in out.parents:
            raise UsageError(f"{output}: the output may not be inside the source {source}")
        if out in real.parents and (out == real.parent or source.is_dir()):
            raise UsageError(f"{output}: the source {source} is in it; choose another folder")
    above = next(folder for folder in (out, *out.parents) if folder.exists())
    if not above.is_dir():
        raise UsageError(f"{output}: {above} is a file")
    _may_write(above, output)


def check_tests(folder: Path) -> None:
    """UsageError if no tests can be written to `folder`, which need not exist."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; --emit-tests names a folder")
    full = folder.absolute()
    above = next(each for each in (full, *full.parents) if each.exists())
    if not above.is_dir():
        raise UsageError(f"{folder}: {above} is a file")
    _may_write(above, folder)


def check_in_place(files: Sequence[SourceFile]) -> None:
    """UsageError if a folder of sources cannot be written to."""
    for folder in dict.fromkeys(file.path.parent for file in files):
        _may_write(folder, folder)


def _may_write(folder: Path, shown: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"{shown}: no permission to write")
