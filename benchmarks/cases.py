"""The programs that the suite measures: the classic kernels, and on demand the corpus."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from harness import CORPUS, ROOT, load

CLASSIC = ROOT / "benchmarks" / "classic"


@dataclass(frozen=True, slots=True)
class Case:
    """One file with `kernel`, `inputs` and `SIZES`; classic ones also have what the peers need."""

    path: Path

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def classic(self) -> bool:
        return self.path.is_relative_to(CLASSIC)

    def module(self) -> ModuleType:
        return load(self.path, f"case_{self.path.parent.name}_{self.path.stem}")

    def source(self) -> str:
        """The file as a user would have it: of a classic one, `kernel` and what it needs."""
        text = self.path.read_text(encoding="utf-8")
        return needed(text, "kernel") if self.classic else text


def cases(names: list[str], *, corpus: bool = False) -> list[Case]:
    """All classic kernels and, if asked for, the corpus; or those with `names`, as `lu` or `linalg/lu`."""
    folders = [CLASSIC, CORPUS] if corpus else [CLASSIC]
    found = [Case(path) for folder in folders for path in sorted(folder.rglob("*.py"))]
    if not names:
        return found
    known = {n for case in found for n in (case.name, case.path.stem)}
    if unknown := sorted(set(names) - known):
        raise SystemExit(f"no program named {', '.join(unknown)}")
    return [case for case in found if {case.name, case.path.stem} & set(names)]


def drawn(module: ModuleType, size: int) -> tuple[Any, ...]:
    """The arguments of a program's kernel at one size, the same each time."""
    return tuple(module.inputs(size, np.random.default_rng(0)))


def needed(text: str, entry: str) -> str:
    """Those statements of a module that the function `entry` needs, each as it stands there."""
    statements = [s for s in ast.parse(text).body if not _is_docstring(s)]
    wanted, kept = {entry}, set[int]()
    while new := [n for n, s in enumerate(statements) if n not in kept and _defines(s) & wanted]:
        for number in new:
            kept.add(number)
            wanted |= {n.id for n in ast.walk(statements[number]) if isinstance(n, ast.Name)}
    rows = text.splitlines()
    parts: list[str] = []
    for number in sorted(kept):
        statement = statements[number]
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(d.lineno for d in decorators)])
        block = "\n".join(rows[first - 1 : statement.end_lineno])
        imports = isinstance(statement, ast.Import | ast.ImportFrom)
        parts.append(f"{block}\n" if imports else f"\n\n{block}\n")
    return "".join(parts).lstrip("\n")


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _defines(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        case ast.FunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Assign():
            return {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()
