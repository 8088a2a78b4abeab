"""Compile the Numba kernels of a folder in a worker process, so that later processes load them from disk.

Numba keeps what it compiled beside the source, and takes it back if the source has the same name, size
and time of change. What it made of one text is kept in the cache of the tool too, and put beside any file
with that text and name: a kernel that was compiled to be tried is not compiled again for the output.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from loopwright.cache import cache_folder
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.runtime.dispatch import cpu_features, load_backend
from loopwright.workers import Workers

_SECONDS = 10**9
_SPAN = 10**8
_MADE = (".nbi", ".nbc")


def warm(folder: Path, *, workers: Workers, time_limit: float = 120.0) -> float | Declined:
    """Compile what needs compiling; the seconds that it took. Declined LW511 if it fails."""
    begun = time.perf_counter()
    missing = [source for source in sorted(folder.glob("*_numba_*.py")) if not _restored(source)]
    if not missing:
        return 0.0
    failed = workers.ask(_compile, missing, time_limit=time_limit)
    if failed is not None:
        return Declined(NOWHERE, "LW511", f"Numba: {failed.reason}")
    for source in missing:
        _keep(source)
    return time.perf_counter() - begun


def _compile(sources: Sequence[Path]) -> None:
    for source in sources:
        load_backend(str(source.parent), source.stem, False)


def _restored(source: Path) -> bool:
    """Give `source` the time that its text stands for, and what Numba made of that text, if it is kept."""
    digest = hashlib.sha256(source.read_bytes()).digest()
    # Numba compares size and time: files of other texts must not share both
    offset = int.from_bytes(digest[:8]) % (_SPAN * _SECONDS)
    stamp = _SECONDS * _SECONDS + offset
    os.utime(source, ns=(stamp, stamp))
    kept = _kept(source)
    if not kept.is_dir():
        return False
    try:
        beside = source.parent / "__pycache__"
        beside.mkdir(exist_ok=True)
        for each in kept.iterdir():
            shutil.copyfile(each, beside / each.name)
    except OSError:
        return False
    return True


def _keep(source: Path) -> None:
    """Copy what Numba made of `source`, whole or not at all; a cache that cannot be written keeps nothing."""
    made = [
        path
        for path in (source.parent / "__pycache__").glob(f"{source.stem}.*")
        if path.suffix in _MADE
    ]
    target = _kept(source)
    if not made or target.exists():
        return
    with contextlib.suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part", dir=target.parent))
        try:
            for path in made:
                shutil.copyfile(path, part / path.name)
            os.rename(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _kept(source: Path) -> Path:
    """A folder for this text and name, Numba, NumPy, Python and CPU."""
    versions = [metadata.version(name) for name in ("numba", "llvmlite", "numpy")]
    about = [source.stem, sys.version, platform.machine(), *versions, *sorted(cpu_features())]
    key = hashlib.sha256("\n".join(about).encode() + b"\0" + source.read_bytes())
    return cache_folder() / "numba" / key.hexdigest()[:40]
