"""The kernels of one module of the user, without those whose code was edited since.

A kernel stands for a piece of code. At import the text of the user's file is compared with what the
kernels were made for: first the whole file (a hash of the bytes, some 50 us), only if that differs the
pieces (see `fingerprint`). Times and sizes are not trusted: archives, build systems and checkouts set them.
"""

from __future__ import annotations

import os
from importlib.util import module_from_spec, source_hash, spec_from_file_location
from types import ModuleType
from typing import Any

from .dispatch import tell


class Kernels:
    """The dispatch functions by name; a name without usable kernel is a function that declines.

    `origin` is what `reopen` needs in another process, `originals` the digests of the code of functions
    that call kernels, with those of what the functions were before.
    """

    def __init__(
        self,
        functions: dict[str, Any],
        origin: tuple[str, str, str],
        originals: dict[str, str],
    ) -> None:
        self.__dict__.update(functions)
        self._origin = origin
        self._originals = originals

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return decline

    def __reduce__(self) -> tuple[Any, tuple[str, str, str]]:
        return reopen, self._origin


def decline(*roots: object) -> None:
    """What a dispatch function does when its kernel cannot be used."""


def reopen(init: str, name: str, file: str) -> Any:
    """The kernels `name` of the folder with the file `init`, in a process that unpickles their user.

    Tools that send functions of a script to other processes (cloudpickle) send what these refer to.
    This function goes by value, so it uses nothing of its module. Where the folder is not to be found
    the original code runs.
    """
    try:
        from importlib.util import module_from_spec, spec_from_file_location

        spec: Any = spec_from_file_location("_loopwright", init)
        package: Any = module_from_spec(spec)
        spec.loader.exec_module(package)
        return package.load(name, {"__file__": file})
    except Exception:
        return type("Originals", (), {"__getattr__": lambda *_: lambda *_: None})()


reopen.__module__ = "__main__"  # cloudpickle sends functions of the main module by value


def load(package: str, folder: str, name: str, user: dict[str, Any]) -> Kernels:
    """The usable kernels of `<folder>/<name>.py` for the module with the namespace `user`.

    Raises OSError or ImportError if there is no such file or no source text to compare with.
    """
    module = _execute(f"{package}.{name}", os.path.join(folder, name + ".py"))
    module.__dict__["_user"] = user
    path = user["__file__"]
    with open(path, "rb") as file:
        text = file.read()
    stale, usable = compare(text, module.FILE, module.REGIONS, module.ALONG)
    if stale:
        tell(
            f"loopwright: the code in {path} behind {', '.join(stale)} was edited since; it runs as it"
            " is written, and `loopwright optimize` makes new kernels"
        )
    origin = (os.path.join(folder, "__init__.py"), name, os.path.abspath(path))
    return Kernels({each: getattr(module, each) for each in usable}, origin, module.ORIGINALS)


def compare(
    text: bytes, file_hash: str, regions: dict[str, str], along: dict[str, tuple[str, ...]]
) -> tuple[list[str], list[str]]:
    """The names in `regions` (name to fingerprint) whose code in `text` was edited, and those whose
    code is as it was. A name that `text` does not call is neither: its caller is not in this file.
    `along` as for `fingerprints`."""
    if source_hash(text).hex() == file_hash:
        return [], list(regions)
    from .fingerprint import fingerprints

    now = fingerprints(text, along)
    stale = [name for name, old in regions.items() if name in now and now[name] != {old}]
    return stale, [name for name, old in regions.items() if now.get(name) == {old}]


def _execute(full: str, path: str) -> ModuleType:
    # Not shared through sys.modules: each module of the user has its own, with its own namespace.
    spec = spec_from_file_location(full, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
