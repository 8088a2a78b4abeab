"""One version of one program in a process of its own.

    python worker.py PROGRAM LABEL BUILT REFERENCE

Commands come as lines of JSON on the standard input, each is answered by one line on the standard output:

    {"prepare": SIZE}   call once (at first twice) and compare with the reference
    {"calls": N}        the seconds of one call, over N calls with fresh arguments

The original writes the reference: what its calls returned and left in their arguments.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from cases import Case, drawn
from harness import largest_error
from peers import load_kernel

_SHORT = 0.01
"""Calls of fewer seconds are preceded by one that is not counted: the caches are another process's."""


class Version:
    """A loaded version, and the arguments of the size that it was prepared for."""

    def __init__(self, case: Case, label: str, built: Path, reference: Path) -> None:
        self.given = case.module()
        self.reference = reference
        self.is_reference = label == "original"
        begun = time.perf_counter()
        self.kernel = load_kernel(label, case, built)
        self.load_seconds = time.perf_counter() - begun
        self.arguments: tuple[Any, ...] = ()
        self.seconds = 0.0
        self.called = False

    def prepare(self, size: int) -> dict[str, Any]:
        self.arguments = drawn(self.given, size)
        first, result = self._call()
        self.seconds = first
        if not self.called:
            self.called = True
            self.seconds, result = self._call()
        return {"first": first, "seconds": self.seconds, "error": self._error(size, result)}

    def measure(self, calls: int) -> float:
        if self.seconds < _SHORT:
            self._call()
        prepared = [copy.deepcopy(self.arguments) for _ in range(calls)]
        begun = time.perf_counter()
        for arguments in prepared:
            self.kernel(*arguments)
        self.seconds = (time.perf_counter() - begun) / calls
        return self.seconds

    def _call(self) -> tuple[float, Any]:
        arguments = copy.deepcopy(self.arguments)
        begun = time.perf_counter()
        result = self.kernel(*arguments)
        seconds = time.perf_counter() - begun
        return seconds, (result, list(arguments))

    def _error(self, size: int, result: Any) -> float:
        file = self.reference / f"{size}.pickle"
        if self.is_reference:
            file.write_bytes(pickle.dumps(result))
            return 0.0
        return largest_error(pickle.loads(file.read_bytes()), result)


def main() -> None:
    program, label, built, reference = sys.argv[1:]
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a kernel prints is no reply
    warnings.simplefilter("ignore")
    version = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if version is None:
                version = Version(Case(Path(program)), label, Path(built), Path(reference))
            if "prepare" in command:
                reply = {**version.prepare(command["prepare"]), "load": version.load_seconds}
            else:
                reply = {"seconds": version.measure(command["calls"])}
        except Exception as error:
            text = " ".join(str(error).split())
            reply = {"failed": f"{type(error).__name__}: {text}"[:300]}
        replies.write(json.dumps(reply) + "\n")


if __name__ == "__main__":
    main()
