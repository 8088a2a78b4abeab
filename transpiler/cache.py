"""What the tool can make again, kept in `$XDG_CACHE_HOME/loopwright`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import loopwright

_KEPT = 30 * 86400.0
_ANALYSIS = ("", "frontend", "ir")
_ALL = (
    *_ANALYSIS,
    "analysis",
    "passes",
    "emit",
    "runtime",
    "verify",
    "verify/prove",
    "verify/mutate",
    "tune",
)


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/loopwright`, or `~/.cache/loopwright`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "loopwright")


class Kept:
    """Plain data by a key, one file each, in a folder.

    Entries that cannot be read are as good as absent, and a folder that cannot be written keeps nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.is_dir():
            _forget_old(folder.parent)

    def _file(self, key: bytes) -> Path:
        name = hashlib.sha256(key).hexdigest()
        return self._folder / name[:2] / f"{name[2:]}.json"

    def get(self, key: bytes) -> Any:
        """What `put` kept, or None."""
        try:
            return json.loads(self._file(key).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, key: bytes, value: Any) -> None:
        path = self._file(key)
        part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_text(json.dumps(value), encoding="utf-8")
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)


def file_digest(file: str) -> str:
    """The digest of a file's bytes; empty if it cannot be read."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return ""


def verdicts() -> Kept:
    """What `explain` said of files, by module and content, for this version of the tool and this Python."""
    return Kept(cache_folder() / "verdicts" / _tool_stamp(_ANALYSIS))


def unfinished(run: str) -> Kept:
    """What the run that `run` tells from others has found out so far, if it was stopped."""
    name = hashlib.sha256(f"{_tool_stamp(_ALL)} {run}".encode()).hexdigest()[:20]
    return Kept(cache_folder() / "unfinished" / name)


def _tool_stamp(parts: Sequence[str]) -> str:
    """Changes with the version of Python, the version of the tool, and edits of these of its folders."""
    state = hashlib.sha256(f"{loopwright.__version__} {sys.version}".encode())
    home = Path(loopwright.__file__).parent
    for name in parts:
        for path in sorted((home / name).glob("*.py")):
            status = path.stat()
            state.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return state.hexdigest()[:20]


def _forget_old(folder: Path) -> None:
    """Remove what other versions left a month ago."""
    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            if each.stat().st_mtime < time.time() - _KEPT:
                shutil.rmtree(each, ignore_errors=True)
