"""However much data a run handles, what is held and written of it stays within limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loopwright.workload import probe
from loopwright.workload.probe import Recorder
from loopwright.workload.probes import Probe, Source
from loopwright.workload.store import RegionRecord, load
from loopwright.workload.types_of import sample_size

MEGABYTE = 2**20


def recorded(folder: Path, regions: int) -> dict[str, RegionRecord]:
    """Calls of several regions with arrays of 1 MB, the third region being the slowest by far."""
    recorder = Recorder(folder)
    sources = (Source("x", "x", 0, ()),)
    probes = tuple(Probe(f"f{k}/0:body", "", sources) for k in range(regions))
    _, enter, leave = recorder.register("m.py", probes, {})
    assert callable(enter) and callable(leave)
    for call in range(5):
        for k in range(regions):
            token = enter(k, np.full(MEGABYTE // 8, k + call / 8))
            recorder.tallies[k].seconds += 100.0 * (k == 2)
            leave(token)
    held = [s for t in recorder.tallies for seen in t.seen.values() for s in seen.samples()]
    assert sum(map(sample_size, held)) <= probe.HELD_BYTES
    recorder.flush()
    (part,) = (file for file in folder.glob("*.part") if file.stat().st_size > 100)
    return {r.id: r for r in load(part).regions.values()}


def samples(record: RegionRecord) -> int:
    return sum(len(signature.samples) for signature in record.signatures)


def test_samples_of_cold_regions_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "HELD_BYTES", 8 * MEGABYTE)
    found = recorded(tmp_path, 12)
    assert len(found) == 12 and all(r.calls == 5 for r in found.values())
    assert all(r.signatures[0].shapes["x"] == ((MEGABYTE // 8,),) for r in found.values())
    assert samples(found["f2/0:body"]) == 3
    assert sum(map(samples, found.values())) <= 8


def test_a_folder_full_of_part_files_gets_no_large_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "PARTS_BYTES", 50)
    (tmp_path / "other.part").write_bytes(b"x" * 40)
    assert sum(map(samples, recorded(tmp_path, 2).values())) > 0
    for file in tmp_path.glob("tmp*.part"):
        file.unlink()
    (tmp_path / "other.part").write_bytes(b"x" * 60)
    assert sum(map(samples, recorded(tmp_path, 2).values())) == 0
