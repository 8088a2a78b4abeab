"""The time that limits of a search are counted in: a loaded machine does not make it run faster.

Work is the shorter of the wall's time and of the processors' time that this process and its ended children
used: less than the wall's where others hold the processors, and not more where several threads compute.
What waits for the wall's sake, as a sleep does, is left to limits of the wall's time.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field


def processors() -> float:
    """Seconds of the processors that this process and its ended children used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@dataclass
class Stopwatch:
    """Counts work from when it was made. In a forked child it goes on with the child's own."""

    wall: Callable[[], float] = time.monotonic
    cpu: Callable[[], float] = processors
    process: int = field(default_factory=os.getpid, init=False)
    begun: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.wall(), self.cpu()

    @property
    def seconds(self) -> float:
        """The work so far."""
        if os.getpid() != self.process:  # the processors' time begins anew in a fork
            self.process = os.getpid()
            self.begun = self.wall(), 0.0
        wall, cpu = self.begun
        return max(0.0, min(self.wall() - wall, self.cpu() - cpu))


def longest_wait(work: float) -> float:
    """The wall's time that a call may take whose work is limited to `work` seconds."""
    return max(3.0 * work, work + 1.0)
