"""What the tool can make again, kept in `$XDG_CACHE_HOME/loopwright`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import loopwright

_KEPT = 30 * 86400.0
_ANALYSIS = ("", "frontend", "ir")


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/loopwright`, or `~/.cache/loopwright`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "loopwright")


class VerdictCache:
    """Plain data by content: a file's bytes and name, this version of the tool, this Python.

    Entries that cannot be read are as good as absent, and a folder that cannot be written keeps nothing.
    """

    def __init__(self) -> None:
        stamp = _tool_stamp()
        self._folder = cache_folder() / "verdicts" / stamp
        if not self._folder.is_dir():
            _forget_old(self._folder.parent)

    def _file(self, module: str, data: bytes) -> Path:
        key = hashlib.sha256(module.encode() + b"\0" + data).hexdigest()
        return self._folder / key[:2] / f"{key[2:]}.json"

    def get(self, module: str, data: bytes) -> Any:
        """What `put` kept, or None."""
        try:
            return json.loads(self._file(module, data).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, module: str, data: bytes, value: Any) -> None:
        path = self._file(module, data)
        part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_text(json.dumps(value), encoding="utf-8")
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)


def _tool_stamp() -> str:
    """Changes with the version of Python, the version of the tool, and edits of its sources."""
    state = hashlib.sha256(f"{loopwright.__version__} {sys.version}".encode())
    home = Path(loopwright.__file__).parent
    for name in _ANALYSIS:
        for path in sorted((home / name).glob("*.py")):
            status = path.stat()
            state.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return state.hexdigest()[:20]


def _forget_old(folder: Path) -> None:
    """Remove what other versions left a month ago."""
    import shutil

    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            if each.stat().st_mtime < time.time() - _KEPT:
                shutil.rmtree(each, ignore_errors=True)
