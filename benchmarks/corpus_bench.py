"""Optimise every corpus program and compare original, ours and plain njit: `make bench`.

    python benchmarks/corpus_bench.py [NAME ...] [--output DIR] [--backend B] [--rounds N]

Writes DIR/results.json and DIR/results.md (default `bench-output`). Each figure is the median of
interleaved rounds in one process; the first call is given apart.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness import (
    ROOT,
    ProgramRow,
    compare_in_child,
    geometric_mean,
    programs,
    timed,
    write_workload,
)


def optimise(program: Path, work: Path, extra: list[str]) -> tuple[Path, list[dict[str, Any]], str]:
    """Run the tool on one program; the rewritten file, the region reports and the tool's output."""
    source = work / "src" / program.stem
    out = work / "out" / program.stem
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    copy = source / program.name
    shutil.copy(program, copy)
    script = write_workload(copy, work / "src")
    report = work / "out" / f"{program.stem}.json"
    command = [
        *(sys.executable, "-m", "loopwright", "optimize", str(source), "-o", str(out)),
        *("--workload", f"{sys.executable} {script}", "--json", str(report), *extra),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    regions = json.loads(report.read_text())["regions"] if report.exists() else []
    return out / program.name, regions, done.stdout + done.stderr


def table(rows: list[dict[str, Any]]) -> str:
    lines = [
        "| program | regions | backend | vs CPython (test / small / bench) | vs njit | "
        "first call s | max error | optimise s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ratios = " / ".join(f"{r:.1f}" for r in row["ratios"].values())
        njit = "-" if row["njit"] is None else f"{row['njit']:.2f}"
        lines.append(
            f"| {row['program']} | {row['rewritten']} of {row['regions']} | {row['backend']} | "
            f"{ratios} | {njit} | {row['first_call']:.2f} | {row['error']:.1e} | "
            f"{row['seconds']:.0f} |"
        )
    return "\n".join(lines)


def summarise(row: ProgramRow, regions: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    regions = [r for r in regions if r["name"] != "inputs"]  # what makes inputs is not measured
    rewritten = [r for r in regions if r["status"] == "rewritten"]
    last = row.sizes[-1]
    by_size = {
        s.size_name: (s.seconds["original"] or 0.0) / (s.seconds["ours"] or 1e-12)
        for s in row.sizes
    }
    njit_time = last.seconds.get("njit")
    return {
        "program": row.program,
        "regions": len(regions),
        "rewritten": len(rewritten),
        "backend": ",".join(sorted({r["backend"] for r in rewritten})) or "-",
        "ratios": by_size,
        "njit": None if njit_time is None else njit_time / (last.seconds["ours"] or 1e-12),
        "first_call": row.first_call["ours"],
        "error": max(s.error["ours"] for s in row.sizes),
        "seconds": seconds,
        "declined": [f"{r['code']} {r['reason']}" for r in regions if r["status"] != "rewritten"],
        "timings": asdict(row),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--output", type=Path, default=ROOT / "bench-output")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-njit", action="store_true")
    parser.add_argument("--backend", default="auto")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    extra = ["--backend", args.backend]
    for program in programs(args.names):
        seconds, (ours, regions, text) = timed(lambda p=program: optimise(p, args.output, extra))
        try:
            measured = compare_in_child(program, ours, rounds=args.rounds, njit=not args.no_njit)
        except RuntimeError as error:
            failed.append(program.stem)
            last = [*text.splitlines()[-1:], *str(error).splitlines()[-1:]]
            print(f"{program.stem}: FAILED: {' | '.join(last)}", flush=True)
            continue
        rows.append(summarise(measured, regions, seconds))
        print(table(rows[-1:]).splitlines()[-1], flush=True)
        (args.output / "results.json").write_text(json.dumps(rows, indent=1))
    text = report(rows, failed)
    (args.output / "results.md").write_text(text)
    print(text)
    return 1 if failed else 0


def report(rows: list[dict[str, Any]], failed: list[str]) -> str:
    done = [r for r in rows if r["rewritten"]]
    wrong = [r["program"] for r in rows if r["error"] > 1e-6]
    slower = [
        f"{r['program']} ({name} {ratio:.2f})"
        for r in rows
        for name, ratio in r["ratios"].items()
        if ratio < 0.95
    ]
    njit = [r["njit"] for r in done if r["njit"]]
    bench = [list(r["ratios"].values())[-1] for r in done]
    return "\n".join(
        [
            table(rows),
            "",
            f"- programs rewritten: {len(done)} of {len(rows) + len(failed)}",
            f"- geometric mean over CPython at bench size (rewritten): {geometric_mean(bench):.1f}x",
            f"- geometric mean over plain njit ({len(njit)} compile): {geometric_mean(njit):.2f}x",
            f"- results off by more than 1e-6 relative: {', '.join(wrong) or 'none'}",
            f"- slower than 0.95 of the original: {', '.join(slower) or 'none'}",
            f"- failed: {', '.join(failed) or 'none'}",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
