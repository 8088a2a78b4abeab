"""Extension modules by way of Cython and a C compiler, in a worker process.

Starting Cython takes ten times as long as a translation, so a server does that once (`prepare`). What all
kernels need of Cython's own code, above all memoryviews, is a module by itself (`--generate-shared`), which
is compiled once and imported by each kernel.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_EXAMPLE = """\
import cython
from cython.cimports.libc import math as cm
from cython.parallel import prange


@cython.boundscheck(False)
def f(x: cython.const[cython.double][::1], y: cython.double[:, :]):
    i: cython.longlong
    with cython.nogil:
        for i in prange(x.shape[0]):
            y[i, 0] = cm.sqrt(x[i])
    return True
"""
"""Exercises most of what kernels are made of."""


NATIVES = "natives"
"""The module of the runtime that is compiled where kernels take lists."""
SHARED_PREFIX = "loopwright_cython_"


def shared_name() -> str:
    """The name that the shared module is imported by, the same for all kernels of one Cython version."""
    return SHARED_PREFIX + re.sub(r"\W", "_", metadata.version("Cython"))


@dataclass(frozen=True, slots=True)
class Extension:
    """What is to be compiled: the module `source`, or the shared module if that is None. `compiler` is a
    command that makes `target` from `c_file`, both in a folder of their own. `alone`: without the shared
    module."""

    source: Path | None
    c_file: Path
    compiler: tuple[str, ...]
    target: Path
    alone: bool = False


def make(extension: Extension) -> str | None:
    """None if `extension.target` was made, else what went wrong, in a line."""
    said = _translate(*_arguments(extension.source, extension.c_file, extension.alone))
    if said is not None:
        return f"cython failed: {_gist(said)}"
    name = Path(extension.compiler[0]).name
    try:
        done = subprocess.run(
            extension.compiler,
            cwd=extension.c_file.parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return f"{name}: {error}"
    if done.returncode == 0:
        return None
    return f"{name} failed: {_gist(done.stderr or done.stdout) or done.returncode}"


def _arguments(source: Path | None, c_file: Path, alone: bool = False) -> tuple[str, ...]:
    """Of Cython's command line."""
    if source is None:
        return ("-3", "--generate-shared", str(c_file))
    shared = () if alone else ("--shared", shared_name())
    return ("-3", "--fast-fail", *shared, "-o", str(c_file), str(source))


def _translate(*arguments: str) -> str | None:
    """Run Cython; None if it succeeds, else what it says."""
    from Cython.Compiler import Main

    main: Callable[[], object] = Main.setuptools_main
    said = io.StringIO()
    sys.argv = ["cython", *arguments]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as end:
            if end.code:
                return said.getvalue()
    return None


def _gist(said: str) -> str:
    """The line that tells what is wrong."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower()] or lines[-1:]
    return wrong[0] if wrong else ""


def prepare() -> None:
    """Import Cython, and translate something so that it sets up its tables."""
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        source = Path(folder, "example.py")
        source.write_text(_EXAMPLE, encoding="utf-8")
        _translate(*_arguments(source, Path(folder, "example.c")))
