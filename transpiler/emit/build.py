"""Building emitted Cython modules to extensions beside them."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loopwright.diagnostics import NOWHERE, Declined
from loopwright.emit.cython_direct import CYTHON_HEAD as DOOR
from loopwright.emit.cython_direct import declarations as door_declarations
from loopwright.emit.vectors import CYTHON_HEAD, LIBRARY, SCALAR, WIDE, declarations
from loopwright.extensions import NATIVES, Extension, make, shared_name
from loopwright.workers import WorkerFailed, Workers

FLAGS = (
    "-O3",
    "-funroll-loops",
    "-fwrapv",
    "-fno-strict-aliasing",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
)
"""Flags of every build: integers wrap, no product and sum become one rounding, NaN and infinities
keep their meaning; only `errno` and floating-point traps, which kernels never look at, are given up."""

SHARED_FLAGS = ("-O2", "-fwrapv", "-fno-strict-aliasing")
"""Flags of modules that hold no arithmetic of kernels."""

NATIVE = "-march=native"
THREADS = "-fopenmp"

DRAWS = "cython.cimports.numpy.random"
"""A module that names this is linked with NumPy's distributions."""

NUMPY = (DRAWS, DOOR)
"""Modules that name one of these include headers of NumPy."""

TIME_LIMIT = 300.0
"""Seconds for both compilers together."""


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


def flags(*, native: bool, threads: bool, vectors: bool) -> tuple[str, ...]:
    """The compiler flags of a build, for the report."""
    chosen = [*FLAGS, *((NATIVE,) if native else ()), *((THREADS,) if threads else ())]
    if native and (vectors or _wide_is_free()):
        chosen.append(WIDE)
    if vectors and not native:
        chosen.append(SCALAR)
    return tuple(chosen)


def _wide_is_free() -> bool:
    """Whether the processor keeps its clock speed with the widest registers, as those with AVX-512 do since
    Ice Lake. Two loads of 64 bytes instead of four of 32 are then what memory near by gains from."""
    return "avx512_vbmi2" in _cpu()


def build_cython(
    source: Path, *, workers: Workers, cache_dir: Path, native: bool = True
) -> Path | Declined:
    """Compile the module `source` to an extension in the same folder, and return its path. The shared
    module that the extension imports (`extensions.shared_name`) is put there too.

    An extension built before from the same text by the same tools for the same kind of CPU is taken from
    `cache_dir`. `workers` run the compilers. Declined LW510 if a tool is missing, LW511 if a compiler refuses
    the module.
    """
    tools = toolchain()
    if isinstance(tools, Declined):
        return tools
    text = source.read_text(encoding="utf-8")
    options = flags(native=native, threads="prange(" in text, vectors=CYTHON_HEAD in text)
    recipe = _Recipe(source.stem, text, source.absolute(), options, DRAWS in text)
    made = _cached(recipe, source.parent, cache_dir, tools, workers)
    shared = build_shared(source.parent, workers=workers, cache_dir=cache_dir)
    return shared if isinstance(shared, Declined) else made


_SHARED = threading.Lock()
"""Of what several kernels need, the first has it compiled, and the others wait."""


def build_shared(folder: Path, *, workers: Workers, cache_dir: Path) -> Path | Declined:
    """Put the module that extensions of this Cython share into `folder`, and return its path.

    It runs on any CPU. Errors are those of `build_cython`.
    """
    tools = toolchain()
    if isinstance(tools, Declined):
        return tools
    with _SHARED:
        recipe = _Recipe(shared_name(), "", None, SHARED_FLAGS, False)
        return _cached(recipe, folder, cache_dir, tools, workers)


def build_natives(folder: Path, *, workers: Workers, cache_dir: Path) -> Path | Declined:
    """Put the module that fills arrays from lists into `folder`, that of the runtime, and return its path.

    It runs on any CPU. Errors are those of `build_cython`.
    """
    tools = toolchain()
    if isinstance(tools, Declined):
        return tools
    source = Path(__file__).with_name(f"{NATIVES}.pyx")
    with _SHARED:
        text = source.read_text("utf-8")
        recipe = _Recipe(NATIVES, text, source, SHARED_FLAGS, draws=False, alone=True)
        return _cached(recipe, folder, cache_dir, tools, workers)


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What an extension is made from: `text` is that of `source`, `draws` links NumPy's distributions;
    `alone` as in `Extension`."""

    stem: str
    text: str
    source: Path | None
    options: tuple[str, ...]
    draws: bool
    alone: bool = False


def _cached(
    recipe: _Recipe, folder: Path, cache_dir: Path, tools: Toolchain, workers: Workers
) -> Path | Declined:
    target = folder / f"{recipe.stem}{tools.suffix}"
    kept = cache_dir / f"{_key(recipe, tools)}{tools.suffix}"
    if kept.is_file():
        return _place(kept, target)
    with tempfile.TemporaryDirectory(prefix="loopwright-") as scratch:
        c_file, made = Path(scratch, f"{recipe.stem}.c"), Path(scratch, target.name)
        command = _compiler(recipe, tools, c_file, made)
        job = Extension(recipe.source, c_file, command, made, recipe.alone)
        failed = workers.ask(make, job, time_limit=TIME_LIMIT)
        if failed is not None:
            why = failed.reason if isinstance(failed, WorkerFailed) else failed
            return Declined(NOWHERE, "LW511", why)
        with contextlib.suppress(OSError):  # a cache that cannot be written keeps nothing
            cache_dir.mkdir(parents=True, exist_ok=True)
            _place(made, kept)
        return _place(made, target)


def _place(made: Path, target: Path) -> Path:
    """Copy whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(made, part)
    os.replace(part, target)
    return target


def _compiler(recipe: _Recipe, tools: Toolchain, c_file: Path, made: Path) -> tuple[str, ...]:
    command = [tools.compiler, "-shared", "-fPIC", "-w", *recipe.options, f"-I{tools.include}"]
    mathematical = CYTHON_HEAD in recipe.text and WIDE in recipe.options
    libraries = [LIBRARY, "-lm"] if mathematical else ["-lm"]
    if any(head in recipe.text for head in NUMPY):
        command.append(f"-I{np.get_include()}")
    if recipe.draws:
        libraries.insert(0, str(Path(np.random.__path__[0], "lib", "libnpyrandom.a")))
    if sys.platform == "darwin":
        command += ["-undefined", "dynamic_lookup"]
    return (*command, str(c_file), "-o", str(made), *libraries)


def _key(recipe: _Recipe, tools: Toolchain) -> str:
    parts = (
        recipe.text,
        declarations() if CYTHON_HEAD in recipe.text else "",
        door_declarations() if DOOR in recipe.text else "",
        recipe.stem,
        *recipe.options,
        tools.version,
        tools.suffix,
        sys.version,
        shared_name(),
        np.__version__,
        _cpu() if NATIVE in recipe.options else platform.machine(),
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
