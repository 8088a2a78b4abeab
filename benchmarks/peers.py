"""The versions of a program that are measured: how each is built, and how a process loads it.

A build gives the file to load or says why there is none; nothing is left out in silence.
"""

from __future__ import annotations

import ast
import ctypes
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from cases import CLASSIC, Case, drawn, needed
from harness import load, plain_njit

Kernel = Callable[..., Any]

PEERS = {
    "original": "the reference",
    "numpy": "sums in NumPy's order",
    "njit": "as written",
    "njit-fast": "fast-math",
    "pythran": "as written",
    "c": "functions within 4 units in the last place, sums in any order",
}
"""The versions besides ours, with the accuracy that each keeps."""

C_FLAGS = (
    *("-std=gnu11", "-O3", "-march=native", "-mprefer-vector-width=512", "-fopenmp"),
    *("-fno-math-errno", "-fno-trapping-math"),
)
PYTHRAN_FLAGS = ("-O3", "-march=native", "-DUSE_XSIMD", "-fopenmp")
SECONDS_TO_BUILD = 600.0


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why there is no such version of a program."""

    reason: str


def build(label: str, case: Case, source: Path, work: Path, pythran: str) -> Path | Skipped:
    """The file that `load_kernel` wants for a version; `source` is the program as a user has it, `pythran`
    the Python that has Pythran (which needs an older setuptools than we do)."""
    match label:
        case "original" | "njit" | "njit-fast":
            return source
        case "numpy":
            has = hasattr(case.module(), "idiom")
            return case.path if has else Skipped("no array form is written")
        case "pythran":
            return _build_pythran(case, work, pythran)
        case "c":
            return build_c(case, work)
    raise ValueError(label)


def load_kernel(label: str, case: Case, built: Path) -> Kernel:
    """The function to call, in the process that is to call it."""
    match label:
        case "numpy":
            return case.module().idiom
        case "njit":
            return plain_njit(built).kernel
        case "njit-fast":
            prange = getattr(case.module(), "PRANGE", ())
            return parallel_njit(built, prange).kernel
        case "pythran":
            return load(built, built.name.partition(".")[0]).kernel
        case "c":
            return load_c(case.module(), built)
    return load(built, f"measured_{built.stem}").kernel


def parallel_njit(path: Path, variables: tuple[str, ...]) -> ModuleType:
    """A module with `njit(parallel=True, fastmath=True)` on its functions, and `prange` in place of `range`
    where one of `variables` runs over it."""
    import numba

    class Share(ast.NodeTransformer):
        def visit_For(self, node: ast.For) -> ast.For:
            self.generic_visit(node)
            match node:
                case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"))):
                    if name in variables:
                        node.iter.func.id = "prange"
            return node

    module = ModuleType(f"shared_{path.stem}")
    module.prange = numba.prange
    tree = Share().visit(ast.parse(path.read_text(encoding="utf-8")))
    exec(compile(tree, str(path), "exec"), vars(module))
    for name, value in list(vars(module).items()):
        if hasattr(value, "__code__") and value.__code__.co_filename == str(path):
            setattr(module, name, numba.njit(parallel=True, fastmath=True)(value))
    return module


def build_c(case: Case, work: Path) -> Path | Skipped:
    """Compile a program's C text, with the functions for vectors if the C library has them."""
    module = case.module()
    if not hasattr(module, "C"):
        return Skipped("no C version is written")
    compiler = c_compiler()
    if compiler is None:
        return Skipped("no C compiler is on the path")
    folder = work / "c"
    folder.mkdir(parents=True, exist_ok=True)
    source, made = folder / f"{case.path.stem}.c", folder / f"{case.path.stem}.so"
    head = "".join(f"#include <{h}.h>\n" for h in ("math", "stdlib", "string"))
    source.write_text(head + module.C, encoding="utf-8")
    flags = [*C_FLAGS, *getattr(module, "C_FLAGS", ()), f"-I{CLASSIC}", "-shared", "-fPIC"]
    command = [compiler, *flags, str(source), "-o", str(made), "-Wl,--no-undefined"]
    if "vector_math.h" not in module.C:
        return _run([*command, "-lm"], made)
    with_vectors = _run([*command, "-lmvec", "-lm"], made)
    if isinstance(with_vectors, Path):
        return with_vectors
    return _run([*command, "-DSCALAR_MATH", "-lm"], made)


def c_compiler() -> str | None:
    wanted = os.environ.get("CC", "").split()[:1] or ["cc", "gcc", "clang"]
    return next((path for name in wanted if (path := shutil.which(name))), None)


def load_c(module: ModuleType, library: Path) -> Kernel:
    """The program's `call_c` with its C function, which takes arrays as pointers to their data."""
    match = re.search(r"^(void|double|long) kernel\(", module.C, re.MULTILINE)
    assert match is not None, f"{library.stem}: no function `kernel` in C"
    function = ctypes.CDLL(str(library)).kernel
    results = {"void": None, "double": ctypes.c_double, "long": ctypes.c_long}
    function.restype = results[match[1]]

    def call(*arguments: Any) -> Any:
        return function(*map(_for_c, arguments))

    return lambda *arguments: module.call_c(call, *arguments)


def _for_c(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        assert value.flags.c_contiguous
        return ctypes.c_void_p(value.ctypes.data)
    return ctypes.c_double(value) if isinstance(value, float) else ctypes.c_long(value)


def pythran_version(python: str) -> str | None:
    """The version of Pythran that a Python has, None if it has none."""
    code = "from importlib.metadata import version; print(version('pythran'))"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _build_pythran(case: Case, work: Path, python: str) -> Path | Skipped:
    if pythran_version(python) is None:
        return Skipped("Pythran is not installed")
    if c_compiler() is None:
        return Skipped("no C compiler is on the path")
    module = case.module()
    try:
        arguments = drawn(module, next(iter(module.SIZES.values())))
        export = f"#pythran export kernel({', '.join(map(pythran_type, arguments))})"
    except TypeError as error:
        return Skipped(str(error))
    folder = work / "pythran"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"pythran_{case.path.stem}"
    source = folder / f"{name}.py"
    text = needed(case.path.read_text(encoding="utf-8"), "kernel")
    source.write_text(f"{getattr(module, 'PYTHRAN', export)}\n{text}", encoding="utf-8")
    made = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
    command = [python, "-m", "pythran.run", *PYTHRAN_FLAGS, str(source), "-o", str(made)]
    return _run(command, made)


def pythran_type(value: Any) -> str:
    """How Pythran writes the type of an argument; TypeError if it has no word for it."""
    match value:
        case np.ndarray() if value.dtype.kind in "biufc":
            return f"{value.dtype.name}[{','.join(':' * value.ndim)}]"
        case bool() | int() | float() | complex():
            return type(value).__name__
        case str():
            return "str"
        case list() if value and len({pythran_type(item) for item in value}) == 1:
            return f"{pythran_type(value[0])} list"
        case tuple() if value:
            return f"({', '.join(map(pythran_type, value))})"
    raise TypeError(f"Pythran has no type for an argument of {type(value).__name__}")


def _run(command: list[str], made: Path) -> Path | Skipped:
    """Run a compiler; the file that it made, or the first complaint."""
    made.unlink(missing_ok=True)
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_BUILD,
            cwd=made.parent,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Skipped(f"not built within {SECONDS_TO_BUILD:.0f} s")
    if done.returncode == 0 and made.exists():
        return made
    rows = [row for row in (done.stderr + done.stdout).splitlines() if row.strip()]
    complaint = [row for row in rows if "error" in row.lower()] or rows[-1:] or ["no message"]
    return Skipped(f"not built: {complaint[0].strip()[:200]}")
