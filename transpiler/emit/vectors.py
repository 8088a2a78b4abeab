"""Mathematical functions that the C library computes for several numbers at once (libmvec of glibc).

`vectors.pxd` declares them with the attribute that lets GCC take the vector form where it makes vector
code of a loop; elsewhere it takes the function for one number. Their results are within 4 units in the
last place.
Source: glibc manual, "Errors in Math Functions"; GCC manual, attribute `simd`.
"""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

from loopwright.emit.flow import functions
from loopwright.ir.nodes import Call, Program
from loopwright.ir.walk import walk_exprs

VECTORS = "vm"
"""The name that kernels know the functions by."""

CYTHON_HEAD = f"from cython.cimports.loopwright.emit import vectors as {VECTORS}\n"
SCALAR = "-DLOOPWRIGHT_SCALAR_MATH"
"""The option of a build for any machine: the functions for one number serve."""

LIBRARY = "-lmvec"
WIDE = "-mprefer-vector-width=512"
"""The functions gain more by wide registers than the processor may lose in clock speed."""

_PROBE = """\
__attribute__((simd("notinbranch"), const)) extern double f(double) __asm__("tanh");
void g(double *x, int n) { for (int i = 0; i < n; i++) x[i] = f(x[i]); }
"""


@functools.cache
def declarations() -> str:
    """What a kernel with functions for vectors includes."""
    return Path(__file__).with_name("vectors.pxd").read_text(encoding="utf-8")


def uses_vectors(program: Program) -> bool:
    """Whether the program calls functions for vectors."""
    return any(
        isinstance(e, Call) and e.fn.startswith("vec.")
        for func in functions(program)
        for e in walk_exprs(func.body)
    )


@functools.cache
def lacks_vectors(compiler: str) -> str | None:
    """What the C compiler or its library lack to compute functions in vectors, or None."""
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        source, made = Path(folder, "probe.c"), Path(folder, "probe.so")
        source.write_text(_PROBE, encoding="utf-8")
        command = [
            compiler,
            "-shared",
            "-fPIC",
            "-O3",
            "-Werror",
            WIDE,
            str(source),
            "-o",
            str(made),
        ]
        try:
            done = subprocess.run(
                [*command, "-Wl,--no-undefined", LIBRARY, "-lm"],
                capture_output=True, timeout=60, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{compiler}: {error}"
        vector = done.returncode == 0 and b"_ZGV" in made.read_bytes()
    return None if vector else "the C library has no mathematical functions for vectors"
