"""One file of `explain` as plain data, made in a process of its own."""

from __future__ import annotations

from dataclasses import astuple
from functools import lru_cache
from pathlib import Path
from typing import Any

from loopwright.cache import file_digest
from loopwright.frontend.linked import CONSULTED
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Module
from loopwright.frontend.screen import screen
from loopwright.recordings import load_recording
from loopwright.report.results import Placed
from loopwright.verdicts import defect, notes, verdicts
from loopwright.workload.store import Recording


def entry_of(job: tuple[str, str, str | None]) -> dict[str, Any]:
    """The verdicts on the file `job[0]` below the root `job[1]`, with the recording `job[2]` or None.

    `skipped` is None, or the code and the reason; `others` are the digests of other files whose classes the
    verdicts rest on.
    """
    path, root, trace = job
    module = parse_module(Path(path), Path(root))
    if not isinstance(module, Module):
        if module.code == "LW004":  # an empty file is a normal thing to find
            return {"skipped": None, "regions": [], "others": {}}
        why = f"line {module.at.line}: {module.why}" if module.at.line else module.why
        return {"skipped": [module.code, why], "regions": [], "others": {}}
    why_not = defect(module)
    if why_not is not None:
        return {"skipped": ["LW901", why_not], "regions": [], "others": {}}
    CONSULTED.clear()
    recording = None if trace is None else _loaded(trace, Path(trace).stat().st_mtime_ns)
    if screen(module.text):
        found = verdicts(module, module.path, recording)
    else:
        found = notes(module, module.path)
    others = {file: file_digest(file) for file in sorted(CONSULTED)}
    return {"skipped": None, "regions": [_plain(each) for each in found], "others": others}


@lru_cache(maxsize=1)
def _loaded(trace: str, changed: int) -> Recording:
    """The recording in the file that was last `changed` then (ns)."""
    return load_recording(Path(trace))


def _plain(verdict: Placed) -> dict[str, Any]:
    result = verdict.result
    return {
        "span": list(astuple(result.span)),
        "name": result.name,
        "status": result.status,
        "code": result.code,
        "reason": result.reason,
        "unlocks": result.unlocks,
        "share": result.share,
        "rows": list(verdict.rows),
        "function": list(verdict.function),
    }
