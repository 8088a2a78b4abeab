"""The command line: parse arguments, call the API, print, return an exit code.

0 fine, 1 findings, 2 usage or input error, 3 undecided (`verify` only). Heavy imports stay inside the
commands, so that `loopwright --help` is quick.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loopwright.config import Options, UsageError, load_options

FINE, FINDINGS, USAGE, UNDECIDED = 0, 1, 2, 3
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; never raises for an error that is the user's to mend."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
        return code
    except UsageError as error:
        print(f"loopwright: error: {error}", file=sys.stderr)
        return USAGE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"loopwright: error: {where}{error.strerror or error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("loopwright: interrupted; every file is as it was or whole", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loopwright",
        description="A compiler from Python source to faster Python source, with evidence.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_optimize(commands)
    _add_trace(commands)
    _add_verify(commands)
    _add_check(commands)
    _add_explain(commands)
    _add_build(commands)
    _add_revert(commands)
    _add_tables(commands)
    _add_opt(commands)
    return parser


def _version() -> str:
    from loopwright import __version__

    return f"loopwright {__version__}"


# ------------------------------------------------------------------ optimize


def _add_optimize(commands: Any) -> None:
    p = commands.add_parser("optimize", help="write a faster copy of a source tree")
    p.add_argument("sources", nargs="+", type=Path, metavar="SRC", help="files or folders")
    where = p.add_mutually_exclusive_group(required=True)
    where.add_argument("-o", "--output", type=Path, metavar="OUT", help="folder for the new tree")
    where.add_argument("--in-place", action="store_true", help="rewrite the files themselves")
    where.add_argument("--diff", action="store_true", help="print what would change, write nothing")
    p.add_argument("--force", action="store_true", help="--in-place despite uncommitted changes")
    _add_recording(p)
    p.add_argument("--accuracy", metavar="A", help="bitwise, faithful (default) or rtol=X")
    p.add_argument("--backend", choices=["auto", "numpy", "numba", "cython"])
    p.add_argument("--style", choices=["guarded", "inline"])
    p.add_argument("-j", "--jobs", type=int, metavar="N", help="regions to verify at a time")
    p.add_argument("--min-share", type=float, metavar="F", help="smallest part of recorded time")
    p.add_argument("--time-limit", type=float, metavar="S", help="seconds for the whole command")
    p.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    p.set_defaults(run=_optimize)


def _add_recording(p: argparse.ArgumentParser) -> None:
    source = p.add_mutually_exclusive_group()
    source.add_argument("--workload", metavar="CMD", help="command that exercises the code")
    source.add_argument("--trace", type=Path, metavar="FILE", help="a recording of `trace`")


_FLAGS = ("accuracy", "backend", "style", "jobs", "min_share", "time_limit")


def _options(args: argparse.Namespace, start: Path) -> Options:
    given = {name: getattr(args, name) for name in _FLAGS if hasattr(args, name)}
    return load_options(start if start.is_dir() else start.parent, given)


def _optimize(args: argparse.Namespace) -> int:
    from rich.console import Console

    from loopwright.report.json import write_json
    from loopwright.report.text import print_table
    from loopwright.tree import Target, optimize_tree

    _existing(args.sources)
    options = _options(args, args.sources[0])
    target = Target(output=args.output, in_place=args.in_place, force=args.force)
    result = optimize_tree(
        args.sources, target, options, workload=args.workload, trace=args.trace, progress=True
    )
    if args.json is not None:
        write_json(result.report, args.json)
    if args.diff:
        print(result.diff, end="")
    console = Console(stderr=args.diff, soft_wrap=False)
    print_table(result.report, console)
    if result.report.output is not None:
        console.print(f"output: {result.report.output}", soft_wrap=True)
    return USAGE if result.report.skipped else FINE


def _existing(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")


# ------------------------------------------------------------- trace, verify


def _add_trace(commands: Any) -> None:
    p = commands.add_parser("trace", help="record types, sizes and hot spots of a run")
    p.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    p.add_argument("--source", type=Path, action="append", metavar="SRC",
                   help="what to record: files or folders (default: the current folder)")  # fmt: skip
    p.add_argument("--time-limit", type=float, metavar="S")
    p.add_argument(
        "command", nargs="+", metavar="CMD", help="after `--`: script, -m module, pytest"
    )
    p.set_defaults(run=_trace)


def _trace(args: argparse.Namespace) -> int:
    from loopwright.workload.record import record

    roots = args.source or [Path.cwd()]
    _existing(roots)
    result = record(args.command, roots, args.output, time_limit=args.time_limit)
    return result.exit_code


def _add_verify(commands: Any) -> None:
    p = commands.add_parser("verify", help="compare two functions on many inputs")
    p.add_argument("original", metavar="A.py:f")
    p.add_argument("candidate", metavar="B.py:g")
    p.add_argument(
        "--accuracy", default=None, metavar="A", help="bitwise (default), faithful, rtol=X"
    )
    p.add_argument(
        "--rtol", type=float, default=None, metavar="X", help="short for rtol=X; 0: bitwise"
    )
    p.add_argument("--trace", type=Path, metavar="FILE", help="take types from a recording")
    p.add_argument("--time-limit", type=float, default=60.0, metavar="S")
    p.add_argument("--json", type=Path, metavar="FILE")
    p.set_defaults(run=_verify)


def _verify(args: argparse.Namespace) -> int:
    from loopwright.verify.functions import render, to_json, verify_functions

    if args.accuracy is not None and args.rtol is not None:
        raise UsageError("--accuracy and --rtol exclude each other")
    accuracy = args.accuracy or "bitwise"
    if args.rtol is not None:
        accuracy = f"rtol={args.rtol}" if args.rtol else "bitwise"
    Options(accuracy=accuracy)
    sides = [_function_place(text) for text in (args.original, args.candidate)]
    (f_path, f_name), (g_path, g_name) = sides
    verdict = verify_functions(
        f_path, f_name, g_path, g_name,
        accuracy=accuracy, time_limit=args.time_limit, trace=args.trace,
    )  # fmt: skip
    if args.json is not None:
        args.json.write_text(to_json(verdict), encoding="utf-8")
    print(render(verdict))
    return {"same": FINE, "different": FINDINGS}.get(verdict.status, UNDECIDED)


def _function_place(text: str) -> tuple[Path, str]:
    file, colon, name = text.rpartition(":")
    if not colon or not name:
        raise UsageError(f"{text}: write FILE.py:function")
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    return path, name


# ------------------------------------------- check, explain, build, revert


def _add_check(commands: Any) -> None:
    p = commands.add_parser("check", help="find stale or hand-edited kernels; runs no user code")
    p.add_argument("sources", nargs="*", type=Path, metavar="SRC", default=[Path()])
    p.set_defaults(run=_check)


def _check(args: argparse.Namespace) -> int:
    from loopwright.project import check_tree

    _existing(args.sources)
    findings = check_tree(args.sources)
    for finding in findings:
        print(f"{finding.file}:{finding.line}: {finding.code} {finding.message}")
    return FINDINGS if findings else FINE


def _add_explain(commands: Any) -> None:
    p = commands.add_parser("explain", help="the verdict on each region; runs no user code")
    p.add_argument("source", metavar="SRC[:LINE|:NAME]")
    p.add_argument("--trace", type=Path, metavar="FILE", help="types and hot spots of a recording")
    p.add_argument("--json", type=Path, metavar="FILE")
    p.set_defaults(run=_explain)


def _explain(args: argparse.Namespace) -> int:
    from loopwright.report.json import write_json
    from loopwright.report.text import explain
    from loopwright.tree import explain_tree

    path, where = _place(args.source)
    report = explain_tree([path], trace=args.trace, where=where)
    if args.json is not None:
        write_json(report, args.json)
    print(explain(report), end="")
    for skipped in report.skipped:
        print(f"{skipped.file}: {skipped.code} {skipped.reason}", file=sys.stderr)
    return USAGE if report.skipped else FINE


def _place(text: str) -> tuple[Path, str | None]:
    """`pkg/heat.py:14` -> (path, "14"); a path that exists as it stands is taken whole."""
    if Path(text).exists():
        return Path(text), None
    file, colon, where = text.rpartition(":")
    if colon and Path(file).exists():
        return Path(file), where
    raise UsageError(f"{text}: no such file or folder")


def _add_build(commands: Any) -> None:
    p = commands.add_parser("build", help="compile the Cython kernels of a rewritten tree")
    p.add_argument("source", type=Path, metavar="SRC")
    kind = p.add_mutually_exclusive_group()
    kind.add_argument("--native", action="store_true", help="for this machine's CPU (default)")
    kind.add_argument("--portable", action="store_true", help="for any CPU of the architecture")
    p.set_defaults(run=_build)


def _build(args: argparse.Namespace) -> int:
    from loopwright.build import build_tree

    _existing([args.source])
    built, problems = build_tree(args.source, native=not args.portable)
    for path in built:
        print(f"built {path}")
    for problem in problems:
        print(f"{problem.code} {problem.why}", file=sys.stderr)
    return FINDINGS if problems else FINE


def _add_revert(commands: Any) -> None:
    p = commands.add_parser("revert", help="restore the original bytes of a rewritten tree")
    p.add_argument("source", type=Path, metavar="SRC")
    p.set_defaults(run=_revert)


def _revert(args: argparse.Namespace) -> int:
    from loopwright.unsplice import revert

    _existing([args.source])
    for path in revert(args.source):
        print(f"restored {path}")
    return FINE


# --------------------------------------------- why, passes, backends, opt


def _add_tables(commands: Any) -> None:
    p = commands.add_parser("why", help="what a diagnostic code means")
    p.add_argument("code", metavar="LWnnn")
    p.set_defaults(run=_why)
    p = commands.add_parser("passes", help="list the passes, or show one with its examples")
    p.add_argument("name", nargs="?")
    p.set_defaults(run=_passes)
    p = commands.add_parser("backends", help="list the backends and what they need")
    p.set_defaults(run=_backends)


def _why(args: argparse.Namespace) -> int:
    from loopwright.diagnostics import CODES, code_row

    try:
        row = code_row(args.code.upper())
    except KeyError:
        known = ", ".join(row.code for row in CODES)
        raise UsageError(f"unknown code {args.code}; there are {known}") from None
    print(f"{row.code}: {row.meaning}\n\n{row.cause}\nunlocks it: {row.unlocks}")
    return FINE


def _passes(args: argparse.Namespace) -> int:
    from loopwright.report.passes import describe, listing

    print(listing() if args.name is None else describe(args.name))
    return FINE


def _backends(args: argparse.Namespace) -> int:
    from loopwright.emit import backends

    for backend in backends():
        print(f"{backend.name}: {backend.missing() or 'ready'}")
    return FINE


def _add_opt(commands: Any) -> None:
    p = commands.add_parser("opt", help="run passes on the annotated functions of a file")
    p.add_argument("file", type=Path, metavar="FILE")
    p.add_argument("-p", "--passes", default="", metavar="PASSES", help="tile{sizes=32,32},fuse")
    p.add_argument("--print-after", metavar="PASS", help="print after this pass only, or `all`")
    p.add_argument("--function", metavar="NAME", help="only this function")
    p.add_argument("--emit", choices=["numpy", "numba", "cython"], help="print a backend's source")
    p.set_defaults(run=_opt)


def _opt(args: argparse.Namespace) -> int:
    from loopwright.report.opt import run_opt

    _existing([args.file])
    text, failed = run_opt(args.file, args.passes, args.print_after, args.function, args.emit)
    print(text, end="")
    return FINDINGS if failed else FINE
