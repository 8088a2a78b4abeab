"""Backends of a kernels module: imported by the first call that asks for a kernel.

A backend that cannot be used costs one warning; its kernels are None, and the original code runs.
"""

from __future__ import annotations

import os
import sys
import warnings
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import module_from_spec, source_hash, spec_from_file_location
from types import ModuleType
from typing import Any

_told: set[str] = set()


def tell(text: str) -> None:
    """Warn, once in the life of the process for one text."""
    if text not in _told:
        _told.add(text)
        warnings.warn(text, RuntimeWarning, stacklevel=2)


def none(value: object) -> None:
    """The converter of results that are None."""


class Backend:
    """The kernels of the files `<module>_<backend>_<kernel>.py` beside the dispatch module `file`.

    Attributes are the kernels, None where they cannot be used; `compiled` asks for the extension modules.
    """

    def __init__(self, file: str, backend: str, compiled: bool = False) -> None:
        folder, name = os.path.split(os.path.abspath(file))
        self._where = (folder, f"{name.removesuffix('.py')}_{backend}", compiled)

    def module_of(self, kernel: str) -> ModuleType:
        """The module that holds the kernel. Raises what importing raises."""
        folder, module, compiled = self._where
        return load_backend(folder, f"{module}_{kernel}", compiled)

    def __getattr__(self, kernel: str) -> Any:
        if kernel.startswith("_"):  # no kernel's name does: something looks what this is
            raise AttributeError(kernel)
        folder, module, _ = self._where
        try:
            found = getattr(self.module_of(kernel), kernel)
        except Exception as error:
            setattr(self, kernel, None)
            path = os.path.join(folder, f"{module}_{kernel}")
            why = f"{type(error).__name__}: {error}"
            tell(f"loopwright: {path} is not used, the original code runs instead: {why}")
            return None
        setattr(self, kernel, found)
        return found


class Direct:
    """The short ways into the kernels of `backend`: functions that test the arrays themselves. None for a
    kernel that has none or cannot be used."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, kernel: str) -> Any:
        if kernel.startswith("_"):
            raise AttributeError(kernel)
        loaded = getattr(self._backend, kernel)
        module = None if loaded is None else self._backend.module_of(kernel)
        found = getattr(module, f"direct_{kernel}", None)
        setattr(self, kernel, found)
        return found


def cpu_features() -> frozenset[str]:
    """The names of the instruction sets that NumPy found on this machine."""
    umath: Any = import_module("numpy._core._multiarray_umath")
    return frozenset(name for name, present in umath.__cpu_features__.items() if present)


def stamp_extension(source: str, extension: str, shared: str, *, native: bool = True) -> None:
    """Record from which text of `source` the `extension` was built, if `native` for which CPU, and the
    name of the module beside it that it imports."""
    import json

    with open(source, "rb") as file:
        text = file.read()
    cpu = sorted(cpu_features()) if native else []
    stamp = {"source": source_hash(text).hex(), "cpu": cpu, "shared": shared}
    with open(extension + ".json", "w", encoding="utf-8") as out:
        json.dump(stamp, out, indent=1)


def load_backend(folder: str, name: str, compiled: bool) -> ModuleType:
    """The module `<folder>/<name>.py`, or its extension, under a name that its text determines.

    Numba's cache refers to modules by name: with this one, a cache that moved along with its tree finds
    its module, and a tree of the same name elsewhere is never taken for it. Raises what importing raises.
    """
    source = os.path.join(folder, name + ".py")
    with open(source, "rb") as file:
        stamp = source_hash(file.read()).hex()
    package = f"_loopwright_{stamp}"
    full = f"{package}.{name}"
    if full in sys.modules:
        return sys.modules[full]
    path = _extension(folder, name, stamp) if compiled else source
    sys.modules.setdefault(package, ModuleType(package))
    return _run(spec_from_file_location(full, path), full)


def _run(spec: ModuleSpec | None, full: str) -> ModuleType:
    if spec is None or spec.loader is None:
        raise ImportError(f"no loader for {full}")
    module = module_from_spec(spec)
    sys.modules[full] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full]
        raise
    return module


def _extension(folder: str, name: str, stamp: str) -> str:
    """The path of the extension for this Python, refused if built from other text or for another CPU; the
    module that it imports is loaded.

    Code built for a larger instruction set would kill the process, so that an unstamped one is not tried.
    """
    import json

    path = _built(folder, name)
    with open(path + ".json", encoding="utf-8") as file:
        built = json.load(file)
    if built["source"] != stamp:
        raise ImportError("built from another version; `loopwright build` builds it")
    if not cpu_features() >= set(built["cpu"]):
        raise ImportError("built for another CPU; `loopwright build` builds it")
    shared = built["shared"]
    if shared not in sys.modules:  # its name tells the version: one serves all folders
        _run(spec_from_file_location(shared, _built(folder, shared)), shared)
    return path


def _built(folder: str, name: str) -> str:
    for suffix in EXTENSION_SUFFIXES:
        path = os.path.join(folder, name + suffix)
        if os.path.exists(path):
            return path
    raise ImportError("not built for this Python; `loopwright build` builds it")
