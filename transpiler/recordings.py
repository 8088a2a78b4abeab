"""Recordings that the user names on the command line."""

from __future__ import annotations

from pathlib import Path

from loopwright.usage import UsageError
from loopwright.workload.store import Recording, load


def load_recording(trace: Path) -> Recording:
    """The recording in a file; UsageError if it cannot be read."""
    try:
        return load(trace)
    except ValueError as error:
        raise UsageError(str(error)) from error
