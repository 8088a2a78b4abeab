"""Our version of a program: the tool is run on it, once for each backend."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases import Case
from harness import timed
from peers import Skipped

SECONDS = 1800.0

_WORKLOAD = '''\
"""Run {stem} at each of its sizes."""

import sys

sys.path[:0] = [{source!r}, {benchmarks!r}]
import {stem} as program

from cases import Case, drawn
from pathlib import Path

given = Case(Path({path!r})).module()
for size in given.SIZES.values():
    program.kernel(*drawn(given, size))
'''


@dataclass(frozen=True, slots=True)
class Optimised:
    """What the tool made of a program: the file, or why there is none, and its report.

    `declined` is why nothing in the file was rewritten; it does the same as the original then.
    """

    built: Path | Skipped
    regions: list[dict[str, Any]]
    seconds: float
    declined: str = ""


def optimise(case: Case, source: Path, work: Path, backend: str, accuracy: str) -> Optimised:
    """Run the tool on the folder of `source`, with a workload that calls the kernel at each size."""
    out, report = work / f"ours-{backend}", work / f"ours-{backend}.json"
    shutil.rmtree(out, ignore_errors=True)
    report.unlink(missing_ok=True)
    script = work / f"run_{source.stem}.py"
    benchmarks = Path(__file__).resolve().parent
    script.write_text(
        _WORKLOAD.format(
            stem=source.stem,
            source=str(source.parent),
            benchmarks=str(benchmarks),
            path=str(case.path),
        ),
        encoding="utf-8",
    )
    command = [
        *(sys.executable, "-m", "loopwright", "optimize", str(source.parent), "-o", str(out)),
        *("--workload", shlex.join([sys.executable, str(script)]), "--json", str(report)),
        *("--backend", backend, "--accuracy", accuracy),
    ]
    try:
        seconds, done = timed(
            lambda: subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        )
    except subprocess.TimeoutExpired:
        return Optimised(Skipped(f"not optimised within {SECONDS:.0f} s"), [], SECONDS)
    file = out / source.name
    if not report.exists() or not file.exists():
        last = (done.stderr + done.stdout).strip().splitlines()[-1:] or ["no message"]
        return Optimised(Skipped(f"not optimised: {last[0][:200]}"), [], seconds)
    regions = json.loads(report.read_text(encoding="utf-8"))["regions"]
    regions = [r for r in regions if r["name"] != "inputs"]  # what makes inputs is not measured
    if not any(r["status"] == "rewritten" for r in regions):
        reasons = sorted({f"{r['code']} {r['reason']}" for r in regions})
        return Optimised(file, regions, seconds, "; ".join(reasons) or "no loop was found")
    return Optimised(file, regions, seconds)
