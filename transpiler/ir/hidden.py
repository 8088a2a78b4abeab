"""What the parameters of a program that are no live-ins stand for: streams of random numbers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from loopwright.ir.domain import Domain


def hidden_arguments(domain: Domain, given: Mapping[str, Any], seed: int) -> list[Any]:
    """The hidden arguments; streams of modules are seeded with `seed`, the others those of the live-ins
    `given` by name."""
    streams = dict(given)
    found: list[Any] = []
    for hidden in domain.hidden:
        if hidden.module and hidden.stream not in streams:
            made = random.Random(seed), np.random.RandomState(seed % 2**32)
            streams[hidden.stream] = made[hidden.module != "random"]
        stream = streams[hidden.stream]
        found.append(spare_of(stream) if hidden.spare else stream)
    return found


def spare_of(stream: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What a stream keeps for its next normal number, as `Hidden` tells."""
    if isinstance(stream, random.Random):
        kept = stream.getstate()[2]
        return np.array([0.0, 0.0] if kept is None else [1.0, kept])
    state = stream.get_state(legacy=False)
    return np.array([state["has_gauss"], state["gauss"]], np.float64)
