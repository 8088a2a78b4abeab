"""Inputs of a search that its parent process can read, even if the search crashed."""

from __future__ import annotations

import struct
import tempfile

_MOST = 60
_FIRST = 12
_STEP = 7
"Beyond the first, every so many inputs are kept: lengths come in order, and tails of blocks repeat by 2^k."
_LARGEST = 50_000
_LENGTH = struct.Struct("=Q")


class Kept:
    """A file without a name, shared by all forks."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as the search
        self._count = 0

    def note(self, data: bytes, accepted: int, fresh: bool) -> None:
        """Keep the data of an accepted input, if it is one of those to be kept.

        `accepted` is how many there were up to now; `fresh`: the input reached something new.
        """
        chosen = fresh or accepted <= _FIRST or accepted % _STEP == 0
        if chosen and self._count < _MOST and len(data) <= _LARGEST:
            self._count += 1
            self._file.write(_LENGTH.pack(len(data)) + data)
            self._file.flush()

    def all(self) -> list[bytes]:
        """What all forks kept."""
        self._file.seek(0)
        found = []
        while head := self._file.read(_LENGTH.size):
            found.append(self._file.read(_LENGTH.unpack(head)[0]))
        return found
