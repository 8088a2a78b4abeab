"""What the names in annotations mean: definitions of the module, and of modules beside it.

Read from the text alone; nothing is imported. Files outside of the module's own folder or package are
not followed: their names count by their last component (`np.ndarray`, `ndarray`).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Scope:
    """Definitions of one module by name. `notes` says what was assumed about types.

    `renamed` are imports under another name, `imported` names that a file beside the module defines.
    `open` are the definitions that are being read, so that one that names itself ends.
    """

    aliases: dict[str, ast.expr] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    imported: dict[str, tuple[Path, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    files: dict[Path, Scope] = field(default_factory=dict)

    def beside(self, name: str) -> Scope | None:
        """The scope of the file that `name` is imported from, its own name for it put in `aliases`."""
        if name not in self.imported:
            return None
        path, original = self.imported[name]
        if path not in self.files:
            try:
                tree = ast.parse(path.read_bytes())
            except (OSError, SyntaxError, ValueError):
                return None
            self.files[path] = scope_of(tree, path, self.files)
            self.files[path].notes = self.notes
        other = self.files[path]
        if original != name:
            other.aliases.setdefault(name, ast.Name(original))
        return other


def scope_of(
    tree: ast.Module, path: Path | None = None, files: dict[Path, Scope] | None = None
) -> Scope:
    """The names of the module `tree`, read from `path`, that annotations may mean."""
    scope = Scope(files={} if files is None else files)
    _read(tree.body, scope, path)
    return scope


def _read(body: Sequence[ast.stmt], scope: Scope, path: Path | None) -> None:
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                scope.aliases[name] = value
            case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value):
                scope.aliases[name] = value
            case ast.ClassDef(name=name):
                scope.classes[name] = node
            case ast.ImportFrom(names=names):
                file = None if path is None else _file_of(node, path)
                for alias in names:
                    bound = alias.asname or alias.name
                    if file is not None:
                        scope.imported[bound] = (file, alias.name)
                    elif bound != alias.name:
                        scope.renamed[bound] = alias.name
            case ast.If(body=inner, orelse=other):  # TYPE_CHECKING, versions
                _read(inner, scope, path)
                _read(other, scope, path)
            case ast.Try(body=inner):
                _read(inner, scope, path)
        if type(node).__name__ == "TypeAlias":  # Python 3.12 and later
            scope.aliases[node.name.id] = node.value  # type: ignore[attr-defined]


def _file_of(node: ast.ImportFrom, path: Path) -> Path | None:
    """The file that a `from ... import` reads, if it lies in the module's folder or package."""
    folder = path.resolve().parent
    if node.level:
        for _ in range(node.level - 1):
            folder = folder.parent
    else:
        while (folder / "__init__.py").exists():
            folder = folder.parent
    place = folder.joinpath(*(node.module or "__init__").split("."))
    options = (place.with_suffix(".py"), place / "__init__.py")
    return next((p for p in options if p.is_file() and p != path.resolve()), None)


def find_function(tree: ast.Module, name: str) -> FunctionNode | None:
    """The last definition of `name` (`Class.method` for methods), or None."""
    found: FunctionNode | None = None
    body: Sequence[ast.stmt] = tree.body
    *holders, last = name.split(".")
    for holder in holders:
        body = next((n.body for n in body if isinstance(n, ast.ClassDef) and n.name == holder), [])
    for node in _flat(body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == last:
            found = node
    return found


def _flat(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements, those under conditions and in `try` too."""
    flat: list[ast.stmt] = []
    for node in body:
        flat.append(node)
        match node:
            case ast.If(body=inner, orelse=other) | ast.Try(body=inner, orelse=other):
                flat += _flat([*inner, *other])
    return flat


def last_name(node: ast.expr) -> str:
    """The last component of a dotted name, or ""."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(_, attr):
            return attr
        case _:
            return ""
