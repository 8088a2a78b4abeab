"""Regions with kernels written by hand, for the tests of the region verifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loopwright.ir.domain import Domain, Param
from loopwright.ir.types import Array, Py
from loopwright.verify.differential import Candidate, verify_region
from loopwright.verify.verdict import Verdict

from .pool import WORKERS


@dataclass(frozen=True)
class Text:
    source: str
    entry: str
    roots: tuple[str, ...]


SCALE_ADD = Text(
    """
import numpy as np

def entry(x, y, n):
    s = 0.0
    for i in range(n):
        x[i] = x[i] * y[i] + 1.0
        s += x[i]
    return s
""",
    "entry",
    ("x", "y", "n"),
)
DOMAIN = Domain(
    (
        Param("n", "n", Py("int")),
        Param("x", "x", Array("float64", 1)),
        Param("y", "y", Array("float64", 1)),
    )
)
"""In the order of first use, as lowering makes it."""

GUARD = """
import numpy as np

def plain(a):
    return type(a) is np.ndarray and a.dtype == np.float64 and a.dtype.isnative and a.ndim == 1

def guard(x, y, n):
    return (
        plain(x) and plain(y) and x.flags.writeable and type(n) is int
        and 0 < n <= min(len(x), len(y)) and not np.shares_memory(x, y)
    )

def body(x, y, n):
    x[:n] = x[:n] * y[:n] + 1.0
    return np.cumsum(np.append(0.0, x[:n]))[-1]

def kernel(x, y, n):
    return body(x, y, n) if guard(x, y, n) else None
"""


def verify(
    folder: Path,
    kernels: str,
    text: Text = SCALE_ADD,
    domain: Domain = DOMAIN,
    accuracy: str = "bitwise",
    time_limit: float = 1.0,
    beside: Mapping[str, str] | None = None,
    **options: Any,
) -> Verdict:
    """Write `kernels` as a module with a dispatch function `kernel`, files `beside` it, and verify it."""
    package = folder / "_loopwright"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "trial.py").write_text(kernels)
    for name, source in (beside or {}).items():
        (package / name).write_text(source)
    place = Candidate(package, "trial", "kernel")
    return verify_region(
        text, place, domain, workers=WORKERS, accuracy=accuracy, time_limit=time_limit, **options
    )
