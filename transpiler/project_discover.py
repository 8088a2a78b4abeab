"""Which Python files of the user's tree are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from pathlib import Path

from pathspec import GitIgnoreSpec

from loopwright.config import UsageError
from loopwright.frontend.own_tests import is_test
from loopwright.runtime.guarded import FOLDER as KERNELS_FOLDER

_MODULES = (*SOURCE_SUFFIXES, *EXTENSION_SUFFIXES)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file below `root` (both absolute); `shown` is its path as the user would write it. `test`: it was
    found in a folder, among other files, and its place says that it is a test."""

    path: Path
    root: Path
    shown: Path
    test: bool = False


def discover(
    sources: Sequence[Path], exclude: Sequence[str] = (), *, everything: bool = False
) -> tuple[SourceFile, ...]:
    """The Python files in `sources`, each once, folders in order of name.

    A file that is named is taken in any case. In folders these are left out: what git ignores and what
    `exclude` (patterns as in .gitignore, from the folder named) matches, hidden files and folders,
    virtual environments, folders of kernels, and symbolic links. `everything` keeps what git ignores.
    Raises UsageError for a source that does not exist, or a named file that is not Python.
    """
    found: dict[Path, SourceFile] = {}
    for source in sources:
        root = source.absolute()
        if root.is_dir():
            for path in walk(root, exclude, everything=everything):
                if path.suffix == ".py":
                    inside = path.relative_to(root)
                    found.setdefault(path, SourceFile(path, root, source / inside, is_test(inside)))
        elif not root.exists():
            raise UsageError(f"{source}: no such file or folder")
        elif root.suffix != ".py":
            raise UsageError(f"{source}: is not a Python file")
        else:
            found.setdefault(root, SourceFile(root, root.parent, source))
    return tuple(found.values())


def walk(
    root: Path, exclude: Sequence[str] = (), *, everything: bool = False, modules: bool = False
) -> Iterator[Path]:
    """Every file of the tree but for what `discover` leaves out, of whatever kind.

    `modules` keeps files that git ignores and Python imports: extensions that were built in place, and
    sources that a build writes.
    """
    ignored = _Ignored(root, exclude, everything)
    todo = [root]
    while todo:
        folder = todo.pop()
        ignored.enter(folder)
        folders: list[Path] = []
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.is_symlink():
                continue
            if ignored(path) and not (modules and path.name.endswith(_MODULES) and path.is_file()):
                continue
            if path.is_file():
                yield path
            elif path.is_dir() and not (
                path.name in ("__pycache__", KERNELS_FOLDER) or _is_environment(path)
            ):
                folders.append(path)
        todo.extend(reversed(folders))


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").exists()


class _Ignored:
    """The .gitignore files from the repository's root down to each folder; the last match decides."""

    def __init__(self, root: Path, exclude: Sequence[str], everything: bool) -> None:
        self._exclude = (root, GitIgnoreSpec.from_lines(exclude))
        self._specs: list[tuple[Path, GitIgnoreSpec]] = []
        self._everything = everything
        if everything:
            return
        around = [root, *root.parents]
        top = next((k for k, folder in enumerate(around) if (folder / ".git").exists()), None)
        if top is None:
            return
        self._read(around[top], around[top] / ".git" / "info" / "exclude")
        for folder in reversed(around[1 : top + 1]):
            self.enter(folder)
        if self._decision(root, True):  # the user names a folder that is ignored as a whole
            self._specs.clear()

    def enter(self, folder: Path) -> None:
        self._read(folder, folder / ".gitignore")

    def _read(self, folder: Path, file: Path) -> None:
        if self._everything or not file.is_file():
            return
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        self._specs.append((folder, GitIgnoreSpec.from_lines(lines)))

    def __call__(self, path: Path) -> bool:
        is_dir = path.is_dir()
        base, spec = self._exclude
        return bool(_match(spec, base, path, is_dir)) or self._decision(path, is_dir)

    def _decision(self, path: Path, is_dir: bool) -> bool:
        for base, spec in reversed(self._specs):
            if path != base and path.is_relative_to(base):
                verdict = _match(spec, base, path, is_dir)
                if verdict is not None:
                    return verdict
        return False


def _match(spec: GitIgnoreSpec, base: Path, path: Path, is_dir: bool) -> bool | None:
    relative = path.relative_to(base).as_posix() + ("/" if is_dir else "")
    return spec.check_file(relative).include
