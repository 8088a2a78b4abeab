"""The recorder inside the recorded process: what probes call.

Every call of a region is counted; at first each is looked at in full (types, shapes, ranges, samples), later
ever fewer, and calls of short regions are timed by sampling: each timed call stands for the ones skipped
before it. The recorder's own time is subtracted. Nothing here may disturb the program: a probe that fails
switches itself off.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from loopwright.frontend.function_ref import FunctionRef
from loopwright.ir.domain import path_text
from loopwright.ir.types import INT, Type
from loopwright.workload.fetch import MISSING, fetch, method
from loopwright.workload.functions import function_ref, is_number_class
from loopwright.workload.probes import Probe
from loopwright.workload.types_of import (
    SAMPLE_BYTES,
    bytes_of,
    copy_of,
    layout_of,
    name_of,
    range_of,
    sample_size,
    shape_of,
    shared_of,
    type_of,
)

if TYPE_CHECKING:
    from loopwright.workload.store import RegionRecord

NEVER = 1 << 60
FULL_LOOKS = 48
"""Calls that are looked at in full; after these every 16th timed call is."""
LOOK_SHARE, LOOK_SECONDS = 0.3, 0.02
"""Full looks at one region may take this part of the run's own time, or this much time if that is more."""
SLOW_CALL = 2e-4
"""Regions that take longer than this per call (seconds) are timed on every call."""
STRIDES = ((300, 1), (3_000, 7), (30_000, 61), (300_000, 499))
LAST_STRIDE = 2_003
SHAPES = 16
SMALL_SAMPLE = 2**14
"""Samples of fewer bytes survive a process that is killed, and are kept whatever else is."""
HELD_BYTES = 2**28
"""Samples of one process may take this much memory; beyond it those of cold regions are dropped."""
PARTS_BYTES = 2**29
"""Once the part files of all processes take this much, only small samples are written."""
SIGNATURES = 8
_SAMPLES = "first", "largest", "middle", "slow"
"""What is kept the longest comes first."""
T = TypeVar("T")


@dataclass(slots=True)
class Seen:
    """What was seen of one combination of types."""

    types: dict[str, Type]
    unknown: dict[str, str]
    functions: dict[str, FunctionRef]
    calls: int = 0
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    shapes: dict[str, dict[tuple[int, ...], None]] = field(default_factory=dict)
    layouts: dict[str, dict[str, None]] = field(default_factory=dict)
    shared: frozenset[tuple[str, str]] | None = None
    "live-ins that shared memory in every call so far"
    first: dict[str, object] | None = None
    middle: dict[str, object] | None = None
    largest: dict[str, object] | None = None
    slow: dict[str, object] | None = None
    slowest: float = 0.0
    "what the call took that `slow` is of"
    size: int = 0
    count: int = 0
    next_middle: int = 4

    def samples(self) -> list[dict[str, object]]:
        found = (getattr(self, name) for name in _SAMPLES)
        return [s for s in found if s is not None]


@dataclass(slots=True)
class Tally:
    """The running record of one region. `stride` calls is what the next timed call stands for."""

    path: str
    probe: Probe
    names: Mapping[str, object]
    counts: list[int]
    number: int
    calls: int = 0
    seconds: float = 0.0
    timed: int = 0
    looks: int = 0
    look_seconds: float = 0.0
    stride: int = 1
    busy: int = 0
    seen: dict[object, Seen] = field(default_factory=dict)


Held = tuple[Seen, dict[str, object]]
"""A sample that is kept if its call is slow."""
Token = tuple[Tally, int, bool, float, float, Held | None]


class Recorder:
    """All tallies of one process; `flush` writes them as one part file into `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tallies: list[Tally] = []
        self._lock = threading.RLock()
        self._probe_cost = 0.0
        self.restart()
        self._probe_cost = self._calibrated()
        self.restart()

    def _calibrated(self) -> float:
        """Seconds that a probe around nothing measures."""
        tally = Tally("", Probe("", "", ()), {}, [1], 0)
        costs = []
        for _ in range(50):
            before = tally.seconds
            tally.stride = 1
            token = self._enter(tally, ())
            if token is not None:
                self._leave(token)
            costs.append(tally.seconds - before)
        return sorted(costs)[len(costs) // 2]

    def restart(self) -> None:
        """Forget what was recorded (in a forked child: its parent reports that)."""
        self._file: Path | None = None
        self._begin: float | None = None
        self._end = 0.0
        self._own = 0.0
        self._written = 0.0
        self._pause = 1.0
        self._flushing = False
        self._after: Callable[[], None] | None = None
        self._held = 0
        self._lock = threading.RLock()
        for tally in self.tallies:
            tally.calls = tally.timed = tally.busy = tally.looks = 0
            tally.seconds = tally.look_seconds = 0.0
            tally.stride = 1
            tally.counts[tally.number] = 1
            tally.seen.clear()

    def register(
        self, path: str, probes: tuple[Probe, ...], names: Mapping[str, object]
    ) -> tuple[list[int], object, object]:
        """The three globals of an instrumented module with global names `names`."""
        counts = [1] * len(probes)
        mine = [Tally(path, p, names, counts, k) for k, p in enumerate(probes)]
        self.tallies += mine

        def enter(number: int, *roots: object) -> Token | None:
            try:
                return self._enter(mine[number], roots)
            except Exception:
                counts[number] = NEVER
                return None

        return counts, enter, self._leave

    def _enter(self, tally: Tally, roots: tuple[object, ...]) -> Token | None:
        begin = time.perf_counter()
        if self._begin is None:
            self._begin = self._end = self._written = begin
        weight = tally.stride
        tally.calls += weight
        tally.timed += 1
        held = None
        if self._wants_look(tally, begin):
            with self._lock:
                held = self._look(tally, roots, weight)
            tally.looks += 1
            now = time.perf_counter()
            tally.look_seconds += now - begin
        tally.stride = self._next_stride(tally)
        tally.counts[tally.number] = tally.stride
        outermost = tally.busy == 0
        tally.busy += 1
        now = time.perf_counter()
        self._own += now - begin
        return tally, weight, outermost, now, self._own, held

    def _leave(self, token: Token) -> None:
        tally, weight, outermost, begin, own, held = token
        now = time.perf_counter()
        self._end = now
        tally.busy = max(tally.busy - 1, 0)
        if outermost:
            spent = now - begin - (self._own - own) - self._probe_cost
            tally.seconds += weight * max(spent, 0.0)
            if held is not None:
                self._took(held, spent)
        if now - self._written > self._pause:
            # a process may be killed at any time; the pause doubles, so writing stays cheap in all
            self._pause *= 2
            self.flush(final=False)
            self._written = time.perf_counter()
        self._own += time.perf_counter() - now

    def _wants_look(self, tally: Tally, now: float) -> bool:
        if tally.looks < 4:
            return True
        if tally.looks >= FULL_LOOKS and tally.timed % 16:
            return False
        assert self._begin is not None
        plain = now - self._begin - self._own
        return tally.look_seconds < max(LOOK_SHARE * plain, LOOK_SECONDS)

    def _next_stride(self, tally: Tally) -> int:
        if tally.calls > 20 and tally.seconds / tally.calls > SLOW_CALL:
            return 1
        return next((stride for below, stride in STRIDES if tally.calls < below), LAST_STRIDE)

    def _look(self, tally: Tally, roots: tuple[object, ...], weight: int) -> Held | None:
        values = {s.name: fetch(s, roots, tally.names) for s in tally.probe.sources}
        types = {name: type_of(value) for name, value in values.items()}
        functions = _functions(tally, roots, values)
        key = tuple(
            t or functions.get(name) or type(values[name]).__name__ for name, t in types.items()
        )
        seen = tally.seen.get(key)
        if seen is None:
            if len(tally.seen) >= SIGNATURES:
                return None
            known = {name: t for name, t in types.items() if t is not None}
            rest = {
                n: name_of(values[n])
                for n, t in types.items()
                if t is None and n not in functions and values[n] is not MISSING
            }
            seen = tally.seen[key] = Seen(known, rest, functions)
        seen.calls += weight
        shared = shared_of(values)
        seen.shared = shared if seen.shared is None else seen.shared & shared
        size = count = 0
        for name, kind in seen.types.items():
            value = values[name]
            size += bytes_of(value)
            extent = range_of(value, kind)
            count += extent[1] if extent is not None and kind == INT else 0
            if extent is not None:
                lo, hi = seen.ranges.get(name, extent)
                seen.ranges[name] = (min(lo, extent[0]), max(hi, extent[1]))
            _note(seen.shapes, name, shape_of(value))
            _note(seen.layouts, name, layout_of(value))
        return self._sample(seen, values, size, count)

    def _sample(
        self, seen: Seen, values: Mapping[str, object], size: int, count: int
    ) -> Held | None:
        """`size` is that in bytes; of calls of one size that is the largest which has the largest ints.

        A sample of what is as large as anything before is kept after the call if that is the slowest so far:
        calls of one size may differ in what they have to do.
        """
        if size > SAMPLE_BYTES:
            return None
        larger = size > seen.size * 1.25 or (size >= seen.size and count > seen.count * 1.25)
        if seen.first is None:
            seen.first = _copy(seen, values)
            seen.size, seen.count = size, count
        elif larger:
            seen.largest = _copy(seen, values)
            seen.size, seen.count = size, count
        elif seen.calls >= seen.next_middle:
            seen.middle = _copy(seen, values)
            seen.next_middle = seen.calls * 3
        else:
            return (seen, _copy(seen, values)) if size >= seen.size else None
        self._hold(size)
        return None

    def _took(self, held: Held, seconds: float) -> None:
        """What the call with the sample took is known."""
        seen, sample = held
        if seconds > 1.25 * seen.slowest:
            seen.slow, seen.slowest = sample, seconds
            self._hold(sample_size(sample))

    def _hold(self, size: int) -> None:
        self._held += size
        if self._held > HELD_BYTES:
            self._drop_samples()

    def _drop_samples(self) -> None:
        """Hold no more than half of what may be held."""
        coldest = sorted(self.tallies, key=lambda t: t.seconds)
        found = [seen for tally in coldest for seen in tally.seen.values()]
        self._held = sum(sample_size(sample) for seen in found for sample in seen.samples())
        for seen in found:
            for name in reversed(_SAMPLES):
                sample = getattr(seen, name)
                size = 0 if sample is None else sample_size(sample)
                if self._held > HELD_BYTES // 2 and size >= SMALL_SAMPLE:
                    setattr(seen, name, None)
                    self._held -= size

    def flush(self, final: bool = True, after: Callable[[], None] | None = None) -> None:
        """Write the part file of this process over its earlier one, if any region was entered.

        Large samples are written the `final` time only. `after` is called in the end; a signal handler
        that interrupts a flush leaves its `after` to that one.
        """
        self._after = after or self._after
        if self._flushing:
            return
        self._flushing = True
        try:
            if self._begin is not None:
                with self._lock:
                    self._write(final)
        finally:
            self._flushing = False
            if self._after is not None:
                self._after()

    def _write(self, final: bool) -> None:
        from loopwright.workload.store import Recording, merge, save

        assert self._begin is not None
        seconds = max(self._end - self._begin - self._own, 1e-9)
        if self._file is None:
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            os.close(handle)
            self._file = Path(name)
        if final:
            others = (part for part in self.folder.glob("*.part") if part != self._file)
            final = sum(part.stat().st_size for part in others) < PARTS_BYTES
        # a module that was loaded twice has two tallies for one region
        records = [_record(t, seconds, final) for t in self.tallies if t.calls]
        parts = [Recording({r.key: r}, 0.0) for r in records]
        save(merge([Recording({}, seconds), *parts]), self._file, compress=False)


def _record(tally: Tally, seconds: float, final: bool) -> RegionRecord:
    from loopwright.workload.store import RegionRecord, Signature

    # of the calls that the next timed one will stand for, some have happened
    since = tally.stride - tally.counts[tally.number]
    calls = tally.calls + (since if 0 < since < tally.stride else 0)
    # calls that were not looked at are shared out among the types that were seen
    scale = calls / max(sum(s.calls for s in tally.seen.values()), 1)
    signatures = tuple(
        Signature(
            types=dict(s.types),
            calls=round(s.calls * scale),
            unknown=dict(s.unknown),
            ranges=dict(s.ranges),
            shapes={n: tuple(v) for n, v in s.shapes.items()},
            layouts={n: tuple(v) for n, v in s.layouts.items()},
            functions=dict(s.functions),
            shared=tuple(sorted(s.shared or ())),
            samples=tuple(x for x in s.samples() if final or sample_size(x) < SMALL_SAMPLE),
        )
        for s in sorted(tally.seen.values(), key=lambda s: -s.calls)
    )
    share = min(tally.seconds / seconds, 1.0)
    return RegionRecord(
        tally.path, tally.probe.id, tally.probe.digest, calls, tally.seconds, share, signatures
    )


def _note(notes: dict[str, dict[T, None]], name: str, value: T | None) -> None:
    if value is not None:
        values = notes.setdefault(name, {})
        if len(values) < SHAPES:
            values[value] = None


def _copy(seen: Seen, values: Mapping[str, object]) -> dict[str, object]:
    return {name: copy_of(values[name]) for name in seen.types}


def _functions(
    tally: Tally, roots: tuple[object, ...], values: Mapping[str, object]
) -> dict[str, FunctionRef]:
    """The functions among the live-ins that are called, and those that are classes of numbers."""
    found: dict[str, FunctionRef] = {}
    sources = tally.probe.sources
    for source in (s for s in sources if s.called or is_number_class(values[s.name])):
        holders = {s.root: roots[s.argument] for s in sources if s.argument is not None}
        if source.steps:
            path = path_text(source.root, source.steps[:-1])
            holders = {path: fetch(replace(source, steps=source.steps[:-1]), roots, tally.names)}
        inside = "" if source.steps else tally.probe.id.split("/")[0].partition("#")[0]
        value = values[source.name]
        if value is MISSING and source.steps:
            value = method(holders[path], str(source.steps[-1][1]))
        target = function_ref(value, tally.names, holders, inside)
        if target is not None:
            found[source.name] = target
    return found
