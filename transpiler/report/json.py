"""The machine-readable report (`--json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from loopwright.atomic import write_atomic
from loopwright.report.results import RegionResult, Report


def region_dict(region: RegionResult) -> dict[str, Any]:
    """One region as plain data; keys are part of the tool's stable interface."""
    evidence = region.evidence
    return {
        "file": str(region.file),
        "line": region.span.line,
        "name": region.name,
        "status": region.status,
        "code": region.code,
        "reason": region.reason,
        "unlocks": region.unlocks,
        "backend": region.backend,
        "passes": list(region.passes),
        "accuracy": region.accuracy,
        "evidence": None
        if evidence is None
        else {
            "kind": evidence.kind,
            "inputs": evidence.inputs,
            "accepted": evidence.accepted,
            "seconds": round(evidence.seconds, 3),
            "note": evidence.note,
            "mutants": evidence.mutants,
            "killed": evidence.killed,
        },
        "speedup": {str(size): round(ratio, 2) for size, ratio in region.speedup.items()},
        "first_call": region.first_call,
        "share": region.share,
        "kernel": region.kernel,
        "test": region.test,
        "notes": list(region.notes),
        "seconds": {stage: round(spent, 2) for stage, spent in region.seconds.items()},
        "lost": [{"variant": lost.variant, "why": lost.why} for lost in region.losers],
    }


def render_json(report: Report) -> str:
    """The whole report as JSON text, ending in a newline."""
    data = {
        "regions": [region_dict(r) for r in report.regions],
        "skipped": [
            {"file": str(s.file), "code": s.code, "reason": s.reason} for s in report.skipped
        ],
        "output": None if report.output is None else str(report.output),
        "seconds": round(report.seconds, 2),
        "stages": {stage: round(spent, 2) for stage, spent in report.stages.items()},
    }
    return json.dumps(data, indent=2) + "\n"


def write_json(report: Report, path: Path) -> None:
    """Write the report to `path`, whole or not at all."""
    write_atomic(path, render_json(report).encode())
