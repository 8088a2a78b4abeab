"""Classes of other files of the project: those that a module imports, and what derives from them.

Which file an import means is told by the folders alone; nothing is imported. A wrong guess costs speed only,
for the guard of a kernel tests that each method has the very code that was compiled.
"""

from __future__ import annotations

import ast
import copy
import os
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from loopwright.frontend.homes import settle
from loopwright.frontend.names import PLACE, walk_scope
from loopwright.frontend.parse import decode_source
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import module_names, running

T = TypeVar("T", bound=ast.AST)
_PLACES = {"lineno", "end_lineno", "col_offset", "end_col_offset"}
_FOLDERS = 4
_FILES = 24
_DEPTH = 4


def foreign_module(file: str) -> Module | None:
    """The module in the file as it is now, if it can be read and parsed."""
    return _foreign_module(file, _stamp(file))


def linked_module(file: str) -> Module | None:
    """The same with nodes that have no places, for those are in no file of the region's."""
    return _linked_module(file, _stamp(file))


def _stamp(file: str) -> tuple[int, int]:
    """Tells a file from what it was before."""
    try:
        found = os.stat(file)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=512)
def _foreign_module(file: str, stamp: tuple[int, int]) -> Module | None:
    try:
        text = decode_source(Path(file).read_bytes())
        return Module(Path(file), Path(file).stem, text, ast.parse(text))
    except (OSError, SyntaxError, ValueError):
        return None


@lru_cache(maxsize=512)
def _linked_module(file: str, stamp: tuple[int, int]) -> Module | None:
    found = _foreign_module(file, stamp)
    if found is None:
        return None
    # parsing again takes less time than a copy
    linked = Module(
        found.path, found.name, found.text, _stripped(ast.parse(found.text), _mark(found))
    )
    settle(linked)
    return linked


def unplaced(module: Module, node: T) -> T:
    """A copy of a part of `module` whose nodes have no places."""
    return _stripped(copy.deepcopy(node), _mark(module))


def _mark(module: Module) -> str:
    return f"{zlib.crc32(str(module.path).encode()):08x}"


def _stripped(node: T, mark: str) -> T:
    """The node without places; `mark` tells those of its file from others."""
    for part in ast.walk(node):
        places = _PLACES & vars(part).keys()
        if places:
            setattr(part, PLACE, f"{mark} {part.lineno} {part.col_offset}")  # type: ignore[attr-defined]
        for name in places:
            delattr(part, name)
    return node


CONSULTED: set[str] = set()
"""The files that were asked for classes, until somebody clears it."""


def imported_class(module: Module, name: str) -> ast.ClassDef | None:
    """The class of another file of the project that the global `name` of `module` stands for."""
    found, files = _imported_class(module, name, _DEPTH)
    CONSULTED.update(files)
    return found


@lru_cache(maxsize=2048)
def _imported_class(
    module: Module, name: str, depth: int
) -> tuple[ast.ClassDef | None, tuple[str, ...]]:
    origin = _origins(module).get(name)
    if origin is None or depth == 0:
        return None, ()
    file = str(origin[0])
    other = linked_module(file)
    if other is None:
        return None, (file,)
    found = module_names(other).classes.get(origin[1])
    if found is not None:
        return found, (file,)
    found, files = _imported_class(other, origin[1], depth - 1)
    return found, (file, *files)


def classes_at_hand(module: Module) -> tuple[ast.ClassDef, ...]:
    """The classes of the files that `module` imports from; where that is a package, of the files that it
    imports from, too."""
    found, files = _classes_at_hand(module)
    CONSULTED.update(files)
    return found


@lru_cache(maxsize=512)
def _classes_at_hand(module: Module) -> tuple[tuple[ast.ClassDef, ...], tuple[str, ...]]:
    files: dict[Path, None] = {}
    todo = [module]
    while todo:
        here = todo.pop(0)
        for file, _ in _origins(here).values():
            if file in files or len(files) == _FILES:
                continue
            files[file] = None
            other = linked_module(str(file)) if file.name == "__init__.py" else None
            if other is not None:
                todo.append(other)
    linked = [found for file in files if (found := linked_module(str(file))) is not None]
    own = module.path.absolute()
    classes = (
        cls
        for found in linked
        if found.path.absolute() != own
        for cls in module_names(found).classes.values()
    )
    return tuple(classes), tuple(map(str, files))


@lru_cache(maxsize=512)
def _origins(module: Module) -> dict[str, tuple[Path, str]]:
    """For each name that `module` imports from a file of its project that file, and the name there."""
    found: dict[str, tuple[Path, str]] = {}
    known = module_names(module).imports
    for part in walk_scope(running(module.tree)):
        if not isinstance(part, ast.ImportFrom):
            continue
        for alias in part.names:
            name = alias.asname or alias.name
            if name in known and (file := _file_of(module, part)) is not None:
                found[name] = file, alias.name
    return found


def _file_of(module: Module, stmt: ast.ImportFrom) -> Path | None:
    """The file that the statement imports from."""
    folders = list(_folders(module.path.absolute(), stmt.level))
    parts = [] if stmt.module is None else stmt.module.split(".")
    for folder in folders:
        base = folder.joinpath(*parts)
        for file in (base / "__init__.py", base.with_suffix(".py") if parts else base):
            if file.is_file():
                return file
    return None


def _folders(path: Path, level: int) -> Iterator[Path]:
    """Where an import looks: the folder that its dots mean, or those around the file."""
    parents = path.parents
    if level:
        if level <= len(parents):
            yield parents[level - 1]
        return
    left = _FOLDERS
    for folder in parents:
        yield folder
        # the folders of a package may be any number
        left -= not (folder / "__init__.py").is_file()
        if left == 0:
            return
