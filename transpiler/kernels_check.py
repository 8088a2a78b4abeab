"""`loopwright check`: do the kernels still stand for the code around them? Runs no code of the user."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwright.kernels_manifest import read_manifest, sha256
from loopwright.project_discover import SourceFile, discover
from loopwright.runtime.fingerprint import fingerprints
from loopwright.runtime.guarded import FOLDER as KERNELS_FOLDER
from loopwright.runtime.guarded import guarded_calls
from loopwright.splice_block import BEGIN, block_home


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is LW601 stale kernel, LW602 kernel file edited by hand, LW603 kernel missing."""

    file: Path
    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class _Stored:
    """The fingerprints in a dispatch module, the functions that its kernels stand for besides the code that
    calls them, and those that it defines."""

    regions: dict[str, str]
    along: dict[str, tuple[str, ...]]
    defined: set[str]


def check_tree(sources: Sequence[Path]) -> list[Finding]:
    """The findings in files and folders, in order of file and line."""
    found: list[Finding] = []
    folders: dict[Path, None] = {}
    for file in discover(sources):
        data = file.path.read_bytes()
        if BEGIN.encode() in data:
            found += _check_file(file, data, folders)
    for folder in folders:
        found += _check_folder(folder)
    return found


def _check_file(file: SourceFile, data: bytes, folders: dict[Path, None]) -> list[Finding]:
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return []
    home = block_home(tree)
    if home is None:
        return []
    module, up, line = home
    folder = file.path.parents[up] / KERNELS_FOLDER
    stored = _stored(folder / f"{module}.py")
    if stored is None:
        why = f"{folder / module}.py is missing; the original code runs"
        return [Finding(file.shown, line, "LW603", why)]
    folders[folder] = None
    return list(_compare(file, tree, data, stored))


def _compare(file: SourceFile, tree: ast.Module, data: bytes, stored: _Stored) -> Iterator[Finding]:
    regions, defined = stored.regions, stored.defined
    now = fingerprints(data, stored.along)
    for guarded in guarded_calls(tree):
        name, line = guarded.kernel, guarded.test.lineno
        if name not in regions or name not in defined:
            why = f"kernel `{name}` is missing; the original code runs"
            yield Finding(file.shown, line, "LW603", why)
        elif now[name] != {regions[name]}:
            why = f"the code behind kernel `{name}` was edited; it runs as written"
            yield Finding(file.shown, line, "LW601", why)


def _stored(path: Path) -> _Stored | None:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    found = _Stored({}, {}, set())
    for stmt in tree.body:
        match stmt:
            case ast.Assign([ast.Name("REGIONS")], ast.Dict() as table):
                found.regions.update(ast.literal_eval(table))
            case ast.Assign([ast.Name("ALONG")], ast.Dict() as table):
                found.along.update(ast.literal_eval(table))
            case ast.FunctionDef(name):
                found.defined.add(name)
    return found


def _check_folder(folder: Path) -> Iterator[Finding]:
    for name, wanted in sorted(read_manifest(folder).outputs.items()):
        path = folder / name
        if not path.exists():
            yield Finding(path, 1, "LW603", "the file is missing; the original code runs")
        elif sha256(path.read_bytes()) != wanted:
            yield Finding(
                path, 1, "LW602", "was edited since it was made; `optimize` makes it anew"
            )
