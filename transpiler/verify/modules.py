"""Loading the two files under test, each as itself: own name, own folder first on the path."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import tempfile
import traceback
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopwright.verify.snapshot import SIDE

ENCLOSED = "__enclosed__"
"""Names of a module that no caller can change: they were variables of functions around the one under test."""


@dataclass(frozen=True, eq=False)
class Home:
    """Where one side's modules live: the folder to import from, other folders whose modules are its own,
    and those imported so far by name."""

    root: Path
    others: tuple[Path, ...] = ()
    modules: dict[str, types.ModuleType] = field(default_factory=dict)

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Inside, imports find this side's modules, and none of the other side."""
        before = {name: sys.modules.get(name) for name in self.modules}
        known = set(sys.modules) | set(self.modules)
        sys.modules.update(self.modules)
        sys.path.insert(0, str(self.root))
        try:
            yield
        finally:
            sys.path.remove(str(self.root))
            for name in set(sys.modules) - known:
                file = getattr(sys.modules[name], "__file__", None)
                folders = (self.root, *self.others)
                ours = file and any(Path(file).is_relative_to(each) for each in folders)
                if ours and not name.startswith(SIDE):
                    self.modules[name] = sys.modules.pop(name)
            for name, module in before.items():
                if module is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = module


def load_module(path: Path, side: str, roots: Sequence[Path] = ()) -> tuple[types.ModuleType, Home]:
    """Execute the file at `path` as the module of `side` ("a" or "b").

    A file inside a package is imported by its dotted name, so that relative imports work. Modules that
    it imports from its own folder, or from `roots`, are its own: the other side loads them again. Raises
    what the file raises. Runs user code: only in a worker process.
    """
    path = path.resolve()
    root, dotted = import_root(path)
    home = Home(root, tuple(roots))
    importlib.invalidate_caches()
    with home.active():
        plain = "." not in dotted or path.suffix == ".pyx"
        module = _by_path(path, side) if plain else importlib.import_module(dotted)
    for name, each in home.modules.items():
        sys.modules[f"{SIDE}{side}.{name}"] = each
    sys.path.append(str(root))
    return module, home


class NotBuilt(Exception):
    """A file of Cython could not be compiled."""


def _built(path: Path) -> types.ModuleType:
    """The module of a file of Cython, built in a folder of the worker's own."""
    import numpy as np

    try:
        from pyximport import pyximport

        pyximport.install(
            pyximport=False,
            build_dir=tempfile.mkdtemp(prefix="loopwright-"),
            setup_args={"include_dirs": np.get_include()},
            language_level=3,
        )
        built = pyximport.build_module(path.stem, str(path), pyximport.pyxargs.build_dir)
    except (Exception, SystemExit) as error:
        raise NotBuilt(f"{path} could not be built: {type(error).__name__}: {error}") from error
    spec = importlib.util.spec_from_file_location(path.stem, built)
    if spec is None or spec.loader is None:
        raise ImportError(f"{built} is no extension module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _by_path(path: Path, side: str) -> types.ModuleType:
    if path.suffix == ".pyx":
        return _built(path)
    name = f"{SIDE}{side}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def import_root(path: Path) -> tuple[Path, str]:
    """The folder to import the file from, and its dotted name there."""
    path = path.resolve()
    parts = [path.stem]
    folder = path.parent
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def function_of(module: types.ModuleType, name: str) -> Any:
    """The function `name` of a module, `Class.method` too. Raises AttributeError."""
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    return found


def public_data(module: types.ModuleType, names: set[str]) -> dict[str, Any]:
    """The module's globals among `names` that callers may change: data, no underscore in front."""
    import numpy as np

    fixed = vars(module).get(ENCLOSED, ())
    plain = (int, float, complex, str, list, tuple, dict, set, frozenset, np.ndarray, np.generic)
    return {
        name: value
        for name, value in vars(module).items()
        if name in names - {"TYPE_CHECKING"}
        and not name.startswith("_")
        and name not in fixed
        and isinstance(value, plain)
    }


def failing_line(error: BaseException, path: Path) -> str:
    """`file:line` of the code around the module at `path` that raised `error`; the path alone if none did."""
    path = path.resolve()
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{error.filename}:{error.lineno}"
    root = import_root(path)[0]
    found = str(path)
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_absolute() and file.is_relative_to(root) and "site-packages" not in file.parts:
            found = f"{file}:{line}"
    return found
