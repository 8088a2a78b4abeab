"""Measure original, peers and ours side by side on the classic kernels: `make bench-classic`.

    python benchmarks/suite.py [NAME ...] [--corpus] [--output DIR] [--rounds N] [--backends A,B]
                               [--peers A,B] [--sizes A,B] [--accuracy A] [--pythran PYTHON] [--keep]
                               [--publish]

Writes DIR/results.json (after each program), DIR/benchmarks.md and two plots. `--publish` also puts the page
and its plots into `docs/`. A run that was stopped goes on with `--keep`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from cases import Case, cases
from figures import Results, ratio_at, summary
from harness import ROOT
from limits import limits
from ours import optimise
from peers import PEERS, Skipped, build, c_compiler, pythran_version
from plots import draw
from rounds import Failed, measure
from tables import page

BACKENDS = ("auto", "numba", "cython", "numpy")


def main() -> int:
    args = arguments()
    chosen = cases(args.names, corpus=args.corpus)
    args.output = args.output.resolve()
    args.output.mkdir(parents=True, exist_ok=True)
    file = args.output / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if args.keep and file.exists() else None
    labels = {label: PEERS[label] for label in PEERS if label in args.peers}
    labels |= {f"ours-{backend}": args.accuracy for backend in args.backends}
    if results is None:
        results = {"versions": labels, "rows": [], "failed": {}}
    elif results["versions"] != labels:
        raise SystemExit(f"--keep: the run in {args.output} had other versions")
    done = {row["program"] for row in results["rows"]}
    results |= {"machine": machine(args.pythran), "limits": limits()}
    for case in chosen:
        if case.name not in done:
            run(case, results, args)
            file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_pages(results, args.output, publish=args.publish)
    print("\n".join(summary(results)))
    return 1 if results["failed"] else 0


def arguments() -> argparse.Namespace:
    def several(known: tuple[str, ...]) -> Any:
        def parse(text: str) -> list[str]:
            names = text.split(",")
            if unknown := set(names) - set(known):
                raise argparse.ArgumentTypeError(
                    f"not among {', '.join(known)}: {', '.join(unknown)}"
                )
            return names

        return parse

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="as `lu` or `linalg/lu`")
    parser.add_argument("--corpus", action="store_true", help="the programs of the corpus, too")
    parser.add_argument("--output", type=Path, default=ROOT / "bench-output" / "suite")
    parser.add_argument("--rounds", type=int, default=3, help="at least; short calls get more")
    parser.add_argument("--backends", type=several(BACKENDS), default=list(BACKENDS))
    parser.add_argument("--peers", type=several(tuple(PEERS)), default=list(PEERS))
    parser.add_argument("--sizes", type=lambda text: text.split(","), help="small,medium,large")
    parser.add_argument("--pythran", default=sys.executable, help="the Python that has Pythran")
    parser.add_argument("--accuracy", default="faithful", help="of ours")
    parser.add_argument("--keep", action="store_true", help="measure what DIR/results.json lacks")
    parser.add_argument("--publish", action="store_true", help="write docs/benchmarks.md")
    args = parser.parse_args()
    args.peers = list(dict.fromkeys(["original", *args.peers]))
    if found := shutil.which(args.pythran):
        args.pythran = os.path.abspath(found)  # compilers run in another folder
    return args


def run(case: Case, results: Results, args: argparse.Namespace) -> None:
    """Build and measure one program; its row, or why there is none, goes into the results."""
    results["failed"].pop(case.name, None)
    try:
        row = row_of(case, args)
    except (Failed, OSError, SyntaxError) as error:
        results["failed"][case.name] = f"{type(error).__name__}: {error}"
        print(f"{case.name}: FAILED: {error}", flush=True)
        return
    results["rows"].append(row)
    ours = f"ours-{args.backends[0]}"
    found = [ratio_at(row, size, ours) for size in row["sizes"]]
    shown = ["-" if r is None else f"{r.ratio:.2f} ({r.peer})" for r in found]
    print(f"{case.name}: best peer / ours {' / '.join(shown)}", flush=True)


def row_of(case: Case, args: argparse.Namespace) -> dict[str, Any]:
    work = args.output / "work" / case.name.replace("/", "-")
    shutil.rmtree(work, ignore_errors=True)
    source = work / "source" / case.path.name
    source.parent.mkdir(parents=True)
    source.write_text(case.source(), encoding="utf-8")
    module = case.module()
    built: dict[str, Path] = {}
    row: dict[str, Any] = {"program": case.name, "bound": getattr(module, "BOUND", None)}
    row |= {"sizes": {}, "first_call": {}, "skipped": {}, "declined": {}, "backends": {}}
    row["optimise_seconds"] = {}
    for label in args.peers:
        keep_or_note(label, build(label, case, source, work, args.pythran), built, row["skipped"])
    for backend in args.backends:
        label = f"ours-{backend}"
        made = optimise(case, source, work, backend, args.accuracy)
        row["optimise_seconds"][label] = round(made.seconds, 1)
        rewritten = [r for r in made.regions if r["status"] == "rewritten"]
        row["backends"][label] = sorted({r["backend"] for r in rewritten})
        if made.declined:
            row["declined"][label] = without_folders(made.declined)
        else:
            keep_or_note(label, made.built, built, row["skipped"])
    sizes = {k: v for k, v in module.SIZES.items() if args.sizes is None or k in args.sizes}
    measured = measure(case, built, sizes, args.rounds, work / "rounds")
    row["skipped"] |= measured.failed
    row["skipped"] = {k: without_folders(reason) for k, reason in row["skipped"].items()}
    row["first_call"] = measured.first_call
    for name, versions in measured.sizes.items():
        for label in row["declined"]:  # our output is the original then
            versions[label] = {**versions["original"], "as_original": True}
        amounts = module.work(sizes[name]) if hasattr(module, "work") else (None, None)
        flops, size_bytes = amounts
        row["sizes"][name] = {
            **{"size": sizes[name], "flops": flops, "bytes": size_bytes},
            "versions": versions,
        }
    return row


def without_folders(text: str) -> str:
    """A message without the folders of this machine: files keep their names."""
    return re.sub(r"(?<![\w.])\.{0,2}/(?:[\w.+~-]+/)+", "", text)


def keep_or_note(
    label: str, made: Path | Skipped, built: dict[str, Path], skipped: dict[str, str]
) -> None:
    if isinstance(made, Skipped):
        skipped[label] = made.reason
    else:
        built[label] = made


def write_pages(results: Results, output: Path, *, publish: bool) -> None:
    for folder in [output, ROOT / "docs"] if publish else [output]:
        names = draw(results, folder)
        (folder / "benchmarks.md").write_text(page(results, names), encoding="utf-8")
    if not names:
        print("no plots: Matplotlib is not installed")


def machine(pythran: str) -> dict[str, str]:
    """What the times depend on."""
    info: dict[str, str] = {"processor": processor(), "cores": str(os.cpu_count())}
    info["Python"] = platform.python_version()
    for package in ("numpy", "numba", "scipy"):
        try:
            info[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            info[package] = "missing"
    info["pythran"] = pythran_version(pythran) or "missing"
    compiler = c_compiler()
    info["C compiler"] = "missing" if compiler is None else version_of(compiler)
    info["BLAS"] = blas()
    forced = [n for n in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if n in os.environ]
    if forced:
        info["set in the environment"] = ", ".join(forced)
    return info


def blas() -> str:
    """Which BLAS NumPy runs on, and for what processor it takes this one."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown"
    found = [i for i in threadpool_info() if i["user_api"] == "blas"]
    keys = ("internal_api", "version", "architecture")
    return " ".join(str(found[0][key]) for key in keys if key in found[0]) if found else "unknown"


def version_of(compiler: str) -> str:
    done = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0]


def processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
