"""Show the tool at work on a real package and on corpus programs: `make demo`, `make demo-all`.

    python benchmarks/demo.py [--all] [--output DIR]

Each input is copied, optimised with a workload, tested, and timed against the original. `--all` adds the
packages minisom and fastdtw and the rest of the corpus.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import ROOT, compare_in_child, programs, timed, write_workload
from rich.console import Console
from rich.table import Table

PROGRAMS = ["kmeans", "dtw", "rbf_kernel", "viterbi", "floyd_warshall", "conv2d"]
WORKLOADS = ROOT / "benchmarks" / "workloads"
_LEGACY = "legacy_numbers"
"""A plugin of pytest that prints NumPy's scalars as numbers, as the examples of older packages do."""


@dataclass
class Row:
    name: str
    verdict: str
    speedup: str
    tests: str
    seconds: float


def optimise(
    source: Path, out: Path, command: str, report: Path
) -> tuple[int, list[dict[str, Any]]]:
    """Run the tool; its exit code and the regions of its report."""
    tool = [sys.executable, "-m", "loopwright", "optimize", str(source), "-o", str(out)]
    done = subprocess.run(
        [*tool, "--workload", command, "--json", str(report)],
        env=environment(source.parent),
        check=False,
    )
    regions = json.loads(report.read_text())["regions"] if report.exists() else []
    return done.returncode, regions


def environment(*paths: Path) -> dict[str, str]:
    """Our environment with `paths` in front of Python's."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}


def package_files(name: str) -> Path:
    """The installed package's folder, or its file if it is a single module."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed; run `make setup`")
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def own_tests(name: str, version: str, folder: Path) -> list[str] | None:
    """Arguments of pytest for the package's own tests, from its source distribution if need be; for its
    examples if it has no tests there. None if the source distribution cannot be had."""
    if name == "minisom":
        return ["minisom.py"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
    ]
    done = subprocess.run(
        [*command, "--no-binary", ":all:", "--dest", str(folder), f"{name}=={version}"],
        capture_output=True,
        check=False,
    )
    archives = sorted(folder.glob("*.tar.gz"))
    if done.returncode != 0 or not archives:
        return None
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    found = sorted(p for p in folder.rglob("*.py") if p.parent.name == "tests" and "test" in p.stem)
    if found:
        return [str(p) for p in found]
    (folder / f"{_LEGACY}.py").write_text('import numpy\nnumpy.set_printoptions(legacy="1.25")\n')
    return ["--doctest-modules", "-p", _LEGACY, name]


def run_package(name: str, version: str, work: Path, console: Console) -> Row:
    """Copy, optimise and test one package from PyPI."""
    console.rule(f"{name} {version}")
    files = package_files(name)
    source, out = work / "src" / name, work / "out" / name
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    if files.is_dir():
        target = source / files.name
        shutil.copytree(files, target, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        destination = out / files.name
    else:
        target = source
        shutil.copy(files, source)
        destination = out
    command = f"{sys.executable} {WORKLOADS / f'{name}_run.py'}"
    tool = ["optimize", str(target), "-o", str(destination), "--workload", command]
    report = work / f"{name}.json"
    seconds, code = timed(
        lambda: (
            subprocess.run(
                [sys.executable, "-m", "loopwright", *tool, "--json", str(report)],
                env=environment(source),
                check=False,
            ).returncode
        )
    )
    regions = json.loads(report.read_text())["regions"] if code == 0 else []
    tests = run_tests(name, version, work, out)
    script = WORKLOADS / f"{name}_run.py"
    ratio = run_script(script, source) / run_script(script, out)
    return Row(name, verdict(regions), f"{ratio:.1f} (whole workload)", tests, seconds)


def run_script(script: Path, path: Path) -> float:
    """Seconds of the script's second run in one process: imports and kernels are loaded by then."""
    code = (
        "import runpy, sys, time\n"
        "runpy.run_path(sys.argv[1])\n"
        "begun = time.perf_counter()\n"
        "runpy.run_path(sys.argv[1])\n"
        "print(time.perf_counter() - begun)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(script)],
        env=environment(path),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


def run_tests(name: str, version: str, work: Path, out: Path) -> str:
    """The package's own tests on the rewritten tree."""
    folder = work / "tests" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    arguments = own_tests(name, version, folder)
    if arguments is None:
        return "none to be had"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(out),
    ]
    done = subprocess.run(
        [*command, "-c", os.devnull, *arguments],
        cwd=out,
        env=environment(out, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    last = (done.stdout.strip().splitlines() or ["no output"])[-1]
    return last.strip("= ")


def verdict(regions: list[dict[str, Any]]) -> str:
    done = [r for r in regions if r["status"] == "rewritten"]
    names = ", ".join(sorted({f"{r['name']} ({r['backend']})" for r in done}))
    return f"{len(done)} of {len(regions)}: {names}" if done else f"0 of {len(regions)}"


def run_program(program: Path, work: Path, console: Console) -> Row:
    """Copy, optimise, compare and time one corpus program."""
    console.rule(str(program.relative_to(ROOT)))
    source, out = work / "src" / program.stem, work / "out" / program.stem
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    shutil.copy(program, source)
    script = write_workload(source / program.name, work / "src")
    report = work / f"{program.stem}.json"
    seconds, (_, regions) = timed(
        lambda: optimise(source, out, f"{sys.executable} {script}", report)
    )
    row = compare_in_child(program, out / program.name, njit=False)
    ratios = [(s.seconds["original"] or 0) / (s.seconds["ours"] or 1) for s in row.sizes]
    error = max(s.error["ours"] for s in row.sizes)
    same = "same bits" if error == 0 else f"max rel. difference {error:.0e}"
    shown = " / ".join(f"{ratio:.1f}" for ratio in ratios)
    return Row(program.stem, verdict(regions), f"{shown} (small to large)", same, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--output", type=Path, default=ROOT / "demo-output")
    args = parser.parse_args()
    work = args.output.resolve()
    work.mkdir(parents=True, exist_ok=True)
    console = Console(width=110)
    packages = [("similaritymeasures", "1.5.0")]
    names: list[str] | None = PROGRAMS
    if args.all:
        packages += [("minisom", "2.3.6"), ("fastdtw", "0.3.4")]
        names = None
    rows = [run_package(name, version, work, console) for name, version in packages]
    rows += [run_program(program, work, console) for program in programs(names)]
    table = Table(title="original time / time of the rewritten code, warm calls")
    for title in ("input", "regions rewritten", "speed-up", "checked", "seconds"):
        table.add_column(title)
    for row in rows:
        table.add_row(row.name, row.verdict, row.speedup, row.tests, f"{row.seconds:.0f}")
    console.print(table)
    console.print(f"The rewritten trees are in {work / 'out'}; the originals beside them in src.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
