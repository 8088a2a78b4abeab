"""Timing the versions of a program against each other: a process each, in rounds, medians.

In each round every version has its turn, in an order that moves on by one from round to round; no two run at
the same time.
"""

from __future__ import annotations

import contextlib
import json
import select
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cases import Case

WORKER = Path(__file__).with_name("worker.py")
MOST_ROUNDS = 21
ENOUGH_SECONDS = 0.5
"""Short calls get more rounds than were asked for, as they need them most: until a version had this long."""
SHORTEST_SAMPLE = 5e-4
PAUSE = 0.005
"""Seconds before each turn: idle threads of the version before may spin for a while."""
CALL_LIMIT = 300.0


class Failed(Exception):
    """A version raised, died, or took too long; the text says which."""


class Worker:
    """The process of one version."""

    def __init__(self, case: Case, label: str, built: Path, reference: Path) -> None:
        command = [sys.executable, str(WORKER), str(case.path), label, str(built), str(reference)]
        self.log = (reference / f"{label}.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self._last_words()) from None
        if not select.select([self.process.stdout], [], [], CALL_LIMIT)[0]:
            raise Failed(f"no answer within {CALL_LIMIT:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(self._last_words())
        reply: dict[str, Any] = json.loads(line)
        if "failed" in reply:
            raise Failed(reply["failed"])
        return reply

    def _last_words(self) -> str:
        code = self.process.wait()
        self.log.seek(0)
        words = self.log.read().strip().splitlines()[-1:]
        return f"the process ended with {code}: {' '.join(words)}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.log):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


@dataclass
class Measured:
    """For each size and version: the median seconds of a call, how many rounds it is from, and the largest
    difference from the original's result; for each version the first call, and why any was left out."""

    sizes: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    first_call: dict[str, dict[str, float]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def measure(
    case: Case, versions: dict[str, Path], sizes: dict[str, int], rounds: int, scratch: Path
) -> Measured:
    """Time the versions of a program at each size; `original` must be among them and comes first."""
    assert next(iter(versions)) == "original"
    scratch.mkdir(parents=True, exist_ok=True)
    workers = {label: Worker(case, label, built, scratch) for label, built in versions.items()}
    measured = Measured()
    try:
        for name, size in sizes.items():
            measured.sizes[name] = _one_size(workers, size, rounds, measured)
    finally:
        for worker in workers.values():
            worker.stop()
        for file in scratch.glob("*.pickle"):
            file.unlink()
    return measured


def _one_size(
    workers: dict[str, Worker], size: int, rounds: int, measured: Measured
) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    calls: dict[str, int] = {}
    samples: dict[str, list[float]] = {}
    for label in list(workers):
        if (ready := _ask(workers, label, {"prepare": size}, measured)) is None:
            continue
        first = {"load": ready["load"], "call": ready["first"]}
        measured.first_call.setdefault(label, first)
        calls[label] = max(1, min(100, int(SHORTEST_SAMPLE / max(ready["seconds"], 1e-9))))
        samples[label] = []
        rows[label] = {"error": ready["error"]}
    for number in range(MOST_ROUNDS):
        labels = [
            label
            for label in workers
            if number < rounds or sum(samples[label]) * calls[label] < ENOUGH_SECONDS
        ]
        turn = number % max(1, len(labels))
        for label in labels[turn:] + labels[:turn]:
            time.sleep(PAUSE)
            reply = _ask(workers, label, {"calls": calls[label]}, measured)
            if reply is not None:
                samples[label].append(reply["seconds"])
    for label, taken in samples.items():
        if label in workers:
            rows[label] |= {"seconds": statistics.median(taken), "rounds": len(taken)}
        else:
            del rows[label]
    return rows


def _ask(
    workers: dict[str, Worker], label: str, command: dict[str, Any], measured: Measured
) -> dict[str, Any] | None:
    """A worker's reply; None if it failed: it is left out from then on. The original must not fail."""
    try:
        return workers[label].ask(command)
    except Failed as failure:
        if label == "original":
            raise
        measured.failed[label] = str(failure)
        workers.pop(label).stop()
        return None
