"""`loopwright opt`: the intermediate code of a file's annotated functions, after any pass."""

from __future__ import annotations

import ast
from pathlib import Path

from loopwright.config import UsageError
from loopwright.diagnostics import CannotLower, Declined
from loopwright.emit import by_name
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.nodes import Program
from loopwright.ir.show import show
from loopwright.passes import parse_options
from loopwright.passes.base import Pass
from loopwright.pipeline import Passes, compiled_passes
from loopwright.report.text import caret


def run_opt(
    file: Path, passes: str, print_after: str | None, function: str | None, backend: str | None
) -> tuple[str, bool]:
    """The printed text, and whether some function was declined.

    Without passes named, a compiled backend gets the default pass list.
    """
    text = _read(file)
    chosen = _passes(passes, backend)
    out: list[str] = []
    failed = False
    for name, source in _functions(file, text, function):
        try:
            program = lower_function(source)
        except CannotLower as error:
            d = error.declined
            out.append(caret(file, text, d.at, d.code, d.why, d.unlocks) + "\n")
            failed = True
            continue
        out.append(_one(name, program, chosen, print_after, backend))
    return "\n".join(out), failed


def _one(
    name: str,
    program: Program,
    passes: tuple[Pass, ...],
    print_after: str | None,
    backend: str | None,
) -> str:
    parts: list[str] = []

    def observe(each: Pass, after: Program) -> None:
        if print_after in (each.name, "all"):
            parts.append(f"# {name} after {each.name}\n{show(after)}")

    ran = Passes(program, observe).run(passes)
    final, refused = ran.program, ran.refused
    if print_after is None and backend is None:
        parts.append(show(final))
    parts += [f"# {d.code} at line {d.at.line}: {d.why}\n" for d in refused]
    if backend is not None:
        emitted = by_name(backend).emit(final, name)
        if isinstance(emitted, Declined):
            parts.append(f"# {backend} declines: {emitted.code} {emitted.why}\n")
        else:
            parts.append(emitted.text)
    return "\n".join(parts)


def _passes(text: str, backend: str | None) -> tuple[Pass, ...]:
    if text:
        try:
            return tuple(parse_options(text))
        except ValueError as error:
            raise UsageError(str(error)) from error
    if backend in ("numba", "cython"):
        return compiled_passes(())
    return ()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8 ({error.reason})") from error


def _functions(file: Path, text: str, only: str | None) -> list[tuple[str, str]]:
    """Each function's name, and the text up to its end: what stands above may be called by it."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise UsageError(f"{file}:{error.lineno}: {error.msg}") from error
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    lines = text.splitlines(keepends=True)
    chosen = [f for f in found if only in (None, f.name)]
    if not chosen:
        raise UsageError(f"{file}: there is no function{f' named {only}' if only else ''}")
    return [(f.name, "".join(lines[: f.end_lineno])) for f in chosen]
