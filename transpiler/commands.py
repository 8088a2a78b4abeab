"""What each command of the command line does: call the API, print, return the exit code."""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from loopwright.cli import FINDINGS, FINE, UNDECIDED, USAGE
from loopwright.config import Options, load_options, parse_accuracy
from loopwright.preflight import python_files, startable, writable_file
from loopwright.usage import UsageError

if TYPE_CHECKING:
    from loopwright.verify.oracle import Reading


def _existing(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")


def _writable(path: Path | None) -> None:
    """Told before the work, not after it."""
    if path is not None:
        writable_file(path)


_FLAGS = ("accuracy", "backend", "style", "jobs", "min_share", "time_limit")


def _options(args: argparse.Namespace, start: Path) -> Options:
    given = {name: getattr(args, name) for name in _FLAGS if hasattr(args, name)}
    return load_options(start if start.is_dir() else start.parent, given)


def _optimize(args: argparse.Namespace) -> int:
    _existing(args.sources)
    _writable(args.json)
    options = _options(args, args.sources[0])
    python_files(args.sources, options.exclude)

    from rich.console import Console

    from loopwright.report.json import write_json
    from loopwright.report.text import print_table
    from loopwright.tree import Target, optimize_tree

    target = Target(args.output, args.in_place, args.force, args.emit_tests)
    result = optimize_tree(
        args.sources, target, options, workload=args.workload, trace=args.trace, progress=True
    )
    if args.json is not None:
        write_json(result.report, args.json)
    if args.diff:
        print(result.diff, end="")
    console = Console(stderr=args.diff, highlight=False)
    print_table(result.report, console)
    if result.report.output is not None:
        console.print(f"output: {result.report.output}", soft_wrap=True, markup=False)
        if result.report.rewritten and _is_project(result.report.output):
            hint = f"to install it: loopwright wheel {result.report.output}"
            console.print(hint, soft_wrap=True, markup=False)
    if args.emit_tests is not None:
        written = sum(region.test is not None for region in result.report.regions)
        console.print(f"tests: {written} in {args.emit_tests}", soft_wrap=True, markup=False)
    for region, why in result.untested:
        place = f"{region.file}:{region.span.line} {region.name}"
        console.print(f"no test for {place}: {why}", soft_wrap=True, markup=False)
    return USAGE if result.report.skipped else FINE


def _is_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("pyproject.toml", "setup.py"))


def _trace(args: argparse.Namespace) -> int:
    roots = args.source or [Path.cwd()]
    _existing(roots)
    _writable(args.output)
    startable(args.command)
    _positive(args.time_limit)

    from loopwright.workload.record import record

    result = record(args.command, roots, args.output, time_limit=args.time_limit)
    for text in result.oddities:
        print(f"loopwright: {text}", file=sys.stderr)
    return result.exit_code if result.exit_code >= 0 else 128 - result.exit_code


def _positive(seconds: float | None) -> None:
    if seconds is not None and not seconds > 0:
        raise UsageError(f"--time-limit must be more than 0, not {seconds:g}")


def _verify(args: argparse.Namespace) -> int:
    accuracy = args.accuracy or "bitwise"
    if args.rtol is not None:
        accuracy = f"rtol={args.rtol}" if args.rtol else "bitwise"
    parse_accuracy(accuracy)
    _positive(args.time_limit)
    _writable(args.json)
    if str(args.emit_test) != "-":
        _writable(args.emit_test)
    (f_path, f_name), (g_path, g_name) = map(_function_place, (args.original, args.candidate))

    from loopwright.atomic import write_atomic
    from loopwright.verify.ready import ready
    from loopwright.workers import Workers

    emit = None
    if args.emit_test is not None:
        emit = Path.cwd() if str(args.emit_test) == "-" else args.emit_test.parent
    with Workers(ready) as workers:
        workers.start()  # it has as much to import as there is to do here
        from loopwright.claims import claim_of
        from loopwright.verify.functions import render, verify_functions

        calls, readings = _recorded(args.trace, f_path, f_name, accuracy)
        verdict = verify_functions(
            f_path, f_name, g_path, g_name,
            accuracy=accuracy, time_limit=args.time_limit, trace=calls, shown=_shown(args.examples),
            emit=emit, readings=readings, claim=claim_of(f_path, f_name, g_path, g_name),
            workers=workers,
        )  # fmt: skip
    if args.json is not None:
        write_atomic(args.json, verdict.to_json().encode())
    if verdict.unloadable:
        raise UsageError(verdict.unloadable)
    if str(args.emit_test) == "-":
        print(render(verdict), file=sys.stderr)
        print(verdict.test, end="")
    else:
        print(render(verdict))
        if args.emit_test is not None and verdict.test:
            write_atomic(args.emit_test, verdict.test.encode())
            print(f"  test: {args.emit_test}")
    return {"same": FINE, "different": FINDINGS}.get(verdict.status, UNDECIDED)


def _recorded(
    trace: Path | None, path: Path, name: str, accuracy: str
) -> tuple[Sequence[Mapping[str, object]], Sequence[Reading]]:
    """The recorded calls of a function, and for `faithful` what it is as a program."""
    calls: Sequence[Mapping[str, object]] = ()
    readings: Sequence[Reading] = ()
    if trace is not None:
        from loopwright.recorded_calls import recorded_calls  # the whole compiler stands behind it

        calls = recorded_calls(trace, path, name)
    if accuracy == "faithful":
        from loopwright.readings import readings_of

        readings = readings_of(path, name, calls)
    return calls, readings


def _shown(examples: str | None) -> str | Path | None:
    """A file of examples, or their text. UsageError if it is neither."""
    if examples is None or Path(examples).is_file():
        return None if examples is None else Path(examples)
    try:
        compile(examples, "<examples>", "exec")
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"--examples {examples}: no such file, and no Python: {error}") from error
    if examples.endswith(".py"):
        raise UsageError(f"--examples {examples}: no such file")
    return examples


def _function_place(text: str) -> tuple[Path, str]:
    """`A.py:f` -> (A.py, "f"); UsageError if the file has no such function."""
    file, colon, name = text.rpartition(":")
    if not colon or not name or not file:
        raise UsageError(f"{text}: write FILE.py:function")
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    if path.suffix == ".pyx":
        return path, name  # no Python: the worker tells what is wrong

    from loopwright.diagnostics import Declined
    from loopwright.frontend.parse import parse_module
    from loopwright.verify.scope import find_function

    module = parse_module(path, path.parent)
    if isinstance(module, Declined):
        line = f":{module.at.line}" if module.at.line else ""
        raise UsageError(f"{path}{line}: {module.why}")
    if find_function(module.tree, name) is None and not _may_bind(module.tree, name):
        raise UsageError(f"{path}: there is no function {name}")
    return path, name


def _may_bind(tree: ast.Module, name: str) -> bool:
    """Whether a statement other than a `def` may give a module that name: `g = jit(f)`, an import."""
    first = name.partition(".")[0]
    return any(
        (isinstance(node, ast.Name) and node.id == first and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.alias) and (node.asname or node.name) in (first, "*"))
        for node in ast.walk(tree)
    )


def _check(args: argparse.Namespace) -> int:
    from loopwright.project import check_tree

    _existing(args.sources)
    findings = check_tree(args.sources)
    for finding in findings:
        print(f"{finding.file}:{finding.line}: {finding.code} {finding.message}")
    return FINDINGS if findings else FINE


def _explain(args: argparse.Namespace) -> int:
    path, where = _place(args.source)
    _writable(args.json)
    options = _options(args, path)
    files = python_files([path], options.exclude)

    from loopwright.explain_tree import explain_tree
    from loopwright.report.json import write_json
    from loopwright.report.text import explain, summary

    report = explain_tree(files, trace=args.trace, where=where, jobs=options.jobs)
    if args.json is not None:
        write_json(report, args.json)
    print(explain(report), end="")
    print(summary(report))
    for skipped in report.skipped:
        print(f"{skipped.file}: {skipped.code} {skipped.reason}", file=sys.stderr)
    return USAGE if report.skipped else FINE


def _place(text: str) -> tuple[Path, str | None]:
    """`pkg/heat.py:14` -> (path, "14"); a path that exists as it stands is taken whole."""
    if Path(text).exists():
        return Path(text), None
    file, colon, where = text.rpartition(":")
    if colon and where and Path(file).exists():
        return Path(file), where
    raise UsageError(f"{text}: no such file or folder")


def _build(args: argparse.Namespace) -> int:
    from loopwright.build import build_tree

    _existing([args.source])
    built, problems = build_tree(args.source, native=not args.portable)
    for path in built:
        print(f"built {path}")
    for problem in problems:
        print(f"{problem.code} {problem.why}", file=sys.stderr)
    if not built and not problems:
        print("there are no Cython kernels")
    return FINDINGS if problems else FINE


def _revert(args: argparse.Namespace) -> int:
    from loopwright.unsplice import revert

    _existing([args.source])
    restored = revert(args.source)
    for path in restored:
        print(f"restored {path}")
    if not restored:
        print("nothing to restore")
    return FINE


def _why(args: argparse.Namespace) -> int:
    from loopwright.diagnostics import CODES, code_row

    try:
        row = code_row(args.code.upper())
    except KeyError:
        known = ", ".join(row.code for row in CODES)
        raise UsageError(f"unknown code {args.code}; there are {known}") from None
    print(f"{row.code}: {row.meaning}\n\n{row.cause}\nunlocks it: {row.unlocks}")
    return FINE


def _wheel(args: argparse.Namespace) -> int:
    _existing([args.source])

    from loopwright.wheel import make_wheel

    made = make_wheel(args.source, args.output, isolated=not args.no_build_isolation)
    for file in made.missing:
        print(f"{file}: is not in the wheel, so its kernels are not used", file=sys.stderr)
    folders = "folder" if made.folders == 1 else "folders"
    print(f"{made.wheel}: {made.folders} {folders} of kernels")
    return FINDINGS if made.missing else FINE


def _passes(args: argparse.Namespace) -> int:
    from loopwright.report.passes import describe, listing

    print(listing() if args.pass_name is None else describe(args.pass_name))
    return FINE


def _backends(args: argparse.Namespace) -> int:
    from loopwright.emit import backends

    for backend in backends():
        print(f"{backend.name}: {backend.missing() or 'ready'}")
    return FINE


def _opt(args: argparse.Namespace) -> int:
    from loopwright.report.opt import run_opt

    if not args.file.is_file():
        raise UsageError(f"{args.file}: no such file")
    text, failed = run_opt(args.file, args.passes, args.print_after, args.function, args.emit)
    print(text, end="")
    return FINDINGS if failed else FINE


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "optimize": _optimize,
    "trace": _trace,
    "explain": _explain,
    "verify": _verify,
    "check": _check,
    "revert": _revert,
    "build": _build,
    "wheel": _wheel,
    "why": _why,
    "passes": _passes,
    "backends": _backends,
    "opt": _opt,
}
