"""Building emitted Cython modules to extensions beside them."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from loopwright.diagnostics import NOWHERE, Declined

FLAGS = (
    "-O3",
    "-fwrapv",
    "-fno-strict-aliasing",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
)
"""Flags of every build: integers wrap, no product and sum become one rounding, NaN and infinities
keep their meaning; only `errno` and floating-point traps, which kernels never look at, are given up."""

NATIVE = "-march=native"
THREADS = "-fopenmp"

DRAWS = "cython.cimports.numpy.random"
"""A module that names this is linked with NumPy's distributions."""

TIME_LIMIT = 300.0
"""Seconds for each of the two compilers."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The C compiler and what it needs of Python."""

    compiler: str
    version: str
    include: str
    suffix: str


def toolchain() -> Toolchain | Declined:
    """The C compiler named by `CC`, or `cc`, `gcc`, `clang` on the path; Declined LW510 if there is none
    or Python's headers are missing."""
    wanted = os.environ.get("CC", "").split()[:1] or ["cc", "gcc", "clang"]
    found = next((path for name in wanted if (path := shutil.which(name))), None)
    if found is None:
        return Declined(NOWHERE, "LW510", f"no C compiler ({', '.join(wanted)}) is on the path")
    include = sysconfig.get_path("include")
    if not Path(include, "Python.h").is_file():
        return Declined(NOWHERE, "LW510", f"Python's headers are not installed in {include}")
    suffix = str(sysconfig.get_config_var("EXT_SUFFIX"))
    return Toolchain(found, _version(found), include, suffix)


@functools.cache
def _version(compiler: str) -> str:
    done = subprocess.run(
        [compiler, "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.partition("\n")[0]


def flags(*, native: bool, threads: bool) -> tuple[str, ...]:
    """The compiler flags of a build, for the report."""
    return (*FLAGS, *((NATIVE,) if native else ()), *((THREADS,) if threads else ()))


def build_cython(
    source: Path, *, native: bool = True, cache_dir: Path | None = None
) -> Path | Declined:
    """Compile the module `source` to an extension in the same folder, and return its path.

    An extension built before from the same text by the same tools for the same kind of CPU is taken from
    `cache_dir`. Declined LW510 if a tool is missing, LW511 if a compiler refuses the module.
    """
    tools = toolchain()
    if isinstance(tools, Declined):
        return tools
    text = source.read_text(encoding="utf-8")
    options = flags(native=native, threads="prange(" in text)
    target = source.with_name(source.stem + tools.suffix)
    kept = None
    if cache_dir is not None:
        kept = cache_dir / f"{_key(text, source.stem, tools, options)}{tools.suffix}"
        if kept.is_file():
            return _place(kept, target)
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        made = _compile(source, Path(folder), tools, options)
        if isinstance(made, Declined):
            return made
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            _place(made, kept)
        return _place(made, target)


def _place(made: Path, target: Path) -> Path:
    """Copy whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(made, part)
    os.replace(part, target)
    return target


def _compile(
    source: Path, folder: Path, tools: Toolchain, options: tuple[str, ...]
) -> Path | Declined:
    c_file = folder / f"{source.stem}.c"
    made = folder / f"{source.stem}{tools.suffix}"
    cython = [sys.executable, "-m", "cython", "-3", "--fast-fail", "-o", str(c_file), str(source)]
    compiler = [tools.compiler, "-shared", "-fPIC", "-w", *options, f"-I{tools.include}"]
    libraries = ["-lm"]
    if DRAWS in source.read_text(encoding="utf-8"):
        compiler.append(f"-I{np.get_include()}")
        libraries.insert(0, str(Path(np.random.__path__[0], "lib", "libnpyrandom.a")))
    if sys.platform == "darwin":
        compiler += ["-undefined", "dynamic_lookup"]
    for command in (cython, [*compiler, str(c_file), "-o", str(made), *libraries]):
        failed = _run(command, folder)
        if failed is not None:
            return Declined(NOWHERE, "LW511", failed)
    return made


def _run(command: list[str], folder: Path) -> str | None:
    """None if the command succeeds, else the last words of what it said."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{Path(command[0]).name}: {error}"
    if done.returncode == 0:
        return None
    said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    wrong = [line for line in said if "error" in line.lower()] or said[-1:]
    return f"{Path(command[0]).name} failed: {wrong[0] if wrong else done.returncode}"


def _key(text: str, stem: str, tools: Toolchain, options: tuple[str, ...]) -> str:
    parts = (
        text,
        stem,
        *options,
        tools.version,
        tools.suffix,
        sys.version,
        metadata.version("Cython"),
        np.__version__,
        _cpu() if NATIVE in options else platform.machine(),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@functools.cache
def _cpu() -> str:
    """What `-march=native` depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = ("model name", "flags", "Features")
    return "\n".join(dict.fromkeys(line for line in lines if line.startswith(named)))
