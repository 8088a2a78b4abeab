"""Loading the two files under test, each as itself: own name, own folder first on the path."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loopwright.verify.snapshot import SIDE

ENCLOSED = "__enclosed__"
"""Names of a module that no caller can change: they were variables of functions around the one under test."""


def load_module(path: Path, side: str, roots: Sequence[Path] = ()) -> types.ModuleType:
    """Execute the file at `path` as the module of `side` ("a" or "b").

    A file inside a package is imported by its dotted name, so that relative imports work. Modules that
    it imports from its own folder, or from `roots`, are its own: the other side loads them again. Raises
    what the file raises. Runs user code: only in a worker process.
    """
    path = path.resolve()
    root, dotted = import_root(path)
    before = set(sys.modules)
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(dotted) if "." in dotted else _by_path(path, side)
    finally:
        sys.path.remove(str(root))
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and any(Path(file).is_relative_to(each) for each in (root, *roots)):
                sys.modules[f"{SIDE}{side}.{name}"] = sys.modules.pop(name)
    sys.path.append(str(root))
    return module


def _by_path(path: Path, side: str) -> types.ModuleType:
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
    plain = (int, float, complex, str, bool, list, dict, np.ndarray, np.generic)
    return {
        name: value
        for name, value in vars(module).items()
        if name in names - {"TYPE_CHECKING"}
        and not name.startswith("_")
        and name not in fixed
        and isinstance(value, plain)
    }
